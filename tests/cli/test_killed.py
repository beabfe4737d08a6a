"""Killed at any moment: a file is whole or not there, the cache is sound, the next run clears the rest."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.command import PATIENCE_S, wait_until, words
from voice_coach.formats.export import file_endings

KILLS = int(os.environ.get("VOICE_COACH_KILLS", "4"))
"""How often an export is killed; `VOICE_COACH_KILLS=200` for a long evening."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")

SCENES = (
    *(("export", "{script}", "-o", f"x{ending}") for ending in file_endings()),
    ("export", "{script}", "-o", "x.m4b", "--captions", "vtt,srt,lrc,txt"),
    ("export", "{script}", "-o", "parts", "--split"),
    ("export", "{script}", "-o", "parts", "--split", "--format", "opus"),
    ("export", "{script}", "-o", "x.mp3", "--bed", "noise"),
    ("feed", ".", "--url", "http://localhost/"),
)
"""What is killed; the last needs files of sound."""


@dataclass(slots=True)
class Place:
    """Folders of its own for everything that a command writes."""

    root: Path
    script: Path
    environ: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("out", "temporary", "home"):
            (self.root / name).mkdir(parents=True)
        own = {"VOICE_COACH_HOME": str(self.root / "home"), "TMPDIR": str(self.root / "temporary")}
        self.environ = os.environ | own

    def start(self, scene: tuple[str, ...]) -> subprocess.Popen[bytes]:
        """The command; the file it is to make is not there."""
        command = [word.format(script=self.script) for word in scene]
        return subprocess.Popen(words(*command), cwd=self.out, env=self.environ, stderr=subprocess.PIPE)

    def run(self, scene: tuple[str, ...]) -> dict[str, bytes]:
        """What the command makes, undisturbed."""
        process = self.start(scene)
        _, told = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, told
        return self.made()

    @property
    def out(self) -> Path:
        return self.root / "out"

    def made(self) -> dict[str, bytes]:
        """All files under final names."""
        files = [path for path in self.out.rglob("*") if path.is_file() and path.suffix != ".partial"]
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in files}

    def unfinished(self) -> list[str]:
        """What is under no final name."""
        left = [path for path in self.root.rglob("*") if path.suffix in (".partial", ".tmp")]
        left += (self.root / "temporary").iterdir()
        return sorted(str(path.relative_to(self.root)) for path in left)

    def empty(self, *names: str) -> None:
        for name in names:
            shutil.rmtree(self.root / name, ignore_errors=True)
            (self.root / name).mkdir(parents=True)


def test_whole_or_not_at_all_and_nothing_stays(tiny: Path, tmp_path: Path) -> None:
    whole, place = Place(tmp_path / "whole", tiny), Place(tmp_path / "killed", tiny)
    sounds = [_sound(whole, tiny, ending) for ending in ("mp3", "flac")]
    dice = random.Random(KILLS)
    makes: dict[tuple[str, ...], tuple[dict[str, bytes], float]] = {}
    killed = left = 0
    while killed < KILLS:
        scene = dice.choice(SCENES)
        for each in (whole, place):
            each.empty("out")
            for sound in sounds if scene[0] == "feed" else ():
                shutil.copy2(sound, each.out)
        if scene not in makes:
            began_s = time.monotonic()
            makes[scene] = whole.run(scene), time.monotonic() - began_s
        wanted, took_s = makes[scene]
        if dice.random() < 0.5:
            place.empty("home")
        if scene[0] == "export" and dice.random() < 0.3:
            scene = (*scene, "--force")
            (place.out / "parts").mkdir()
            for name in wanted:
                (place.out / name).write_bytes(b"the old one")
        before = place.made()

        process = place.start(scene)
        at_work = dice.random() < 0.7  # else at any moment
        if at_work:
            wait_until(lambda: bool(place.unfinished()) or process.poll() is not None)  # noqa: B023  (called before the next turn)
        with suppress(subprocess.TimeoutExpired):
            process.wait(dice.uniform(0, took_s / 3 if at_work else took_s))
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        left += bool(place.unfinished())

        found = place.made()
        assert found.keys() >= before.keys(), (killed, scene)
        for name, data in found.items():
            assert data in (wanted.get(name), before.get(name)), (killed, scene, name)
            if name not in before:
                (place.out / name).unlink()
        assert place.run(scene) == wanted, (killed, scene)
        assert place.unfinished() == [], (killed, scene)
    if KILLS > 50:
        print(f"{killed} were killed before they were done, {left} of them while they wrote")


def _sound(place: Place, script: Path, ending: str) -> Path:
    """A file of sound, of a day long ago."""
    target = place.root / f"sound.{ending}"
    command = words("export", script, "-o", target)
    subprocess.run(command, env=place.environ, check=True, capture_output=True)
    os.utime(target, (1e9, 1e9))
    return target
