"""What storage can refuse or fail to do, each with its sentence."""


class Fault(Exception):
    """Something about storage went wrong."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(" ".join(filter(None, [self.__doc__, detail])))


class Missing(Fault, LookupError):
    """There is no such row, or it is another trust's."""


class Foreign(Fault):
    """This row belongs to another trust."""


class Unrecorded(Fault):
    """A case changed and the ledger was told nothing."""


class ReadOnly(Fault):
    """A look may not change anything."""


class Busy(Fault):
    """The change waited too long and was dropped before it began; nothing was kept."""


class Uncertain(Fault):
    """The change was begun and has not been answered: it may or may not have been kept."""


class NotSaved(Fault):
    """The database could not commit; nothing of this change was kept."""


class Destroyed(Fault):
    """The key of this case or draft was destroyed; its words cannot be read or added to."""


class Unopenable(Fault):
    """A sealed text does not open here: it was altered, moved, or sealed under another key."""
