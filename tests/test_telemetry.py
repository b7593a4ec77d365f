"""The logs: ids and numbers, never anybody's words, whichever library writes them."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import structlog

from bot import telemetry

CANARY = "marmalade"
STORY = f"the {CANARY} was under his desk"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    before = (root.handlers, root.level, structlog.get_config())
    written = io.StringIO()
    telemetry.configure(written)
    yield written
    root.handlers, root.level = before[:2]
    structlog.configure(**before[2])
    sys.excepthook, threading.excepthook = hooks


def lines(log: io.StringIO) -> list[dict[str, object]]:
    assert CANARY not in log.getvalue()
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_line_says_what_happened_when_and_to_which_case(log: io.StringIO) -> None:
    structlog.get_logger().info("promise.kept", case="8f3a", attempt=2)
    [line] = lines(log)
    assert line.pop("at")
    assert line == {"event": "promise.kept", "level": "info", "case": "8f3a", "attempt": 2}


def test_a_key_that_was_not_allowed_is_left_out(log: io.StringIO) -> None:
    structlog.get_logger().info("report.kept", answers=STORY, name=CANARY, case="8f3a")
    assert set(lines(log)[0]) == {"at", "event", "level", "case"}


def test_words_under_an_allowed_key_are_withheld(log: io.StringIO) -> None:
    structlog.get_logger().info(STORY, case=STORY, kind=[CANARY], count={"seen": CANARY})
    [line] = lines(log)
    assert [line[key] for key in ("event", "case", "kind", "count")] == ["withheld"] * 4


def test_a_fault_is_told_by_its_kind_and_place_without_message_or_values(log: io.StringIO) -> None:
    told = STORY
    try:
        raise LookupError(told)
    except LookupError as fault:
        structlog.get_logger().error("report.uncertain", exc_info=fault)
        structlog.get_logger().exception("report.uncertain")
    for line in lines(log):
        assert line["fault"] == "LookupError"
        assert str(line["where"]).startswith("test_telemetry.py:")


@pytest.mark.parametrize(
    "name", ["slack_bolt.AsyncApp", "slack_sdk.web", "sqlalchemy.engine", "uvicorn.error", "pypdf"]
)
def test_a_library_is_heard_without_its_text(log: io.StringIO, name: str) -> None:
    logging.getLogger(name).info(STORY)
    assert lines(log) == []
    try:
        raise ValueError(STORY)
    except ValueError:
        logging.getLogger(name).exception(f"could not handle {STORY} in %s", CANARY)  # noqa: G004 - as libraries do
    [line] = lines(log)
    assert line["event"] == "library.spoke"
    assert "detail" not in line
    assert (line["logger"], line["fault"], line["level"]) == (name, "ValueError", "error")


def test_our_own_rooms_are_heard_by_their_fixed_sentence_and_plain_blanks(log: io.StringIO) -> None:
    logging.getLogger("handlers.gate").info("refused: %s, %d bytes", "stale", 300)
    logging.getLogger("handlers.gate").warning("refused: %s", STORY)
    first, second = lines(log)
    assert (first["event"], first["detail"], first["level"]) == ("refused.bytes", "stale/300", "info")
    assert (second["event"], second["detail"]) == ("refused", "withheld")


@pytest.mark.parametrize("name", telemetry.NEVER)
def test_a_refused_signature_leaves_no_line_even_when_bolt_switches_its_logger_on(log: io.StringIO, name: str) -> None:
    logger = logging.getLogger(name)
    logger.disabled, logger.level = False, logging.INFO
    logger.error(STORY)
    assert lines(log) == []


def test_whoever_dies_outside_everything_leaves_no_words_either(log: io.StringIO) -> None:
    def die() -> None:
        raise RuntimeError(STORY)

    thread = threading.Thread(target=die)
    thread.start()
    thread.join()
    try:
        die()
    except RuntimeError as fault:
        sys.excepthook(RuntimeError, fault, fault.__traceback__)
    assert [line["fault"] for line in lines(log)] == ["RuntimeError"] * 2


def test_a_full_disk_costs_a_line_of_the_log_and_nothing_else(log: io.StringIO) -> None:
    with suppress(OSError), Path("/dev/full").open("w") as full:  # what was not written is tried again on closing
        telemetry.configure(full)
        logging.getLogger("handlers.gate").warning("refused: %s, %d bytes", "size", 4)
        telemetry.configure(log)
        structlog.get_logger().info("promise.kept", case="8f3a")
    assert [line["event"] for line in lines(log)] == ["promise.kept"]
