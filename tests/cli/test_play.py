"""``voice-coach play`` as a whole process, on a real sound server and without any."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.calibration import patience_s
from tests.support.command import PATIENCE_S, SILENT, TINY, Ended, voice_coach, wait_until, words
from tests.support.left import LEFT
from tests.support.sound_server import SoundServer
from tests.support.sounds import samples, sounding
from voice_coach import Coach
from voice_coach.cli import play
from voice_coach.coach import SessionOptions
from voice_coach.controls.base import Control, SessionRemote
from voice_coach.core.commands import CommandName
from voice_coach.core.errors import CoachError
from voice_coach.formats.base import endings
from voice_coach.rendering.performance import Performance
from voice_coach.session.bookmark import Bookmark, BookmarkFile
from voice_coach.session.controller import SessionController
from voice_coach.session.start import LiveOptions

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


class Playing:
    """A session that is being played, with all that it has said so far."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        return self._log.read_text("utf-8")

    def wait_for(self, text: str) -> None:
        wait_until(lambda: text in self.said or self.process.poll() is not None, lambda: self.said)
        assert text in self.said

    def end(self) -> Ended:
        code = self.process.wait(PATIENCE_S)
        assert "Traceback" not in self.said
        return Ended(code, self.said, "")


@contextmanager
def playing(folder: Path, *arguments: str | Path) -> Generator[Playing]:
    log = folder / "said.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(
            words("play", *arguments), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            yield Playing(process, log)
        finally:
            process.kill()
            process.wait()


def test_what_is_heard_is_the_one_stream(sound_server: SoundServer, tiny: Path) -> None:
    """Of which an export at its preset's loudness has the same samples: tests/cli/test_export_sound.py."""
    with Coach() as coach:
        stream = sounding(np.concatenate([b.samples for b in coach.blocks(coach.prepare(str(tiny)))]))
    played, recorded = Ended(1, "", ""), stream[:0]
    for _ in range(3):  # where other tests take both cores, the server may run dry for a moment
        with sound_server.record() as recording:
            start = recording.frames
            played = voice_coach("play", tiny, environ=sound_server.environ)
            recorded = sounding(recording.samples()[start:, 0])
        assert np.array_equal(recorded[recorded != 0], stream[stream != 0])
        if len(recorded) == len(stream):
            break
    assert np.array_equal(recorded, stream)
    assert (played.code, played.err) == (0, "")
    assert played.out.startswith("Tiny session\n")
    assert "  Begin.\n" in played.out


def test_a_file_as_output_is_the_export(tiny: Path, tmp_path: Path) -> None:
    exported, played = tmp_path / "exported.wav", tmp_path / "played.wav"
    assert voice_coach("export", tiny, "-o", exported).code == 0
    assert voice_coach("play", tiny, "--output", played) == Ended(0, "", f"Wrote {played} (0:06).\n")
    assert played.read_bytes() == exported.read_bytes()
    again = voice_coach("play", tiny, "--output", played)
    assert (again.code, "Use --force to replace it" in again.err) == (1, True)
    assert voice_coach("play", tiny, "--output", played, "--force").code == 0


def test_no_output_takes_no_time_and_writes_nothing(tiny: Path, tmp_path: Path, coach_home: Path) -> None:
    ended = voice_coach("play", tiny, "--output", "none", cwd=tmp_path)
    assert (ended.code, ended.err, ended.out.splitlines()[0]) == (0, "", "Tiny session")
    assert not (coach_home / "exports").exists()
    assert voice_coach("play", tiny, "--output", "none", "--quiet") == Ended(0, "", "")


@pytest.mark.parametrize(
    ("output", "says"),
    [
        (
            "loudspeaker",
            "There is no device 'loudspeaker'; use auto, miniaudio, simpleaudio, none, or name a file.",
        ),
        ("a/b", f"'b' has no ending of a file that can be written; use {endings()}."),
        ("b.xyz", f"'.xyz' is not an ending of a file that can be written; use {endings()}."),
    ],
)
def test_an_output_that_there_is_not(tiny: Path, output: str, says: str) -> None:
    assert voice_coach("play", tiny, "--output", output) == Ended(2, "", f"{says}\n")


def test_without_a_device_a_file_is_written(tiny: Path, tmp_path: Path, coach_home: Path) -> None:
    exported = tmp_path / "exported.wav"
    assert voice_coach("export", tiny, "-o", exported).code == 0
    written = coach_home / "exports" / "tiny-session.flac"
    for _ in range(2):  # the second time over the first
        ended = voice_coach("play", tiny, cwd=tmp_path)
        assert ended.code == 0
        assert ended.out == ""
        assert ended.err.startswith("No sound device was found (")
        assert f"Wrote {written} (0:06).\nPlay it on any device that has sound.\n" in ended.err
        assert np.array_equal(samples(written), samples(exported))
    assert [path.name for path in written.parent.iterdir()] == ["tiny-session.flac"]


