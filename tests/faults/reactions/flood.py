"""Reactions that leave one comment and one transition for each delivery they handle."""

from app.handler import Context, Router

router = Router()

_NEXT = {"To Do": "In Progress", "In Progress": "In Review", "In Review": "Done", "Done": "To Do"}


@router.on("comment_created", project="FLOOD", mention=True)
def follow(ctx: Context) -> None:
    """Move the issue on, beside the shipped handler that comments."""
    _move_on(ctx)


@router.on("jira:issue_updated", project="FLOOD", field="assignee")
def take(ctx: Context) -> None:
    """Say who has the issue now, and move it on."""
    ctx.jira.comment(f"Taken note of change {ctx.event.changelog_id}.")
    _move_on(ctx)


def _move_on(ctx: Context) -> None:
    # Runs of one issue never overlap, so nobody else moves it in between.
    ctx.jira.transition(_NEXT[ctx.issue.status], backwards=True)
