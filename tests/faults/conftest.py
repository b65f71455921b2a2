"""An installation for each test, and what the fault tests counted, shown at the end of every test run."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.installation import Installation

#: Under this name tests record a line for the summary.
COUNTED = "faults"


@pytest.fixture
def install(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Installation]]:
    """Make an installation on the test's database, with further settings."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(Installation(database_url, tmp_path, **settings))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for kind in terminalreporter.stats.values() for report in kind if hasattr(report, "when")]
    told = [(name, line) for report in reports for name, line in report.user_properties if name == COUNTED]
    if told:
        terminalreporter.section("faults")
    for _, line in dict.fromkeys(told):
        terminalreporter.write_line(str(line))
