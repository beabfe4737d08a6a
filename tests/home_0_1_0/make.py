"""The maker of a user's files of version 0.1.0: ``python -m tests.home_0_1_0.make``, on Linux.

Run it with a voice_coach of that version only: later versions are tested with what that one wrote.

Written by hand, as a user does: ``home/scripts`` without the two scripts of ``_STARTED``,
``home/audio_cues/cues.yaml``, ``files/table.csv``, ``files/matte.yaml``. The product writes all else, on days
of November 2026 in Berlin: its command line (under faketime), and for live sessions ``Coach``, on a device
whose clock is its sound. ``made.json`` names the versions that wrote it.

The result is the same each time, except for random names (of runs and of an unfinished file), the time of
change in the journal, and the clip of hibari, which depends on the processor. It holds no path of the
machine: in ``files/bookmark.json`` ``{root}`` stands for the folder that ``home`` and ``files`` are in, and
in the two started scripts ``{schema}`` for the schema's address. ``files/podcast/cover.jpg`` (100 kB) is left
out. ``expected`` has what the commands of 0.1.0 show of it.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import numpy as np

import voice_coach
from tests.real_parts import require_program
from tests.support.led import TestDevice, no_other, until
from tests.voice_input.test_download import archive, serving
from voice_coach.audio.conditioning import CONDITIONING_VERSION
from voice_coach.coach import Coach, SessionOptions
from voice_coach.controls.voice import keep_sensitivity
from voice_coach.core.commands import CommandName
from voice_coach.core.status import LiveStatus
from voice_coach.paths import Home, home_in
from voice_coach.session.bookmark import SessionRequest
from voice_coach.session.controller import SessionController
from voice_coach.session.start import LiveOptions
from voice_coach.speech.clip_cache import ClipCache
from voice_coach.speech.engine import make_engine
from voice_coach.voice_input.models import MODELS, download_model

HERE: Final = Path(__file__).parent
ROOT: Final = "{root}"
_ZONE: Final = "Europe/Berlin"
_STARTED: Final = (("exercise", "morning-stretch"), ("session", "my-morning"))
_MADE: Final = (
    "home/audio_cues/klopfen.wav",
    "home/bookmark.json",
    "home/cache",
    "home/hearing.json",
    "home/history.db",
    "home/models",
    "home/pacing.yaml",
    *(f"home/scripts/{kind}s/{name}.yaml" for kind, name in _STARTED),
    "files/bookmark.json",
    "files/out",
    "files/physio.yaml",
    "files/podcast",
)
_BLOCKS_AT_ONCE: Final = 8
"""So many blocks of 100 ms are played before the session has been followed: less than a second of them."""

_LOOK_S: Final = 0.03

End = Literal["Ctrl-C", "SIGKILL"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """A session that was led.

    Attributes:
        began: when, in Berlin.
        asked: the session, and how it was asked for.
        hurts: the exercise and rep in which it hurts; the exercise is left out then.
        slower: the exercise and rep in which the knob is turned.
        stops: the exercise and rep in which it is ended by a command; or
        dies: by Ctrl-C, or a kill.
        end: which of them.
        pain: what is told at its end.
    """

    began: str
    asked: SessionRequest
    hurts: tuple[str, int] | None = None
    slower: tuple[str, int] | None = None
    stops: tuple[str, int] | None = None
    dies: tuple[str, int] | None = None
    end: End = "Ctrl-C"
    pain: int | None = None


_USUAL: Final = SessionOptions(guidance="auto")
"""As ``voice-coach play`` asks where nothing is said."""

PLAYED: Final = (
    Playing(began="2026-11-02T20:05", asked=SessionRequest(session="evening", options=_USUAL), pain=4),
    Playing(
        began="2026-11-05T18:30",
        asked=SessionRequest(session="abend", options=_USUAL),
        hurts=("kreis", 2),
        pain=6,
    ),
    Playing(
        began="2026-11-09T07:00",
        asked=SessionRequest(session="evening", options=SessionOptions(guidance="key", speed=0.9)),
        slower=("sway", 1),
        stops=("lift", 2),
    ),
    Playing(
        began="2026-11-12T21:10",
        asked=SessionRequest(session="abend", options=replace(_USUAL, speed=0.8)),
        dies=("kreis", 1),
        end="SIGKILL",
    ),
    Playing(
        began="2026-11-16T20:00",
        asked=SessionRequest(session="evening", options=replace(_USUAL, fit_ms=45_000)),
        pain=2,
    ),
    Playing(
        began="2026-11-20T21:15",
        asked=SessionRequest(session="abend", options=replace(_USUAL, speed=0.9, said={"wippe.hold": "2s"})),
        dies=("kreis", 2),
    ),
)
EXPORTED: Final = "2026-11-20 22:00:00"


@dataclass(slots=True)
class _Led:
    """A session while it is led, on a device whose sound is its clock."""

    playing: Playing
    session: SessionController | None = None
    _blocks: int = 0
    _looks: int = 0
    _done: set[str] = field(default_factory=set[str])

    def lead(self, home: Home) -> None:
        """Lead it to its end, whatever that is."""
        asked, device = self.playing.asked, TestDevice(self._heard)
        began_ms = round(datetime.fromisoformat(self.playing.began).timestamp() * 1000)

        def now_ms() -> int:
            return began_ms + device.position_frames // 48

        with Coach(home=home, pacing=asked.pacing, notify=print, now_ms=now_ms) as coach:
            performance = coach.prepare(asked.session, asked.options)
            self.session = coach.live_session(
                performance, LiveOptions(request=asked, waits=True, asks_pain=None), on_status=self._look
            )
            try:
                self.session.play(device, no_other)
            except KeyboardInterrupt:
                print("Ctrl-C")

    def _look(self, _status: LiveStatus) -> None:
        self._looks += 1

    def _heard(self, _ms: int) -> None:
        self._blocks += 1
        if self._blocks % _BLOCKS_AT_ONCE:
            return
        before = self._looks
        until(lambda: self._looks >= before + 2)
        assert self.session
        place, mode = self.session.place, self.session.current_status().mode
        here = place.exercise, place.mark.rep if place.mark else None
        if mode == "playing":
            self._act(here)
        elif mode == "asking":
            self._once("leave-out")
        elif mode == "scoring" and self.playing.pain is not None:
            self._once(f"score-{self.playing.pain}")  # pyright: ignore[reportArgumentType]

    def _act(self, here: tuple[str, int | None]) -> None:
        playing = self.playing
        if here == playing.hurts:
            self._once("hurts")
        elif here == playing.slower:
            self._once("slower")
        elif here == playing.stops:
            self._once("stop")
        elif here == playing.dies:
            if playing.end == "SIGKILL":
                os.kill(os.getpid(), signal.SIGKILL)
            raise KeyboardInterrupt

    def _once(self, command: CommandName) -> None:
        assert self.session
        if command not in self._done:
            self._done.add(command)
            self.session.give(command)


def lead(root: Path, number: int) -> None:
    """Lead a session in a process of its own."""
    code = subprocess.call(
        [sys.executable, "-m", "tests.home_0_1_0.make", str(root), str(number)],
        env=_environ(root),
        cwd=HERE.parents[1],
    )
    wanted = -signal.SIGKILL if PLAYED[number].end == "SIGKILL" else 0
    assert code == wanted, code


def _environ(root: Path) -> dict[str, str]:
    return os.environ | {
        "VOICE_COACH_HOME": str(root / "home"),
        "TZ": _ZONE,
        "NO_FAKE_STAT": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": os.pathsep.join(map(str, (HERE.parents[1], HERE / "faked_clock"))),
    }


def command(*arguments: str) -> list[str]:
    """Return a command of ``voice-coach`` at the moment ``EXPORTED``."""
    return [
        require_program("faketime"),
        "-f",
        f"@{EXPORTED}",
        sys.executable,
        "-m",
        "voice_coach",
        *arguments,
    ]


def run(root: Path, *arguments: str) -> None:
    """Run ``voice-coach`` to its end, from the folder that everything lies in."""
    subprocess.run(command(*arguments), env=_environ(root), cwd=root, check=True)


def write_scripts(root: Path) -> None:
    """Write two scripts as ``new`` does, and a recording."""
    for kind, name in _STARTED:
        run(root, "new", kind, name, "--folder", f"home/scripts/{kind}s")
        script = root / "home" / "scripts" / f"{kind}s" / f"{name}.yaml"
        first, _, rest = script.read_text("utf-8").partition("\n")
        assert first.startswith("# yaml-language-server: $schema=file:///")
        script.write_text(f"# yaml-language-server: $schema={{schema}}\n{rest}", "utf-8")
    with wave.open(str(root / "home/audio_cues/klopfen.wav"), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        moments = np.arange(800) / 8_000
        knock = 12_000 * np.sin(2 * np.pi * 220 * moments) * np.exp(-moments / 0.02)
        file.writeframes(knock.astype("<i2").tobytes())


def tune(root: Path) -> None:
    """Tune, with the user's own words between the values, and a copy of it that somebody else tunes."""
    run(root, "tune", "all", "rate=260", "gap=0.4s")
    run(root, "tune", "wippe", "hold=4s")
    pacing = root / "home/pacing.yaml"
    text = pacing.read_text("utf-8").replace(
        "exercises:", "history: on\n# Das linke Knie ist noch nicht gut.\nexercises:"
    )
    pacing.write_text(text, "utf-8")
    run(root, "tune", "sway", "reps=1", "--for", "evening")
    run(root, "tune", "kreis", "reps=3", "--for", "abend")
    run(root, "tune", "sway", "--reset", "reps", "--for", "evening")
    run(root, "tune", "--export", "files/physio.yaml")
    run(root, "tune", "wippe", "hold=5s", "reps=3", "--file", "files/physio.yaml")


