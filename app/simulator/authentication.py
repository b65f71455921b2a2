"""Who sends a request: by API token or through the gateway on Cloud, by personal access token on Data Center."""

import hmac
from collections.abc import Iterable

from flask import Request

from app.simulator.atlassian import Atlassian
from app.simulator.atlassian.refusing import turned_away
from app.simulator.atlassian.scopes import needed
from app.simulator.people import App, Person
from app.simulator.refused import Refused
from app.simulator.site import Site


def sender(site: Site, atlassian: Atlassian, request: Request) -> tuple[Person, App | None]:
    """Find out who sent a request; raises Refused where the credentials do not hold, or not here."""
    if request.script_root:
        return _through_gateway(site, atlassian, request)
    given = request.authorization
    if given and given.type == "basic" and site.face.name == "cloud":
        people = (p for p in site.people.values() if p.email == given.username and not p.service)
        return _holder(people, given.password or ""), None
    if given and given.type == "bearer" and site.face.name == "datacenter":
        return _holder(site.people.values(), given.token or ""), None
    raise _unknown()


def _through_gateway(site: Site, atlassian: Atlassian, request: Request) -> tuple[Person, App | None]:
    entering = atlassian.admit(request.authorization, site.cloud_id)
    wanted = needed(request.method, request.path)
    if wanted is None or not wanted <= entering.scopes:
        raise turned_away("Unauthorized; scope does not match")
    return site.people[entering.person.id], entering.app


def _holder(people: Iterable[Person], token: str) -> Person:
    for person in people:
        if not person.locked and hmac.compare_digest(person.token.encode(), token.encode()):
            return person
    raise _unknown()


def _unknown() -> Refused:
    headers = {"WWW-Authenticate": 'OAuth realm="simulator"', "X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    return Refused("Client must be authenticated to access this resource.", status=401, headers=headers)
