"""The whole way once, for real: from our credentials to Jira and back through its webhooks."""

import time
from collections.abc import Callable, Iterator

from app.connecting.verify import arriving
from app.connecting.verify.arriving import Expected
from app.connecting.verify.doings import Doings
from app.connecting.verify.step import Left, Outcome, Step, StepSkipped
from app.errors import ReactorError
from app.jira import Jira
from app.storage import deliveries, webhooks
from app.storage.connections import Connection
from app.storage.database import Database

#: How long Jira may take to push what happened.
PATIENCE_SECONDS = 30.0


def verify(
    db: Database,
    connection: Connection,
    jira: Jira,
    project: str,
    *,
    public_url: str,
    issue: str | None = None,
    patience: float = PATIENCE_SECONDS,
) -> Iterator[Step]:
    """Yield each step as it ends; after the first that failed the others are skipped, and what was made is deleted.

    Without an `issue` a test issue is created. What happens is the droid's own doing, so no route reacts to it.
    """
    doings = Doings(connection, jira, project, issue)
    echo = _Echo(db, connection, doings, public_url, patience, after=deliveries.newest(db))
    cleaned = False
    try:
        yield from _until_one_fails(
            ("log in", doings.log_in),
            ("read", doings.read),
            ("read issue" if issue else "create issue", doings.issue),
            ("comment", doings.comment),
            ("move", doings.move),
            ("move back", doings.move_back),
            ("webhooks", echo.arrive),
            ("signatures", echo.signatures),
        )
        cleaned = True
        yield _taken("clean up", doings.clean_up)
    finally:
        # Whoever loses patience in the middle leaves nothing behind either.
        if not cleaned:
            _taken("clean up", doings.clean_up)


def _until_one_fails(*steps: tuple[str, Callable[[], str]]) -> Iterator[Step]:
    failed = ""
    for name, do in steps:
        step = Step(name, "skipped", f"because {failed} failed") if failed else _taken(name, do)
        failed = failed or (name if step.outcome == "failed" else "")
        yield step


def _taken(name: str, do: Callable[[], str]) -> Step:
    began = time.monotonic()

    def step(outcome: Outcome, said: str, cure: str = "") -> Step:
        return Step(name, outcome, said, cure, round(time.monotonic() - began, 3))

    try:
        return step("ok", do())
    except StepSkipped as skipped:
        return step("skipped", skipped.message)
    except Left as left:
        return step("left", left.message, left.cure)
    except ReactorError as error:
        return step("failed", error.message, error.cure)


class _Echo:
    """The steps that wait for what Jira pushes of our doings."""

    def __init__(
        self, db: Database, connection: Connection, doings: Doings, public_url: str, patience: float, *, after: int
    ) -> None:
        self._db = db
        self._connection = connection
        self._doings = doings
        self._public_url = public_url
        self._patience = patience
        self._after = after
        self._arrived = 0

    def arrive(self) -> str:
        """Wait until everything we did has been pushed."""
        db, connection, began = self._db, self._connection, time.monotonic()
        arriving.ready(db, connection, self._doings.project, self._public_url)
        expected = arriving.subscribed(db, connection, self._expected())
        found = arriving.wait(db, connection, self._after, expected, self._patience)
        missed = [each for each in expected if each not in found]
        if missed:
            raise arriving.missing(connection, self._public_url, missed, bool(found), self._patience)
        self._arrived = len(found)
        return f"{', '.join(each.event for each in expected)} arrived after {time.monotonic() - began:.1f} s"

    def signatures(self) -> str:
        """Tell how the deliveries proved to be Jira's; the receiver keeps none that does not."""
        kinds = {webhook.kind for webhook in webhooks.of_connection(self._db, self._connection.id)}
        how = "a token of the app" if kinds == {"dynamic"} else "X-Hub-Signature"
        return f"{self._arrived} of {self._arrived} verified by {how} before they were kept"

    def _expected(self) -> Iterator[Expected]:
        doings = self._doings
        if doings.created:
            yield Expected("jira:issue_created", issue_id=doings.issue_id)
        yield Expected("comment_created", comment_id=doings.comment_id)
        if doings.moved:
            yield Expected("jira:issue_updated", issue_id=doings.issue_id)
