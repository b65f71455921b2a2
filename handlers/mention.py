"""A comment that mentions the service account gets an answer."""

from app.handler import Context, Router

router = Router()


@router.on("comment_created", mention=True)
def answer(ctx: Context) -> None:
    """Let the droid answer whoever mentioned it."""
    report = ctx.droid.run("Answer the newest comment, which mentions you. Be brief and concrete.", about=ctx.issue)
    ctx.jira.answer(report.text)
