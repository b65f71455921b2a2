"""`jira-reactor simulator`: a Jira to try things on."""

import json
import shlex
import signal
import threading
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from app.simulator import Running
    from app.simulator.people import Person


@click.command()
@click.option("--face", type=click.Choice(["cloud", "datacenter"]), default="cloud", show_default=True)
@click.option("--port", default=0, help="Port on 127.0.0.1; any free one where not given.")
@click.option("--project", "projects", multiple=True, default=["DEMO"], show_default=True, help="Key of a project.")
@click.option(
    "--public-url",
    default="http://127.0.0.1:8420",
    show_default=True,
    help="Where our receiver is, which the simulated OAuth app sends browsers back to.",
)
def simulator(face: str, port: int, projects: tuple[str, ...], public_url: str) -> None:
    """Run a simulated Jira until Ctrl-C or SIGTERM, and print as one JSON object what it takes to connect to it.

    Its people are Ada, Factory Droid, and an administrator, each with a token. A Cloud site has an OAuth app as well,
    and a service account with a scoped token and client credentials; the settings that let us use them are printed as
    shell commands on standard error. Everything in it is forgotten when it ends.
    """
    from app.simulator import start

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with start("cloud" if face == "cloud" else "datacenter", port=port) as running:
        people = {
            "ada": running.site.add_user("Ada", email="ada@example.com"),
            "droid": running.site.add_user("Factory Droid", email="droid@example.com"),
            "admin": running.site.add_user("Admin", email="admin@example.com", admin=True),
        }
        for key in projects:
            running.site.add_project(key, f"Project {key}")
        told: dict[str, Any] = {"url": running.url, "face": face, "projects": list(projects)}
        told["people"] = {name: _credentials(person) for name, person in people.items()}
        if face == "cloud":
            running.site.signed_in = people["droid"]
            told |= _apps(running, public_url.rstrip("/"))
        click.echo(json.dumps(told))
        for name, value in told.get("environment", {}).items():
            click.echo(f"export {name}={shlex.quote(value)}", err=True)
        stopping.wait()


def _credentials(person: "Person") -> dict[str, str]:
    return {"email": person.email, "token": person.token, "id": person.id}


def _apps(running: "Running", public_url: str) -> dict[str, Any]:
    """Make the credentials that work at the gateway, and say what lets us use the OAuth app."""
    atlassian = running.atlassian
    service = running.site.add_service_account("Service Droid")
    machine = atlassian.register("Service Droid", service=service)
    reactor = atlassian.register("jira-reactor", redirect_uri=f"{public_url}/oauth/callback")
    environment = {
        "JIRA_REACTOR_PUBLIC_URL": public_url,
        "JIRA_REACTOR_ATLASSIAN_AUTH_URL": running.url,
        "JIRA_REACTOR_ATLASSIAN_API_URL": running.url,
        "JIRA_REACTOR_OAUTH_CLIENT_ID": reactor.client_id,
        "JIRA_REACTOR_OAUTH_CLIENT_SECRET": reactor.client_secret,
    }
    scoped = {"email": service.email, "token": atlassian.scoped_token(service), "id": service.id}
    return {
        "cloud_id": running.site.cloud_id,
        "gateway": running.gateway_url,
        "service_account": scoped,
        "client_credentials": {"client_id": machine.client_id, "client_secret": machine.client_secret},
        "environment": environment,
    }
