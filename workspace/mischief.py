"""Ways the stand-in can be told to misbehave, as a table: which calls and deliveries each one strikes."""

POSTING = frozenset({"chat.postMessage", "chat.update"})
# Which calls or deliveries each kind strikes; None is all of them.
KINDS: dict[str, frozenset[str] | None] = {
    "slow": None,
    "drop": POSTING,
    "duplicate": frozenset({"view_submission", "event_callback"}),
}


class Mischief:
    """What is ordered, and how many times still."""

    def __init__(self) -> None:
        self.ordered: dict[str, tuple[int, float]] = {}

    def order(self, kind: str, times: int, seconds: float) -> None:
        if kind == "none":
            self.ordered.clear()
        elif kind in KINDS:
            self.ordered[kind] = times, seconds
        else:
            raise ValueError(f"no such mischief; there is {', '.join(KINDS)} and none")

    def strikes(self, kind: str, what: str) -> float | None:
        """Use up one turn of this kind, if it is ordered and fits; answers its seconds."""
        times, seconds = self.ordered.get(kind, (0, 0.0))
        only = KINDS[kind]
        if times < 1 or (only and what not in only):
            return None
        self.ordered[kind] = times - 1, seconds
        return seconds
