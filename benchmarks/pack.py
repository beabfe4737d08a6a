"""The pack of clips: its size, and how soon a clip of it is there.

    python -m benchmarks pack

The first clip is timed in processes of their own: from nothing but Python and numpy to samples ready to mix.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from releasing.packing import VOICE
from voice_coach.rendering.voice import pack_path
from voice_coach.speech.clip_pack import ClipPack

RUNS = 15

COLD = """\
import sys, time, numpy
from pathlib import Path
from voice_coach.speech import clip_pack as pack
began = time.perf_counter()
clips = pack.ClipPack(Path(sys.argv[1]))
opened = time.perf_counter()
found = clips.find(sys.argv[2], int(sys.argv[3]))
length = found.duration_ms, found.words()
known = time.perf_counter()
found.grid_clip()
print(opened - began, known - opened, time.perf_counter() - known)
"""


def main(_arguments: list[str]) -> None:
    """Print size and times."""
    path = pack_path(VOICE)
    if path is None:
        print(f"there is no pack of {VOICE}: make pack")
        return
    pack = ClipPack(path)
    contents = sorted(pack.contents())
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, {len(pack)} clips")
    for rate in sorted({rate for _text, rate in contents}):
        found = [pack.find(text, each) for text, each in contents if each == rate]
        seconds = sum(clip.frames for clip in found if clip) / 48_000
        print(f"{rate} words a minute: {len(found)} clips, {seconds:.0f} s of speech")
    times_ms: list[float] = []
    seconds = 0.0
    for text, rate in contents:
        clip = pack.find(text, rate)
        if clip is not None:
            began = time.perf_counter()
            clip.grid_clip()
            times_ms.append(1000 * (time.perf_counter() - began))
            seconds += clip.frames / 48_000
    print(
        f"a clip decoded: median {statistics.median(times_ms):.2f} ms, slowest {max(times_ms):.2f} ms, "
        f"{sum(times_ms) / seconds:.2f} ms for each second of speech"
    )
    _cold(path, *max(contents, key=lambda each: len(each[0])))


def _cold(path: Path, text: str, rate: int) -> None:
    command = (sys.executable, "-c", COLD, str(path), text, str(rate))
    rows = [
        [float(part) for part in subprocess.run(command, capture_output=True, check=True).stdout.split()]
        for _ in range(RUNS)
    ]
    for name, row in zip(
        ("opened", "length and words known", "decoded"), zip(*rows, strict=True), strict=True
    ):
        print(
            f"cold: {name:<24} median {1000 * statistics.median(row):6.2f} ms, best {1000 * min(row):6.2f} ms"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
