import subprocess
import sys
from pathlib import Path

import pytest

from app import create_app, create_worker, open_jira
from app.droids.prompts import PromptError
from app.events.event import User
from app.jira.cloud import CloudJira
from app.jira.datacenter import DataCenterJira
from app.routing.errors import RouteError
from app.settings import load
from app.storage import connections
from app.storage.database import Database
from app.storage.vault import Vault

ROOT = Path(__file__).parents[1]


def test_the_web_application_is_made_without_touching_anything(tmp_path: Path) -> None:
    """gunicorn makes it before it forks, and a database that is away must not keep it from starting."""
    home = tmp_path / "home"
    app = create_app(load({"JIRA_REACTOR_HOME": str(home)}))
    assert app.config["MAX_CONTENT_LENGTH"] == 25 * 1024 * 1024
    assert {"/webhooks/jira/<connection>", "/healthz"} <= {rule.rule for rule in app.url_map.iter_rules()}
    assert not home.exists()


def test_settings_come_from_the_environment_where_none_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIRA_REACTOR_HOME", str(tmp_path))
    monkeypatch.setenv("JIRA_REACTOR_MAX_BODY", "4096")
    assert create_app().config["MAX_CONTENT_LENGTH"] == 4096


def test_a_worker_is_refused_a_handler_that_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "typo.py").write_text(
        "from app.handler import Router\nrouter = Router()\n@router.on('coment_created')\n"
    )
    environ = {"JIRA_REACTOR_HOME": str(tmp_path), "JIRA_REACTOR_HANDLERS": str(tmp_path)}
    with pytest.raises(RouteError, match=r"typo\.py"):
        create_worker(load(environ))


def test_a_worker_refuses_to_start_with_a_prompt_it_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "look.py").write_text(
        "from app.handler import Router\nrouter = Router()\n@router.on('comment_created')\n"
        "def look(ctx):\n    ctx.prompt('look')\n"
    )
    environ = {"JIRA_REACTOR_HOME": str(tmp_path), "JIRA_REACTOR_HANDLERS": str(tmp_path)}
    with pytest.raises(PromptError, match=r"look\.py:5: There is no prompt look"):
        create_worker(load(environ))
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "look.md.j2").write_text("Look.\n{% if %}")
    with pytest.raises(PromptError, match=r"look\.md\.j2:2: "):
        create_worker(load(environ))


def test_a_worker_is_made_of_the_settings(tmp_path: Path) -> None:
    worker = create_worker(load({"JIRA_REACTOR_HOME": str(tmp_path)}))
    worker.stop()
    assert worker._db.url == f"sqlite:///{tmp_path}/reactor.sqlite3"


@pytest.mark.parametrize(
    ("deployment", "auth", "kind"),
    [
        pytest.param("cloud", "api_token", CloudJira, id="cloud"),
        pytest.param("datacenter", "personal_access_token", DataCenterJira, id="datacenter"),
    ],
)
def test_a_connections_client_is_made_of_what_is_stored(
    db: Database, vault: Vault, deployment: str, auth: str, kind: type
) -> None:
    connection = connections.add(
        db,
        vault,
        name="test",
        deployment=deployment,
        base_url="https://jira.example.com",
        site="jira.example.com",
        auth=auth,
        credentials={"email": "e@example.com", "token": "secret-token"},
        account=User("droid", "Factory Droid"),
    )
    jira = open_jira(connection, vault, db, load({}))
    assert type(jira) is kind
    assert jira.client.base_url == "https://jira.example.com"
    assert "secret-token" not in repr(vars(jira)) + repr(connection)


def test_importing_the_house_costs_nothing() -> None:
    script = "import sys, app, app.cli\nprint(sorted({'flask', 'sqlalchemy', 'dbos', 'requests'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_a_handler_file_imports_without_database_and_engine() -> None:
    script = "import sys, app.handler\nprint(sorted({'flask', 'sqlalchemy', 'dbos', 'requests'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
