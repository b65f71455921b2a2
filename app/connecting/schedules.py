"""What is looked after every day without anybody asking."""

from collections.abc import Callable

from app.connecting.permissions import audit_all
from app.connecting.status import remind
from app.jira import Jira
from app.storage.connections import Connection
from app.storage.database import Database

#: Early in the day, so that a warning is there when people come.
_PERMISSIONS_AT, _CREDENTIALS_AT = "23 4 * * *", "37 4 * * *"


def schedules(db: Database, open_jira: Callable[[Connection], Jira]) -> dict[str, tuple[str, Callable[[], None]]]:
    """Name what is done when: (cron expression, what to do)."""

    def permissions() -> None:
        audit_all(db, open_jira)

    def credentials() -> None:
        remind(db)

    return {"permissions": (_PERMISSIONS_AT, permissions), "credentials": (_CREDENTIALS_AT, credentials)}
