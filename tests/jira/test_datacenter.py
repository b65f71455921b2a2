"""What only Jira Data Center does."""

from .conftest import Connected, recorded


def test_a_user_key_is_turned_into_the_login_name(datacenter: Connected) -> None:
    """Events tell people by key, which stays; writes take the name, which may change."""
    with recorded(datacenter.jira) as calls:
        datacenter.jira.assign("OPS-1", datacenter.ada.id, marker="m1")
    assert calls == ["GET /rest/api/2/myself", "GET /rest/api/2/user", "PUT /rest/api/2/issue/OPS-1"]
    assert datacenter.site.issues["OPS-1"].assignee.name == "Ada"


def test_our_own_key_needs_no_question(datacenter: Connected) -> None:
    assert datacenter.jira.account
    with recorded(datacenter.jira) as calls:
        datacenter.jira.assign("OPS-1", datacenter.droid.id, marker="m1")
    assert calls == ["PUT /rest/api/2/issue/OPS-1"]


def test_a_login_name_that_is_nobodys_key_does_too(datacenter: Connected) -> None:
    datacenter.running.trouble.answer(404, path="/user$")
    datacenter.jira.assign("OPS-1", "ada", marker="m1")
    assert datacenter.site.issues["OPS-1"].assignee.name == "Ada"


def test_the_bound_is_that_of_the_wiki_text(datacenter: Connected) -> None:
    assert datacenter.jira.fits("x" * 31_900)
    assert not datacenter.jira.fits("x" * 32_100)
