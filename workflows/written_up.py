"""A report as it is read: every figure with its words, in the order of the page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from templates import documents
from workflows.rules import Rules
from workflows.summaries import Report
from workflows.suppression import SMALL, Facet, Shown, Table

Rows = list[dict[str, Any]]
# What each list's rows are called, where the report's own words do not say.
SENTENCES = {"decision": "decision", "referral": "referred"}


def content(rules: Rules, report: Report) -> Mapping[str, Any]:
    """Everything that stands in the report, as its templates take it."""
    words = documents.words()
    whose = "trust" if report.trust else "school"
    return {
        "title": words["title"][whose],
        "name": report.name,
        "readers": words["title"][f"for_{whose}"],
        "period": period(report),
        "several": len(report.terms) > 1,
        "intro": [words["say"]["intro"], *([words["say"][whose]] if report.trust else []), *yearly(report)],
        "notes": [words["say"][name] for name in ("zero", "small", "left_out")],
        "sections": list(sections(rules, report)),
        "head": list(words["head"].values()),
        "chart": words["chart"],
    }


def picture_in_words(content: Mapping[str, Any]) -> str:
    """What the picture of a report shows, for whoever cannot see it: the same figures, hidden where they are there."""
    shown = content["sections"][0]
    figures = "; ".join(f"{row['label']}: {row['text']}" for row in shown["rows"])
    return f"{content['name']}, {content['period']}. {shown['title']}. {figures or ' '.join(shown['notes'])}"


def sections(rules: Rules, report: Report) -> Iterator[Mapping[str, Any]]:
    """The report's parts, in order."""
    words, figures = documents.words(), report.figures
    yield section("kind", kinds(rules, figures["kind"]), [] if figures["kind"] else [words["say"]["none"]], bars=True)
    if figures["kind"]:
        for name in ("by", "answered", "standing"):
            yield section(name, *faceted(name, figures[name]))
    for name, table in SENTENCES.items():
        labels = {row: capital(rules.words.sentence(f"{table}.{row}")) for row in figures[name]}
        yield section(name, listed(labels, figures[name]) or [fact("none", "0")], [])
    yield section("duty", *duties(rules, figures["duty"]), bars=True)
    if report.trust:
        adults = figures["adults"]
        yield section(
            "adults",
            [fact("adults", said(adults), adults)] if adults else [],
            [] if adults else [words["say"]["adults_none"]],
        )
    yield section("also", list(also(report)), [])
    proofs = [{"label": name, "text": sha256, "low": 0, "high": 0} for name, sha256 in report.proofs]
    yield section("proof", proofs, [words["say"]["proof"]])


def section(name: str, rows: Rows, notes: Sequence[str], *, bars: bool = False) -> Mapping[str, Any]:
    title = documents.words()["section"][name]
    most = max((row["high"] for row in rows), default=0)
    return {"id": name, "title": title, "rows": rows, "notes": list(notes), "bars": bars and most > 0}


def kinds(rules: Rules, table: Table) -> Rows:
    """The kinds of report in the order of the form, and what they come to as far as that may be known."""
    order = sorted(table, key=lambda kind: (rules.reports[kind].order, kind) if kind in rules.reports else (999, kind))
    labels = {kind: rules.reports[kind].title if kind in rules.reports else kind for kind in order}
    rows = listed(labels, table)
    total = sum(table.values(), Shown(0, 0))
    return [*rows, {**fact("total", said(total), total), "total": True}] if rows else []


def faceted(name: str, facet: Facet) -> tuple[Rows, list[str]]:
    words = documents.words()
    if facet.table is not None:
        return listed(words[name], facet.table), []
    share = [words[f"share_{name}"][facet.share]] if facet.share and f"share_{name}" in words else []
    return [], [*share, words["say"]["withheld"]]


def listed(labels: Mapping[str, str], table: Table) -> Rows:
    return [line(labels[row], said(table[row]), table[row]) for row in labels if row in table]


def duties(rules: Rules, found: Mapping[str, tuple[Shown, int] | None]) -> tuple[Rows, list[str]]:
    """How many have done each duty, and those that so few were asked for that nothing can be said."""
    words, rows = documents.words(), []
    labels = {duty: rules.words.nudges[duty].label if duty in rules.words.nudges else duty for duty in found}
    for duty, figure in found.items():
        if figure:
            done, asked = figure
            text = words["figure"]["of"].format(figure=said(done), asked=asked)
            rows.append({**line(labels[duty], text, done), "asked": asked})
    few = "; ".join(labels[duty] for duty, figure in found.items() if figure is None)
    return rows, [words["say"]["few_people"].format(duties=few)] if few else []


def also(report: Report) -> Iterator[dict[str, Any]]:
    words, figures = documents.words(), report.figures
    for name, band in figures["typical"].items():
        if band:
            yield fact(f"typical_{name}", words["time"][band])
    held = figures["practice"]
    how = held[0] if len(set(held)) == 1 else "none" if "none" in held else "unanswered"
    yield fact("practice", words["practice"][how])
    yield fact("review", day(figures["review"]) if figures["review"] else words["figure"]["no_review"])


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def fact(name: str, text: str, figure: Shown | None = None) -> dict[str, Any]:
    return line(documents.words()["row"][name], text, figure or Shown(0, 0))


def line(label: str, text: str, figure: Shown) -> dict[str, Any]:
    return {"label": label, "text": text, "low": figure.low, "high": figure.high}


def said(figure: Shown) -> str:
    """A figure in the report's own writing."""
    words = documents.words()["figure"]
    if figure.low == figure.high:
        return str(figure.low)
    if figure == Shown(1, SMALL - 1):
        return words["few"]
    return words["between"].format(low=figure.low, high=figure.high)


def period(report: Report) -> str:
    words, names = documents.words()["title"], list(dict.fromkeys(term.name for term in report.terms))
    first, last = min(term.first for term in report.terms), max(term.last for term in report.terms)
    pattern = words["term"] if len(names) == 1 else words["terms"]
    return pattern.format(name=names[0], names=", ".join(names), first=day(str(first)), last=day(str(last)))


def yearly(report: Report) -> Iterable[str]:
    return [documents.words()["say"]["year"]] if len(report.terms) > 1 and not report.trust else []


def day(iso: str) -> str:
    found = date.fromisoformat(iso)
    return f"{found.day} {found:%B} {found.year}"
