from pathlib import Path

import pytest

from app.droids.base import DroidMisconfigured, DroidUnknown
from app.droids.command import CommandDroid
from app.droids.echo import EchoDroid
from app.droids.making import NAMES, make


def test_every_name_makes_a_droid():
    assert [type(make(name, command=["agent"])) for name in NAMES] == [EchoDroid, CommandDroid]


def test_a_command_droid_gets_what_the_settings_say(tmp_path: Path):
    droid = make("command", command=["agent", "--say", "two words"], env_names=["MY_KEY"], cwd=tmp_path)
    assert droid == CommandDroid(("agent", "--say", "two words"), ("MY_KEY",), tmp_path)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(DroidUnknown, match="Did you mean 'command'") as caught:
        make("comand")
    assert "echo, command" in caught.value.cure


def test_a_name_near_none_is_answered_with_all():
    with pytest.raises(DroidUnknown) as caught:
        make("zzz")
    assert caught.value.cure == "There are: echo, command."


def test_no_command_is_refused_at_once():
    with pytest.raises(DroidMisconfigured, match="JIRA_REACTOR_DROID_COMMAND"):
        make("command")


def test_our_own_settings_are_refused_at_once():
    with pytest.raises(DroidMisconfigured, match="JIRA_REACTOR_VAULT_KEY"):
        make("command", command=["agent"], env_names=["JIRA_REACTOR_VAULT_KEY"])
