"""What every row of a trust has."""

from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlmodel import Field, SQLModel


class Owned(SQLModel):
    """A row with an opaque id, belonging to one trust."""

    id: str = Field(primary_key=True)
    trust: str = ""

    if not TYPE_CHECKING:  # the fields say what is asked for

        def __init__(self, **values: Any) -> None:
            """The library validates no row of a table, and takes ten times as long over setting it."""
            if unknown := values.keys() - type(self).model_fields.keys():
                raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
            self.__dict__.update({name: copy(value) for name, value in _defaults(type(self)).items()} | values)


@cache
def _defaults(kind: type[SQLModel]) -> dict[str, Any]:
    return {name: field.get_default() for name, field in kind.model_fields.items() if not field.is_required()}
