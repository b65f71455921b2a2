"""Which accounts are refused, in which words, and what an admin can do about it."""

from dataclasses import replace

import pytest

from app.connecting.account import Expected, check
from app.connecting.errors import WrongAccount
from app.events.event import User
from tests.connecting.conftest import Atlassian

NOTHING = Expected()


def refused(world: Atlassian, person: object, expected: Expected = NOTHING, auth: str = "") -> WrongAccount:
    access = world.token(person)
    with pytest.raises(WrongAccount) as caught:
        check(access.open(), auth or access.auth, expected)
    return caught.value


@pytest.fixture(params=["atlassian", "datacenter"])
def world(request: pytest.FixtureRequest) -> Atlassian:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def test_a_plain_service_account_is_taken_without_a_word(world: Atlassian) -> None:
    access = world.token(world.droid)
    user, doubt = check(access.open(), access.auth, Expected())
    assert (user.name, doubt) == ("Factory Droid", "")


def test_the_admins_own_account_is_refused_and_told_how_to_log_in_as_the_right_one(world: Atlassian) -> None:
    error = refused(world, world.admin)
    assert error.message.startswith("Grace Admin (grace@example.com) administers Jira")
    assert "private window" in error.cure
    assert "Factory Droid" in error.cure
    assert "--account" in error.cure


def test_an_administrator_who_was_declared_is_taken(world: Atlassian) -> None:
    access = world.token(world.admin)
    assert check(access.open(), access.auth, Expected("grace@example.com"))[1] == ""


@pytest.mark.parametrize("declared", ["droid@example.com", "factory droid", "DROID@example.com", " Factory Droid "])
def test_the_declared_account_is_recognised_by_whatever_it_is_called(world: Atlassian, declared: str) -> None:
    access = world.token(world.droid)
    assert check(access.open(), access.auth, Expected(declared))[1] == ""
    assert check(access.open(), access.auth, Expected(world.droid.id))[1] == ""


def test_an_account_other_than_the_declared_one_is_refused(world: Atlassian) -> None:
    error = refused(world, world.ada, Expected("droid@example.com"))
    assert error.message == "The account is Ada (ada@example.com), not droid@example.com."
    assert "log in to Jira as droid@example.com" in error.cure


def test_an_account_other_than_before_is_refused(world: Atlassian) -> None:
    error = refused(world, world.ada, Expected(before=User("5b10", "Factory Droid")))
    assert "has worked as Factory Droid (5b10) so far" in error.message


def test_the_account_of_before_needs_no_second_look(world: Atlassian) -> None:
    """An administrator that was accepted once is not refused when the token is renewed."""
    access = world.token(world.admin)
    assert check(access.open(), access.auth, Expected(before=User(world.admin.id, "Grace")))[1] == ""


def test_a_deactivated_account_is_refused_even_when_it_is_insisted_on(world: Atlassian) -> None:
    world.site.deactivate(world.droid, locked=False)
    error = refused(world, world.droid, Expected(accepted=True))
    assert error.message == "The account Factory Droid (droid@example.com) is deactivated in Jira."
    assert "Reactivate" in error.cure


def test_whoever_insists_gets_the_account_and_hears_what_spoke_against_it(world: Atlassian) -> None:
    access = world.token(world.admin)
    user, doubt = check(access.open(), access.auth, Expected("droid@example.com", accepted=True))
    assert user.name == "Grace Admin"
    assert "not droid@example.com" in doubt


@pytest.mark.parametrize(
    ("kind", "auth", "words"),
    [
        pytest.param("customer", "api_token", "customer of a service desk", id="customer"),
        pytest.param("app", "api_token", "account of an app", id="app with a user's token"),
        pytest.param("app", "oauth", "account of an app", id="app in a browser"),
    ],
)
def test_what_is_no_user_is_refused(atlassian: Atlassian, kind: str, auth: str, words: str) -> None:
    other = atlassian.site.add_user("Other", email="other@example.com", kind=kind)
    assert words in refused(atlassian, other, auth=auth).message


def test_a_service_account_may_be_an_app_where_only_those_have_such_credentials(atlassian: Atlassian) -> None:
    other = atlassian.site.add_user("Other", email="other@example.com", kind="app")
    assert check(atlassian.token(other).open(), "client_credentials", Expected())[1] == ""


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        pytest.param("oauth", "Ask for a new link, open it in a private window", id="oauth"),
        pytest.param("client_credentials", "Make the client credentials for the service account", id="client"),
    ],
)
def test_the_cure_fits_the_kind_of_credentials(atlassian: Atlassian, auth: str, words: str) -> None:
    assert words in refused(atlassian, atlassian.admin, auth=auth).cure


def test_an_address_that_jira_hides_counts_where_it_signs(atlassian: Atlassian) -> None:
    site = atlassian.site
    site.people[atlassian.droid.id] = replace(atlassian.droid, email="")
    access = atlassian.consented(atlassian.droid)
    with pytest.raises(WrongAccount, match="not droid@"):
        check(access.open(), "oauth", Expected("droid@example.com"))
    assert check(access.open(), "scoped_token", Expected("droid@example.com"), "droid@example.com")[1] == ""
