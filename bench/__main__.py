"""python3 run.py bench: measures, says it in a table, keeps it as JSON, and fails where the books do not balance."""

import argparse
import json
import os
import pickle
import platform
import signal
import sys
import tempfile
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from bench import databases, stage, table
from bench.audit import Books
from bench.letters import Chat
from bench.rounds import FULL, LEVELS, QUICK, Bench, Size
from bench.slack import Slack
from bench.strain import Strain
from bench.submission import take
from bench.teams import Teams

RESULTS = Path(__file__).parent / "results"
CHATS = {"slack": Slack, "teams": Teams}
DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Answer 0 where all that was acknowledged was stored, recorded and said."""
    ask = argparse.ArgumentParser(prog="run.py bench", description="How fast, beside floors measured in the same run.")
    ask.add_argument("--quick", action="store_true", help="few letters: shows that it works, not how fast")
    ask.add_argument("--chat", choices=tuple(CHATS), action="append")
    ask.add_argument("--database", choices=DATABASES, action="append")
    ask.add_argument("--rounds", type=int, help=f"instead of {FULL.rounds}")
    ask.add_argument("--unstrained", action="store_true", help="leave out slow Slack, many cases and promises at once")
    ask.add_argument("--profile", type=Path, metavar="FILE", help="write there what the bot spent its time on")
    told = ask.parse_args()
    size = QUICK if told.quick else FULL
    size = replace(size, rounds=told.rounds or size.rounds)
    size = replace(size, cases=0, promises=0) if told.unstrained else size
    stage.pin_load()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped first
    result: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "quick": told.quick,
    }
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / f"{result['at'].replace(':', '')}.json"
    for chat, kind in product(told.chat or CHATS, told.database or DATABASES):
        name, why = f"{chat} {kind}", databases.why_no_postgres() if kind == "postgresql" else ""
        result[name] = {"left out": why} if why else measured(CHATS[chat](), kind, size, told.profile)
        print(f"{name} left out: {why}" if why else table.drawn(name, result[name]), flush=True)
        kept.write_text(json.dumps(result, indent=1))
    print(f"kept in {kept.relative_to(Path.cwd())}")
    runs = [result[" ".join(each)] for each in product(CHATS, DATABASES) if "books" in result.get(" ".join(each), {})]
    if not all(run["books"]["balanced"] for run in runs):
        print(
            "The books do not balance: something that was acknowledged is not stored, recorded and said.",
            file=sys.stderr,
        )
    return 0 if runs and all(run["books"]["balanced"] for run in runs) else 1


def measured(chat: Chat, kind: str, size: Size, profile: Path | None) -> dict[str, Any]:
    """One chat's run on one database, in a folder that is thrown away."""
    with (
        tempfile.TemporaryDirectory(prefix="lanyard-bench-") as name,
        databases.two(kind, Path(name)) as urls,
        stage.stage(Path(name), chat, urls, profile) as at,
    ):
        sample = take(at.env, chat)
        (at.folder / "sample").write_bytes(pickle.dumps(sample))
        bench = Bench(at, sample, Books(urls[0]), size)
        bench.run()
        if size.cases and chat.name == "slack":
            Strain(bench).run()
        books = bench.books.balance(bench.acknowledged, bench.posts)
    return {
        "size": asdict(size),
        "way": chat.way,
        "rows of a submission": {"new": sample.counted(), "all new": sample.size, "gone": sample.gone},
        "medians": {name: round(median(figures), 3) for name, figures in bench.figures.items()},
        "ratios": ratios(bench),
        "books": books,
        "rounds": bench.figures,
    }


def ratios(bench: Bench) -> dict[str, float]:
    """Lanyard's throughput as a share of the floor's, its waits as a multiple; medians of the rounds' own ratios."""
    by_level = [f"{level} {figure}" for level in LEVELS for figure in ("/s", "p50", "cpu ms")]
    names = [*by_level, "open p50", "open p99", "start"]
    pairs = {name: zip(bench.figures[f"lanyard {name}"], bench.figures[f"floor {name}"], strict=True) for name in names}
    return {name: round(median(ours / floor for ours, floor in pair), 3) for name, pair in pairs.items()}


def machine() -> dict[str, Any]:
    """What it ran on, in neutral words."""
    pinned = f"measured process on core {stage.MEASURED}, load and stand-in on core {stage.AROUND}"
    return {
        "cores": os.cpu_count(),
        "load average before": [round(each, 1) for each in os.getloadavg()],
        "pinned": pinned if stage.PINS else "not pinned: no taskset, or one core",
        "python": platform.python_version(),
        "system": platform.system(),
    }


if __name__ == "__main__":
    sys.exit(main())
