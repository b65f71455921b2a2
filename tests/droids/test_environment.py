import pytest

from app.droids.base import DroidMisconfigured
from app.droids.environment import ALWAYS, allowed, refuse_ours


def test_only_what_every_program_needs_and_what_is_listed_passes():
    everything = dict.fromkeys(
        [*ALWAYS, "LC_ALL", "LC_TIME", "MY_KEY", "OTHER_KEY", "JIRA_REACTOR_HOME", "PYTHONPATH"], "x"
    )
    assert set(allowed(["MY_KEY", "UNSET"], everything)) == {*ALWAYS, "LC_ALL", "LC_TIME", "MY_KEY"}


@pytest.mark.parametrize("name", ["JIRA_REACTOR_VAULT_KEY", "jira_reactor_home"])
def test_our_own_settings_are_refused_by_name(name: str):
    with pytest.raises(DroidMisconfigured, match=name):
        refuse_ours(["MY_KEY", name])


def test_other_names_are_accepted():
    assert refuse_ours(["FACTORY_API_KEY", "JIRA_URL"]) is None
