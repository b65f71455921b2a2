"""How Cloud and Data Center differ: who people are, how texts are written, where the API lives."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from app.events.event import Body
from app.markup import to_adf, to_markdown, to_wiki
from app.simulator.people import Person, new_account_id
from app.simulator.refused import Refused

#: Of comments, descriptions and every other long text.
TEXT_LIMIT = 32_767
PROPERTY_LIMIT = 32_768


class Face(ABC):
    """One of the two Jiras; everything that does not differ lives elsewhere."""

    name: str
    #: Where its REST API starts.
    api: str
    #: The member by which a request names a person.
    person_key: str
    user_agent: str

    def __init__(self, version: str) -> None:
        self.version = version

    @property
    def major(self) -> int:
        """Give the number before the first dot of the version."""
        return int(self.version.split(".")[0])

    @abstractmethod
    def new_person_id(self, number: int) -> str:
        """Make the id of the next account."""

    @abstractmethod
    def identity(self, person: Person) -> dict[str, Any]:
        """Give the members of a user that only this Jira has."""

    @abstractmethod
    def person_query(self, person: Person) -> str:
        """Write the query by which the API gives an account."""

    @abstractmethod
    def mention(self, person: Person) -> str:
        """Write a mention of the person as it stands in a wiki text."""

    @abstractmethod
    def body(self, text: str) -> Body:
        """Turn what a person typed into what this Jira keeps."""

    @abstractmethod
    def accept(self, value: object, field: str) -> Body:
        """Take a body from a request, or refuse it."""

    @abstractmethod
    def wiki(self, body: Body) -> str | None:
        """Write a body as webhooks and changelogs do."""


class Cloud(Face):
    """Jira Cloud: accountIds, and ADF bodies."""

    name = "cloud"
    api = "/rest/api/3"
    person_key = "accountId"
    user_agent = "Atlassian Webhook HTTP Client"

    def new_person_id(self, number: int) -> str:
        """Make a random accountId."""
        return new_account_id()

    def identity(self, person: Person) -> dict[str, Any]:
        """Name the accountId and its type; names and keys are gone from Cloud."""
        return {"accountId": person.id, "accountType": person.kind}

    def person_query(self, person: Person) -> str:
        """Ask by accountId."""
        return f"accountId={person.id}"

    def mention(self, person: Person) -> str:
        """Mention by accountId."""
        return f"[~accountid:{person.id}]"

    def body(self, text: str) -> Body:
        """Read Markdown."""
        return to_adf(text)

    def accept(self, value: object, field: str) -> Body:
        """Take an ADF document whose JSON is within the bound.

        Whether v3 counts the JSON or the text in it is not documented; the JSON is the stricter reading.
        """
        if value is None:
            return None
        if not isinstance(value, Mapping):
            message = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
            raise Refused(errors={field: message})
        if not _is_document(value):
            raise Refused("INVALID_INPUT", errors={field: "INVALID_INPUT"})
        if len(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) > TEXT_LIMIT:
            raise Refused("CONTENT_LIMIT_EXCEEDED", errors={field: "CONTENT_LIMIT_EXCEEDED"})
        return value

    def wiki(self, body: Body) -> str | None:
        """Write the document as the wiki-like text of Cloud's webhooks."""
        return None if body is None else to_wiki(to_markdown(body)).strip()


class DataCenter(Face):
    """Jira Data Center: user names and keys, and wiki bodies."""

    name = "datacenter"
    api = "/rest/api/2"
    person_key = "name"

    @property
    def user_agent(self) -> str:  # type: ignore[override]
        """Name the Jira and its version."""
        return f"Atlassian HttpClient / JIRA-{self.version} / Default"

    def new_person_id(self, number: int) -> str:
        """Make a user key of the kind Jira has given since 8.4."""
        return f"JIRAUSER{number}"

    def identity(self, person: Person) -> dict[str, Any]:
        """Give the login name and the user key."""
        return {"name": person.username, "key": person.id}

    def person_query(self, person: Person) -> str:
        """Ask by login name."""
        return f"username={person.username}"

    def mention(self, person: Person) -> str:
        """Mention by login name."""
        return f"[~{person.username}]"

    def body(self, text: str) -> Body:
        """Keep wiki markup as it is."""
        return text

    def accept(self, value: object, field: str) -> Body:
        """Take a text within the bound."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise Refused(errors={field: "Operation value must be a string"})
        if len(value) > TEXT_LIMIT:
            message = f"The entered text is too long. It exceeds the allowed limit of {TEXT_LIMIT:,} characters."
            raise Refused(errors={field: message})
        return value

    def wiki(self, body: Body) -> str | None:
        """Give the text as it is."""
        return body if isinstance(body, str) else None


def _is_document(value: Mapping[str, Any]) -> bool:
    """Check what Jira's own editor would choke on; the whole schema is checked by our conformance tests."""
    rooted = value.get("type") == "doc" and value.get("version") == 1 and isinstance(value.get("content"), list)
    return rooted and all(_is_node(node) for node in value["content"])


def _is_node(node: object) -> bool:
    if not isinstance(node, Mapping) or not isinstance(node.get("type"), str):
        return False
    if node["type"] == "text":
        return isinstance(node.get("text"), str) and node["text"] != ""
    return all(_is_node(child) for child in node.get("content", ()))
