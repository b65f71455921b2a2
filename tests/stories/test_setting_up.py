"""Setting up, with every mistake an admin makes on the first day, each answered with its cure."""

import sys
from pathlib import Path

from app.storage import deliveries
from tests.reacting.waiting import eventually
from tests.stories.house import COMMAND, House

AGENT = """
import os, sys
prompt = sys.stdin.read()
if "credit" in prompt:
    sys.exit("no credit left")
print("I read", "the issue" if "Printer is on fire" in prompt else "nothing", "and see", sorted(os.environ))
"""


def test_every_mistake_of_the_first_day_is_answered_with_its_cure(house: House) -> None:
    connect = ("connect", house.jira.url, "--email", house.droid.email, "--token-file", "-")

    def refused(said: str, *words: str, stdin: str = "", **environ: str) -> None:
        ended = house.cli(*words, stdin=stdin, **environ)
        assert ended.returncode == 1
        assert said in ended.stderr
        assert "Traceback" not in ended.stderr

    refused("There is no connection yet.\n  Run `jira-reactor connect` first.", "projects", "list")
    refused("Did you mean JIRA_REACTOR_DROID?", *connect, DROIDZ="echo")
    refused("Make a new API token", *connect, stdin="not-the-token")
    refused("The Jira base URL is not an address", "connect", "jira", "--token-file", "-", stdin="x")
    house.ok(*connect, stdin=house.droid.token)
    refused("No project is authorized", "webhooks", "register", "--by-hand")
    refused("Browse Projects", "projects", "authorize", "OSP")
    house.ok("projects", "authorize", "OPS")
    refused("Administer Jira", "webhooks", "register", *_admin(house.droid.email), stdin=house.droid.token)
    told = house.ok("webhooks", "register", *_admin(house.admin.email), stdin=house.admin.token)
    assert told.startswith("Registered webhook ")


def _admin(email: str) -> tuple[str, ...]:
    return ("--admin-email", email, "--admin-token-file", "-")


def test_a_droid_may_be_any_program_and_its_failure_is_said_in_jira(house: House, tmp_path: Path) -> None:
    agent = tmp_path / "agent.py"
    agent.write_text(AGENT)
    house.set("DROID", "command")
    house.set("DROID_COMMAND", f"{sys.executable} {agent}")
    house.set_up_at_once()
    with house.served():
        keys = [house.issue() for _ in range(2)]
        for key, text in zip(keys, ("have a look", "spend all my credit"), strict=True):
            house.ask(key, text)
        eventually(lambda: all(house.said(key) for key in keys))
        house.done()
    [answer], [apology] = map(house.said, keys)
    assert "I read the issue" in answer
    assert "JIRA_REACTOR" not in answer
    assert "The droid failed: It ended with exit code 1. no credit left" in apology


def test_a_typo_in_a_handler_loses_nothing(house: House, tmp_path: Path) -> None:
    """The worker will not start with it, says why, and handles once it is mended what the receiver kept meanwhile."""
    folder = tmp_path / "handlers"
    folder.mkdir()
    handler = folder / "greeting.py"
    right = (
        "from app.handler import Context, Router\n\nrouter = Router()\n\n\n"
        '@router.on("jira:issue_created")\ndef greet(ctx: Context) -> None:\n    ctx.jira.comment("hello")\n'
    )
    handler.write_text(right.replace("issue_created", "issue_craeted"))
    house.set("HANDLERS", str(folder))
    house.set_up_at_once()
    with house.running([*COMMAND, "serve"]):
        eventually(lambda: house.answers() and "Did you mean jira:issue_created?" in house.log.read_text())
        assert f"{handler}:6" in house.log.read_text()
        key = house.issue()
        eventually(lambda: deliveries.latest(house.db, 1))
        assert house.said(key) == []
        handler.write_text(right)
        eventually(lambda: house.said(key) == ["hello"])
        house.done()
    assert [delivery.decision for delivery in deliveries.latest(house.db, 1)] == ["ignored"]
