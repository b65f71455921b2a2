"""The way of one request: type, signature, envelope, one durable insert."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.receiving.identity import delivery_key, event_name
from app.receiving.refusals import BadSignature, NotJson, UnknownConnection, WrongType
from app.receiving.verify import verify
from app.storage import deliveries, webhooks
from app.storage.database import Database
from app.storage.vault import Vault

#: The headers worth keeping; the signature and any token are not among them.
_KEPT = (
    "x-atlassian-webhook-identifier",
    "x-atlassian-webhook-retry",
    "x-atlassian-webhook-flow",
    "x-atlassian-webhook-trace",
    "user-agent",
)
#: Every header that is read, in lower case.
HEADERS = (*_KEPT, "content-type", "x-hub-signature", "authorization")


@dataclass(frozen=True)
class Receipt:
    """What became of a request: a new delivery with its number, or one that is kept already."""

    seq: int | None

    @property
    def new(self) -> bool:
        """Tell whether this request is the first to bring the delivery."""
        return self.seq is not None


class Receiver:
    """Keeps what Jira pushes; made once per process, holds no state but the decoy."""

    def __init__(self, db: Database, vault: Vault) -> None:
        self._db = db
        self._vault = vault

    @cached_property
    def _decoy(self) -> tuple[str, str]:
        # An unknown connection is checked against this, so that its answer takes as long as a bad signature's.
        return "admin", self._vault.seal("decoy")

    def receive(self, connection_id: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        """Verify a request and keep it durably; `headers` are those of HEADERS that it has.

        Raises a Refusal for what must never come back, and StorageError where it could not be kept.
        """
        if not says_json(headers):
            raise WrongType("The content type is not application/json.", "Point only Jira's webhooks at this address.")
        self._verify(connection_id, headers, body)
        envelope = _decode(body)
        seq = deliveries.keep(
            self._db,
            connection_id=connection_id,
            key=delivery_key(headers, envelope, body),
            headers=json.dumps({name: headers[name] for name in _KEPT if name in headers}),
            body=body,
            event=event_name(envelope),
        )
        return Receipt(seq)

    def _verify(self, connection_id: str, headers: Mapping[str, str], body: bytes) -> None:
        sealed = webhooks.sealed_secrets(self._db, connection_id)
        candidates = [self._decoy] if sealed is None else sealed
        try:
            verify(headers, body, [(kind, self._vault.unseal(secret)) for kind, secret in candidates])
        except BadSignature:
            if sealed is not None:
                raise
        if sealed is None:
            raise UnknownConnection(
                "There is no connection with this id.",
                "Compare the webhook's URL in Jira with `jira-reactor webhooks list`.",
            )


def says_json(headers: Mapping[str, str]) -> bool:
    """Tell whether a request says that its body is JSON; `headers` have lower-case names."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _decode(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotJson("The body is not JSON.", "In a custom webhook, check its template.") from None
