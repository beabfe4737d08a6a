"""Runs ``voice-coach check``, then prints the processor's time (s) and the peak memory (MB) that it took.

Run as a process of its own, so that both are those of the command: ``python -m tests.compiler.checked FILE``.
"""

from __future__ import annotations

import sys
import time

from tests.script.hostile import peak_bytes
from voice_coach.cli.main import main

if __name__ == "__main__":
    code = main(["check", *sys.argv[1:]])
    print(f"{time.process_time():.3f} {peak_bytes() / 1e6:.0f}")
    sys.exit(code)
