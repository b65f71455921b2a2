"""What a person may do on the site and in a project, by Jira's permission keys.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/#about-permissions
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Permission:
    """A permission as Jira lists it."""

    id: str
    key: str
    name: str
    kind: str = "PROJECT"

    @property
    def description(self) -> str:
        """Say in words what it allows."""
        return f"Ability to {self.name.lower()}."


ALL = (
    Permission("0", "ADMINISTER", "Administer Jira", "GLOBAL"),
    Permission("44", "SYSTEM_ADMIN", "Jira System Administrators", "GLOBAL"),
    Permission("22", "CREATE_SHARED_OBJECTS", "Create shared objects", "GLOBAL"),
    Permission("24", "MANAGE_GROUP_FILTER_SUBSCRIPTIONS", "Manage group filter subscriptions", "GLOBAL"),
    Permission("27", "USER_PICKER", "Browse users and groups", "GLOBAL"),
    Permission("33", "BULK_CHANGE", "Make bulk changes", "GLOBAL"),
    Permission("10", "BROWSE_PROJECTS", "Browse projects"),
    Permission("23", "ADMINISTER_PROJECTS", "Administer projects"),
    Permission("29", "VIEW_DEV_TOOLS", "View development tools"),
    Permission("45", "VIEW_READONLY_WORKFLOW", "View read-only workflow"),
    Permission("-1", "MANAGE_SPRINTS_PERMISSION", "Manage sprints"),
    Permission("-1", "SERVICEDESK_AGENT", "Service project agent"),
    Permission("17", "ASSIGNABLE_USER", "Assignable user"),
    Permission("13", "ASSIGN_ISSUES", "Assign issues"),
    Permission("18", "CLOSE_ISSUES", "Close issues"),
    Permission("11", "CREATE_ISSUES", "Create issues"),
    Permission("16", "DELETE_ISSUES", "Delete issues"),
    Permission("12", "EDIT_ISSUES", "Edit issues"),
    Permission("21", "LINK_ISSUES", "Link issues"),
    Permission("30", "MODIFY_REPORTER", "Modify reporter"),
    Permission("25", "MOVE_ISSUES", "Move issues"),
    Permission("14", "RESOLVE_ISSUES", "Resolve issues"),
    Permission("28", "SCHEDULE_ISSUES", "Schedule issues"),
    Permission("26", "SET_ISSUE_SECURITY", "Set issue security"),
    Permission("46", "TRANSITION_ISSUES", "Transition issues"),
    Permission("32", "MANAGE_WATCHERS", "Manage watchers"),
    Permission("31", "VIEW_VOTERS_AND_WATCHERS", "View voters and watchers"),
    Permission("15", "ADD_COMMENTS", "Add comments"),
    Permission("36", "DELETE_ALL_COMMENTS", "Delete all comments"),
    Permission("37", "DELETE_OWN_COMMENTS", "Delete own comments"),
    Permission("34", "EDIT_ALL_COMMENTS", "Edit all comments"),
    Permission("35", "EDIT_OWN_COMMENTS", "Edit own comments"),
    Permission("19", "CREATE_ATTACHMENTS", "Create attachments"),
    Permission("38", "DELETE_ALL_ATTACHMENTS", "Delete all attachments"),
    Permission("39", "DELETE_OWN_ATTACHMENTS", "Delete own attachments"),
    Permission("20", "WORK_ON_ISSUES", "Work on issues"),
    Permission("42", "DELETE_ALL_WORKLOGS", "Delete all worklogs"),
    Permission("43", "DELETE_OWN_WORKLOGS", "Delete own worklogs"),
    Permission("41", "EDIT_ALL_WORKLOGS", "Edit all worklogs"),
    Permission("40", "EDIT_OWN_WORKLOGS", "Edit own worklogs"),
)

KNOWN = {permission.key: permission for permission in ALL}

#: Held by administrators, everywhere; everybody else holds all the rest until it is forbidden.
ADMINS_ONLY = frozenset(
    {
        *("ADMINISTER", "SYSTEM_ADMIN", "MANAGE_GROUP_FILTER_SUBSCRIPTIONS", "ADMINISTER_PROJECTS"),
        *("MODIFY_REPORTER", "MANAGE_SPRINTS_PERMISSION", "SERVICEDESK_AGENT", "MANAGE_WATCHERS", "SET_ISSUE_SECURITY"),
        *(f"{what}_ALL_{things}" for what in ("EDIT", "DELETE") for things in ("COMMENTS", "WORKLOGS")),
        "DELETE_ALL_ATTACHMENTS",
    }
)
