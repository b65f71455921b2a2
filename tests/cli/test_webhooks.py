"""`jira-reactor webhooks`."""

import json

from app.storage import webhooks
from tests.cli.conftest import Shell


def prepared(shell: Shell) -> Shell:
    shell.connect("--name", "ours")
    shell.ok("projects", "authorize", "OPS")
    return shell


def test_a_webhook_is_registered_with_an_administrators_token(either: Shell) -> None:
    result = prepared(either).register()
    [theirs] = either.jira.webhooks.of_admins()
    assert result.stdout == f'Registered webhook {theirs.id} for project IN ("OPS"), pushing to {theirs.url}.\n'
    kind = "admin" if either.cloud else "datacenter"
    assert either.ok("webhooks", "list") == f"{kind} webhook {theirs.id}: {theirs.url}\n"
    assert json.loads(either.ok("webhooks", "list", "--json")) == [
        {"id": str(theirs.id), "kind": kind, "url": theirs.url}
    ]


def test_the_administrators_token_is_asked_for_and_never_stored(shell: Shell) -> None:
    told = prepared(shell).ok(
        "webhooks", "register", "--admin-email", shell.admin.email, input=f"{shell.admin.token}\n"
    )
    assert told.startswith("Administrator's token: \n")
    kept = b"".join(file.read_bytes() for file in shell.home.glob("reactor*"))
    assert shell.admin.token.encode() not in kept
    assert shell.admin.token not in told


def test_who_is_no_administrator_is_told_which_permission_is_missing(shell: Shell) -> None:
    prepared(shell)
    words = ("webhooks", "register", "--admin-email", shell.droid.email, "--admin-token-file", "-")
    result = shell.run(*words, input=shell.droid.token)
    assert result.exit_code == 1
    assert "Administer Jira" in result.stderr
    assert shell.ok("webhooks", "list") == "No webhook is registered.\n"


def test_by_hand_prints_what_to_paste_and_that_verifies(shell: Shell) -> None:
    told = prepared(shell).ok("webhooks", "register", "--by-hand")
    values = dict(line.strip().split(": ", 1) for line in told.splitlines()[1:])
    assert set(values) == {"Name", "URL", "Secret (shown this once)", "JQL", "Events"}
    assert values["JQL"] == 'project IN ("OPS")'
    assert values["URL"].startswith("https://reactor.example.com/webhooks/jira/")
    assert "comment_created" in values["Events"].split(", ")
    assert shell.ok("webhooks", "list") == f"admin webhook (pasted by hand): {values['URL']}\n"
    from app.settings import load
    from app.storage.vault import Vault

    db, vault = shell.database(), Vault("", load(shell.environ).home)
    sealed = webhooks.sealed_secrets(db, values["URL"].rpartition("/")[2])
    db.close()
    assert sealed
    assert [vault.unseal(secret) for _, secret in sealed] == [values["Secret (shown this once)"]]


def test_nothing_is_registered_before_a_project_is_authorized(shell: Shell) -> None:
    shell.connect()
    result = shell.register()
    assert result.exit_code == 1
    assert "Run `jira-reactor projects authorize KEY` first." in result.stderr


def test_nothing_is_registered_without_a_public_url(shell: Shell) -> None:
    result = prepared(shell).run("webhooks", "register", "--by-hand", PUBLIC_URL="")
    assert result.exit_code == 1
    assert "JIRA_REACTOR_PUBLIC_URL is not set" in result.stderr
