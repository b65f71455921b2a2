"""What a person may do in a project, by Jira's permission keys."""

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


ADMINISTER = Permission("0", "ADMINISTER", "Administer Jira", "GLOBAL")

ALL = (
    ADMINISTER,
    Permission("10", "BROWSE_PROJECTS", "Browse projects"),
    Permission("11", "CREATE_ISSUES", "Create issues"),
    Permission("12", "EDIT_ISSUES", "Edit issues"),
    Permission("13", "ASSIGN_ISSUES", "Assign issues"),
    Permission("15", "ADD_COMMENTS", "Add comments"),
    Permission("16", "DELETE_ISSUES", "Delete issues"),
    Permission("17", "ASSIGNABLE_USER", "Be assigned issues"),
    Permission("21", "LINK_ISSUES", "Link issues"),
    Permission("23", "ADMINISTER_PROJECTS", "Administer projects"),
    Permission("34", "EDIT_ALL_COMMENTS", "Edit all comments"),
    Permission("35", "EDIT_OWN_COMMENTS", "Edit own comments"),
    Permission("36", "DELETE_ALL_COMMENTS", "Delete all comments"),
    Permission("37", "DELETE_OWN_COMMENTS", "Delete own comments"),
    Permission("46", "TRANSITION_ISSUES", "Transition issues"),
)

KNOWN = {permission.key: permission for permission in ALL}

#: Held by administrators only, in every project; everybody else holds all the rest until it is forbidden.
ADMINS_ONLY = frozenset({"ADMINISTER", "ADMINISTER_PROJECTS", "EDIT_ALL_COMMENTS", "DELETE_ALL_COMMENTS"})
