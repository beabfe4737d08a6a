"""M4B, MP3 and Opus of lower-back-relief as whole processes, against ``ffmpeg`` on the finished WAV.

    python -m benchmarks.encode [FORMAT ...]

``ffmpeg`` (apt install ffmpeg) only encodes: the WAV file lies there when its clock starts, ours begins with
scripts. It is timed twice: left to itself (codec, bit rate, rate and channels as ours), and told to be
as quick as ours is (where a codec can be). "One prompt changed" has everything in the caches but that.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks._timing import VOICE_COACH, Command, race, report
from voice_coach.encoding.codecs import AAC, MP3, OPUS, Codec
from voice_coach.paths import shipped_scripts

SESSION = "lower-back-relief"
CODECS = {"m4b": AAC, "mp3": MP3, "opus": OPUS}
RUNS = 5
BEFORE, AFTER = "Keep the knee on the floor all the way", "Keep that knee on the floor the whole way"
"""A prompt in the middle of the session, and what it is changed into: longer, so that all later ones move."""


def main(arguments: list[str]) -> None:
    """Print the times and ratios."""
    program = shutil.which("ffmpeg")
    if not program:
        print("needs ffmpeg")
        return
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for scripts in ("scripts", "changed"):
            shutil.copytree(shipped_scripts(), folder / scripts)
        exercise = folder / "changed" / "exercises" / "knee-slide.yaml"
        words = exercise.read_text("utf-8")
        assert words.count(BEFORE) == 1
        exercise.write_text(words.replace(BEFORE, AFTER), "utf-8")
        _export(folder, "scripts", folder / "wav-home", folder / "session.wav")
        for format in arguments or CODECS:
            _race(folder, program, format, CODECS[format])


def _race(folder: Path, program: str, format: str, codec: Codec) -> None:
    warm = folder / f"warm-{format}"
    _export(folder, "scripts", warm, folder / f"first.{format}")

    def ours(name: str, scripts: str, begins_with: Path | None) -> Command:
        home, target = folder / "home", folder / f"ours.{format}"

        def before() -> None:
            target.unlink(missing_ok=True)
            shutil.rmtree(home, ignore_errors=True)
            if begins_with is not None:
                shutil.copytree(begins_with, home)

        return Command(name, _arguments(folder, scripts, target), {"VOICE_COACH_HOME": str(home)}, before)

    def theirs(name: str, *options: str) -> Command:
        target = folder / f"theirs.{format}"
        asked = ("-c:a", codec.name, "-b:a", str(codec.bit_rates["normal"]), *options)
        arguments = (program, "-v", "error", "-y", "-i", str(folder / "session.wav"), *asked)
        muxer = "ipod" if format == "m4b" else format
        return Command(
            name, (*arguments, "-f", muxer, str(target)), {}, lambda: target.unlink(missing_ok=True)
        )

    plain = f"ffmpeg, {format}"
    commands = [
        theirs(plain),
        ours(f"voice-coach, {format}, cold", "scripts", None),
        ours(f"voice-coach, {format}, warm", "scripts", warm),
        ours(f"voice-coach, {format}, one prompt", "changed", warm),
    ]
    if codec.options:
        quick = [part for option, value in codec.options.items() for part in (f"-{option}", value)]
        commands.insert(1, theirs(f"ffmpeg, {format}, {' '.join(quick)}", *quick))
    report(race(commands, RUNS), plain)


def _arguments(folder: Path, scripts: str, target: Path) -> tuple[str, ...]:
    session = folder / scripts / "sessions" / f"{SESSION}.yaml"
    return (*VOICE_COACH, "export", str(session), "-o", str(target))


def _export(folder: Path, scripts: str, home: Path, target: Path) -> None:
    environ = os.environ | {"VOICE_COACH_HOME": str(home)}
    subprocess.run(_arguments(folder, scripts, target), env=environ, check=True, capture_output=True)


if __name__ == "__main__":
    main(sys.argv[1:])
