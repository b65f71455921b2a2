"""Sign what goes out and check what comes in, as Standard Webhooks asks.

https://www.standardwebhooks.com/
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


def signed(secret: str, key: str, body: str) -> dict[str, str]:
    """Make the three headers of a message; `key` names the message and stays the same when it is sent again."""
    # A header holds ASCII; keys hold more only where a handler's name does.
    name, sent = quote(key, safe="/"), datetime.now(UTC)
    return {
        ID: name,
        TIMESTAMP: str(int(sent.timestamp())),
        SIGNATURE: Webhook(secret).sign(name, sent, body),
    }


def genuine(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether whoever knows the secret signed a message within five minutes of now."""
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        # ValueError is what the library raises for headers and bodies that nobody signs: no base64, no UTF-8.
        return False
    return True
