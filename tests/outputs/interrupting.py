"""Ctrl-C at each moment of a thread that takes blocks from another one: run as a program, it has to end."""

from __future__ import annotations

import signal
import sys
import threading
from itertools import count
from types import FrameType

import numpy as np

from voice_coach.audio.block import Block
from voice_coach.outputs.beside import AHEAD, beside

ENOUGH_S = 20.0


class Interrupting:
    """Raises what Ctrl-C raises at one moment of this thread, counted in steps of what Python runs.

    Args:
        moment: before which step.
    """

    def __init__(self, moment: int) -> None:
        self._left = moment
        self.has = False

    def __call__(self, frame: FrameType, event: str, _argument: object) -> Interrupting:
        frame.f_trace_opcodes = True
        # Raised at another event it would skip what a frame does at its end, as Ctrl-C never does.
        if event == "opcode":
            self._left -= 1
            if self._left < 0 and not self.has:
                self.has = True
                signal.default_int_handler(signal.SIGINT, None)
        return self


def main() -> None:
    """Prints at how many moments it was interrupted; an error if the other thread goes on after one."""
    for moment in count():
        interrupting = Interrupting(moment)
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
            print(moment)
            return


def _take(interrupting: Interrupting) -> None:
    block = Block(np.zeros(1, np.int16), silent=True)
    sys.settrace(interrupting)
    with beside([block] * (AHEAD + 4)) as blocks:
        for _ in blocks:
            pass
    sys.settrace(None)


if __name__ == "__main__":
    main()
