"""An issue assigned to the service account is taken on, worked on, answered and handed over for review."""

from app.handler import Context, Router

router = Router()

#: Names that workflows give to the status in which people look at finished work.
REVIEW = ("In Review", "Review", "Code Review", "Ready for Review")


@router.on("jira:issue_created", "jira:issue_updated", assigned_to_droid=True, job="work")
def work(ctx: Context) -> None:
    """Take the issue to In Progress, let the droid work, answer, and move it to a review status if there is one."""
    ctx.jira.transition("In Progress")
    report = ctx.droid.run(ctx.prompt("implement"), about=ctx.issue)
    ctx.jira.answer(report.text)
    ctx.jira.transition(*REVIEW, optional=True)
