"""What both Jiras serve alike, apart from how people and texts are written."""

from app.simulator.resources import (
    admin_webhooks,
    comments,
    issues,
    links,
    metadata,
    people,
    projects,
    properties,
    server,
    transitions,
)
from app.simulator.serving import Route

ROUTES: list[Route] = [
    ("GET", "/myself", people.myself),
    ("GET", "/serverInfo", server.info),
    ("GET", "/user", people.read),
    ("GET", "/user/search", people.search),
    ("GET", "/mypermissions", projects.my_permissions),
    ("GET", "/project", projects.list_all),
    ("GET", "/project/<key>", projects.read),
    ("GET", "/field", metadata.fields),
    ("GET", "/issuetype", metadata.issue_types),
    ("GET", "/priority", metadata.priorities),
    ("GET", "/resolution", metadata.resolutions),
    ("GET", "/issue/createmeta/<key>/issuetypes", metadata.creatable_types),
    ("GET", "/issue/createmeta/<key>/issuetypes/<issue_type>", metadata.creatable_fields),
    ("POST", "/issue", issues.create),
    ("GET", "/issue/<key>", issues.read),
    ("PUT", "/issue/<key>", issues.edit),
    ("DELETE", "/issue/<key>", issues.delete),
    ("PUT", "/issue/<key>/assignee", issues.assign),
    ("GET", "/issue/<key>/transitions", transitions.list_open),
    ("POST", "/issue/<key>/transitions", transitions.take),
    ("GET", "/issue/<key>/comment", comments.list_all),
    ("POST", "/issue/<key>/comment", comments.add),
    ("GET", "/issue/<key>/comment/<comment_id>", comments.read),
    ("PUT", "/issue/<key>/comment/<comment_id>", comments.edit),
    ("DELETE", "/issue/<key>/comment/<comment_id>", comments.delete),
    ("GET", "/comment/<comment_id>/properties", properties.list_of_comment),
    ("GET", "/comment/<comment_id>/properties/<name>", properties.read_of_comment),
    ("PUT", "/comment/<comment_id>/properties/<name>", properties.set_of_comment),
    ("DELETE", "/comment/<comment_id>/properties/<name>", properties.delete_of_comment),
    ("GET", "/issue/<key>/properties", properties.list_of_issue),
    ("GET", "/issue/<key>/properties/<name>", properties.read_of_issue),
    ("PUT", "/issue/<key>/properties/<name>", properties.set_of_issue),
    ("DELETE", "/issue/<key>/properties/<name>", properties.delete_of_issue),
    ("GET", "/issue/<key>/remotelink", links.list_all),
    ("POST", "/issue/<key>/remotelink", links.put),
]

#: At an address that differs by deployment and version.
ADMIN_WEBHOOKS: list[Route] = [
    ("POST", "", admin_webhooks.create),
    ("GET", "", admin_webhooks.list_all),
    ("GET", "/<webhook_id>", admin_webhooks.read),
    ("PUT", "/<webhook_id>", admin_webhooks.edit),
    ("DELETE", "/<webhook_id>", admin_webhooks.delete),
]
