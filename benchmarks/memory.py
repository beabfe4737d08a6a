"""Peak memory and time of exporting an eight-hour session and a ten-minute one, as whole processes.

python -m benchmarks memory [--voice ENGINE:NAME]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks._figures import record
from benchmarks._timing import VOICE_COACH
from benchmarks._voices import voices_asked

PARTS = {"ten minutes": 1, "an hour": 6, "eight hours": 53}

EXERCISE = """\
kind: exercise
id: {id}
title: {title}
position: standing
steps:
  - repeat: 9
    steps:
      - say: "{{rep}} of {{reps}}. Stand tall, and let your shoulders sink."
        guidance: names
      - breathe: 4-0-6-0
        cycles: 4
      - hold: 15s
        countdown: 5
        during:
          - {{say: Keep breathing., at: 3s}}
"""

TALK = "      - say: Story {number}, and this is what it has to tell, which nobody has told before.\n"

SESSION = """\
kind: session
id: whole
title: Whole
exercises: [{exercises}]
"""


def main(arguments: Sequence[str]) -> None:
    """Print peak memory (megabytes), time, and time per hour of session."""
    for voice in voices_asked(arguments):
        for ending, new_words in (("wav", False), ("wav", True), ("flac", False)):
            what = "every word is new" if new_words else "the same words again and again"
            base_mb = None
            for name, parts in PARTS.items():
                seconds, peak_mb, length_s = _export(voice, parts, ending, new_words)
                base_mb = base_mb or peak_mb
                record(f"{voice}, {ending}, {name}, {what}", peak_mb, "MB", at_most=350)
                print(
                    f"    {length_s / 60:.1f} min, {peak_mb - base_mb:+.1f} MB, {seconds:.2f} s, "
                    f"{seconds / length_s * 3600:.2f} s an hour",
                    flush=True,
                )


def _export(voice: str, parts: int, ending: str, new_words: bool) -> tuple[float, float, float]:
    """Seconds, peak megabytes and seconds of session."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ids = [f"part-{number}" for number in range(1, parts + 1)]
        for number, id_ in enumerate(ids, 1):
            text = EXERCISE.format(id=id_, title=f"Part {number}" if new_words else "Part")
            talk = "".join(TALK.format(number=100 * number + index) for index in range(10))
            text += "  - steps:\n" + talk if new_words else ""
            (folder / f"{id_}.yaml").write_text(text, encoding="utf-8")
        (folder / "whole.yaml").write_text(SESSION.format(exercises=", ".join(ids)), encoding="utf-8")
        target = folder / f"whole.{ending}"
        environ = os.environ | {"VOICE_COACH_HOME": str(folder / "home")}
        began = time.perf_counter()
        arguments = (*VOICE_COACH, "export", str(folder / "whole.yaml"), "-o", str(target), "--voice", voice)
        process = subprocess.Popen(arguments, env=environ, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        if status:
            raise RuntimeError(said)
        clock = said.rpartition("(")[2].partition(")")[0]
        units = [int(unit) for unit in clock.split(":")]
        length_s = sum(unit * 60**power for power, unit in enumerate(reversed(units)))
        return seconds, usage.ru_maxrss / 1024, float(length_s)


if __name__ == "__main__":
    main(sys.argv[1:])
