"""The data keys that one unit has in hand."""

from sqlalchemy import Connection, Executable, delete, select, update

from storage.asked import kept
from storage.faults import Destroyed
from storage.models import Key
from storage.statements import ask, change, insert_into, insert_rows
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
        found = ask(self._connection, one_key(owner, self._trust))
        if not found:
            return None
        [(wrapped,)] = found
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
        for (wrapped,) in ask(self._connection, one_key(owner, self._trust)):
            self._vault.forget(wrapped)
        gone = emptied_key if remembered else no_key
        change(self._connection, gone(owner, self._trust))
        self._held.pop(owner, None)

    @property
    def pending(self) -> bool:
        return bool(self._made)

    def write(self) -> None:
        if self._made:
            insert_rows(self._connection, insert_into(KEYS), self._made)
            self._made = []

    def _make(self, owner: str) -> bytes:
        key = self._held[owner] = self._vault.new_key()
        self._made.append({"id": owner, "trust": self._trust, "wrapped": self._vault.wrap(key)})
        return key


@kept
def one_key(owner: str, trust: str) -> Executable:
    return select(KEYS.c.wrapped).where(KEYS.c.id == owner, KEYS.c.trust == trust)


@kept
def emptied_key(owner: str, trust: str) -> Executable:
    return update(KEYS).values(wrapped=DESTROYED).where(KEYS.c.id == owner, KEYS.c.trust == trust)


@kept
def no_key(owner: str, trust: str) -> Executable:
    return delete(KEYS).where(KEYS.c.id == owner, KEYS.c.trust == trust)
