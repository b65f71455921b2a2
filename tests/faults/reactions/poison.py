"""A reaction that ends its worker."""

import os
import signal
import time

from app.handler import Context, Router

router = Router()


@router.on("jira:issue_updated", project="POISON", label_added="poison")
def die(ctx: Context) -> None:
    """Comment, wait until other runs have begun, and take them along."""
    ctx.jira.comment("I begin.")
    time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGKILL)
