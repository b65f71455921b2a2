"""What handler authors test with: `rehearse`, a fixture that pytest offers wherever jira-reactor is installed.

A rehearsal runs a handler file on one payload with nothing behind it, neither Jira nor database nor network, and tells
what it would have written and why its routes ran or did not.
"""

from app.testing.payloads import ADA, DROID, comment_created, issue_created, issue_updated
from app.testing.rehearse import Rehearse, Said, rehearse

__all__ = ["ADA", "DROID", "Rehearse", "Said", "comment_created", "issue_created", "issue_updated", "rehearse"]