def leave_a_file(root: Path) -> None:
    """Leave a session and a pacing file that are named by their paths."""
    with tempfile.TemporaryDirectory(prefix="made-") as other:
        home = home_in(Path(other) / "home")
        shutil.copytree(root / "home/scripts", home.scripts)
        shutil.copytree(root / "home/audio_cues", home.sounds)
        asked = SessionRequest(
            session=str(root / "files/matte.yaml"),
            options=_USUAL,
            pacing=root / "files/physio.yaml",
            bed="noise",
        )
        _Led(Playing(began="2026-11-21T06:30", asked=asked, dies=("wippe", 2))).lead(home)
        text = home.bookmark.read_text("ascii")
    assert text.count(str(root)) == 2
    (root / "files/bookmark.json").write_text(text.replace(str(root), ROOT), "ascii")


def fill_cache(root: Path) -> list[str]:
    """Keep clips of two voices, a measured gain, a sound, and packets; return the names of German clips."""
    cache = root / "home/cache"
    shutil.rmtree(cache)
    (root / "files/podcast").mkdir()
    run(root, "export", "abend", "--quality", "small", "-o", "files/podcast/abend.opus")
    clips = ClipCache(cache / "clips")
    found = {path.name: clips.get(path.stem) for path in cache.glob("clips/*.clip")}
    run(root, "say", "Sway.", "--voice", "hibari:heart", "--rate", "260", "-o", "sway.wav")
    (root / "sway.wav").unlink()
    return sorted(name for name, clip in found.items() if clip is not None and clip.packed_words)


