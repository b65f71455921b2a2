"""From a table of resources to a Flask blueprint, with everything around an answer that no resource cares about."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, current_app, request

from app.simulator.atlassian import Atlassian
from app.simulator.authentication import sender
from app.simulator.call import Answer, Call
from app.simulator.people import Person
from app.simulator.refused import Refused
from app.simulator.site import Site
from app.simulator.trouble import Trouble
from app.simulator.webhooks import Webhooks

Resource = Callable[..., Answer]
#: Method, path under the prefix, and what answers it.
Route = tuple[str, str, Resource]

NOBODY = Person("", "Anonymous", "", "", kind="unknown", active=False, token="")


def blueprint(name: str, prefix: str, routes: Iterable[Route], *, anonymous: Iterable[Resource] = ()) -> Blueprint:
    """Serve a table of resources; those in `anonymous` need no credentials."""
    made = Blueprint(name, __name__, url_prefix=prefix)
    for method, path, resource in routes:
        view = _view(resource, anonymous=resource in set(anonymous))
        made.add_url_rule(path, f"{method} {path}".replace(".", "_"), view, methods=[method])
    return made


def refusal(refused: Refused) -> Response:
    """Answer with an error in Jira's shape."""
    return _response((refused.status, refused.body()), refused.headers)


def _view(resource: Resource, *, anonymous: bool) -> Callable[..., Response]:
    def view(**names: str) -> Response:
        site: Site = current_app.extensions["site"]
        trouble: Trouble = current_app.extensions["trouble"]
        webhooks: Webhooks = current_app.extensions["webhooks"]
        atlassian: Atlassian = current_app.extensions["atlassian"]
        try:
            trouble.before(request.method, request.path)
            with site.lock:
                open_to_all = anonymous and not request.script_root
                person, app = (NOBODY, None) if open_to_all else sender(site, atlassian, request)
                counted = trouble.limits.spend(
                    request.method, request.path, issue=_written(site, names), by_app=app is not None
                )
                call = Call(site, webhooks, person, app, request.args, _content(), request.script_root)
                answer = resource(call, **names)
            trouble.after(request.method, request.path)
            return _response(answer, counted)
        except Refused as refused:
            return refusal(refused)

    return view


def _written(site: Site, names: Mapping[str, str]) -> str:
    """Give the key of the issue that a request writes to, whether it names key or id."""
    issue = site.issue(names.get("key", "")) if request.method != "GET" and "/issue/" in request.path else None
    return issue.key if issue else ""


def _content() -> Any:
    """Read the body; None where there is none."""
    if not request.get_data(cache=True):
        return None
    if not request.is_json:
        raise Refused("Unsupported Media Type", status=415)
    try:
        return json.loads(request.get_data())
    except ValueError as wrong:
        raise Refused("There was an error parsing JSON. Check that your request body is valid.") from wrong


def _response(answer: Answer, headers: Mapping[str, str]) -> Response:
    status, content = answer
    if content is None:
        return Response(status=status, headers=headers)
    return Response(json.dumps(content, ensure_ascii=False), status, headers, mimetype="application/json")
