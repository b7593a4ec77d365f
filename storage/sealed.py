"""Opens sealed texts, and destroys the key that could."""

from sqlalchemy import Executable, delete, select
from sqlmodel import col

from storage.asked import kept
from storage.faults import Destroyed
from storage.models import Entry, Sealed
from storage.sealing import Sealing
from storage.unit import Unit
from storage.vault import Place


def opened(unit: Unit, owner: str) -> dict[str, str]:
    """Every text of a case or draft, by field.  Raises Destroyed where its key is gone."""
    texts = unit.find(every_text(owner))
    return {field: _open(unit, owner, field, text) for field, text in texts}


def opened_field(unit: Unit, owner: str, field: str) -> str | None:
    """One text; None where none was sealed.  Raises Destroyed where its key is gone."""
    texts = unit.find(one_text(owner, field))
    return _open(unit, owner, field, texts[0]) if texts else None


def destroy(unit: Unit, owner: str) -> None:
    """Make the words of a case or draft unreadable for ever."""
    unit.find(no_text(owner))
    remembered = unit.find(an_entry(owner))
    unit._keys.destroy(owner, remembered=bool(remembered))


def seal_bytes(unit: Unit, owner: str, place: tuple[str, str, str], content: bytes) -> bytes:
    """Seal what is kept elsewhere, such as a screenshot; its place is a table, column and row."""
    unit._insist_on_writing()
    key = unit._keys.find_or_make(owner, fresh=owner in unit._fresh)
    return unit._scope.vault.seal(key, Place(unit._trust, *place), content)


def sealing(unit: Unit, owner: str, place: tuple[str, str, str]) -> Sealing:
    """What seals such content as it comes, after this unit has ended too.  Raises Destroyed."""
    return unit._scope.vault.sealing(_key(unit, owner), Place(unit._trust, *place))


def open_bytes(unit: Unit, owner: str, place: tuple[str, str, str], sealed: bytes) -> bytes:
    """What ``seal_bytes`` sealed for the same place.  Raises Destroyed or Unopenable."""
    return unit._scope.vault.open(_key(unit, owner), Place(unit._trust, *place), sealed)


def _open(unit: Unit, owner: str, field: str, text: bytes) -> str:
    place = Place(unit._trust, "sealed", "text", f"{owner}/{field}")
    return unit._scope.vault.open(_key(unit, owner), place, text).decode()


def _key(unit: Unit, owner: str) -> bytes:
    key = unit._keys.find(owner)
    if key is None:
        raise Destroyed
    return key


@kept
def every_text(owner: str) -> Executable:
    return select(col(Sealed.field), col(Sealed.text)).where(col(Sealed.owner) == owner)


@kept
def one_text(owner: str, field: str) -> Executable:
    return select(col(Sealed.text)).where(col(Sealed.owner) == owner, col(Sealed.field) == field)


@kept
def no_text(owner: str) -> Executable:
    # Nobody holds texts as rows, so there are none to find and mark as gone.
    return delete(Sealed).where(col(Sealed.owner) == owner).execution_options(synchronize_session=False)


@kept
def an_entry(case: str) -> Executable:
    return select(col(Entry.position)).where(col(Entry.case) == case).limit(1)
