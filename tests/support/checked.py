"""Runs ``voice-coach check``, then prints the processor's time (in loops) and the peak memory (MB) it took.

Run as a process of its own, so that both are those of the command: ``python -m tests.support.checked FILE``.
Another script is checked before, so that importing all modules, and compiling them in a fresh clone, does not
count.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time

from tests.support.calibration import loops_of_processor_time
from tests.support.hostile import peak_bytes
from voice_coach.cli.main import main

if __name__ == "__main__":
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        main(["check", "pelvic-tuck"])
    before_s = time.process_time()
    code = main(["check", *sys.argv[1:]])
    took_s = time.process_time() - before_s
    print(f"{loops_of_processor_time(took_s):.1f} {peak_bytes() / 1e6:.0f}")
    sys.exit(code)
