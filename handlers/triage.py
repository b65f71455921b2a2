"""A new issue gets a first look in one comment: priority, labels, likely duplicates and open questions.

It reacts only where an admin turned it on: `jira-reactor projects policy KEY --turn-on triage.triage`.
"""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from app.handler import Context, Router

router = Router()

#: Whether to set the priority and add the labels too, instead of only proposing them.
APPLY = False
#: The priorities to choose from, as your Jira names them.
PRIORITIES = ("Highest", "High", "Medium", "Low", "Lowest")


class Look(Schema):
    """What the droid is asked for; whatever it leaves out is left out of the comment."""

    class Meta:
        """Let the droid say more than it was asked."""

        unknown = EXCLUDE

    priority = fields.String(load_default="")
    why = fields.String(load_default="")
    labels = fields.List(fields.String(), load_default=list)
    duplicates = fields.List(fields.String(), load_default=list)
    questions = fields.List(fields.String(), load_default=list)


@router.on("jira:issue_created", opt_in=True)
def triage(ctx: Context) -> None:
    """Let the droid look at a new issue beside those like it, and say in one comment what it found."""
    similar = ctx.jira.similar(ctx.issue)
    prompt = ctx.prompt("triage", priorities=PRIORITIES, similar=similar)
    report = ctx.droid.run(prompt, about=ctx.issue, autonomy="none", fresh=True)
    look = read(report.data, {issue.key for issue in similar})
    ctx.jira.comment(written(look) if look else report.text)
    if look and APPLY:
        apply(ctx, look)


def read(data: dict[str, Any] | None, known: set[str]) -> dict[str, Any] | None:
    """Keep of the droid's answer what can be true; None where it is not what was asked for."""
    try:
        look = Look().load({name: value for name, value in (data or {}).items() if value is not None})
    except ValidationError:
        return None
    look["priority"] = next((name for name in PRIORITIES if name.lower() == look["priority"].strip().lower()), "")
    look["labels"] = ["-".join(label.split()) for label in look["labels"] if label.strip()]
    look["duplicates"] = [key for key in look["duplicates"] if key in known]
    return look if any(look.values()) else None


def written(look: dict[str, Any]) -> str:
    """Write the comment."""
    parts = {
        "Priority": f"**{look['priority']}**" if look["priority"] else "",
        "Why": look["why"],
        "Labels": ", ".join(f"`{label}`" for label in look["labels"]),
        "Perhaps the same as": ", ".join(look["duplicates"]),
    }
    lines = ["A first look at this issue:", "", *(f"- {name}: {text}" for name, text in parts.items() if text)]
    questions = ["", "Questions:", "", *(f"- {question}" for question in look["questions"])]
    return "\n".join([*lines, *questions] if look["questions"] else lines)


def apply(ctx: Context, look: dict[str, Any]) -> None:
    """Set in Jira what was proposed."""
    if look["labels"]:
        ctx.jira.label(*look["labels"])
    if look["priority"]:
        ctx.jira.set_fields({"priority": {"name": look["priority"]}})
