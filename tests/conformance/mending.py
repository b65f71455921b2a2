"""What Atlassian's documents write down otherwise than Jira does, each with how we know."""

from typing import Any

ANYTHING: dict[str, Any] = {}
#: What Data Center's document takes for one thing where Jira gives a list.
LISTS = ("user/search", "project", "field", "issuetype", "priority", "resolution", "status")


def mend_cloud(content: dict[str, Any]) -> None:
    """Mend Cloud's document."""
    let_nobody_be_assigned(content["paths"]["/rest/api/3/issue/{issueIdOrKey}/assignee"], "accountId")
    # Its schemas say a number, its own examples are texts.
    for schema in ("WebhooksExpirationDate", "Webhook"):
        expires = content["components"]["schemas"][schema]["properties"]["expirationDate"]
        expires["oneOf"] = [{"type": expires.pop("type"), "format": expires.pop("format")}, {"type": "string"}]


def mend_data_center(content: dict[str, Any]) -> None:
    """Mend Data Center's document, whose generator wrote down less than Jira takes and gives."""
    schemas, paths = content["components"]["schemas"], content["paths"]
    # The generator writes Java's Object as an object or a string, where Jira takes and gives any JSON.
    schemas["EntityPropertyBean"]["properties"]["value"] = ANYTHING
    for bean in ("IssueBean", "IssueUpdateBean"):
        schemas[bean]["properties"]["fields"] = {"type": "object"}
    schemas["FieldOperation"] = {"type": "object", "minProperties": 1}
    sent = paths["/api/2/issue/{issueIdOrKey}/properties/{propertyKey}"]["put"]["requestBody"]
    sent["content"]["application/json"] = {}
    make_lists(paths)
    make_pages(paths)
    let_nobody_be_assigned(paths["/api/2/issue/{issueIdOrKey}/assignee"], "name")
    # The text of the operation that takes a transition names this parameter, the parameters of the list do not.
    expand = {"name": "expand", "in": "query", "schema": {"type": "string"}}
    paths["/api/2/issue/{issueIdOrKey}/transitions"]["get"]["parameters"].append(expand)


def make_lists(paths: dict[str, Any]) -> None:
    """Name lists where the generator named their members and forgot that they are lists."""
    for things in LISTS:
        media = answered(paths[f"/api/2/{things}"])
        media["schema"] = {"type": "array", "items": media["schema"]}
    media = answered(paths["/api/2/issue/{issueIdOrKey}/remotelink"])
    media["schema"] = {"oneOf": [{"type": "array", "items": media["schema"]}, media["schema"]]}


def make_pages(paths: dict[str, Any]) -> None:
    """Name pages where the generator named what is on them."""
    for path in ("issuetypes", "issuetypes/{issueTypeId}"):
        media = answered(paths[f"/api/2/issue/createmeta/{{projectIdOrKey}}/{path}"])
        page = {"values": {"type": "array", "items": media["schema"]}, "isLast": {"type": "boolean"}}
        numbers = {name: {"type": "integer"} for name in ("startAt", "maxResults", "total")}
        media["schema"] = {"type": "object", "properties": page | numbers, "required": [*page, *numbers]}


def let_nobody_be_assigned(path: dict[str, Any], name: str) -> None:
    """Take null for a person: the text of the operation says that it unassigns, its schema has forgotten."""
    person = {"type": "string", "nullable": True}
    schema = {"type": "object", "required": [name], "properties": {name: person}, "additionalProperties": False}
    path["put"]["requestBody"]["content"]["application/json"]["schema"] = schema


def answered(path: dict[str, Any]) -> dict[str, Any]:
    """Find what a path answers a GET with."""
    media: dict[str, Any] = path["get"]["responses"]["200"]["content"]["application/json"]
    return media
