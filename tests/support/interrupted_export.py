"""Ctrl-C at many moments of an export, where locks are taken and let go: run as a program, it has to end.

Its argument is how many moments to try.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from pathlib import Path

from tests.support.command import TINY, TINY_SESSION
from tests.support.interrupting import Interrupting
from voice_coach.cli.main import DONE, FAILED
from voice_coach.cli.main import main as voice_coach
from voice_coach.core.interrupts import request_interrupt

ENOUGH_S = 10.0
LOCKING = (
    "threading.py",
    "concurrent/futures/thread.py",
    "concurrent/futures/_base.py",
    "speech/synthesizer.py",
)


def main() -> None:
    """Prints at how many moments it was interrupted; an error if it or another thread goes on after one."""
    wanted = int(sys.argv[1])
    interrupted = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, text in (("tiny", TINY), ("tiny-session", TINY_SESSION)):
            (place / f"{name}.yaml").write_text(text)
        whole = Interrupting(0, request_interrupt, LOCKING)
        assert _export(place, whole) == DONE
        for moment in range(1, whole.steps, max(1, whole.steps // wanted)):
            interrupting = Interrupting(moment, request_interrupt, LOCKING)
            code = _export(place, interrupting)
            if left := _going_on():
                sys.exit(f"{left} goes on after Ctrl-C at moment {moment} of {whole.steps}.")
            if not interrupting.has:
                continue  # threads take turns as they like: this time it had fewer steps
            if code != FAILED:
                sys.exit(f"It goes on after Ctrl-C at moment {moment} of {whole.steps}.")
            interrupted += 1
    print(interrupted)


def _export(place: Path, interrupting: Interrupting) -> int:
    """The exit code."""
    os.environ["VOICE_COACH_HOME"] = str(place / f"home{interrupting.moment}")  # nothing is there already
    sys.settrace(interrupting)
    try:
        return voice_coach(
            ["export", str(place / "tiny-session.yaml"), "-o", str(place / "parts"), "--split", "--force"]
        )
    finally:
        sys.settrace(None)


def _going_on() -> str:
    for thread in threading.enumerate():
        if thread.name.startswith(("blocks", "encoder")):  # the process waits for them
            thread.join(ENOUGH_S)
            if thread.is_alive():
                return thread.name
    return ""


if __name__ == "__main__":
    main()
