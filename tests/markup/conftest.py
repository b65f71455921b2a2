"""Atlassian's own schema of ADF, and texts of every kind to hold against it."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

SHARED = Path(os.environ.get("JIRA_REACTOR_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.fixture(scope="session")
def validate() -> Callable[[object], None]:
    schema = SHARED / "spec" / "adf.json"
    if not schema.exists() and not os.environ.get("CI"):
        pytest.skip(f"No ADF schema at {schema}; set JIRA_REACTOR_SHARED to the folder that holds spec/")
    validator = Draft4Validator(json.loads(schema.read_text()))

    def validate(document: object) -> None:
        validator.validate(document)

    return validate
