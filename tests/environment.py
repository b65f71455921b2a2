"""The environment of processes that tests start."""

from collections.abc import Mapping


def unmeasured(environ: Mapping[str, str]) -> dict[str, str]:
    """Leave out what lets coverage measure the process, which then takes half as long again.

    It is for processes that are killed, and so bring nothing home, or run what is measured elsewhere.
    """
    return {name: value for name, value in environ.items() if not name.startswith("COVERAGE_")}
