"""What one real submission leaves, as the floors repeat it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sample:
    """The rows by table, how many went, and the view that the last step is sent from."""

    rows: Mapping[str, list[dict[str, Any]]]
    gone: int
    step: str
    view: Mapping[str, Any]
    reference: str

    @property
    def size(self) -> int:
        return sum(len(rows) for rows in self.rows.values())

    def counted(self) -> dict[str, int]:
        return {name: len(rows) for name, rows in self.rows.items()}
