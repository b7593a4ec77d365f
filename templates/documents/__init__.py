"""Reports on paper and as a picture: the words and the shape of what governors are given."""

import csv
import io
import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
# Enough for a chat's picture, twice as sharp as a screen.
_PPI = 144
# A date inside the file would make two of the same report differ.
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
# A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Content = Mapping[str, Any]


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every word of a report, by section and name."""
    return tomllib.loads((_HERE / "words.toml").read_text(encoding="utf-8"))


def pdf(content: Content) -> bytes:
    """The whole report, tagged so that it can be read aloud (PDF/UA-1); the same content gives the same bytes."""
    return _typeset("report.typ", content, format="pdf", pdf_standards=["ua-1"])


def png(content: Content) -> bytes:
    """Its chart alone, as a picture for chat."""
    return _typeset("picture.typ", content, format="png", ppi=_PPI)


def table(content: Content) -> str:
    """The same figures as CSV: where they stand in the report, what they are of, and the figure."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(("section", "what", "figure"))
    for section in content["sections"]:
        rows.writerows((section["title"], row["label"], row["text"]) for row in section["rows"])
        rows.writerows((section["title"], "", note) for note in section["notes"])
    return "".join(out.getvalue())


def _typeset(name: str, content: Content, **how: Any) -> bytes:
    import typst  # a second to load, and seldom needed

    values = {"report": json.dumps(content, sort_keys=True)}
    made = typst.compile(
        str(_HERE / name),
        root=str(_HERE),
        ignore_system_fonts=True,
        sys_inputs=values,
        timestamp=_NO_TIME,
        **how,
    )
    return bytes(made)
