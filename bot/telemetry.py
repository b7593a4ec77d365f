"""What the running bot writes about itself: one JSON line a happening, ids and numbers, nobody's words."""

import logging
import re
import sys
import threading
from collections import Counter
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import TextIO

import structlog

IDS = {"trust", "case", "draft", "person", "promise", "evidence", "unit", "request"}
WORDS = {
    "event",
    "level",
    "logger",
    "fault",
    "where",
    "action",
    "kind",
    "platform",
    "method",
    "dialect",
    "detail",
}
NUMBERS = {"at", "status", "attempt", "count", "size", "oldest", "seconds", "version", "port"}
# A key not named here is left out of the line, whoever logs it.
KEYS = IDS | WORDS | NUMBERS
# An id, a number or a dotted name; people's words have spaces in them, or letters that these have not.
PLAIN = re.compile(r"[A-Za-z0-9_.:+/-]{1,80}")
WITHHELD = "withheld"
# What went wrong so far, by kind; as little as the lines themselves tell.
errors: Counter[str] = Counter()
OURS = ("bot", "handlers", "workflows", "storage", "templates")
SDKS = ("slack_bolt", "slack_sdk", "aiohttp", "aiosmtplib", "microsoft_teams", "msal", "httpx")
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
            _count,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=lambda *_: _Printed(out),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_Retold()]
    root.setLevel(logging.WARNING)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    # It says each second that the last second's tick is still at work.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for name in NEVER:
        logging.getLogger(name).addFilter(lambda _: False)
    sys.excepthook = _last_words
    threading.excepthook = lambda died: _last_words(died.exc_type, died.exc_value, died.exc_traceback)


class _Printed(structlog.PrintLogger):
    """On a full disk only the line is lost, never the answer to somebody that it tells of."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = error = critical = fatal = exception = msg


class _Retold(logging.Handler):
    """A line written through Python's own logging, without anything that may quote a report.

    Of a library we tell who spoke, where, and which fault.  Our own rooms write a fixed sentence with blanks
    (ruff refuses any other), so that sentence is the event, and its blanks are held to the same rule as ids.
    """

    def emit(self, record: logging.LogRecord) -> None:
        kind, _, trace = record.exc_info or (None, None, None)
        ours = record.name.split(".")[0] in OURS and isinstance(record.msg, str)
        structlog.get_logger().log(
            record.levelno,
            ".".join(re.findall(r"(?<!%)[a-z]+", record.msg)) if ours else "library.spoke",
            logger=record.name,
            detail=_blanks(record.args) if ours else None,
            fault=kind.__name__ if kind else None,
            where=frames(trace) or f"{Path(record.pathname).name}:{record.lineno}",
        )


def _blanks(given: object) -> str | None:
    parts = given if isinstance(given, tuple) else ()
    return "/".join(str(_plain(str(part))) for part in parts) or None


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


def _count(_: object, method: str, line: Line) -> Line:
    if method in ("error", "critical", "exception") or line.get("level") in ("error", "critical"):
        errors[str(line.get("fault") or line.get("event"))] += 1
    return line


def _plain(value: object) -> object:
    if isinstance(value, bool | int | float):
        return value
    return value if isinstance(value, str) and PLAIN.fullmatch(value) else WITHHELD
