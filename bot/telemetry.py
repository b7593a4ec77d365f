"""What the running bot writes about itself: one JSON line a happening, ids and numbers, nobody's words."""

import logging
import re
import sys
import threading
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import TextIO

import structlog

IDS = {"trust", "case", "draft", "person", "promise", "evidence", "unit", "request"}
WORDS = {"event", "level", "logger", "fault", "where", "action", "kind", "platform", "method", "dialect"}
NUMBERS = {"at", "status", "attempt", "count", "size", "oldest", "seconds", "version", "port"}
# A key not named here is left out of the line, whoever logs it.
KEYS = IDS | WORDS | NUMBERS
# An id, a number or a dotted name; people's words have spaces in them, or letters that these have not.
PLAIN = re.compile(r"[A-Za-z0-9_.:+/-]{1,80}")
WITHHELD = "withheld"
SDKS = ("slack_bolt", "slack_sdk", "aiohttp", "aiosmtplib", "httpx")
LOUD = (*SDKS, "sqlalchemy", "alembic", "uvicorn", "asyncio")
# Bolt writes the whole body of a request whose signature fails, and switches a disabled logger on again.
NEVER = ("slack_bolt.RequestVerification", "slack_bolt.AsyncRequestVerification")


def configure(out: TextIO = sys.stderr) -> None:
    """Send our lines and every library's to one place; called once, by the command that serves."""
    structlog.configure(
        processors=[
            _stamp,
            structlog.processors.add_log_level,
            _place,
            _allow,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(out),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_Retold()]
    root.setLevel(logging.WARNING)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It says each second that the last second's tick is still at work.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for name in NEVER:
        logging.getLogger(name).addFilter(lambda _: False)
    sys.excepthook = _last_words
    threading.excepthook = lambda died: _last_words(died.exc_type, died.exc_value, died.exc_traceback)


class _Retold(logging.Handler):
    """A library's line without its text, which may quote a report: who spoke, where, which fault."""

    def emit(self, record: logging.LogRecord) -> None:
        kind, _, trace = record.exc_info or (None, None, None)
        structlog.get_logger().log(
            record.levelno,
            "library.spoke",
            logger=record.name,
            fault=kind.__name__ if kind else None,
            where=frames(trace) or f"{Path(record.pathname).name}:{record.lineno}",
        )


def frames(trace: TracebackType | None) -> str:
    """The innermost places of a traceback as file:line, without messages and without anything's value."""
    places = [f"{Path(frame.f_code.co_filename).name}:{line}" for frame, line in walk_tb(trace)]
    return "/".join(places[-3:])


def _last_words(kind: type[BaseException], _: BaseException | None, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        structlog.get_logger().critical("bot.died", fault=kind.__name__, where=frames(trace))


Line = MutableMapping[str, object]


def _stamp(_: object, __: str, line: Line) -> Line:
    line["at"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    return line


def _place(_: object, __: str, line: Line) -> Line:
    """An exception given as exc_info becomes its kind and its place."""
    given = line.pop("exc_info", None)
    fault = given if isinstance(given, BaseException) else sys.exception() if given else None
    if fault:
        line["fault"] = type(fault).__name__
        line["where"] = frames(fault.__traceback__)
    return line


def _allow(_: object, __: str, line: Line) -> Mapping[str, object]:
    return {key: _plain(value) for key, value in line.items() if key in KEYS and value is not None}


def _plain(value: object) -> object:
    if isinstance(value, bool | int | float):
        return value
    return value if isinstance(value, str) and PLAIN.fullmatch(value) else WITHHELD
