"""What docs/operating.md says of recipes is how recipes are."""

import re
import tomllib
from pathlib import Path

from app.droids.cookbook import SHIPPED, RecipeSchema, find_recipe, names
from app.droids.making import _MAKERS
from tests.docs.reading import DOCUMENTS, blocks, code, prose, rows, section

[OPERATING] = [page for page in DOCUMENTS if page.stem == "operating"]
DROIDS, OWN = section(OPERATING, "Command droids"), section(OPERATING, "Recipes of your own")


def test_every_key_and_every_path_is_explained() -> None:
    explained = [code(row[0])[0] for row in rows(OWN)]
    schema = RecipeSchema()
    assert explained == [*schema.fields, *schema.fields["read"].schema.fields]  # type: ignore[attr-defined]


def test_every_shipped_recipe_is_listed_as_it_is() -> None:
    listed = {code(row[0])[0]: row for row in rows(DROIDS) if (SHIPPED / f"{code(row[0])[0]}.toml").exists()}
    assert sorted(listed) == names(None)
    for name, (_, _, session, autonomies, environment) in listed.items():
        raw = tomllib.loads((SHIPPED / f"{name}.toml").read_text())
        assert (session == "continued") == ("resume" in raw), name
        assert code(environment) == raw["environment"], name
        told = {"none", "low", "medium", "high"} if autonomies.startswith("all four") else set(code(autonomies))
        assert told == raw.get("autonomy", raw.get("variables")).keys(), name


def test_the_recipes_shown_are_recipes(tmp_path: Path) -> None:
    shown = blocks(OPERATING, "toml")
    assert len(shown) == 2
    for number, block in enumerate(shown):
        (tmp_path / f"shown-{number}.toml").write_text(block.text)
        assert find_recipe(f"shown-{number}", tmp_path)


def test_the_recipe_that_is_like_claude_differs_only_in_who_runs_it() -> None:
    [like] = [tomllib.loads(block.text) for block in blocks(OPERATING, "toml") if "like" in block.text]
    claude = tomllib.loads((SHIPPED / "claude.toml").read_text())
    assert like["command"][-len(claude["command"]) :] == claude["command"]


def test_the_names_that_are_taken_are_told() -> None:
    [taken] = re.findall(r"The names (.*?) are taken", prose(OPERATING), re.DOTALL)
    assert {"echo", "command"} <= set(code(taken)) >= set(_MAKERS)


def test_each_shipped_recipe_says_whose_page_it_follows() -> None:
    for name in names(None):
        assert "# https://" in (text := (SHIPPED / f"{name}.toml").read_text()) or ". https://" in text, name
