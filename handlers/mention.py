"""A comment that mentions the service account gets an answer; after the word "plan", it gets a plan."""

from app.handler import Context, Router

router = Router()


@router.on("comment_created", mention=True, job="answer")
def answer(ctx: Context) -> None:
    """Let the droid answer whoever mentioned it, in the conversation it has on this issue."""
    if ctx.command == "plan":
        report = ctx.droid.run(ctx.prompt("plan"), about=ctx.issue, autonomy="none")
    else:
        report = ctx.droid.run(ctx.prompt("answer"), about=ctx.issue)
    ctx.jira.answer(report.text)
