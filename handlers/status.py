"""An issue moved into a column of the droid's is planned, implemented or reviewed by it."""

from app.handler import Context, Router

router = Router()

#: The columns of your board, or several in a list, by what the droid does with an issue that is moved there.
PLAN = "Droid Plan"
IMPLEMENT = "Ready for Droid"
REVIEW = "Droid Review"
#: Names that workflows give to the status in which people look at finished work.
DONE = ("In Review", "Review", "Code Review", "Ready for Review")


@router.on("jira:issue_updated", field="status", to=PLAN, acknowledge=True, job="work")
def plan(ctx: Context) -> None:
    """Say how the issue could be solved, and leave it where it is."""
    report = ctx.droid.run(ctx.prompt("plan"), about=ctx.issue, autonomy="none")
    ctx.jira.answer(report.text)


@router.on("jira:issue_updated", field="status", to=IMPLEMENT, acknowledge=True, job="work")
def implement(ctx: Context) -> None:
    """Take the issue to In Progress, let the droid work, answer, and move it to a review status if there is one."""
    ctx.jira.transition("In Progress")
    report = ctx.droid.run(ctx.prompt("implement"), about=ctx.issue)
    ctx.jira.answer(report.text)
    ctx.jira.transition(*DONE, optional=True)


@router.on("jira:issue_updated", field="status", to=REVIEW, acknowledge=True, job="work")
def review(ctx: Context) -> None:
    """Say what is good and what is missing in what was done, and leave the issue where it is."""
    report = ctx.droid.run(ctx.prompt("review"), about=ctx.issue, autonomy="none")
    ctx.jira.answer(report.text)
