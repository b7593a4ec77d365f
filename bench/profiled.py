"""The bot with an onlooker: every few milliseconds, what the event loop and the writer thread are doing."""

import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

from bot.main import run

ROOT = str(Path(__file__).resolve().parent.parent)
EVERY = 0.002
WATCHED = ("MainThread", "writer")


class Onlooker:
    """Counts, for each thread, its lines of ours by what is under way (with all it calls)."""

    def __init__(self) -> None:
        self.seen: dict[str, Counter[str]] = {}
        self.last: dict[str, Counter[str]] = {}
        self.looks: Counter[str] = Counter()

    def watch(self) -> None:
        while True:
            time.sleep(EVERY)
            names = {thread.ident: thread.name for thread in threading.enumerate()}
            for ident, frame in sys._current_frames().items():
                name = names.get(ident) or ""
                if name.startswith(WATCHED):
                    self.look(name.partition("_")[0], frame)

    def look(self, name: str, frame: FrameType | None) -> None:
        where, depth = [], frame
        while depth:
            code = depth.f_code
            where.append(f"{Path(code.co_filename).name}:{code.co_qualname}")
            depth = depth.f_back
        if where[0] in IDLE:
            return
        self.looks[name] += 1
        self.last.setdefault(name, Counter())[where[0]] += 1
        self.seen.setdefault(name, Counter()).update(set(where))

    def told(self) -> str:
        lines = []
        for name, looks in self.looks.items():
            lines.append(f"\n{name}: busy in {looks} looks; share with all it calls, then by itself")
            for counts, most in ((self.seen[name], 90), (self.last[name], 40)):
                lines += [f"{100 * many / looks:6.1f} %  {where}" for where, many in counts.most_common(most)]
                lines.append("")
        return "\n".join(lines)


IDLE = {"selectors.py:EpollSelector.select", "writer.py:Writer._take_what_is_waiting", "thread.py:_worker"}


def main() -> None:
    """python -m bench.profiled FILE serve ..."""
    kept = Path(sys.argv.pop(1))
    onlooker = Onlooker()
    # uvicorn, when it has finished, raises the signal that ended it once more: it must not end us unwritten.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=onlooker.watch, daemon=True).start()
    try:
        run()
    finally:
        kept.write_text(onlooker.told())


if __name__ == "__main__":
    main()
