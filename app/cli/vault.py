"""`jira-reactor vault`: the keys that stored secrets are sealed with."""

import click

from app.cli.wiring import installation


@click.group()
def vault() -> None:
    """Look after the keys that stored secrets are sealed with."""


@vault.command()
def rotate() -> None:
    r"""Seal every stored secret anew with the newest key.

    \b
    To replace the key:
    1. Make one:  python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"
    2. Put it, and a comma, in front of what JIRA_REACTOR_KEYS holds, or the file vault.key in the home folder.
    3. Restart every receiver and worker if it was the setting; all of them must know the new key.
    4. Run this command, then take the old key away, from backups too if it may have leaked.

    Running it again changes nothing.
    """
    from app.storage import audit
    from app.storage.resealing import reseal

    ours = installation()
    count = reseal(ours.db, ours.vault)
    if count:
        audit.record(ours.db, "cli", f"secrets sealed anew with the newest key: {count}")
    click.echo(f"Secrets sealed anew with the newest key: {count}. All others had it already.")
