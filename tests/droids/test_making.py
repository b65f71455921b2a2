from pathlib import Path

import pytest

from app.droids.base import DroidMisconfigured, DroidUnknown
from app.droids.command import CommandDroid
from app.droids.echo import EchoDroid
from app.droids.http.droid import HttpDroid
from app.droids.making import make, team
from app.droids.recipe import Recipe
from app.settings import Settings


def test_every_name_makes_a_droid():
    assert isinstance(make("echo", Settings()), EchoDroid)
    assert isinstance(make("command", Settings(droid_command=("agent",))), CommandDroid)
    elsewhere = Settings(droid_url="https://agents.example.com", droid_secret="s", public_url="https://r.example.com")
    assert isinstance(make("http", elsewhere), HttpDroid)


def test_the_team_is_the_one_that_works_and_all_that_may_be_named():
    droids = team(Settings(droid="command", droid_command=("agent",), droids=("echo",)))
    assert {name: type(droid) for name, droid in droids.items()} == {"command": CommandDroid, "echo": EchoDroid}
    assert next(iter(droids)) == "command"


def test_a_command_droid_gets_what_the_settings_say(tmp_path: Path):
    settings = Settings(droid_command=("agent", "--say", "two words"), droid_env=("MY_KEY",), droid_cwd=tmp_path)
    assert make("command", settings) == CommandDroid(Recipe(("agent", "--say", "two words")), ("MY_KEY",), tmp_path)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(DroidUnknown, match="JIRA_REACTOR_DROID is 'comand'") as caught:
        team(Settings(droid="comand"))
    assert caught.value.cure.startswith("Did you mean 'command'?")


def test_an_unknown_further_name_is_told_by_its_setting():
    with pytest.raises(DroidUnknown, match="JIRA_REACTOR_DROIDS names 'comand'"):
        team(Settings(droids=("comand",)))


def test_a_name_near_none_is_answered_with_all():
    with pytest.raises(DroidUnknown) as caught:
        make("zzz", Settings())
    assert caught.value.cure.startswith("There are: echo, ")


def test_no_command_is_refused_at_once():
    with pytest.raises(DroidMisconfigured, match="JIRA_REACTOR_DROID_COMMAND"):
        make("command", Settings())


def test_an_http_droid_gets_what_the_settings_say():
    settings = Settings(
        droid_url="http://agents.internal", droid_secret="s", public_url="https://r", droid_hosts=("agents.internal",)
    )
    assert make("http", settings) == HttpDroid("http://agents.internal", "s", "https://r", ("agents.internal",))


def test_no_url_is_refused_at_once():
    with pytest.raises(DroidMisconfigured, match="JIRA_REACTOR_DROID_URL"):
        make("http", Settings())


def test_our_own_settings_are_refused_at_once():
    with pytest.raises(DroidMisconfigured, match="JIRA_REACTOR_VAULT_KEY"):
        make("command", Settings(droid_command=("agent",), droid_env=("JIRA_REACTOR_VAULT_KEY",)))


def test_a_recipes_name_is_a_droids_name(tmp_path: Path):
    (tmp_path / "mine.toml").write_text('command = ["my-agent"]')
    claude, mine = team(Settings(droid="claude", droids=("mine",), droid_recipes=tmp_path)).values()
    assert isinstance(claude, CommandDroid)
    assert isinstance(mine, CommandDroid)
    assert (claude.recipe.command[0], mine.recipe.command[0]) == ("claude", "my-agent")


def test_a_misspelt_recipe_is_answered_with_the_nearest():
    with pytest.raises(DroidUnknown, match="Did you mean 'claude'"):
        make("cluade", Settings(droid="cluade"))


def test_a_model_goes_to_the_droid_that_works_and_to_no_other():
    first, further = team(Settings(droid="claude", droids=("codex",), droid_model="best-1")).values()
    assert isinstance(first, CommandDroid)
    assert isinstance(further, CommandDroid)
    assert (first.model, further.model) == ("best-1", "")


def test_a_model_that_nothing_can_choose_is_refused_at_once():
    with pytest.raises(DroidMisconfigured, match="JIRA_REACTOR_DROID_MODEL is set, but JIRA_REACTOR_DROID_COMMAND"):
        make("command", Settings(droid="command", droid_command=("agent",), droid_model="best-1"))
