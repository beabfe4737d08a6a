"""The ear's own process, on a real sound server, with a recogniser that understands whatever is loud."""

from __future__ import annotations

import os
import select
import shlex
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from tests.hearing.heard import require_recogniser
from tests.hearing.simulated_room import PERSON, coach_sound, said
from tests.real_parts import require_program, require_real
from tests.sound_server import SoundServer
from voice_coach.audio.block import Block
from voice_coach.hearing.ear import CHILD, Ear, EarError
from voice_coach.hearing.moonshine_files import DECODER, ENCODER, TOKENS
from voice_coach.hearing.recogniser import Heard, usual_recogniser
from voice_coach.outputs.output import device

CHILD_OF_TESTS = (sys.executable, "-P", str(Path(__file__).with_name("loud_child.py")))
LEARNT_MS = 3500
_T = TypeVar("_T")
_PATIENCE_S = 20


class Listener:
    """Keeps what an ear tells, and has an ear."""

    def __init__(
        self,
        recogniser: str = "loud",
        hangs_after_s: float = _PATIENCE_S,
        child: Sequence[str] = CHILD_OF_TESTS,
    ) -> None:
        self.heard: list[Heard] = []
        self.heard_s: list[float] = []
        self.notes: list[str] = []
        self.deaf: list[bool] = []
        self._grown = threading.Condition()
        self.ear = Ear(
            self._take,
            lambda note: self._keep(self.notes, note),
            lambda deaf: self._keep(self.deaf, deaf),
            recogniser,
            child=child,
            hangs_after_s=hangs_after_s,
            tries_again_after_s=0.1,
        )

    def _take(self, heard: Heard) -> None:
        self.heard_s.append(time.monotonic())
        self._keep(self.heard, heard)

    def _keep(self, kept: list[_T], told: _T) -> None:
        with self._grown:
            kept.append(told)
            self._grown.notify_all()

    def wait(self, enough: Callable[[], bool]) -> None:
        with self._grown:
            came = self._grown.wait_for(enough, _PATIENCE_S)
        assert came, (self.heard, self.notes, self.deaf)

    def start(self) -> None:
        self.ear.start()
        assert self.ear.listens.wait(_PATIENCE_S), self.notes

    def close(self) -> None:
        self.ear.close()


@pytest.fixture
def listener() -> Generator[Listener]:
    with closing(Listener()) as made:
        yield made


def speak(folder: Path) -> None:
    """A person says something in the room; returns when it is said."""
    path = folder / "said.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes((np.clip(said(PERSON, "en-us+f3"), -1, 1) * 32_767).astype(np.int16).tobytes())
    subprocess.run([require_program("paplay", "pulseaudio-utils"), str(path)], check=True)


@pytest.mark.usefixtures("room")
def test_what_is_said_is_understood(listener: Listener, tmp_path: Path) -> None:
    listener.ear.expect(["coach that hurts"])
    listener.start()
    speak(tmp_path)
    listener.wait(lambda: bool(listener.heard))
    assert listener.heard[0].phrase == "coach that hurts"
    listener.ear.expect(["coach pause"])
    speak(tmp_path)
    listener.wait(lambda: listener.heard[-1].phrase == "coach pause")
    assert not listener.notes


