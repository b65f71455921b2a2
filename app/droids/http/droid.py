"""A droid that works elsewhere and is reached by HTTP."""

from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit
from uuid import uuid4

import structlog

from app.droids.base import UNWATCHED, Autonomy, DroidError, DroidMisconfigured, DroidUnstartable, Report, Turn
from app.droids.http import wire
from app.droids.http.outbound import is_listed
from app.droids.http.posting import Answer, post
from app.droids.http.signing import signed
from app.events.event import Issue

log = structlog.get_logger()

#: Seconds an answer may take: a slot is held meanwhile, and work that takes longer is promised with 202.
ANSWER_SECONDS = 60.0
STOP_SECONDS = 10.0
#: Statuses below 500 that ask to be tried again.
_AGAIN = (408, 425, 429)


@dataclass(frozen=True)
class HttpDroid:
    """Post each task to `url`, signed with `secret`; callbacks come to `public_url`.

    It may have any of `hosts` without https and in a private network, and else only public hosts with https.
    """

    url: str
    secret: str = field(repr=False)
    public_url: str
    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        needed = {"DROID_URL": self.url, "DROID_SECRET": self.secret, "PUBLIC_URL": self.public_url}
        missing = [f"JIRA_REACTOR_{name}" for name, value in needed.items() if not value]
        if missing:
            raise DroidMisconfigured(
                f"The http droid lacks {' and '.join(missing)}.",
                "Set where it takes its tasks, the secret you share with it, and the URL under which it reaches us.",
            )
        if urlsplit(self.url).scheme != "https" and not is_listed(self.url, self.hosts):
            raise DroidMisconfigured(
                "JIRA_REACTOR_DROID_URL is not https, so anybody on the way could read the tasks.",
                f"Use https, or put {urlsplit(self.url).hostname} into JIRA_REACTOR_DROID_HOSTS if the way is safe.",
            )

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
        """Hand the task over; the report is what was answered, or "working" where a callback was promised.

        Raises DroidUnstartable where nobody took the task for now: handing it over again is harmless, because the
        turn's key tells the far side that it is the same task. Raises DroidMisconfigured as `post` does.
        """
        if turn.stop():
            return Report("", "stopped", reason="It was told to stop.")
        key = turn.key or uuid4().hex
        task = wire.task_created(
            key,
            prompt,
            about=about,
            session=session,
            autonomy=autonomy,
            seconds=timeout,
            question=turn.question,
            answer=turn.answer,
            callback=self.public_url + wire.CALLBACK_PATH,
        )
        return _understood(self._post(key, task, min(timeout, ANSWER_SECONDS)), session)

    def cancel(self, key: str) -> None:
        """Tell the remote droid that nobody waits any more for this task."""
        try:
            # Another message, so another id than that of the task itself.
            answer = self._post(f"{key}/stopped", wire.task_stopped(key), STOP_SECONDS)
        except DroidError as error:
            log.warning("remote droid not stopped", task=key, reason=error.message)
            return
        if answer.status >= 300:
            log.warning("remote droid not stopped", task=key, status=answer.status)

    def _post(self, key: str, body: str, seconds: float) -> Answer:
        return post(self.url, self.hosts, signed(self.secret, key, body), body, seconds)


def _understood(answer: Answer, session: str | None) -> Report:
    if answer.status == 202:
        return Report("", "working", session=wire.read_session(answer.body) or session)
    if answer.status in _AGAIN or answer.status >= 500:
        raise _later(answer)
    if answer.status != 200:
        return Report("", "failed", reason=_refused(answer))
    if answer.too_long:
        return Report("", "failed", reason="The remote droid's answer is longer than a megabyte.")
    try:
        report = wire.read_report(answer.body)
    except wire.WrongShape as wrong:
        return Report("", "failed", reason=f"The remote droid's answer cannot be read. {wrong.message}")
    return replace(report, session=report.session or session)


def _later(answer: Answer) -> DroidUnstartable:
    error = DroidUnstartable(
        f"The remote droid takes no task now: it answered {_told(answer)}.",
        "Look at its log; JIRA_REACTOR_DROID_URL names it.",
    )
    error.retry_after = answer.retry_after
    return error


def _refused(answer: Answer) -> str:
    if 300 <= answer.status < 400 and answer.location:
        return (
            f"The remote droid answered {answer.status} and sends us to {answer.location[:200]}, but redirects are not"
            " followed. If that is right, set JIRA_REACTOR_DROID_URL to it."
        )
    return f"The remote droid did not take the task: it answered {_told(answer)}."


def _told(answer: Answer) -> str:
    line = answer.first_line().rstrip(".")
    return f"{answer.status}: {line}" if line else str(answer.status)
