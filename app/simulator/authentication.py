"""Who sends a request: API tokens and app tokens on Cloud, personal access tokens on Data Center."""

import hmac
from collections.abc import Iterable

from flask import Request

from app.simulator.people import App, Person
from app.simulator.refused import Refused
from app.simulator.site import Site


def sender(site: Site, request: Request) -> tuple[Person, App | None]:
    """Find out who sent a request; raises Refused with 401 where the credentials do not hold."""
    given = request.authorization
    if given and given.type == "basic" and site.face.name == "cloud":
        people = (person for person in site.people.values() if person.email == given.username)
        return _holder(people, given.password or ""), None
    if given and given.type == "bearer" and site.face.name == "cloud":
        for app in site.apps:
            if _same(app.token, given.token or ""):
                return app.person, app
    if given and given.type == "bearer" and site.face.name == "datacenter":
        return _holder(site.people.values(), given.token or ""), None
    raise _unknown()


def _holder(people: Iterable[Person], token: str) -> Person:
    for person in people:
        if person.active and _same(person.token, token):
            return person
    raise _unknown()


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


def _unknown() -> Refused:
    headers = {"WWW-Authenticate": 'OAuth realm="simulator"', "X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    return Refused("Client must be authenticated to access this resource.", status=401, headers=headers)
