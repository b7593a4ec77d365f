"""Facts about this database itself, such as that it belongs to a demo for ever."""

from sqlmodel import select

from storage.models import DeskSetting
from storage.unit import Unit

DEMO = "demo"


def told(unit: Unit, name: str) -> str | None:
    """What was set under this name; looked up for the house (trust "")."""
    found = unit.find(select(DeskSetting.value).where(DeskSetting.name == name))
    return found[0] if found else None


def tell(unit: Unit, name: str, value: str) -> None:
    """Set it, whatever it was before."""
    for row in unit.find(select(DeskSetting).where(DeskSetting.name == name)):
        row.value = value
        return
    unit.add(DeskSetting(name=name, value=value))
