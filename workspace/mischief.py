"""Ways the stand-in can be told to misbehave, as a table: which calls and deliveries each one strikes."""

POSTING = frozenset({"chat.postMessage", "chat.update"})
# Which calls or deliveries each kind strikes; None is all of them.
KINDS: dict[str, frozenset[str] | None] = {
    "slow": None,
    "drop": POSTING,
    "duplicate": frozenset({"view_submission", "event_callback"}),
    "limited": None,
    "broken": None,
    "away": None,
    "silent": None,
    "revoked": None,
    "removed": None,
}
# What is answered in place of doing what was asked: a status, or Slack's name for why the token opens nothing.
STATUS = {"limited": 429, "broken": 500, "away": 503}
BARRED = {"revoked": "token_revoked", "removed": "account_inactive"}


class Mischief:
    """What is ordered, how many times still, and of which methods alone: their names' beginning."""

    def __init__(self) -> None:
        self.ordered: dict[str, tuple[int, float, str]] = {}

    def order(self, kind: str, times: int, seconds: float, only: str = "") -> None:
        if kind == "none":
            self.ordered.clear()
        elif kind in KINDS:
            self.ordered[kind] = times, seconds, only
        else:
            raise ValueError(f"no such mischief; there is {', '.join(KINDS)} and none")

    def strikes(self, kind: str, what: str) -> float | None:
        """Use up one turn of this kind, if it is ordered and fits; answers its seconds."""
        times, seconds, only = self.ordered.get(kind, (0, 0.0, ""))
        some = KINDS[kind]
        fits = what.startswith(only) if only else some is None or what in some
        if times < 1 or not fits:
            return None
        self.ordered[kind] = times - 1, seconds, only
        return seconds
