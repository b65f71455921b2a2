"""`python -m app.cli`: the command line where the console script is not on the PATH."""

from app.cli import main

main(prog_name="jira-reactor")