def test_without_a_device_and_a_place_for_the_file(tiny: Path, coach_home: Path) -> None:
    coach_home.mkdir()
    (coach_home / "exports").write_text("in the way")
    ended = voice_coach("play", tiny)
    assert ended.code == 1
    assert "voice-coach export SESSION -o FILE.flac" in ended.err


@posix
def test_ctrl_c_ends_within_a_second_and_says_how_to_go_on(
    sound_server: SoundServer, long: Path, tmp_path: Path, coach_home: Path
) -> None:
    del sound_server
    took_s: list[float] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            continue  # as under nohup: then it goes on ignoring it
        (coach_home / "bookmark.json").unlink(missing_ok=True)  # else that one is kept for ten seconds more
        with playing(tmp_path, long) as session:
            session.wait_for("Stay as you are.")
            wait_until(lambda: (coach_home / "bookmark.json").exists())
            session.process.send_signal(number)
            began_s = time.monotonic()
            ended = session.end()
            took_s.append(time.monotonic() - began_s)
        assert ended.code == 0, ended.said
        assert "\nStopped at 0:0" in ended.said
        assert ended.said.endswith("-m voice_coach play --resume\n")
    assert min(took_s) < patience_s(1.0)  # of three, as other tests run beside this one


@posix
def test_what_was_stopped_goes_on_at_the_same_rep_and_pace(
    sound_server: SoundServer, long: Path, tmp_path: Path
) -> None:
    del sound_server
    with playing(tmp_path, long, "--rate", "140") as session:
        session.wait_for("Stay as you are.")
        session.process.kill()  # not even a goodbye
        session.end()
    with playing(tmp_path, "--resume") as session:
        session.wait_for("We go on with Long hold.")
        session.wait_for("Stay as you are.")
        session.process.send_signal(signal.SIGINT)
        ended = session.end()
    assert "Begin." not in ended.said
    assert ended.said.endswith("-m voice_coach play --resume\n")


def test_nothing_to_go_on_with(tiny: Path) -> None:
    assert voice_coach("play", tiny, "--output", "none").code == 0
    ended = voice_coach("play", "--resume", "--output", "none")
    assert (ended.code, ended.err) == (
        1,
        "There is no session to go on with: none was begun, or the last one was heard to its end.\n",
    )


def test_a_bookmark_that_cannot_be_read_is_told_as_such(tiny: Path, coach_home: Path) -> None:
    coach_home.mkdir()
    (coach_home / "bookmark.json").write_text('{"version": 1, "chapter": -1}')
    ended = voice_coach("play", "--resume", "--output", "none")
    assert (ended.code, ended.err) == (
        1,
        f"Where the last session was left cannot be read ({coach_home / 'bookmark.json'}), so it cannot be "
        "gone on with. Begin it anew.\n",
    )
    assert voice_coach("play", tiny, "--output", "none").err == ""


def left_in(tiny: Path, coach_home: Path, **changes: Any) -> Bookmark:
    """A session was left in its only exercise."""
    here: dict[str, Any] = {
        "session": str(tiny),
        "title": "Tiny session",
        "wishes": SessionOptions(guidance="auto"),
        "exercise": "tiny",
        "exercise_title": "Tiny hold",
        "chapter": 0,
        "chapters": 1,
        "at_ms": 2_000,
        "rep": None,
        "saved_ms": time.time_ns() // 1_000_000,
    }
    left = replace(LEFT, **here | changes)
    BookmarkFile(coach_home / "bookmark.json").write(left)
    return left


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (["lower-back-short"], "lower-back-short"),
        (["--pace", "0.8", "--rate", "150"], "--rate, --pace"),
        (["--fit", "10m"], "--fit"),
        (["--set", "hold=5s"], "--set"),
        (["--voice", "espeak:en"], "--voice"),
        (["--guidance", "names"], "--guidance"),
        (["--file", "mine.yaml"], "--file"),
        (["--from", "knee-slide"], "--from"),
    ],
)
def test_what_is_gone_on_with_cannot_be_another(
    tiny: Path, coach_home: Path, other: list[str], named: str
) -> None:
    left_in(tiny, coach_home)
    assert voice_coach("play", *other, "--resume", "--output", "none") == Ended(
        2,
        "",
        f"--resume goes on with Tiny session just as it was left. Leave out {named}, or leave out --resume "
        "to begin anew.\n",
    )


def test_what_is_gone_on_with_may_be_named(tiny: Path, coach_home: Path) -> None:
    left_in(tiny, coach_home)
    for words_more in ([tiny.name], ["--pace", "normal"], ["--guidance", "auto"]):
        ended = voice_coach("play", *words_more, "--resume", "--output", "none", cwd=tiny.parent)
        assert (ended.code, ended.err, ended.out.splitlines()[0]) == (0, "", "Tiny session")


