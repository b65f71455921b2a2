"""From bytes to a promise: verify a delivery, keep it, and only then say yes to Jira."""
