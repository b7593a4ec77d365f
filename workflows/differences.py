"""What changed between two versions of a text, paragraph by paragraph, for people who read the earlier one."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Paragraph = tuple[str, str]
# Words of one paragraph, each with whether only this side has them.
Pieces = tuple[tuple[str, bool], ...]
# Two paragraphs that have less in common than this are not one that was changed.
ALIKE = 0.4
WORD = re.compile(r"[\w'’-]+|[^\w\s]+|\s+")


@dataclass(frozen=True)
class Difference:
    """One paragraph that went, came, or was changed (both), and the heading that it stands under, "" for none."""

    under: str
    before: Pieces
    now: Pieces


def differences(before: str, now: str) -> tuple[Difference, ...]:
    """Where two Markdown texts differ, in the order of the later one; where a line breaks makes no difference."""
    old, new = tuple(paragraphs(before)), tuple(paragraphs(now))
    compared = difflib.SequenceMatcher(None, old, new, autojunk=False)
    found: list[Difference] = []
    for tag, first, last, begin, end in compared.get_opcodes():
        if tag != "equal":
            under = heading(new[:begin])
            found += [Difference(under, *pair) for pair in paired(old[first:last], new[begin:end])]
    return tuple(found)


def paired(gone: Sequence[Paragraph], came: Sequence[Paragraph]) -> Iterator[tuple[Pieces, Pieces]]:
    """Each paragraph that was changed beside what it was; what has no counterpart stands alone."""
    left = list(gone)
    for kind, text in came:
        earlier = next((each for each in left if each[0] == kind and alike(each[1], text)), None)
        if earlier is None:
            yield (), ((text, True),)
            continue
        while left[0] != earlier:
            yield ((left.pop(0)[1], True),), ()
        left.pop(0)
        yield by_words(earlier[1], text)
    yield from ((((text, True),), ()) for _, text in left)


def alike(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio() >= ALIKE


def by_words(one: str, other: str) -> tuple[Pieces, Pieces]:
    """Both, cut into what they share and what only one of them has."""
    before, now = WORD.findall(one), WORD.findall(other)
    was, is_now = list[tuple[str, bool]](), list[tuple[str, bool]]()
    compared = difflib.SequenceMatcher(str.isspace, before, now, autojunk=False)
    for tag, first, last, begin, end in compared.get_opcodes():
        if last > first:
            was.append(("".join(before[first:last]), tag != "equal"))
        if end > begin:
            is_now.append(("".join(now[begin:end]), tag != "equal"))
    return tuple(was), tuple(is_now)


def heading(read: Sequence[Paragraph]) -> str:
    return next((text for kind, text in reversed(read) if kind == "heading"), "")


def paragraphs(text: str) -> Iterator[Paragraph]:
    """A Markdown text as (kind, words): headings, list items and paragraphs; anything finer is shown as it stands."""
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        for line in block.strip().split("\n") if re.match(r"\s*([-*#]|\d+\.)", block) else [" ".join(block.split())]:
            words = line.strip()
            if words.startswith("#"):
                yield "heading", words.lstrip("# ")
            elif re.match(r"[-*]\s", words):
                yield "item", words[1:].strip()
            elif words:
                yield "text", words
