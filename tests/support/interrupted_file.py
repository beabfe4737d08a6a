"""Ctrl-C at each moment of a thread that takes blocks from another one: run as a program, it has to end."""

from __future__ import annotations

import signal
import sys
import threading
from itertools import count

import numpy as np

from tests.support.interrupting import Interrupting
from voice_coach.audio.mixer import Block
from voice_coach.formats.compressed import AHEAD, prefetched

ENOUGH_S = 20.0


def main() -> None:
    """Prints at how many moments it was interrupted; an error if the other thread goes on after one."""
    for moment in count(1):
        interrupting = Interrupting(moment, lambda: signal.default_int_handler(signal.SIGINT, None))
        try:
            _take(interrupting)
        except KeyboardInterrupt:
            sys.settrace(None)
        for thread in threading.enumerate():
            if thread.name == "blocks":
                thread.join(ENOUGH_S)
                if thread.is_alive():
                    sys.exit(f"It goes on after Ctrl-C at moment {moment}.")
        if not interrupting.has:
            print(moment - 1)
            return


def _take(interrupting: Interrupting) -> None:
    block = Block(np.zeros(1, np.int16), silent=True)
    sys.settrace(interrupting)
    with prefetched([block] * (AHEAD + 4)) as blocks:
        for _ in blocks:
            pass
    sys.settrace(None)


if __name__ == "__main__":
    main()
