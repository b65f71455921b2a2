"""Writes past rate limits and failures by chance, as many as a test suite has time for."""

from app.simulator.trouble import REASONS
from benchmarks.ratelimits import storm


def test_no_comment_is_lost_and_none_is_doubled_however_jira_limits_and_fails() -> None:
    """`python benchmarks/ratelimits.py` does the same with ten thousand."""
    outcome = storm(1500)
    assert (outcome.lost, outcome.doubled, outcome.strays) == (0, 0, 0)
    assert outcome.found["write 1499"] == 1
    # Otherwise it would prove nothing: Jira did refuse for each reason, and did fail, also after the deed.
    assert {f"429 {reason}" for reason in REASONS if "global" not in reason} < outcome.answers.keys()
    assert outcome.answers["503"] > 50
    assert outcome.answers["201"] < 1500
