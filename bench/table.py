"""A run's figures as a table to read."""

from typing import Any

from bench.rounds import LEVELS

COLUMNS = (
    ("in flight", 9),
    ("floor /s", 9),
    ("Lanyard /s", 11),
    ("share", 6),
    ("floor p50/p95/p99 ms", 22),
    ("Lanyard p50/p95/p99 ms", 24),
    ("told p50/p99 ms", 16),
    ("told /s", 8),
    ("CPU ms", 12),
    ("busy", 5),
)


def drawn(name: str, run: dict[str, Any]) -> str:
    """All of one chat on one database."""
    at, share, rows, books = run["medians"], run["ratios"], run["rows of a submission"], run["books"]
    lines = [
        f"\n{name}: medians of {run['size']['rounds']} rounds; a submission leaves {rows['all new']} new rows",
        row([name for name, _ in COLUMNS]),
        *(row(level_in(run, level)) for level in LEVELS),
        beside(f"{run['way']}, p50 ms", at, "open p50", share["open p50"]),
        beside(f"{run['way']}, p99 ms", at, "open p99", share["open p99"]),
        beside("start to serving, s", at, "start", share["start"]),
        beside("memory idle, MB", at, "idle MB"),
        beside("memory after the load, MB", at, "loaded MB"),
        *strained(at),
        "books: " + ", ".join(f"{name} {value}" for name, value in books.items()),
    ]
    return "\n".join(lines)


def level_in(run: dict[str, Any], level: int) -> list[str]:
    """One number in flight; the processor time of a Lanyard report includes telling its people."""
    at = run["medians"]
    waits = [
        "/".join(f"{at[f'{who} {level} p{quantile}']:.1f}" for quantile in (50, 95, 99)) for who in ("floor", "lanyard")
    ]
    return [
        str(level),
        f"{at[f'floor {level} /s']:.0f}",
        f"{at[f'lanyard {level} /s']:.0f}",
        f"{run['ratios'][f'{level} /s']:.2f}",
        *waits,
        f"{at[f'lanyard {level} told p50']:.0f}/{at[f'lanyard {level} told p99']:.0f}",
        f"{at[f'lanyard {level} told /s']:.0f}",
        f"{at[f'floor {level} cpu ms']:.1f}/{at[f'lanyard {level} cpu ms']:.1f}",
        f"{sum(run['rounds'][f'lanyard {level} busy']):.0f}",
    ]


def strained(at: dict[str, float]) -> list[str]:
    """Slow Slack, many cases, a crowd of promises; nothing where they were left out."""
    if "crowd /s" not in at:
        return []
    slower = at["full 16 p50"] / at["empty 16 p50"], at["full 16 cpu ms"] / at["empty 16 cpu ms"]
    return [
        f"Slack answers in 100 ms, 64 in flight: acknowledged p99 {at['slow 64 p99']:.0f} ms",
        f"many cases stored, 16 in flight: p50 {slower[0]:.2f} times, processor time {slower[1]:.2f} times",
        f"many promises due at once: {at['crowd /s']:.0f} kept a second, {at['crowd cpu ms']:.1f} ms each",
        f"memory after that, MB: {at['strained MB']:.0f}",
    ]


def row(cells: list[str]) -> str:
    return " ".join(f"{cell:>{width}}" for cell, (_, width) in zip(cells, COLUMNS, strict=True))


def beside(what: str, at: dict[str, float], name: str, ratio: float | None = None) -> str:
    times = f"  ({ratio:.2f} times)" if ratio else ""
    return f"{what:32} floor {at[f'floor {name}']:7.2f}   Lanyard {at[f'lanyard {name}']:7.2f}{times}"
