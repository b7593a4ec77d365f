"""The words and shape of every web page and e-mail, filled with values and escaped."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HERE = Path(__file__).parent


def page(name: str, values: Mapping[str, object]) -> str:
    """The page of that name; everything put into it is shown as the text it is."""
    return _paper().get_template(f"{name}.html").render(values)


def stylesheet() -> str:
    """The one stylesheet that all pages share."""
    return (_HERE / "style.css").read_text(encoding="utf-8")


def script() -> str:
    """The one script: it sends pictures one by one and says how far it is; its words stand in the page."""
    return (_HERE / "adding.js").read_text(encoding="utf-8")


@cache
def _paper() -> Environment:
    paper = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    paper.filters["dial"] = _dial
    return paper


def _dial(number: str) -> str:
    """What a telephone dials for this number; empty when it is words rather than a number."""
    digits = number.replace(" ", "")
    return digits if digits.removeprefix("+").isdigit() else ""