def test_a_file_is_a_whole_session(tiny: Path, coach_home: Path, tmp_path: Path) -> None:
    left_in(tiny, coach_home)
    ended = voice_coach("play", "--resume", "--output", tmp_path / "rest.wav")
    assert (ended.code, "a file is always the whole session" in ended.err) == (2, True)


def test_a_script_that_has_become_shorter(tiny: Path, coach_home: Path) -> None:
    left = left_in(tiny, coach_home, chapter=5, chapters=9, exercise="long", exercise_title="Long hold")
    ended = voice_coach("play", "--resume", "--output", "none")
    assert (ended.code, ended.err) == (
        0,
        "Tiny session has changed since you left it in Long hold, so it goes on at the start of Tiny hold.\n",
    )
    plain = voice_coach("play", left.session or "", "--output", "none")
    assert (plain.code, plain.err) == (0, "")  # nothing is offered


@posix
def test_what_nobody_hears_cannot_be_gone_on_with(hours: Path, tmp_path: Path) -> None:
    with playing(tmp_path, hours, "--output", "none") as session:
        session.wait_for("Hours of breath")
        session.process.send_signal(signal.SIGINT)
        ended = session.end()
    assert (ended.code, "Stopped at" in ended.said, "--resume" in ended.said) == (0, True, False)


