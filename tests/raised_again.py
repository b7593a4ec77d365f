"""An operator's supervisor for tests: starts the bot, and again whenever it dies; says each life's process id.

Every life is forked from here with the libraries and the packed words already read, which is nearly all of a start.
Nothing has been opened or begun by then: what a killed bot left is found by its successor as by any other.
"""

import os
import signal
import sys
from types import FrameType

import bot.compose  # noqa: F401 - the reading that is not repeated
from bot.ground import packed_words
from bot.main import run


def main() -> None:
    """Take the bot's own command line; end with the bot when told to."""
    told: list[bool] = []
    now = 0

    def end(signum: int, frame: FrameType | None) -> None:
        told.append(True)
        os.kill(now, signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    packed_words()
    while not told:
        now = os.fork()
        if not now:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            run()
            sys.exit()
        print(now, flush=True)
        os.waitpid(now, 0)


if __name__ == "__main__":
    main()
