"""A droid that runs nothing and says back what reached it, for a first try, demos and tests."""

import textwrap

from app.droids.base import UNWATCHED, Autonomy, Report, Turn
from app.droids.brief import instruction_of
from app.events.event import Issue


class EchoDroid:
    """Answer at once, always the same to the same."""

    def run(
        self,
        prompt: str,
        *,
        about: Issue,
        session: str | None = None,
        autonomy: Autonomy = "none",
        timeout: float,
        turn: Turn = UNWATCHED,
    ) -> Report:
        """Quote the instruction and name the issue; the session is named after the issue."""
        ours = session or f"echo-{about.key}"
        opening = f"This goes on our conversation {ours}." if session else "I am the echo droid."
        asked = textwrap.indent(instruction_of(prompt), "> ", lambda _: True)
        text = (
            f"{opening} I was asked:\n\n{asked}\n\n"
            f"It is about {_described(about)}. "
            "I run no model and change no code: connect a real droid to get the work done."
        )
        return Report(text, session=ours, usage={"prompt_characters": len(prompt)})


def _described(issue: Issue) -> str:
    traits = ", ".join(trait for trait in (issue.issue_type, issue.status) if trait)
    summary = f" “{issue.summary}”" if issue.summary else ""
    return f"**{issue.key}**{summary}" + (f" ({traits})" if traits else "")