def run_here(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    play.arguments(parser)
    return play.run(parser.parse_args(["--output", "none", *map(str, arguments)]))


def test_ctrl_c_before_anything_is_heard_names_no_other_session(
    tiny: Path,
    long: Path,
    coach_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    left = left_in(tiny, coach_home)
    monkeypatch.setattr(Coach, "prepare", interrupted)
    assert run_here(long) == 0
    assert "--resume" not in capsys.readouterr().err
    assert run_here(tiny) == 0
    said = capsys.readouterr().err
    assert "To go on where you were: " in said
    assert BookmarkFile(coach_home / "bookmark.json").read() == left


class AtHand(Control):
    """A control that asks for something at once, or (None) cannot be used."""

    def __init__(self, command: CommandName | None) -> None:
        self._command: CommandName | None = command

    def start(self, remote: SessionRemote) -> None:
        assert remote.current_status().title == "Tiny session"
        if self._command is None:
            raise CoachError("It cannot be used here.")
        remote.give(self._command)

    def close(self) -> None:
        pass


def run_with(control: Control, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Plays with this control, and no other; whether the coach waited for somebody to be ready."""
    waited: list[bool] = []
    lead = Coach.live_session

    def leading(
        coach: Coach, performance: Performance, options: LiveOptions, **named: Any
    ) -> SessionController:
        waited.append(options.waits)
        return lead(coach, performance, options, **named)

    def controls(*_given: object, **_named: object) -> list[Control]:
        return [control]

    monkeypatch.setattr(Coach, "live_session", leading)
    monkeypatch.setattr("voice_coach.controls.registry.controls", controls)
    assert run_here(tiny) == 0
    return waited[0]


@pytest.mark.parametrize("command", [None, "louder"])
def test_the_coach_waits_only_for_who_can_say_that_they_are_ready(
    command: CommandName | None,
    tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    waited = run_with(AtHand(command), tiny, monkeypatch)
    refused = "It cannot be used here." in capsys.readouterr().err
    assert (waited, refused) == ((True, False) if command else (False, True))


def test_what_is_asked_before_there_is_a_session_is_done_when_there_is_one(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_with(AtHand("stop"), tiny, monkeypatch)
    shown = capsys.readouterr()
    assert "Stopped at 0:00." in shown.err
    assert "Begin." not in shown.out


def test_a_sound_server_that_is_lost_comes_back_and_the_session_goes_on(
    own_sound_server: SoundServer, long: Path, tmp_path: Path
) -> None:
    with playing(tmp_path, long) as session:
        session.wait_for("Stay as you are.")
        own_sound_server.kill()
        session.wait_for("the sound device has gone")
        own_sound_server.start()
        session.wait_for("The sound is back. We go on.")
        wait_until(lambda: session.said.count("Stay as you are.") == 2, lambda: session.said)
        session.process.send_signal(signal.SIGINT)
        ended = session.end()
    assert ended.code == 0


@posix
def test_ctrl_c_while_a_file_is_written_instead(hours: Path, tmp_path: Path, coach_home: Path) -> None:
    exports = coach_home / "exports"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SILENT.items():
            patch.setenv(name, value)
        with playing(tmp_path, hours) as session:
            wait_until(lambda: exports.exists() and any(exports.iterdir()), lambda: session.said)
            session.process.send_signal(signal.SIGINT)
            ended = session.end()
    assert ended.code == 1
    assert ended.said.endswith(f"Stopped: {exports / 'hours.flac'} was not written.\n")
    assert list(exports.iterdir()) == []


@posix
def test_a_reader_that_leaves_does_not_stop_the_session(sound_server: SoundServer, tiny: Path) -> None:
    with sound_server.record() as recording:
        start = recording.frames
        process = subprocess.Popen(words("play", tiny), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout
        assert process.stdout.readline() == b"Tiny session\n"
        process.stdout.close()
        _, err = process.communicate(timeout=PATIENCE_S)
        recorded = recording.samples()[start:, 0]
    assert (process.returncode, err) == (0, b"")
    assert len(sounding(recorded)) > 5 * 48_000


def test_a_broken_own_script_stops_no_other_session(tiny: Path, coach_home: Path) -> None:
    own = coach_home / "scripts" / "exercises"
    own.mkdir(parents=True)
    (own / "broken.yaml").write_text("kind: exercise\nid: broken\ntitle: Broken\nstpes: []\n")
    assert voice_coach("play", tiny, "--output", "none").code == 0
    broken = voice_coach("play", "broken", "--output", "none")
    assert broken.code == 2
    assert 'did you mean "steps"?' in broken.err


def test_a_folder_of_kept_speech_that_cannot_be_used_is_told_once(
    tiny: Path, tmp_path: Path, coach_home: Path
) -> None:
    good, made = tmp_path / "good.wav", tmp_path / "made.wav"
    assert (
        voice_coach("export", tiny, "-o", good, environ={"VOICE_COACH_HOME": str(tmp_path / "b")}).code == 0
    )
    coach_home.mkdir()
    (coach_home / "cache").write_text("in the way")
    ended = voice_coach("export", tiny, "-o", made)
    notice, wrote = ended.err.splitlines()
    assert notice.startswith(f"Speech cannot be kept in {coach_home / 'cache'}")
    assert (ended.code, wrote) == (0, f"Wrote {made} (0:06).")
    assert made.read_bytes() == good.read_bytes()


def test_kept_speech_that_was_damaged_is_made_anew(tiny: Path, tmp_path: Path, coach_home: Path) -> None:
    first, second, third = (tmp_path / f"{name}.wav" for name in ("first", "second", "third"))
    assert voice_coach("export", tiny, "-o", first).code == 0
    clips = sorted((coach_home / "cache").rglob("*.clip"))
    whole = [clip.read_bytes() for clip in clips]
    assert len(clips) >= 3
    for turn, clip in enumerate(clips):
        data = bytearray(clip.read_bytes())
        data[-1] ^= 0x40
        clip.write_bytes(data if turn % 2 else data[: len(data) // 2])
    assert voice_coach("export", tiny, "-o", second) == Ended(0, "", f"Wrote {second} (0:06).\n")
    assert second.read_bytes() == first.read_bytes()
    assert [clip.read_bytes() for clip in clips] == whole
    assert voice_coach("export", tiny, "-o", third).code == 0
    assert third.read_bytes() == first.read_bytes()


def test_own_scripts_and_sounds_win(coach_home: Path, tmp_path: Path) -> None:
    own = coach_home / "scripts"
    for folder in ("exercises", "sessions"):
        (own / folder).mkdir(parents=True)
    (own / "exercises" / "pelvic-tuck.yaml").write_text(TINY.replace("id: tiny", "id: pelvic-tuck"))
    (own / "sessions" / "mine.yaml").write_text(
        "kind: session\nid: mine\ntitle: Mine\nexercises: [pelvic-tuck, knee-slide]\n"
    )
    shipped, mine = tmp_path / "shipped.wav", tmp_path / "mine.wav"
    assert "Tiny hold" in voice_coach("show", "mine").out
    assert voice_coach("export", "pelvic-tuck", "-o", shipped).code == 0
    (coach_home / "audio_cues").mkdir()
    (coach_home / "audio_cues" / "cues.yaml").write_text(
        "tick:\n  for: mine\n  length: 300ms\n  layers:\n    - tone: 600\n"
    )
    assert voice_coach("export", "pelvic-tuck", "-o", mine).code == 0
    assert shipped.read_bytes() != mine.read_bytes()


def test_environment_is_found_whole(tiny: Path, tmp_path: Path) -> None:
    """A home that is relative, or of a person that there is not, is a folder like any other."""
    for home in ("relative", "~nobody-of-this-name/coach"):
        ended = voice_coach("play", tiny, cwd=tmp_path, environ={"VOICE_COACH_HOME": home})
        assert (ended.code, (tmp_path / home / "exports" / "tiny-session.flac").is_file()) == (0, True)
    assert os.environ["VOICE_COACH_HOME"]
