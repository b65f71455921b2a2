"""Running a command as an admin does, against an installation beside a simulated Jira."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from app.cli import main
from app.storage import workers
from tests.connecting.worlds import World, receiving, world


@contextmanager
def installed(face: Any, home: Path) -> Iterator[World]:
    """An installation in which all is well, its receiver running."""
    with receiving({"JIRA_REACTOR_HOME": str(home)}) as url, world(face, home, public_url=url) as made:
        made.site.forbid(made.droid, "BROWSE_PROJECTS", project="WEB")
        run(made, "webhooks", "register", *lent(made), input=made.ada.token)
        workers.beat(made.db, "w")
        yield made


def lent(world: World) -> list[str]:
    """Options that lend Ada's token, which is said on standard input."""
    return [*(["--admin-email", world.ada.email] if world.cloud else []), "--admin-token-file", "-"]


def run(world: World, *arguments: str, **more: Any) -> Result:
    result = CliRunner().invoke(main, arguments, env=world.environ, **more)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def told(world: World, *arguments: str) -> Any:
    """Run a command with --json and read what it says."""
    return json.loads(run(world, *arguments, "--json").stdout)
