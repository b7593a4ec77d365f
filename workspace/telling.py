"""How the walk without a browser is told: chapters, who did what, a mark for each thing that held."""

from __future__ import annotations

import sys
from collections.abc import Callable
from textwrap import wrap

NAMES, LINE = 16, 108


class Story:
    """Tells as it goes; colours are for terminals only."""

    def __init__(self, say: Callable[[str], object] = print, *, colours: bool | None = None) -> None:
        self.say = say
        self.colours = sys.stdout.isatty() if colours is None else colours

    def chapter(self, title: str) -> None:
        self.say("")
        self.say(self.painted("1", title))

    def step(self, who: str, what: str) -> None:
        """Somebody did or saw something, and it was as it should be."""
        self.marked("✓", "32", who, what)

    def failed(self, why: str) -> None:
        self.marked("✗", "31", "", why)

    def end(self, held: bool, seconds: float) -> None:
        self.say("")
        words = "Everything was as it should be" if held else "Something was not as it should be; see ✗ above"
        self.say(self.painted("32" if held else "31", f"{words} ({seconds:.1f} seconds)."))

    def marked(self, mark: str, colour: str, who: str, what: str) -> None:
        first, *more = wrap(what, LINE - NAMES - 4, break_on_hyphens=False) or [""]
        self.say(f"  {self.painted(colour, mark)} {self.painted('1', f'{who:{NAMES}}')}{first}")
        for line in more:
            self.say(" " * (NAMES + 4) + line)

    def painted(self, colour: str, words: str) -> str:
        return f"\033[{colour}m{words}\033[0m" if self.colours and words.strip() else words