def lead(listener: Listener, seconds: float, *, told: bool) -> None:
    """The coach speaks through the real device; what it plays is told to the ear, or not."""
    output = device("miniaudio", live=True)
    if told:
        output.on_taken = listener.ear.played
    sound = (coach_sound(seconds) * 32_767).astype(np.int16)
    output.write(Block(part, silent=False) for part in np.array_split(sound, len(sound) // 4800))


@pytest.mark.usefixtures("room")
def test_the_coach_does_not_hear_itself_and_hears_the_person_all_the_same(
    listener: Listener, tmp_path: Path
) -> None:
    require_real("pywebrtc-audio", find_spec("pywebrtc_audio") is not None, "pip install pywebrtc-audio")
    listener.ear.expect(["said"])
    listener.start()
    lead(listener, 7, told=False)
    assert [each for each in listener.heard if each.end_ms > LEARNT_MS]  # it is loud enough to be heard
    began_s = time.monotonic()
    lead(listener, 8, told=True)
    time.sleep(1)  # what is understood late counts as well
    assert not [at_s for at_s in listener.heard_s if at_s > began_s + LEARNT_MS / 1000]
    listener.heard.clear()
    coach = threading.Thread(target=lead, args=(listener, 8), kwargs={"told": True})
    coach.start()
    speak(tmp_path)
    listener.wait(lambda: bool(listener.heard))
    coach.join()
    assert listener.heard[0].phrase == "said with the coach"


@pytest.mark.usefixtures("room")
def test_a_process_that_dies_is_started_again_and_knows_what_to_expect(tmp_path: Path) -> None:
    with closing(Listener()) as listener:
        listener.ear.expect(["die"])
        listener.ear.start()
        listener.wait(lambda: bool(listener.notes))
        assert listener.notes == ["Listening broke off (its process ended with -9), and is taken up again."]
        listener.ear.expect(["said"])
        assert listener.ear.listens.wait(_PATIENCE_S)
        while not listener.heard:
            speak(tmp_path)
        assert listener.heard[0].phrase == "said"
        assert not listener.deaf


@pytest.mark.usefixtures("room")
def test_one_that_dies_again_and_again_is_left_alone_for_a_while(listener: Listener) -> None:
    listener.ear.expect(["die"])
    listener.ear.start()
    listener.wait(lambda: bool(listener.deaf))
    assert len(listener.notes) == 3
    assert listener.notes[-1] == (
        "Listening broke off again and again (its process ended with -9); the session goes on, and it is "
        "tried again now and then."
    )
    assert listener.deaf == [True]
    listener.ear.played(bytes(9600))
    listener.ear.expect(["said"])
    listener.wait(lambda: listener.deaf == [True, False])
    assert listener.ear.listens.is_set()


@pytest.mark.usefixtures("room")
def test_a_process_that_hangs_holds_up_nobody_and_is_started_again() -> None:
    with closing(Listener(hangs_after_s=4)) as listener:
        listener.start()
        listener.ear.expect(["hang"])
        # A minute of sound: far more than a pipe holds.
        playing = threading.Thread(target=lambda: [listener.ear.played(bytes(6720)) for _ in range(860)])
        playing.start()
        playing.join(_PATIENCE_S)
        assert not playing.is_alive()
        listener.ear.expect(["said"])
        listener.wait(lambda: bool(listener.notes))
        assert listener.notes == ["Listening broke off (it did not answer), and is taken up again."]
        assert listener.ear.listens.wait(_PATIENCE_S)


@pytest.mark.usefixtures("room")
def test_one_that_hangs_can_be_closed(listener: Listener) -> None:
    listener.start()
    listener.ear.expect(["hang"])
    for _ in range(860):
        listener.ear.played(bytes(6720))
    before = threading.active_count()
    listener.close()
    assert threading.active_count() == before - 3


@pytest.mark.usefixtures("room")
def test_a_recogniser_that_cannot_be_used_is_told_once() -> None:
    with closing(Listener("unusable")) as listener:
        listener.ear.start()
        listener.wait(lambda: bool(listener.deaf))
        assert listener.notes == [
            "Nothing that is said can be understood, and the session goes on without "
            "(unusable: it has no model)."
        ]
        assert listener.deaf == [True]


@pytest.mark.usefixtures("room")
def test_what_goes_wrong_in_it_is_told() -> None:
    with closing(Listener("broken")) as listener:
        listener.ear.start()
        listener.wait(lambda: bool(listener.deaf))
        assert "AttributeError: module '__main__' has no attribute 'no_such_class'" in listener.notes[0]
        assert len(listener.notes) == 3


@pytest.mark.usefixtures("room")
def test_a_phrase_that_it_does_not_know_is_told_and_it_goes_on(listener: Listener, tmp_path: Path) -> None:
    listener.start()
    listener.ear.expect(["unknown"])
    listener.wait(lambda: bool(listener.notes))
    assert listener.notes == ["loud: it does not know the word unknown"]
    listener.ear.expect(["said"])
    speak(tmp_path)
    listener.wait(lambda: bool(listener.heard))


def test_a_lost_microphone_is_told_and_comes_back(
    own_room: SoundServer, listener: Listener, tmp_path: Path
) -> None:
    listener.ear.expect(["said"])
    listener.start()
    own_room.kill()
    listener.wait(lambda: listener.deaf == [True])
    assert "Until then nothing that is said is understood" in listener.notes[0]
    assert not listener.ear.listens.is_set()
    own_room.start()
    listener.wait(lambda: listener.deaf == [True, False])
    assert listener.notes[-1] == "There is a microphone now: what is said is understood."
    speak(tmp_path)
    listener.wait(lambda: bool(listener.heard))


def test_no_microphone_is_told(sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> None:
    del sound_server
    monkeypatch.delenv("PULSE_SOURCE", raising=False)
    with closing(Listener()) as listener:
        listener.ear.start()
        listener.wait(lambda: bool(listener.deaf))
        (note,) = listener.notes
        assert note.startswith("No microphone was found (the sound server has none).")


@pytest.mark.usefixtures("room")
def test_where_moonshine_cannot_be_loaded_pocketsphinx_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_recogniser("moonshine")
    package = tmp_path / "moonshine_voice"
    (package / "assets/tiny-en").mkdir(parents=True)
    (package / "__init__.py").touch()
    for name in (ENCODER, DECODER, TOKENS):
        (package / "assets/tiny-en" / name).write_bytes(b"no model")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with closing(Listener(usual_recogniser(), child=CHILD)) as listener:
        listener.ear.expect(["coach that hurts"])
        listener.start()
        listener.wait(lambda: bool(listener.notes))
        speak(tmp_path)
        listener.wait(lambda: bool(listener.heard))
    (note,) = listener.notes
    assert "it cannot be loaded" in note
    assert note.endswith("Now pocketsphinx listens, which understands less.")
    assert listener.heard[0].phrase == "coach that hurts"


@pytest.mark.skipif(sys.platform == "win32", reason="a program that is a script")
@pytest.mark.usefixtures("room")
def test_where_none_can_be_started_again_it_is_tried_until_one_can(tmp_path: Path) -> None:
    program = tmp_path / "ear"
    here = f'#!/bin/sh\nexec {shlex.join(CHILD_OF_TESTS)} "$@"\n'

    def install() -> None:
        new = tmp_path / "new"
        new.write_text(here)
        new.chmod(0o700)
        new.rename(program)

    install()
    with closing(Listener(child=[str(program)])) as listener:
        listener.start()
        program.unlink()
        listener.ear.expect(["die"])
        listener.wait(lambda: bool(listener.deaf))
        assert "No such file" in listener.notes[-1]
        listener.ear.expect(["said"])
        install()
        listener.wait(lambda: listener.deaf == [True, False])
        speak(tmp_path)
        listener.wait(lambda: bool(listener.heard))


@pytest.mark.skipif(sys.platform == "win32", reason="it has no niceness")
@pytest.mark.usefixtures("room")
def test_it_stays_as_nice_as_whoever_started_it() -> None:
    """Who may not take that back would otherwise hear nothing."""
    nice = ("nice", "-n", "10", *CHILD_OF_TESTS)
    with closing(Listener(child=nice)) as listener:
        listener.start()
        assert listener.ear.pid
        assert os.getpriority(os.PRIO_PROCESS, listener.ear.pid) == os.getpriority(os.PRIO_PROCESS, 0) + 10


def test_it_brings_no_network() -> None:
    program = (
        "import sys\nfrom voice_coach.hearing import ear_child\near_child.import_miniaudio()\n"
        "print('ssl' in sys.modules, 'miniaudio' in sys.modules)\n"
        "import urllib.request\nprint(callable(urllib.request.urlopen))\n"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["False", "True", "True"]


def test_no_process_is_told() -> None:
    ear = Ear(print, print, print, child=("/no/such/program",))
    with pytest.raises(EarError, match="No process that listens could be started: No such file"):
        ear.start()
    ear.close()


@pytest.mark.skipif(sys.platform != "linux", reason="a process is watched by its descriptor")
@pytest.mark.usefixtures("room")
def test_it_ends_with_whoever_started_it() -> None:
    """Even when that is killed, and can tell nothing."""
    program = (
        "import sys\nfrom voice_coach.hearing.ear import Ear\n"
        f"ear = Ear(print, print, print, 'loud', child={CHILD_OF_TESTS!r})\n"
        "ear.start()\near.listens.wait()\nprint(ear.pid, flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        child = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.kill()
            assert select.select([child], [], [], _PATIENCE_S)[0]
        finally:
            os.close(child)


@pytest.mark.usefixtures("room")
def test_a_device_tells_exactly_what_it_takes() -> None:
    taken: list[bytearray] = []
    output = device("miniaudio", live=True)
    output.on_taken = taken.append
    sound = (coach_sound(1) * 32_767).astype(np.int16)
    output.write([Block(sound, silent=False)])
    told = np.frombuffer(b"".join(taken), np.int16)
    begin = int(np.flatnonzero(told)[0]) - int(np.flatnonzero(sound)[0])
    assert np.array_equal(told[begin : begin + len(sound)], sound)
    assert len(told) > begin + len(sound)
    assert not told[begin + len(sound) :].any()
