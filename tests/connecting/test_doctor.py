"""The doctor: what is wrong is found and named, and no secret is told."""

import ipaddress
import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.connecting.doctor import Check, examine, machine, reaching, storing, working
from app.connecting.doctor.check import done
from app.connecting.doctor.hiding import hide, secrets_of
from app.connecting.doctor.reaching import Need, certificate, days_left, form, name, need
from app.connecting.probing import Unreached, probe
from app.events.event import User
from app.jira import Jira
from app.settings import Settings, load
from app.storage import connections, deliveries, webhooks, workers
from app.storage.connections import Connection
from app.storage.database import Database, now
from app.storage.vault import Vault
from tests.connecting.worlds import SECRET, World, connect_as, receiving, world

PUBLIC, LOCAL = Need(public=True, local=False), Need(public=False, local=True)
INSIDE = Need(public=False, local=False)


@pytest.fixture(name="world", params=["cloud", "datacenter"])
def _world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """An installation in which all is well."""
    with (
        receiving({"JIRA_REACTOR_HOME": str(tmp_path)}) as url,
        world(request.param, tmp_path, public_url=url) as made,
    ):
        made.site.forbid(made.droid, "DELETE_ISSUES", project="OPS")
        made.site.forbid(made.droid, "BROWSE_PROJECTS", project="WEB")
        made.register()
        workers.beat(made.db, "w")
        deliveries.keep(made.db, connection_id=made.connection.id, key="1", headers="{}", body=b"{}", event="e")
        yield made


@dataclass(frozen=True)
class Found:
    kind: str
    text: str


def nothing(connection: Connection, jira: Jira) -> list[Found]:
    return []


def examined(world: World, compare: Any = nothing, **environ: str) -> list[Check]:
    return [*examine(world.settings, open_jira=world.open_jira, compare=compare, environ=environ)]


def wrong(checks: list[Check]) -> list[tuple[str, str, str]]:
    """What is not ok; each must say what to do about it."""
    assert all(check.cure for check in checks if check.outcome != "ok")
    return [(check.name, check.outcome, check.said) for check in checks if check.outcome != "ok"]


def test_an_installation_in_which_all_is_well(world: World) -> None:
    checks = examined(world)
    assert wrong([check for check in checks if check.name not in ("handlers", "disk")]) == []
    names = [check.name for check in checks if check.name != "handlers"]
    assert names == [
        *("home", "disk", "vault key", "database", "migrations", "droid", "engine", "worker", "backlog", "secrets"),
        *("proxy", "public URL", "DNS", "receiver"),
        *("test", "test: credentials", "test: clock", "test: permissions", "test: webhooks"),
    ]
    said = {check.name: check.said for check in checks}
    assert said["test"] == f"Connected to {world.connection.site} as Factory Droid."
    assert said["worker"] == "1 alive."
    assert said["test: permissions"] == "OPS: good."


