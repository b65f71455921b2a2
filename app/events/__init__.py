"""What Jira said, as plain values."""
