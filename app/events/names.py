"""The names Jira gives its events on the wire."""

from difflib import get_close_matches
from itertools import product


def _family(prefix: str, *deeds: str) -> tuple[str, ...]:
    return tuple(f"{prefix}_{deed}" for deed in deeds)


#: Our own name for what an Automation rule's web request sends: an issue, and no event's name.
AUTOMATION = "automation"

# https://developer.atlassian.com/cloud/jira/platform/webhooks/ lists them, except jira:worklog_updated, which old
# servers send for an issue whose work was logged.
KNOWN = frozenset(
    (
        *_family("jira:issue", "created", "updated", "deleted"),
        *_family("comment", "created", "updated", "deleted"),
        *_family("issue_property", "set", "deleted"),
        *_family("worklog", "created", "updated", "deleted"),
        "jira:worklog_updated",
        *_family("attachment", "created", "deleted"),
        *_family("issuelink", "created", "deleted"),
        *_family("issuetype", "created", "updated", "deleted"),
        *_family("project", "created", "updated", "deleted", "soft_deleted", "restored_deleted", "archived"),
        "project_restored_archived",
        *_family("jira:version", "created", "updated", "deleted", "moved", "merged", "released", "unreleased"),
        *_family("filter", "created", "updated", "deleted"),
        *_family("user", "created", "updated", "deleted"),
        *_family("option", "voting_changed", "watching_changed", "unassigned_issues_changed", "subtasks_changed"),
        *_family("option", "attachments_changed", "issuelinks_changed", "timetracking_changed"),
        "option_timetracking_provider_changed",
        *_family("sprint", "created", "updated", "deleted", "started", "closed"),
        *_family("board", "created", "updated", "deleted", "configuration_changed"),
        "jira_expression_evaluation_failed",
        *_family("app_access_to_objects", "blocked", "in_container_blocked"),
        AUTOMATION,
    )
)


def nearest(name: str) -> str | None:
    """Return the known name that `name` was probably meant to be, or None where none is alike."""
    meant = name.strip().lower()
    for prefix, known in product(("", "jira:"), sorted(KNOWN)):
        if known == prefix + meant or prefix + known == meant:
            return known
    return next(iter(get_close_matches(meant, sorted(KNOWN), n=1)), None)
