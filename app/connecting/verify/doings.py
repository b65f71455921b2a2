"""What a verification does in Jira: read, create, comment, move, and clean up after itself."""

from collections.abc import Callable
from uuid import uuid4

from app.connecting.verify.step import Left, StepFailed, StepSkipped
from app.jira import Jira, NotOffered
from app.jira.errors import Forbidden, JiraError, NotFound
from app.jira.values import Transition
from app.storage.connections import Connection

SUMMARY = "A test of jira-reactor, which deletes it again"
COMMENT = "jira-reactor verifies its connection with this comment and deletes it again."


class Doings:
    """The steps that touch Jira, in their order; what they made is remembered for the cleaning up."""

    def __init__(self, connection: Connection, jira: Jira, project: str, issue: str | None) -> None:
        self._connection = connection
        self._jira = jira
        self.project = project
        self._given = issue
        self.key = issue or ""
        #: Jira's id of the issue; empty until there is one.
        self.issue_id = ""
        self.comment_id = ""
        self._status = ""
        #: Whether the issue was moved.
        self.moved = False

    @property
    def created(self) -> bool:
        """Tell whether the issue is one that we made."""
        return bool(self.key) and not self._given

    def log_in(self) -> str:
        """Ask who we are."""
        account = self._jira.myself()
        if account.id != self._connection.account.id:
            raise StepFailed(
                f"The credentials belong to {account.name}, but the connection is {self._connection.account.name}'s.",
                f"Run `jira-reactor reconnect {self._connection.name}` with the service account's credentials.",
            )
        return f"as {account.name}"

    def read(self) -> str:
        """Read the project."""
        return f"project {self.project} ({self._jira.project(self.project)})"

    def issue(self) -> str:
        """Create the test issue, or read the one given."""
        if not self._given:
            self.key = self._create()
        found = self._jira.issue(self.key)
        if found.key.rpartition("-")[0] != self.project:
            raise StepFailed(f"{self.key} is not an issue of {self.project}.", "Give one of that project to --issue.")
        self.key, self.issue_id, self._status = found.key, found.id, found.status
        return f"{self.key} in {self._status}"

    def _create(self) -> str:
        try:
            return self._jira.create_issue(self.project, SUMMARY)
        except JiraError as error:
            if self._may("CREATE_ISSUES"):
                raise StepFailed(
                    error.message, f"{error.cure} Or use an issue that is there: --issue {self.project}-1."
                ) from None
            raise StepFailed(
                f"The account cannot create a test issue in {self.project}: Create Issues.",
                f"The service does not need that itself, so use an issue that is there: --issue {self.project}-1.",
            ) from None

    def comment(self) -> str:
        """Comment on the issue."""
        try:
            self.comment_id = self._jira.comment(self.key, COMMENT, marker=self._marker())
        except JiraError as error:
            raise self._lack("ADD_COMMENTS", "comment: Add Comments", error) from None
        return f"comment {self.comment_id}"

    def move(self) -> str:
        """Move the issue to another status."""
        ways = [way for way in self._jira.transitions(self.key) if way.to != self._status]
        if not ways and not self._may("TRANSITION_ISSUES"):
            raise self._lack("TRANSITION_ISSUES", "move issues: Transition Issues")
        open_ways = [way for way in ways if not _demands(way)]
        if not open_ways:
            raise StepSkipped(f"The workflow offers no way out of {self._status} without filling in fields.")
        # A way into the last category may set off what people have automated for finished work.
        target = min(open_ways, key=lambda way: way.category == "done").to
        self.moved = self._jira.transition(self.key, target, marker=self._marker(), backwards=True).moved
        return f"{self._status} → {target}"

    def move_back(self) -> str:
        """Move the issue back to where it was."""
        if not self.moved:
            raise StepSkipped("It was not moved.")
        try:
            self._jira.transition(self.key, self._status, marker=self._marker(), backwards=True)
        except NotOffered:
            if not self._given:
                raise StepSkipped(f"The workflow offers no way back to {self._status}.") from None
            raise Left(
                f"The workflow offers no way back, so {self.key} stays where it is.",
                f"Move it back to {self._status} in Jira, if that matters.",
            ) from None
        return f"→ {self._status}"

    def clean_up(self) -> str:
        """Delete what was made; raises Left where Jira does not allow it."""
        if self.created:
            return self._delete(self.key, "Delete Issues", lambda: self._jira.delete_issue(self.key))
        if self.comment_id:
            what = f"comment {self.comment_id} of {self.key}"
            own = "Delete Own Comments"
            return self._delete(what, own, lambda: self._jira.delete_comment(self.key, self.comment_id))
        raise StepSkipped("Nothing was made.")

    def _delete(self, what: str, permission: str, delete: Callable[[], None]) -> str:
        try:
            delete()
        except JiraError as error:
            denied = isinstance(error, Forbidden | NotFound) or "permission" in error.message.lower()
            why = f"The account lacks {permission}, and does not need it otherwise." if denied else error.message
            raise Left(f"{what} is left. {why}", "Delete it in Jira by hand.") from None
        return f"deleted {what}"

    def _lack(self, permission: str, what: str, error: JiraError | None = None) -> Exception:
        """Say that a permission is lacking if that is so, else what Jira said."""
        if error is not None and self._may(permission):
            return error
        return StepFailed(
            f"The account cannot {what}.", f"`jira-reactor permissions {self.project}` says where to grant it."
        )

    def _may(self, permission: str) -> bool:
        try:
            return self._jira.permissions(self.project, [permission]).get(permission, True)
        except JiraError:
            return True

    def _marker(self) -> str:
        return f"verify-{uuid4()}"


def _demands(way: Transition) -> bool:
    return any(field.required and not field.has_default for field in way.fields)
