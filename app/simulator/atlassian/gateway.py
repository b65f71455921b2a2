"""Leads /ex/jira/{cloudId} to the site it names; what comes this way is known by its script name."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from app.simulator.atlassian.platform import Atlassian

PREFIX = "/ex/jira/"
PATH = re.compile(r"^/ex/jira/([^/]+)(/.*)$")


def gateway(atlassian: Atlassian, own: Callable[..., Any]) -> Callable[..., Any]:
    """Put the gateway before a site's own WSGI application."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = PATH.match(environ["PATH_INFO"])
        if asked is None:
            return own(environ, start_response)  # type: ignore[no-any-return]
        cloud_id, path = asked.groups()
        if cloud_id not in atlassian.sites:
            start_response("404 Not Found", [("Content-Type", "application/json")])
            return [json.dumps({"code": 404, "message": "Not Found"}).encode()]
        environ |= {"SCRIPT_NAME": f"{PREFIX}{cloud_id}", "PATH_INFO": path}
        return atlassian.sites[cloud_id][1](environ, start_response)  # type: ignore[no-any-return]

    return serve
