"""A pytest plugin that ends each run by saying what was left out, and why."""

from collections import Counter

import pytest

LEFT = pytest.StashKey[Counter[str]]()
WHERE = {"browser": "run by: python3 run.py browser"}


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT] = Counter()


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        marks = [WHERE[mark.name] for mark in item.iter_markers() if mark.name in WHERE]
        item.config.stash[LEFT][marks[0] if marks else "not asked for"] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    # Each worker of xdist deselects the same tests; the run that the reader sees hears of it only this way.
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = dict(session.config.stash[LEFT])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    config.stash[LEFT] |= Counter(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left = Counter(config.stash[LEFT])
    for report in terminalreporter.stats.get("skipped", []):
        _, _, why = report.longrepr
        left[why.removeprefix("Skipped: ")] += 1
    terminalreporter.section("left out")
    for why, count in left.most_common():
        terminalreporter.line(f"{count:5} {why}")
    if not left:
        terminalreporter.line("nothing")