def break_off_batch(root: Path) -> None:
    """Begin three exports, and kill them while the second file is written."""
    out = root / "files/out"
    words = command("export", "--manifest", "files/table.csv", "-o", "files/out")
    process = subprocess.Popen(
        words,
        env=_environ(root),
        cwd=root,
        start_new_session=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
    )
    journal = out / ".voice-coach.jsonl"
    unfinished: set[Path] = set()
    while process.poll() is None:
        before, unfinished = unfinished, set(out.glob(".voice-coach-*.partial"))
        # A file that is only tried whether it can be written is gone by the second look.
        if journal.exists() and b"sha256" in journal.read_bytes() and before & unfinished:
            os.killpg(process.pid, signal.SIGKILL)
            break
        time.sleep(_LOOK_S)
    assert process.wait() == -signal.SIGKILL, "it was done before it was killed"
    assert {journal, out / "anna.srt", *unfinished} == set(out.iterdir())


def publish(root: Path) -> None:
    """Write a podcast of one episode, listed since the day before."""
    podcast = root / "files/podcast"
    listed_s = datetime(2026, 11, 19, 19, 0).timestamp()
    os.utime(podcast / "abend.opus", (listed_s, listed_s))
    run(root, "feed", "files/podcast", "--url", "http://192.168.1.20:8000/", "--title", "Mein Rücken")
    (podcast / "cover.jpg").unlink()  # 100 kB, and made again where there is none


def described(spoken: Sequence[str]) -> dict[str, object]:
    """Return what it was made with."""
    identities: dict[str, str] = {}
    for engine, voice in (("espeak", "de"), ("hibari", "heart")):
        with closing(make_engine(engine)) as made:
            identities[f"{engine}:{voice}"] = made.identity(voice)
    return {
        "version": voice_coach.__version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "av": importlib.metadata.version("av"),
        "conditioning": CONDITIONING_VERSION,
        "identities": identities,
        "clips": list(spoken),
    }


def refuse_paths(root: Path) -> None:
    """Refuse to keep a path of this machine."""
    ours = [str(root), str(HERE.parents[1]), str(Path.home()), sys.prefix, tempfile.gettempdir()]
    for path in root.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        found = [each for each in ours if each != "/" and each.encode() in data]
        assert not found, f"{path} names {found}"


def make(root: Path) -> None:
    """Make everything in a folder that has what is written by hand."""
    home = home_in(root / "home")
    write_scripts(root)
    tune(root)
    for number in range(len(PLAYED)):
        lead(root, number)
    leave_a_file(root)
    keep_sensitivity(home, "pocketsphinx", 1)
    keep_sensitivity(home, "sherpa", -1)
    with serving(archive()) as url:
        download_model(replace(MODELS["gigaspeech-3.3M"], url=url), home.models, lambda _checksum: True)
    break_off_batch(root)
    spoken = fill_cache(root)
    publish(root)
    (root / "made.json").write_text(json.dumps(described(spoken), indent=1) + "\n")
    for folder in (home.scripts.parent / "runtime", home.exports):
        assert not folder.exists()
    refuse_paths(root)


def main() -> None:
    os.environ["TZ"] = _ZONE
    time.tzset()
    if len(sys.argv) > 1:
        root, number = sys.argv[1:]
        _Led(PLAYED[int(number)]).lead(home_in(Path(root) / "home"))
        return
    with tempfile.TemporaryDirectory(prefix="made-") as made:
        root = Path(made)
        for folder in ("home", "files"):
            shutil.copytree(HERE / folder, root / folder)
        for name in _MADE:
            shutil.rmtree(root / name, ignore_errors=True)
            (root / name).unlink(missing_ok=True)
        make(root)
        for folder in ("home", "files"):
            shutil.rmtree(HERE / folder)
            shutil.copytree(root / folder, HERE / folder)
        shutil.copyfile(root / "made.json", HERE / "made.json")


if __name__ == "__main__":
    main()
