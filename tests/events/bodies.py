"""Small bodies in the shapes that Jira sends, each complete in what its kind tells."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(os.environ.get("JIRA_REACTOR_SHARED", Path(__file__).parents[3] / "shared"))

REST = "https://acme.example/rest/api/2"
ADA = {"accountId": "557058:ada-1", "displayName": "Ada", "accountType": "atlassian", "active": True}
BOB = {"key": "JIRAUSER10100", "name": "bob", "displayName": "Bob Example"}


def real() -> list[Any]:
    """Bodies that real Jiras sent, one parameter each; they are not ours to hand on and live beside the repository."""
    files = sorted((SHARED / "payloads").rglob("*.json"))
    if not files:
        reason = f"No recorded bodies in {SHARED}; set JIRA_REACTOR_SHARED to the folder that holds payloads/"
        return [
            pytest.param(
                SHARED / "payloads", id="none", marks=pytest.mark.skipif("CI" not in os.environ, reason=reason)
            )
        ]
    return [pytest.param(file, id=f"{file.parent.name}/{file.stem}") for file in files]


def read(file: Path) -> Any:
    return json.loads(file.read_text())


def issue(**fields: Any) -> dict[str, Any]:
    return {
        "id": "10001",
        "self": f"{REST}/10001",
        "key": "OPS-12",
        "fields": {"project": {"id": "1", "key": "OPS"}, **fields},
    }


def comment(**parts: Any) -> dict[str, Any]:
    made = "2026-11-20T10:00:00.000+0000"
    return {"id": "500", "body": "hello", "author": ADA, "created": made, "updated": made, **parts}


def updated(*items: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        "webhookEvent": "jira:issue_updated",
        "timestamp": 1700000000000,
        "user": ADA,
        "issue": issue(),
        "changelog": {"id": "77", "items": list(items)},
        **parts,
    }


def commented(**parts: Any) -> dict[str, Any]:
    return {
        "webhookEvent": "comment_created",
        "timestamp": 1700000000000,
        "issue": issue(),
        "comment": comment(),
        **parts,
    }


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}
