"""A write that Jira carried out and then answered with an error is found by its marker, not repeated."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.storage import tables
from tests.faults.installation import Installation

#: Errors after which nobody can know whether Jira did what it was asked.
ERRORS = (500, 502, 503, 504)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_comments_and_transitions_that_were_carried_out_and_then_failed_are_not_repeated(
    install: Callable[..., Installation],
) -> None:
    installation = install()
    keys = [(site, site.create_issue("FLOOD")) for site in installation.sites for _ in ERRORS]
    for site in installation.sites:
        for status in ERRORS:
            site.jira.trouble.answer(status, method="POST", path="/comment$", executed=True)
            site.jira.trouble.answer(status, method="POST", path="/transitions$", executed=True)
    for site, key in keys:
        site.ask(key)
    installation.receiver()
    installation.worker()
    installation.settle()

    with installation.db.reading() as tx:
        columns = (tables.actions.c.kind, tables.actions.c.tries)
        tries = tx.execute(sa.select(*columns).where(tables.actions.c.kind != "status")).all()
    assert sorted(map(tuple, tries)) == [("comment", 2)] * len(keys) + [("transition", 2)] * len(keys)
    assert {run.state for run in installation.runs()} == {"complete"}
    assert [(len(site.comments(key)), len(site.moves(key))) for site, key in keys] == [(1, 1)] * len(keys)
