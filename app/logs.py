"""How log lines look: structlog over the standard library's logging, as text for people or JSON for machines."""

import logging
import sys

import structlog


def configure(level: str, form: str) -> None:
    """Send log lines of at least a level to standard error."""
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if form == "json":
        finish: list[structlog.typing.Processor] = [_traceback_without_values(), structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback
        finish = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    structlog.configure(
        processors=[*before, *finish],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s [%(levelname)s] %(name)s: %(message)s")
    # At INFO urllib3 names every request's URL, and alembic each of its own parts.
    for name in ("urllib3", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _traceback_without_values() -> structlog.typing.Processor:
    # Values of local variables may be secrets; structlog would show them by default.
    form = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return structlog.processors.ExceptionRenderer(form)
