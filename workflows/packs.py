"""What a school's policy says, read from `policies/`: the floor under every pack, and one pack per policy."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from workflows.floor import Floor
from workflows.policy import Pack
from workflows.soundness import LARGEST, clean, examined

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NOT_PACKS = ("floor", "sources", "role_words")


class PackError(ValueError):
    """A policy file cannot be used: each line names the file, the place in it and what is wrong."""


def load_pack(id: str, folder: Path | None = None) -> Pack:
    """The pack of that name: the school's own file in `folder` if there is one, else the shipped one.

    Raises PackError where there is none, or where the school's own cannot be used.
    """
    if folder is not None and id in own_packs(folder):
        file = folder / f"{id}.toml"
        pack = read_pack(text_of(file), file.name, load_floor())
        if pack.id != id:
            raise PackError(
                f"{file.name}, id: it says {pack.id!r}; a policy is found by its file's name, so write {id!r}."
            )
        return pack
    if id not in all_packs():
        known = dict.fromkeys((*all_packs(), *(own_packs(folder) if folder else ())))
        raise PackError(f"There is no policy called {id!r}. The policies are: {', '.join(known)}.")
    return _shipped(id)


def own_packs(folder: Path) -> tuple[str, ...]:
    """The ids of the school's own packs, in alphabetical order."""
    names = (file.stem for file in folder.glob("*.toml")) if folder.is_dir() else ()
    return tuple(sorted(name for name in names if ID.fullmatch(name) and name not in NOT_PACKS))


@cache
def load_floor() -> Floor:
    """The floor: the classes, the ladder, rule 3's lines and what each type of report needs."""
    return Floor.model_validate(tomllib.loads(_text("floor")))


@cache
def all_packs() -> tuple[str, ...]:
    """The ids of the packs that come with us, in alphabetical order."""
    names = (file.name.removesuffix(".toml") for file in files("policies").iterdir() if file.name.endswith(".toml"))
    return tuple(sorted(name for name in names if name not in NOT_PACKS))


def read_pack(text: str, place: str, floor: Floor) -> Pack:
    """A pack from its text, checked word by word against the floor; every complaint names the file `place`."""
    pack, complaints = examined(text, place, floor)
    if pack is None:
        raise PackError("\n".join(complaints))
    return pack


def text_of(file: Path) -> str:
    """What stands in a school's own file.  Raises PackError where that cannot be read."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except OSError as error:
        raise PackError(f"{clean(file.name)}: it cannot be read: {error.strerror or type(error).__name__}.") from None
    if len(raw) > LARGEST:
        raise PackError(f"{clean(file.name)}: over {LARGEST:,} bytes; that is no policy.")
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise PackError(f"{clean(file.name)}: this is a document; a policy is plain text, like those in policies/.")
    try:
        # An editor on Windows may put a mark before the first word, and ends its lines in its own way.
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        where = raw.count(b"\n", 0, error.start) + 1
        raise PackError(f"{clean(file.name)}: line {where} is not UTF-8 text; save the file as UTF-8.") from None


@cache
def _shipped(id: str) -> Pack:
    return read_pack(_text(id), f"{id}.toml", load_floor())


def _text(name: str) -> str:
    return (files("policies") / f"{name}.toml").read_text(encoding="utf-8")
