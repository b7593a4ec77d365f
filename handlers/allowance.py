"""How much a platform takes, by its own word: kept before it has to say so."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence

from handlers.senders import Unreachable

# So many messages in so many seconds, whichever seconds these are.
Limit = tuple[int, float]

# Whoever is put off longer asks again after so many seconds.
LONGEST = 30.0
PLACES = 5000


class Allowance:
    """What was said in each place lately; with no limits nobody waits.

    The clock is in seconds; where it was set back, what was said before that does not count.
    """

    def __init__(
        self,
        limits: Sequence[Limit],
        clock: Callable[[], float],
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.limits, self.clock, self.rest = limits, clock, rest
        self.most = max((most for most, _ in limits), default=0)
        # How far apart those are told to come again who would all come at once.
        self.apart = max((seconds / most for most, seconds in limits if seconds <= LONGEST), default=0.0)
        self.said: OrderedDict[str, deque[float]] = OrderedDict()
        self.turns: dict[str, float] = {}

    def take(self, place: str) -> None:
        """One more message there, now.  Raises Unreachable where that would be too many."""
        self.heed(place)
        self.note(place, self.clock())

    def heed(self, place: str) -> None:
        """Raises Unreachable where nothing may be said now, with when to come again: each at a time of its own."""
        now = self.clock()
        if (left := self.left(place, now)) <= 0:
            return
        turn = max(now + left, self.turns.get(place, 0.0))
        if turn <= now + LONGEST:
            self.turns[place] = turn + self.apart
        raise Unreachable(min(turn - now, LONGEST), tried=False)

    async def wait(self, place: str) -> None:
        """One more there as soon as it may be: for waits that are shorter than asking again."""
        while (left := self.left(place, self.clock())) > 0:
            await self.rest(left)
        self.note(place, self.clock())

    def left(self, place: str, now: float) -> float:
        """For how many seconds nothing more may be said there; none, or less, is now."""
        said = self.said.get(place, ())
        if said and said[-1] > now:
            del self.said[place]
            return 0.0
        return max((said[-most] + seconds - now for most, seconds in self.limits if len(said) >= most), default=0.0)

    def note(self, place: str, now: float) -> None:
        if not self.limits:
            return
        self.said.setdefault(place, deque(maxlen=self.most)).append(now)
        self.said.move_to_end(place)
        if len(self.said) > PLACES:
            self.turns.pop(self.said.popitem(last=False)[0], None)
