"""The data keys that one unit has in hand."""

from sqlalchemy import Connection, select, update

from storage.faults import Destroyed
from storage.models import Key
from storage.statements import insert_into, insert_rows
from storage.vault import Vault

KEYS = Key.__table__  # type: ignore[attr-defined]  # sqlmodel does not declare it
DESTROYED = b""


class Keyring:
    """Finds, makes and destroys the keys of one trust's cases, drafts and of the trust itself."""

    def __init__(self, connection: Connection, vault: Vault, trust: str) -> None:
        self._connection, self._vault, self._trust = connection, vault, trust
        self._held: dict[str, bytes] = {}
        self._made: list[dict[str, object]] = []

    def find(self, owner: str) -> bytes | None:
        """The owner's key; None where there never was one; Destroyed where it is gone."""
        if owner in self._held:
            return self._held[owner]
        row = select(KEYS.c.wrapped).where(KEYS.c.id == owner, KEYS.c.trust == self._trust)
        wrapped = self._connection.execute(row).scalar()
        if wrapped is None:
            return None
        if wrapped == DESTROYED:
            raise Destroyed
        self._held[owner] = self._vault.unwrap(wrapped)
        return self._held[owner]

    def find_or_make(self, owner: str, *, fresh: bool) -> bytes:
        """``fresh`` says that the owner was thought of in this unit, so there is no key to look for."""
        if owner in self._held:
            return self._held[owner]
        return (None if fresh else self.find(owner)) or self._make(owner)

    def destroy(self, owner: str, *, remembered: bool) -> None:
        """Destroy a key; what the ledger remembers of its owner must go on saying that there was one."""
        self.write()
        mine = (KEYS.c.id == owner, KEYS.c.trust == self._trust)
        if wrapped := self._connection.execute(select(KEYS.c.wrapped).where(*mine)).scalar():
            self._vault.forget(wrapped)
        gone = update(KEYS).values(wrapped=DESTROYED) if remembered else KEYS.delete()
        self._connection.execute(gone.where(*mine))
        self._held.pop(owner, None)

    def write(self) -> None:
        if self._made:
            insert_rows(self._connection, insert_into(KEYS), self._made)
            self._made = []

    def _make(self, owner: str) -> bytes:
        key = self._held[owner] = self._vault.new_key()
        self._made.append({"id": owner, "trust": self._trust, "wrapped": self._vault.wrap(key)})
        return key
