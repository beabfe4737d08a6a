"""Reads a hostile script; prints the processor's time (in loops), the peak memory (MB), and what was said.

A process of its own, for the peak of this script: ``python -m tests.support.hostile FILE``.
"""

from __future__ import annotations

import re
import resource
import sys
import time
from pathlib import Path

from tests.support.calibration import loops_of_processor_time
from voice_coach.compiler.plan import plan_session
from voice_coach.core.errors import CoachError
from voice_coach.pacing.layers import effective_pace
from voice_coach.paths import shipped_scripts
from voice_coach.script.library import ScriptLibrary


def main(name: str) -> None:
    before = time.process_time()
    library = ScriptLibrary([shipped_scripts()], ("bell", "start"))
    said = "nothing"
    try:
        session = library.check(name)
        if session is not None:
            language = library.language(session.language)
            plans = plan_session(
                session,
                language,
                lambda entry: effective_pace(entry.exercise.tune if entry else {}, []),
            )
            for plan in plans:
                for _ in plan.cues():
                    pass
    except CoachError as error:
        said = str(error)
    took_s = time.process_time() - before
    print(f"{loops_of_processor_time(took_s):.1f} {peak_bytes() / 1e6:.0f} {said}")


def peak_bytes() -> int:
    """The most memory that this program has held.

    Linux hands ru_maxrss on to a child, through fork and exec, so that a child of a big test runner has been
    big from its start; VmHWM belongs to the program's own memory.
    """
    status = Path("/proc/self/status")
    if status.exists() and (own := re.search(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE)):
        return int(own[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, others kilobytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main(sys.argv[1])
