"""An issue that gets the label "droid" is worked on; "droid:codex" lets the droid of that name do it."""

from app.handler import Context, Router

router = Router()

#: The label, alone or followed by a colon and the name of a droid.
LABEL = "droid"
#: Names that workflows give to the status in which people look at finished work.
REVIEW = ("In Review", "Review", "Code Review", "Ready for Review")


@router.on("jira:issue_created", "jira:issue_updated", label_added=[LABEL, f"{LABEL}:*"], acknowledge=True, job="work")
def work(ctx: Context) -> None:
    """Take the issue on as after an assignment, by the droid that the label names."""
    name = named(ctx.event.labels_added)
    if name and name not in ctx.droid.names:
        ctx.jira.answer(f"There is no droid of that name. There are: {', '.join(ctx.droid.names)}.")
        return
    ctx.jira.transition("In Progress")
    report = ctx.droid.run(ctx.prompt("implement"), about=ctx.issue, droid=name)
    ctx.jira.answer(report.text)
    ctx.jira.transition(*REVIEW, optional=True)


def named(labels: tuple[str, ...]) -> str:
    """Read which droid the labels name; empty where they leave it open."""
    prefix = f"{LABEL}:"
    return next((label[len(prefix) :].lower() for label in labels if label.lower().startswith(prefix)), "")
