"""The way of one callback of a remote droid: signature, shape, whose turn it ends, one durable insert."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.droids.http import wire
from app.droids.http.signing import ID, genuine
from app.receiving.receive import says_json
from app.receiving.refusals import BadSignature, TaskOver, UnknownTask, UsedId, WrongBody, WrongType
from app.storage import callbacks, runs, turns
from app.storage.database import Database
from app.storage.runs import Run

#: What a key may hold in the database.
_LONGEST_ID = 255
#: States in which nobody waits for the end of the present turn.
_OVER = runs.ENDED | {"awaiting input"}


class CallbackReceiver:
    """Keeps what remote droids say; without a secret it believes nobody."""

    def __init__(self, db: Database, secret: str) -> None:
        self._db = db
        self._secret = secret

    def receive(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Verify a callback and keep it durably; tell whether it is new. `headers` have lower-case names.

        Raises a Refusal for what must never come back, and StorageError where it could not be kept.
        """
        if not says_json(headers):
            raise WrongType("The content type is not application/json.", "Send the callback as JSON, and say so.")
        self._verify(headers, body)
        told = self._read(body)
        run = runs.get(self._db, told.run)
        if run is None or told.turn > run.turn:
            raise UnknownTask("No run has this task.", "Send back data.task as it came.")
        if told.report is None:
            return self._hear(run, told)
        return self._keep(run, told.turn, asdict(told.report), headers[ID])

    def _verify(self, headers: Mapping[str, str], body: bytes) -> None:
        if not self._secret:
            raise UnknownTask(
                "There are no remote droids here.", "Set JIRA_REACTOR_DROID_SECRET for the receiver as for the worker."
            )
        if not genuine(self._secret, headers, body):
            raise BadSignature(
                "The webhook-signature does not fit id, timestamp and body, or the time is over five minutes off.",
                "Sign as https://www.standardwebhooks.com/ says, with the secret that signed the task.",
            )
        if len(headers[ID]) > _LONGEST_ID:
            raise WrongBody(f"The webhook-id is longer than {_LONGEST_ID} characters.", "Take a UUID.")

    @staticmethod
    def _read(body: bytes) -> wire.Callback:
        try:
            return wire.read_callback(body)
        except wire.WrongShape as wrong:
            raise WrongBody(wrong.message, "See `The http droid` in docs/operating.md.") from None

    def _hear(self, run: Run, told: wire.Callback) -> bool:
        if _is_over(run, told.turn):
            raise _over()
        turns.heard(self._db, run.id, told.step, told.session)
        return True

    def _keep(self, run: Run, turn: int, report: dict[str, Any], key: str) -> bool:
        """Keep what ends a turn; a repeat is told from a second end, and from an id that came with another task."""
        kept = callbacks.keys_of(self._db, run.id, turn)
        if key in kept:
            return False
        if kept or _is_over(run, turn):
            raise _over()
        if callbacks.keep(self._db, key, run.id, turn, report):
            return True
        if key in callbacks.keys_of(self._db, run.id, turn):
            return False
        raise UsedId("This webhook-id came with another task.", "Give each message an id of its own, such as a UUID.")


def _is_over(run: Run, turn: int) -> bool:
    return turn < run.turn or run.state in _OVER


def _over() -> TaskOver:
    return TaskOver("The task has ended, was stopped, or came past its deadline.", "Work no more on it.")
