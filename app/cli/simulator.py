"""`jira-reactor simulator`: a Jira to try things on."""

import json
import time

import click


@click.command()
@click.option("--face", type=click.Choice(["cloud", "datacenter"]), default="cloud", show_default=True)
@click.option("--port", default=0, help="Port on 127.0.0.1; any free one where not given.")
@click.option("--project", "projects", multiple=True, default=["DEMO"], show_default=True, help="Key of a project.")
def simulator(face: str, port: int, projects: tuple[str, ...]) -> None:
    """Run a simulated Jira until Ctrl-C, and print its address and its people's tokens as one JSON object.

    Its people are Ada, the service account Factory Droid, and an administrator. Everything in it is forgotten when it
    ends.
    """
    from app.simulator import start

    with start("cloud" if face == "cloud" else "datacenter", port=port) as running:
        people = {
            "ada": running.site.add_user("Ada", email="ada@example.com"),
            "droid": running.site.add_user("Factory Droid", email="droid@example.com"),
            "admin": running.site.add_user("Admin", email="admin@example.com", admin=True),
        }
        for key in projects:
            running.site.add_project(key, f"Project {key}")
        told = {
            name: {"email": person.email, "token": person.token, "id": person.id} for name, person in people.items()
        }
        try:
            click.echo(json.dumps({"url": running.url, "face": face, "projects": list(projects), "people": told}))
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            click.echo()
