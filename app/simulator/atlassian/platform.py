"""The state of Atlassian's own services: the sites behind the gateway, apps, consent, and who comes with what token."""

import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import Authorization

from app.simulator.atlassian.grants import Grant
from app.simulator.atlassian.issuing import Issuer, Tokens
from app.simulator.atlassian.refusing import turned_away
from app.simulator.clock import Clock
from app.simulator.people import App, Person
from app.simulator.site import Site

#: What an app asks for unless it says otherwise: the fewest scopes a receiver with write-back can do with.
SCOPES = ("read:jira-work", "write:jira-work", "read:jira-user", "manage:jira-webhook", "offline_access")


@dataclass(frozen=True)
class Pass:
    """Who comes through the gateway with which scopes; `app` is set where an OAuth app sent it."""

    person: Person
    scopes: frozenset[str]
    app: App | None = None


class Atlassian:
    """Knows apps, what people let them do, and what every token is good for; several sites may share one."""

    def __init__(self) -> None:
        self.clock = Clock()
        #: By cloudId, each with the WSGI application that serves it.
        self.sites: dict[str, tuple[Site, Callable[..., Any]]] = {}
        self.apps: dict[str, App] = {}
        self.issuer = Issuer(self.clock)
        self._lock = threading.RLock()
        self._grants: dict[tuple[str, str], Grant] = {}
        self._scoped: dict[str, Pass] = {}

    def register(
        self,
        name: str,
        *,
        redirect_uri: str = "",
        scopes: Iterable[str] = SCOPES,
        service: Person | None = None,
    ) -> App:
        """Make an app in the developer console, or with `service` client credentials of that account."""
        app = App(name, redirect_uri, frozenset(scopes), service)
        self.apps[app.client_id] = app
        if service:
            self.consent(app, service, app.scopes, self.open_to(service))
        return app

    def scoped_token(self, person: Person, scopes: Iterable[str] = SCOPES) -> str:
        """Make an API token with scopes: basic authentication with the person's address, at the gateway alone."""
        token = secrets.token_urlsafe(48)
        self._scoped[token] = Pass(person, frozenset(scopes))
        return token

    def open_to(self, person: Person) -> list[str]:
        """List the cloudIds of the sites a person has an account on."""
        return [cloud_id for cloud_id, (site, _) in self.sites.items() if person.id in site.people]

    def consent(self, app: App, person: Person, scopes: Iterable[str], sites: Iterable[str]) -> Grant:
        """Let an app act for a person on sites, named by cloudId; consenting again adds to what was granted."""
        with self._lock:
            grant = self.grant(app, person)
            if grant is None:
                grant = self._grants[app.client_id, person.id] = Grant(app, person, set(), set())
            grant.scopes |= set(scopes)
            grant.sites |= set(sites)
            return grant

    def connect(self, app: App, person: Person, *, scopes: Iterable[str] = (), sites: Iterable[str] = ()) -> Tokens:
        """Consent and fetch tokens without a browser: to all the app asks for and everywhere, unless told otherwise."""
        asked = frozenset(scopes) or app.scopes
        grant = self.consent(app, person, asked, list(sites) or self.open_to(person))
        return self.issuer.begin(grant, refreshable="offline_access" in asked)

    def revoke(self, app: App, person: Person) -> None:
        """Take an app's access away, as a person does under Connected apps."""
        with self._lock:
            self._grants.pop((app.client_id, person.id)).revoked = True

    def grant(self, app: App, person: Person) -> Grant | None:
        """Find what a person lets an app do."""
        return self._grants.get((app.client_id, person.id))

    def admit(self, given: Authorization | None, cloud_id: str) -> Pass:
        """Find out who wants to a site and with which scopes; raises Refused as the gateway does."""
        kind, site = given.type if given else "", self.sites[cloud_id][0]
        if given and kind == "bearer":
            grant = self.issuer.bearer(given.token or "")
            if cloud_id not in grant.sites:
                raise turned_away("The app is not installed on this instance", status=403)
            entering = Pass(grant.person, frozenset(grant.scopes), grant.app)
        elif given and kind == "basic":
            entering = self._holder(given.username or "", given.password or "")
        else:
            raise turned_away()
        person = site.people.get(entering.person.id)
        if person is None or person.locked:
            raise turned_away()
        return entering

    def _holder(self, email: str, token: str) -> Pass:
        known = self._scoped.get(token)
        if known is None or known.person.email != email:
            raise turned_away()
        return known
