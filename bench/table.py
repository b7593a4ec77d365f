"""A run's figures as a table to read."""

from typing import Any

from bench.rounds import LEVELS

HEAD = f"{'in flight':>9} {'floor /s':>9} {'Lanyard /s':>11} {'share':>6}   {'floor p50/p95/p99 ms':>22}   {'Lanyard p50/p95/p99 ms':>22}   {'told p50/p99 ms':>16} {'told /s':>8} {'busy':>5}"


def drawn(kind: str, run: dict[str, Any]) -> str:
    """All of one database."""
    at, share, rows, books = run["medians"], run["ratios"], run["rows of a submission"], run["books"]
    lines = [f"\n{kind}: medians of {run['size']['rounds']} rounds; a submission leaves {rows['all new']} new rows", HEAD]
    for level in LEVELS:
        waits = [
            " / ".join(f"{at[f'{who} {level} p{quantile}']:.1f}" for quantile in (50, 95, 99))
            for who in ("floor", "lanyard")
        ]
        told = f"{at[f'lanyard {level} told p50']:.0f} / {at[f'lanyard {level} told p99']:.0f}"
        lines.append(
            f"{level:9} {at[f'floor {level} /s']:9.0f} {at[f'lanyard {level} /s']:11.0f} {share[f'{level} /s']:6.2f}"
            f"   {waits[0]:>22}   {waits[1]:>22}   {told:>16} {at[f'lanyard {level} told /s']:8.0f}"
            f" {sum(run['rounds'][f'lanyard {level} busy']):5.0f}"
        )
    lines += [
        beside("/report to views.open, p50 ms", at, "open p50", share["open p50"]),
        beside("/report to views.open, p99 ms", at, "open p99", share["open p99"]),
        beside("start to serving, s", at, "start", share["start"]),
        beside("memory idle, MB", at, "idle MB"),
        beside("memory after the load, MB", at, "loaded MB"),
        "books: " + ", ".join(f"{name} {value}" for name, value in books.items()),
    ]
    return "\n".join(lines)


def beside(what: str, at: dict[str, float], name: str, ratio: float | None = None) -> str:
    times = f"  ({ratio:.2f} times)" if ratio else ""
    return f"{what:32} floor {at[f'floor {name}']:7.2f}   Lanyard {at[f'lanyard {name}']:7.2f}{times}"
