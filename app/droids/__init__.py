"""Who does the work: something that takes a prompt about an issue and reports how it ended."""
