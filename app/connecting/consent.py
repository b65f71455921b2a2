"""The round trip through a browser in which somebody consents: invitation, Atlassian, callback, choice of a site.

Each leg begins with a token that works once and for a while. From the second on it works only in the browser that
began: what the browser was given as a cookie is kept, hashed, beside the token.
"""

import hmac
import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from app.connecting.access import by_consent
from app.connecting.connect import Wish, establish, free_name
from app.connecting.errors import ConnectError
from app.connecting.oauth import Grant, Site, application, sites
from app.settings import Settings
from app.storage import connections, states
from app.storage.connections import Connection
from app.storage.database import Database
from app.storage.vault import Vault

#: How long an admin has for each leg.
SECONDS = 15 * 60

_AGAIN = (
    "Ask for a new link with `jira-reactor connect --oauth` or `jira-reactor reconnect`, and open it in one browser."
)


@dataclass(frozen=True)
class Choice:
    """What is left to be decided: which of several sites; `token` brings the decision back."""

    token: str
    sites: tuple[Site, ...]


@dataclass(frozen=True)
class RoundTrip:
    """The round trip as this installation makes it."""

    db: Database
    vault: Vault
    settings: Settings

    def invite(self, wish: Wish) -> str:
        """Return the link that lets whoever opens it first connect what is wished for."""
        application(self.settings)
        if wish.name and not wish.reconnect:
            free_name(self.db, wish.name)
        invitation = states.issue(self.db, "invitation", asdict(wish), SECONDS)
        return f"{self.settings.public_url}/connect?invitation={invitation}"

    def begin(self, invitation: str, browser: str) -> str:
        """Return where at Atlassian the browser goes on; raise ConnectError for a link that is not good any more."""
        wish = states.take(self.db, "invitation", invitation)
        if wish is None:
            raise ConnectError("This link is unknown, was used already, or is older than 15 minutes.", _AGAIN)
        state = states.issue(self.db, "state", {"wish": wish, "browser": _hash(browser)}, SECONDS)
        return application(self.settings).consent_url(state)

    def finish(self, state: str, browser: str, *, code: str, refusal: str = "") -> Connection | Choice:
        """Turn what Atlassian sent the browser back with into a connection, or into the choice of a site.

        `refusal` is Atlassian's `error`, empty where there is none.
        """
        wish = Wish(**self._take("state", state, browser)["wish"])
        if refusal or not code:
            raise ConnectError(
                "Nobody consented: Atlassian says access was denied."
                if refusal == "access_denied"
                else "Atlassian ended the consent with an error of its own.",
                f"Log in as the service account and press Accept. {_AGAIN}",
            )
        grant = application(self.settings).exchange(code)
        offered = self._fitting(wish, sites(self.settings, grant.access_token))
        if len(offered) == 1:
            return self._establish(wish, offered[0], grant)
        kept = self.vault.seal(json.dumps(asdict(grant)))
        data = {"wish": asdict(wish), "browser": _hash(browser), "sites": [asdict(s) for s in offered], "sealed": kept}
        return Choice(states.issue(self.db, "choice", data, SECONDS), tuple(offered))

    def choose(self, token: str, browser: str, cloud_id: str) -> Connection:
        """Connect the chosen one of the sites that were offered."""
        kept = self._take("choice", token, browser)
        chosen = next((Site(**site) for site in kept["sites"] if site["cloud_id"] == cloud_id), None)
        if chosen is None:
            raise ConnectError("That site was not among those offered.", _AGAIN)
        told = json.loads(self.vault.unseal(kept["sealed"]))
        grant = Grant(**told | {"scopes": tuple(told["scopes"])})
        return self._establish(Wish(**kept["wish"]), chosen, grant)

    def _fitting(self, wish: Wish, offered: list[Site]) -> list[Site]:
        """Leave out what cannot be meant."""
        if not offered:
            raise ConnectError(
                "The consent opens no Jira site.",
                "Give the service account access to Jira at admin.atlassian.com, and choose the site when consenting.",
            )
        if wish.reconnect:
            known = connections.named(self.db, wish.reconnect)
            offered = [site for site in offered if site.url.partition("://")[2] == known.site]
            if not offered:
                raise ConnectError(f"The consent does not open {known.site}.", f"Choose that site. {_AGAIN}")
        return offered

    def _establish(self, wish: Wish, site: Site, grant: Grant) -> Connection:
        return establish(self.db, self.vault, by_consent(self.settings, site.cloud_id, grant), wish, by="browser")

    def _take(self, kind: str, token: str, browser: str) -> dict[str, Any]:
        kept = states.take(self.db, kind, token)
        if kept is None:
            raise ConnectError("This page is unknown, was used already, or is older than 15 minutes.", _AGAIN)
        if not browser or not hmac.compare_digest(kept["browser"], _hash(browser)):
            raise ConnectError("This was begun in another browser.", _AGAIN)
        return kept


def _hash(browser: str) -> str:
    return sha256(browser.encode()).hexdigest()
