import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app import logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging is the process's own; leave it as it was."""
    root, config = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**config)


def fail(secret: str) -> None:
    raise ValueError("it broke")


def test_json_is_one_object_per_line_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", "json")
    structlog.get_logger().info("decided", delivery=7)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["delivery"], line["level"]) == ("decided", 7, "info")
    assert line["timestamp"].endswith("Z")


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", "text")
    structlog.get_logger().info("decided", delivery=7)
    written = capsys.readouterr()
    assert written.out == ""
    assert "decided" in written.err
    assert "delivery=7" in written.err
    assert "\x1b" not in written.err


@pytest.mark.parametrize("form", ["text", "json"])
def test_tracebacks_show_lines_and_never_the_values_of_variables(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO", form)
    try:
        fail("hunter2")
    except ValueError as error:
        structlog.get_logger().error("run failed", exc_info=error)
    written = capsys.readouterr().err
    assert "it broke" in written
    assert "test_logs.py" in written
    assert "hunter2" not in written.replace('fail("hunter2")', "")


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_less_severe_is_not_written(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("WARNING", form)
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    written = capsys.readouterr().err
    assert "quiet" not in written
    assert "loud" in written


def test_libraries_that_name_urls_or_chatter_are_kept_down() -> None:
    logs.configure("DEBUG", "text")
    assert logging.getLogger("urllib3").getEffectiveLevel() == logging.WARNING
    assert logging.getLogger("alembic").getEffectiveLevel() == logging.WARNING
