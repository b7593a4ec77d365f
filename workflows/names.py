"""Could a typed name be one of those about to be told?  Asked generously: a needless question costs one tap."""

import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files

ALIKE = 0.85
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "rev", "fr", "lady", "lord"})
ARTICLES = frozenset({"the", "our", "my", "a", "an"})


@dataclass(frozen=True)
class Face:
    """Somebody about to be told: their id, name, other names, and the roles they act in."""

    id: str
    name: str
    also: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


def doubtful(typed: Iterable[str], faces: Sequence[Face]) -> dict[str, tuple[Face, ...]]:
    """The typed names that could be some of these people, each with whom it could be."""
    found = {name: tuple(face for face in faces if could_be(name, face)) for name in typed}
    return {name: alike for name, alike in found.items() if alike}


def could_be(typed: str, face: Face) -> bool:
    """Whether this typed name could be this person: surname, another name, spelling, initials or role word."""
    said = words(typed)
    if not said:
        return False
    return (
        any(same_name(said, words(name)) for name in (face.name, *face.also))
        or any(initials_fit(typed, name) for name in (face.name, *face.also))
        or any(role_word(said, role) for role in face.roles)
    )


def same_name(said: Sequence[str], known: Sequence[str]) -> bool:
    """An equal surname (either half of a double one), an equal whole name, or one spelt nearly so."""
    if not known:
        return False
    if len(said) == 1 and said[0] in known:
        return True
    if said[-1] == known[-1] or known[-1] in said:
        return True
    pairs = ((" ".join(said), " ".join(known)), (said[-1], known[-1]))
    return any(SequenceMatcher(None, one, other).ratio() >= ALIKE for one, other in pairs)


def initials_fit(typed: str, name: str) -> bool:
    """``JS``, ``J.S.``, ``J S``, ``Joan S`` and ``Mrs S`` fit Joan Smith and Joan Ada Smith."""
    letters = [letter for letter in plain(typed) if letter.isalpha()]
    said, parts = words(typed), words(name)
    if len(said[-1]) == 1 and len(parts) >= 2 and said[-1] == parts[-1][0] and said[:-1] in ([], parts[:1]):
        return True
    shape = typed.replace(".", " ").split()
    spoken_as_initials = all(len(part) == 1 for part in shape) or (len(shape) == 1 and shape[0].isupper())
    if not (2 <= len(letters) <= 4 and spoken_as_initials and len(parts) >= 2):
        return False
    whole = [part[0] for part in parts]
    return letters in (whole, [whole[0], whole[-1]])


def role_word(said: Sequence[str], role: str) -> bool:
    """Whether somebody who wrote this meant the holder of a role."""
    return " ".join(word for word in said if word not in ARTICLES) in role_words().get(role, ())


def words(text: str) -> list[str]:
    """The words of a name: no case, accents, titles or punctuation."""
    return [word for word in "".join(c if c.isalnum() else " " for c in plain(text)).split() if word not in TITLES]


def plain(text: str) -> str:
    text = text.replace("’", "").replace("'", "")
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


@cache
def role_words() -> Mapping[str, Collection[str]]:
    """What people call each role (policies/role_words.toml)."""
    return tomllib.loads(files("policies").joinpath("role_words.toml").read_text())
