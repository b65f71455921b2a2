"""Registrations on Jira's side: what makes Jira push to us."""
