"""Which of Jira's permissions the service account needs, for what, and which it had better not have.

https://support.atlassian.com/jira-cloud-administration/docs/manage-project-permissions/
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Permission:
    """A permission as Jira calls it in its API and in its settings, and what its lack breaks or its grant allows."""

    key: str
    name: str
    effect: str


#: Without these nothing can be done in a project at all.
ESSENTIAL = (
    Permission("BROWSE_PROJECTS", "Browse Projects", "cannot read issues"),
    Permission("ADD_COMMENTS", "Add Comments", "cannot comment"),
)
NEEDED = (
    *ESSENTIAL,
    Permission("TRANSITION_ISSUES", "Transition Issues", "cannot move issues"),
    Permission("EDIT_ISSUES", "Edit Issues", "cannot label issues or keep properties on them"),
    Permission("ASSIGN_ISSUES", "Assign Issues", "cannot assign issues"),
    Permission("ASSIGNABLE_USER", "Assignable User", "cannot be assigned issues"),
    Permission("EDIT_OWN_COMMENTS", "Edit Own Comments", "cannot correct its own comments"),
    Permission("LINK_ISSUES", "Link Issues", "cannot link issues to pages"),
)
TOO_MUCH = (
    Permission("ADMINISTER_PROJECTS", "Administer Projects", "may change the project's settings and people"),
    Permission("DELETE_ISSUES", "Delete Issues", "may delete issues for good"),
    Permission("DELETE_ALL_COMMENTS", "Delete All Comments", "may delete what others wrote"),
    Permission("EDIT_ALL_COMMENTS", "Edit All Comments", "may change what others wrote"),
)
TOO_MUCH_GLOBALLY = (
    Permission("ADMINISTER", "Administer Jira", "may change the whole site and every project"),
    Permission("SYSTEM_ADMIN", "Jira System Administrators", "may change the server itself"),
    Permission("CREATE_PROJECT", "Create Projects", "may make projects, and administers what it made"),
)
