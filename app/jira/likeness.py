"""Which issues may tell of the same: a search for the words of a summary, and how many of them each has."""

import re
from collections.abc import Iterable

from app.events.event import Issue

#: Of a long summary the longest words count: they tell most.
_MOST_WORDS = 8
#: Shorter ones are in every summary.
_SHORTEST = 3
#: What is read of each issue that is found.
FIELDS = ("summary", "status", "issuetype", "priority", "labels", "resolution", "created")


def telling_words(summary: str) -> list[str]:
    """Choose the words of a summary by which others like it can be found, in small letters."""
    words = dict.fromkeys(word.casefold() for word in re.findall(r"\w+", summary) if len(word) >= _SHORTEST)
    return sorted(words, key=len, reverse=True)[:_MOST_WORDS]


def search_for(issue: Issue, words: Iterable[str]) -> str:
    """Write the JQL that finds the issues of the same project with any of these words, the newest first.

    https://support.atlassian.com/jira-service-management-cloud/docs/search-syntax-for-text-fields/
    """
    any_word = " OR ".join(f'summary ~ "{word}"' for word in words)
    return f'project = "{issue.project}" AND ({any_word}) ORDER BY created DESC'


def likest(issue: Issue, found: Iterable[Issue]) -> list[Issue]:
    """Sort what was found by how many words of the summary each has, leaving out those with hardly any."""
    words = set(telling_words(issue.summary))
    enough = min(2, len(words))
    shared = [(len(words & set(telling_words(other.summary))), other) for other in found if other.key != issue.key]
    return [other for count, other in sorted(shared, key=lambda pair: -pair[0]) if count >= enough]