def test_no_secret_is_told_whatever_goes_wrong(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check says every secret of the installation, and nothing of it comes out."""
    settings = replace(
        world.settings, oauth_client_secret="the-secret-of-the-app", droid_secret="whsec-of-the-droid", keys=""
    )
    world = replace(world, settings=settings)
    all_secrets = secrets_of(settings, world.db, world.vault)
    token = world.connection.unseal(world.vault)["token"]
    key = world.vault.key_file.read_text().strip()
    assert {token, key, SECRET, "the-secret-of-the-app", "whsec-of-the-droid"} <= all_secrets

    def leak(*_: Any) -> Check:
        raise RuntimeError(" ".join(all_secrets) + " http://user:pass-of-proxy@proxy:1 Bearer abc123def456")

    for room, check in ((machine, "disk"), (storing, "engine"), (working, "worker"), (machine, "proxies")):
        monkeypatch.setattr(room, check, leak)
    monkeypatch.setattr(reaching, "probe", leak)
    told = json.dumps([(check.name, check.said, check.cure) for check in examined(world, compare=leak)])
    assert told.count("RuntimeError") == 6
    assert [secret for secret in all_secrets if secret in told] == []
    assert "pass-of-proxy" not in told
    assert "[secret]" in told


def test_passwords_of_databases_count_as_secrets(tmp_path: Path, vault: Vault) -> None:
    settings = load({"JIRA_REACTOR_HOME": str(tmp_path), "JIRA_REACTOR_DATABASE_URL": "postgresql://u:p%40ss@h:1/n"})
    broken = Database(f"sqlite:///{tmp_path}")
    found = secrets_of(replace(settings, keys="key-one, key-two"), broken, vault)
    assert found == {"p%40ss", "p@ss", "key-one", "key-two"}
    told = hide(Check("n", "fail", "u:p@ss key-one", "key-two"), found)
    assert (told.said, told.cure) == ("u:[secret] [secret]", "[secret]")


def test_what_cannot_be_unsealed_is_a_failed_check_and_no_crash(world: World) -> None:
    world.vault.key_file.write_text("A" * 43 + "=")
    found = {check.name: check for check in examined(world)}
    assert found["secrets"].said == "test: A stored secret cannot be unsealed with the vault's keys."
    assert "vault.key" in found["secrets"].cure


def test_a_check_that_crashes_is_a_failed_check() -> None:
    def crash() -> Check:
        raise ZeroDivisionError("division by zero")

    [check] = done("sums", crash)
    assert (check.name, check.outcome, check.said) == ("sums", "fail", "ZeroDivisionError: division by zero")


def test_a_database_that_does_not_serve_ends_the_examination_early(tmp_path: Path) -> None:
    (tmp_path / "reactor.sqlite3").write_bytes(b"no database at all, but long enough to be read as one" * 99)
    settings = load({"JIRA_REACTOR_HOME": str(tmp_path)})
    checks = [*examine(settings, open_jira=None, compare=nothing, environ={})]  # type: ignore[arg-type]
    failed = [check.name for check in checks if check.outcome == "fail"]
    assert failed == ["database", "migrations"]
    assert "The database is damaged (file is not a database)." in {check.said for check in checks}
    assert checks[-1].said == "The rest needs the database and was not looked at."


def test_tables_of_another_version_are_told(tmp_path: Path) -> None:
    check = done("migrations", lambda: storing.migrations(Database(f"sqlite:///{tmp_path}/new.sqlite3")))[0]
    assert check.outcome == "fail"
    assert check.said.startswith("The tables are at revision none, this version wants 00")
    assert check.cure == "Run `jira-reactor upgrade`."


def test_an_installation_without_connections_is_only_warned(world: World) -> None:
    connections.remove(world.db, world.connection.id)
    assert wrong(examined(world))[-1] == ("connections", "warn", "There is no connection yet.")


def test_without_a_worker_nothing_reacts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    workers.bury(world.db, ["w"])
    monkeypatch.setattr(working, "LATE", -1)
    found = wrong(examined(world))
    assert ("worker", "fail", "No worker is alive, so nothing reacts.") in found
    assert ("backlog", "fail", "1 deliveries wait for a decision, the first for 0 s.") in found


def test_a_jira_that_does_not_answer_is_one_failure_and_not_four(world: World) -> None:
    with world.running.refusing():
        found = [entry for entry in wrong(examined(world)) if entry[0].startswith("test")]
    [(label, outcome, said)] = found
    assert (label, outcome) == ("test", "fail")
    assert "accepts no connection" in said


def test_permissions_and_differing_webhooks_are_told_by_their_weight(world: World) -> None:
    world.site.forbid(world.droid, "ADD_COMMENTS", project="OPS")
    world.site.allow(world.droid, "BROWSE_PROJECTS", project="WEB")
    findings = [Found("missing", "There is no webhook."), Found("foreign", "Somebody else's.")]
    found = wrong(examined(world, compare=lambda connection, jira: findings))
    assert found[-4:] == [
        ("test: permissions", "fail", "OPS: cannot work; lacks Add Comments."),
        ("test: permissions", "warn", "The account may browse 1 projects that are not authorized."),
        ("test: webhooks", "fail", "There is no webhook."),
        ("test: webhooks", "warn", "Somebody else's."),
    ]


def test_an_administrator_is_warned_of(world: World) -> None:
    connect_as(world.db, world.vault, world.running, world.ada, name="ada")
    found = wrong(examined(world))
    assert ("ada: permissions", "warn", "No project is authorized, so nothing is reacted to.") in found
    [said] = [said for label, _, said in found if label == "ada: permissions" and "whole site" in said]
    assert "Administer Jira" in said


def test_a_connection_that_never_heard_anything_is_warned_of(tmp_path: Path) -> None:
    with world("cloud", tmp_path) as made:
        made.register()
        found = wrong(examined(made))
    assert ("test: webhooks", "warn", "Jira never pushed anything yet.") in found
    assert ("public URL", "fail", "JIRA_REACTOR_PUBLIC_URL is not set, so Jira cannot be told where to push.") in found


def test_credentials_that_end_soon_are_warned_of(world: World) -> None:
    connections._update(world.db, world.connection.id, {"token_expires_at": now() + 5 * 86_400_000})
    found = wrong(examined(world))
    assert ("test: credentials", "warn", "They are 0 days old, 4 days left (declared).") in found


# The machine.


def test_a_full_disk_is_told_before_and_after(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, outcome in ((100, "fail"), (500, "warn"), (5000, "ok")):
        usage = type("usage", (), {"free": free * 1024 * 1024})
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder, usage=usage: usage)
        check = machine.disk(replace(world.settings, home=world.settings.home / "not" / "there"))
        assert (check.outcome, check.said) == (outcome, f"{free} MB are free in {world.settings.home}.")


def test_a_key_file_others_can_read_is_told(tmp_path: Path) -> None:
    settings = load({"JIRA_REACTOR_HOME": str(tmp_path)})
    vault = Vault("", settings.home)
    assert machine.vault_key(settings, vault).said.endswith("is made when the first secret is stored.")
    vault.seal("something")
    assert machine.vault_key(settings, vault).outcome == "ok"
    vault.key_file.chmod(0o644)
    check = machine.vault_key(settings, vault)
    assert (check.outcome, check.said) == (
        "fail",
        f"{vault.key_file} has the mode 0644, so others on this machine can read it.",
    )
    assert check.cure.startswith(f"chmod 600 {vault.key_file}")
    assert machine.vault_key(replace(settings, keys="k"), vault).said == "The keys come from JIRA_REACTOR_KEYS."


def test_files_of_another_user_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load({"JIRA_REACTOR_HOME": str(tmp_path)})
    vault = Vault("", settings.home)
    vault.seal("something")
    monkeypatch.setattr(machine.os, "access", lambda *_: False)
    assert machine.home(settings).said == f"{settings.home} cannot be written by this user."
    assert machine.vault_key(settings, vault).said == f"{vault.key_file} cannot be read by this user."
    away = replace(settings, home=tmp_path / "away")
    assert machine.home(away).said == f"{tmp_path}/away is not there yet."


@pytest.mark.parametrize(
    ("environ", "url", "outcome", "said"),
    [
        pytest.param({}, "https://a.example", "ok", "No proxy is set; everything is called directly.", id="none"),
        pytest.param(
            {"HTTPS_PROXY": "http://user:hush@proxy.example:3128"},
            "https://a.example",
            "ok",
            "a.example is called through proxy.example:3128.",
            id="through",
        ),
        pytest.param(
            {"HTTPS_PROXY": "proxy.example:3128", "NO_PROXY": "a.example"},
            "https://a.example",
            "ok",
            "a.example is called directly (HTTPS_PROXY, NO_PROXY).",
            id="NO_PROXY",
        ),
        pytest.param(
            {"http_proxy": "proxy.example"},
            "http://127.0.0.1:8420",
            "warn",
            "127.0.0.1 is this machine, but is called through the proxy proxy.example.",
            id="itself",
        ),
        pytest.param({"https_proxy": "http://:1"}, "https://a.example", "fail", "no address", id="no address"),
    ],
)
def test_proxies_are_told_with_their_effect(
    environ: dict[str, str], url: str, outcome: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    for variable, value in environ.items():
        monkeypatch.setenv(variable, value)
    [check] = machine.proxies([url], os.environ)
    assert check.outcome == outcome
    assert said in check.said
    assert "hush" not in check.said


# Who does the work.


def with_droid(tmp_path: Path, **environ: str) -> Settings:
    return load({"JIRA_REACTOR_HOME": str(tmp_path)} | environ)


def test_a_droid_whose_program_is_missing_is_told(tmp_path: Path) -> None:
    missing = with_droid(tmp_path, JIRA_REACTOR_DROID="command", JIRA_REACTOR_DROID_COMMAND="no-such-agent --yes")
    [check] = working.droids(missing)
    assert (check.outcome, check.cure.partition(",")[0]) == ("fail", "Install it")
    assert "'no-such-agent' that JIRA_REACTOR_DROID_COMMAND names was not found" in check.said
    there = with_droid(tmp_path, JIRA_REACTOR_DROID="command", JIRA_REACTOR_DROID_COMMAND="sh -c cat")
    [check] = working.droids(there)
    assert check.said.startswith("The command droid runs /")
    [check] = working.droids(with_droid(tmp_path, JIRA_REACTOR_DROID="command"))
    assert check.said == "The command droid has no command to run."


def test_every_droid_of_the_team_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('command = ["sh"]')
    (tmp_path / "gone.toml").write_text('command = ["no-such-agent"]')
    team = with_droid(tmp_path, JIRA_REACTOR_DROIDS="mine gone comand", JIRA_REACTOR_DROID_RECIPES=str(tmp_path))
    built_in, mine, gone, unknown = working.droids(team)
    assert [check.outcome for check in (built_in, mine, gone, unknown)] == ["ok", "ok", "fail", "fail"]
    assert mine.said.startswith("The mine droid runs /")
    assert f"'no-such-agent' that the recipe {tmp_path}/gone.toml names was not found" in gone.said
    assert "JIRA_REACTOR_DROIDS names 'comand'" in unknown.said


def test_a_droid_elsewhere_is_named_and_not_asked(tmp_path: Path) -> None:
    whole = {"JIRA_REACTOR_DROID": "http", "JIRA_REACTOR_DROID_URL": "https://agents.example.com/tasks"}
    whole |= {"JIRA_REACTOR_DROID_SECRET": "whsec_" + "hush" * 10, "JIRA_REACTOR_PUBLIC_URL": "https://r.example.com"}
    [check] = working.droids(with_droid(tmp_path, **whole))
    assert (check.outcome, check.said) == ("ok", "The http droid hands tasks to https://agents.example.com/tasks.")
    [lacking] = working.droids(with_droid(tmp_path, JIRA_REACTOR_DROID="http"))
    assert lacking.outcome == "fail"


#: Looks at the droids of some settings and gives (outcome, said, cure) of each check.
Look = Callable[..., list[tuple[str, str, str]]]


def droids(tmp_path: Path, **environ: str) -> list[tuple[str, str, str]]:
    return [(check.outcome, check.said, check.cure) for check in working.droids(with_droid(tmp_path, **environ))]


@pytest.fixture(name="factory")
def _factory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Look at a factory droid that the stand-in plays."""
    stand_in = Path(__file__).parent.parent / "droids" / "stand_in"
    monkeypatch.setenv("PATH", f"{stand_in}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("FACTORY_API_KEY", raising=False)

    def look(scene: str = "", **environ: str) -> list[tuple[str, str, str]]:
        monkeypatch.setenv("STAND_IN", scene)
        env = {"JIRA_REACTOR_DROID_ENV": "STAND_IN", "JIRA_REACTOR_DROID": "factory"} | environ
        return droids(tmp_path, **env)

    return look


def test_a_factory_droid_is_asked_what_it_tells_without_a_login(
    factory: Look,
) -> None:
    version, key, tools, symptoms = factory()
    assert {version[0], key[0], tools[0], symptoms[0]} == {"ok"}
    assert version[1].endswith("/stand_in/droid, 0.215.0.")
    assert key[1] == "It is given no FACTORY_API_KEY, so it needs the login of the worker's user."
    assert tools[1] == "It may choose among 3 tools."
    assert symptoms[1] == "`droid doctor` finds nothing wrong."


def test_tools_that_the_factory_droid_does_not_have_are_told(
    factory: Look,
) -> None:
    found = factory(JIRA_REACTOR_DROID_TOOLS="Read Grepp zzz")
    assert found[2] == (
        "fail",
        "JIRA_REACTOR_DROID_TOOLS names Grepp, and there is no such tool.",
        "Did you mean Grep?",
    )
    assert found[3][2] == "`droid exec --list-tools` lists the ones there are."
    assert factory(JIRA_REACTOR_DROID_TOOLS="Read execute-cli")[2][:2] == ("ok", "It is held to Read, execute-cli.")


def test_what_the_factory_droids_own_doctor_dislikes_is_told_with_its_remedy(
    factory: Look,
) -> None:
    assert factory("offline")[3:] == [
        ("fail", "`droid doctor`: dns factory-api: getaddrinfo ENOTFOUND", "Mend dns."),
        ("warn", "`droid doctor`: dns factory-api-eu: getaddrinfo ENOTFOUND", "Mend dns."),
        ("warn", "`droid doctor`: Auth verification: not logged in", "Run `droid`."),
    ]


def test_a_key_that_does_not_reach_the_factory_droid_is_told(factory: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = {"JIRA_REACTOR_DROID_ENV": "STAND_IN FACTORY_API_KEY"}
    assert factory(**listed)[1][:2] == ("warn", "JIRA_REACTOR_DROID_ENV lists FACTORY_API_KEY, which is not set.")
    monkeypatch.setenv("FACTORY_API_KEY", "fk-something-secret")
    assert factory()[1][:2] == ("warn", "FACTORY_API_KEY is set, but the droid is not given it.")
    assert factory(**listed)[1][:2] == ("ok", "It is given FACTORY_API_KEY.")


def test_a_factory_droid_that_is_missing_or_speechless_is_one_failure_each(
    factory: Look, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outcomes = [outcome for outcome, said, _ in factory("speechless") if "gave no answer" in said]
    assert outcomes == ["fail", "fail", "fail"]
    monkeypatch.setenv("PATH", str(tmp_path))
    [missing] = factory()
    assert missing[:2] == ("fail", "The program droid was not found on the worker's PATH.")


HANDLER = """from app.handler import Context, Router

router = Router()


@router.on("jira:issue_created", project="{key}")
def triage(ctx: Context) -> None:
    pass
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder handlers come from."""
    folder = tmp_path / "handlers"
    folder.mkdir()
    monkeypatch.setattr(Settings, "handler_folders", (folder,))
    return folder


def test_handlers_that_do_not_load_or_wait_in_vain_are_told(world: World, folder: Path) -> None:
    def look(db: Database | None = world.db) -> list[tuple[str, str]]:
        return [(c.outcome, c.said) for c in done("handlers", lambda: working.handlers(world.settings, db))]

    assert look() == [("warn", "There are no routes, so nothing is reacted to.")]
    (folder / "triage.py").write_text(HANDLER.format(key="OPS"))
    assert look() == [("ok", "1 routes are loaded.")]
    (folder / "triage.py").write_text(HANDLER.format(key="OSP"))
    assert look()[1] == ("warn", "triage.triage waits for project OSP, which is not authorized. Did you mean OPS?")
    assert look(None) == [("ok", "1 routes are loaded.")]
    (folder / "triage.py").write_text(HANDLER.format(key="OPS").replace("pass", 'ctx.prompt("look")'))
    assert look()[0][1].startswith(f"{folder}/triage.py:8: There is no prompt look in ")
    (folder / "triage.py").write_text("import nonsense_that_is_not_there")
    [(outcome, said)] = look()
    assert outcome == "fail"
    assert "triage.py:1: ModuleNotFoundError" in said


# Our public URL.


@pytest.mark.parametrize(
    ("url", "needed", "outcome", "said"),
    [
        pytest.param("https://r.example", PUBLIC, "ok", "an address that Jira can call", id="as it must be"),
        pytest.param("http://r.example", PUBLIC, "fail", "Jira Cloud pushes to nothing else", id="no https"),
        pytest.param("http://r.example", INSIDE, "warn", "anybody on the way can read", id="no https inside"),
        pytest.param("https://r.example:8443", PUBLIC, "warn", "uses port 8443", id="port"),
        pytest.param("https://r.example:8443", INSIDE, "ok", "an address that Jira can call", id="port inside"),
        pytest.param("https://127.0.0.1", INSIDE, "fail", "this machine's own address", id="loopback"),
        pytest.param("http://localhost:8420", LOCAL, "ok", "an address that Jira can call", id="loopback for all"),
    ],
)
def test_the_public_url_must_be_what_jira_can_call(url: str, needed: Need, outcome: str, said: str) -> None:
    check = form(url, needed)
    assert check.outcome == outcome
    assert said in check.said


def connection(deployment: str, url: str) -> Connection:
    return Connection("i", "n", deployment, url, "s", "api_token", "", User("d", "D"))


def test_the_strictest_jira_decides_what_the_url_must_be() -> None:
    here = connection("cloud", "http://127.0.0.1:1")
    inside = connection("datacenter", "https://jira.intern.example")
    outside = connection("cloud", "https://acme.atlassian.net")
    assert need([here]) == LOCAL
    assert need([here, inside]) == INSIDE
    assert need([here, inside, outside]) == PUBLIC


def test_names_that_lead_nowhere_or_inside_are_told() -> None:
    unknown = name("https://no-such-host.invalid", PUBLIC)
    assert unknown.outcome == "fail"
    assert "no-such-host.invalid is not known here" in unknown.said
    inside = name("https://127.0.0.1", PUBLIC)
    assert (inside.outcome, inside.said) == ("warn", "127.0.0.1 is 127.0.0.1 here, which Jira Cloud cannot reach.")
    assert name("https://127.0.0.1", INSIDE).outcome == "ok"
    [_, dns] = reaching.reachability("https://no-such-host.invalid", [connection("cloud", "https://a.atlassian.net")])
    assert dns.outcome == "fail"


@contextmanager
def served(answer: Callable[[BaseHTTPRequestHandler], None], tls: tuple[str, str] | None = None) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer(self)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def certificate_for(folder: Path, days: float) -> tuple[str, str]:
    """Make a certificate of its own authority for 127.0.0.1; returns the files of it and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    begins = datetime.now(UTC) - timedelta(days=30)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(datetime.now(UTC) + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = serialization.NoEncryption()
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, secret)
    )
    return str(files[0]), str(files[1])


def ignore(handler: BaseHTTPRequestHandler) -> None:
    pass


@pytest.mark.parametrize(
    ("days", "outcome", "said"),
    [
        pytest.param(89.5, "ok", "lasts 89 more days", id="long"),
        pytest.param(9.5, "warn", "lasts 9 more days", id="soon over"),
        pytest.param(-1, "fail", "is not accepted: certificate has expired", id="over"),
    ],
)
def test_a_certificate_is_told_with_the_days_it_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: float, outcome: str, said: str
) -> None:
    files = certificate_for(tmp_path, days)
    monkeypatch.setattr(reaching.certifi, "where", lambda: files[0])
    with served(ignore, files) as port:
        check = certificate(f"https://127.0.0.1:{port}", PUBLIC)
    assert check.outcome == outcome
    assert said in check.said


def test_a_certificate_of_an_unknown_authority_is_told(tmp_path: Path) -> None:
    files = certificate_for(tmp_path, 90)
    with served(ignore, files) as port:
        for needed in (PUBLIC, INSIDE):
            check = certificate(f"https://127.0.0.1:{port}", needed)
            assert check.outcome == "fail"
            assert "The certificate of 127.0.0.1 is not accepted: self-signed certificate" in check.said
        assert days_left("127.0.0.1", port, files[0]) == 89


def test_what_speaks_no_tls_is_told() -> None:
    with served(ignore) as port:
        said = certificate(f"https://127.0.0.1:{port}", PUBLIC).said
    assert said.startswith(f"No TLS with 127.0.0.1:{port}: ")
    with socket.socket() as probe_socket:
        probe_socket.bind(("127.0.0.1", 0))
        free = probe_socket.getsockname()[1]
    assert "refused" in certificate(f"https://127.0.0.1:{free}", PUBLIC).said


def test_behind_a_proxy_the_certificate_is_not_seen_from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    check = certificate("https://r.example", PUBLIC)
    assert (check.outcome, check.said) == (
        "warn",
        "r.example is reached through a proxy from here, so its certificate cannot be seen.",
    )


def test_the_receiver_is_known_by_what_it_refuses(world: World) -> None:
    url = world.settings.public_url
    assert probe(url, world.connection.id) == f"The receiver answers at {url} and refuses what is not signed."
    with pytest.raises(Unreached, match="does not know this connection: it is another installation"):
        probe(url, "nobody")


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        pytest.param(503, b"{}", "answers 503: it cannot store deliveries", id="away"),
        pytest.param(200, b"<html>", "Something else than our receiver answers at http://127.0.0.1:", id="page"),
        pytest.param(401, b'["x"]', r"\(401\)\.", id="list"),
        pytest.param(403, b'{"title": "Forbidden"}', r"\(403 Forbidden\)\.", id="login"),
    ],
)
def test_somebody_else_at_our_url_is_told(status: int, body: bytes, said: str) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    with served(answer) as port, pytest.raises(Unreached, match=said):
        probe(f"http://127.0.0.1:{port}", "c")


def test_nobody_at_our_url_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreached, match=r"Nothing answers at http://127\.0\.0\.1:1 \(ConnectionError\)"):
        probe("http://127.0.0.1:1", "c")
    with (
        served(ignore, certificate_for(tmp_path, 90)) as port,
        pytest.raises(Unreached, match="its certificate or its port is wrong"),
    ):
        probe(f"https://127.0.0.1:{port}", "c")


def test_an_https_url_is_looked_at_down_to_its_receiver(world: World, tmp_path: Path) -> None:
    checks = [*reaching.reachability("https://127.0.0.1:1", [world.connection])]
    assert [check.name for check in checks] == ["public URL", "DNS", "TLS", "receiver"]


def test_webhook_secrets_that_cannot_be_unsealed_are_passed_over(world: World) -> None:
    [hook] = webhooks.of_connection(world.db, world.connection.id)
    webhooks.update(world.db, hook.id, secret="broken")
    assert world.connection.unseal(world.vault)["token"] in secrets_of(world.settings, world.db, world.vault)
