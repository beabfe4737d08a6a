"""Ctrl-C at many moments of an export, where locks are taken and let go: run as a program, it has to end.

Its argument is how many moments to try.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType

from tests.cli.command import TINY, TINY_SESSION
from voice_coach.cli.main import main as voice_coach
from voice_coach.stopping import stop

ENOUGH_S = 10.0
LOCKING = ("threading.py", "concurrent/futures/thread.py", "concurrent/futures/_base.py", "speech/speaker.py")


class Interrupting:
    """Does what Ctrl-C does at one moment of this thread, counted in steps of Python within ``LOCKING``.

    Args:
        moment: before which step; never if it is less than 0.
    """

    def __init__(self, moment: int) -> None:
        self.steps = 0
        self.moment = moment

    def __call__(self, frame: FrameType, event: str, _argument: object) -> Interrupting | None:
        if event == "call" and not frame.f_code.co_filename.endswith(LOCKING):
            return None
        frame.f_trace_opcodes = True
        # Raised at another event it would skip what a frame does at its end, as Ctrl-C never does.
        if event == "opcode":
            self.steps += 1
            if self.steps == self.moment:
                stop()
        return self


def main() -> None:
    """Prints how many moments there are; an error if another thread goes on after one."""
    wanted = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, text in (("tiny", TINY), ("tiny-session", TINY_SESSION)):
            (place / f"{name}.yaml").write_text(text)
        moments = _export(place, Interrupting(-1))
        for moment in range(1, moments, max(1, moments // wanted)):
            _export(place, Interrupting(moment))
            if left := _going_on():
                sys.exit(f"{left} goes on after Ctrl-C at moment {moment} of {moments}.")
    print(moments)


def _export(place: Path, interrupting: Interrupting) -> int:
    os.environ["VOICE_COACH_HOME"] = str(place / f"home{interrupting.moment}")  # nothing is there already
    sys.settrace(interrupting)
    try:
        voice_coach(
            ["export", str(place / "tiny-session.yaml"), "-o", str(place / "parts"), "--split", "--force"]
        )
    finally:
        sys.settrace(None)
    return interrupting.steps


def _going_on() -> str:
    for thread in threading.enumerate():
        if thread.name.startswith(("blocks", "encoder")):  # the process waits for them
            thread.join(ENOUGH_S)
            if thread.is_alive():
                return thread.name
    return ""


if __name__ == "__main__":
    main()
