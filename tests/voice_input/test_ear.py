"""What an ear hears in its own process, on a real sound server: a recognizer understands whatever is loud."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.real_parts import require_real
from tests.support.listener import Listener, speak
from tests.support.simulated_room import coach_sound
from tests.support.sound_server import SoundServer
from voice_coach.audio.mixer import Block
from voice_coach.formats.base import make_device

LEARNT_MS = 3500


@pytest.mark.usefixtures("room")
def test_what_is_said_is_understood(listener: Listener, tmp_path: Path) -> None:
    listener.process.expect(["coach that hurts"])
    listener.start()
    speak(tmp_path)
    listener.wait(lambda: bool(listener.heard))
    assert listener.heard[0].phrase == "coach that hurts"
    listener.process.expect(["coach pause"])
    speak(tmp_path)
    listener.wait(lambda: listener.heard[-1].phrase == "coach pause")
    assert not listener.notes


def lead(listener: Listener, seconds: float, *, told: bool) -> None:
    """The coach speaks through the real device; what it plays is told to the ear, or not."""
    output = make_device("miniaudio", live=True)
    if told:
        output.on_taken = listener.process.add_playback
    sound = (coach_sound(seconds) * 32_767).astype(np.int16)
    output.write(Block(part, silent=False) for part in np.array_split(sound, len(sound) // 4800))


@pytest.mark.usefixtures("room")
def test_the_coach_does_not_hear_itself_and_hears_the_person_all_the_same(
    listener: Listener, tmp_path: Path
) -> None:
    require_real("pywebrtc-audio", find_spec("pywebrtc_audio") is not None, "pip install pywebrtc-audio")
    listener.process.expect(["said"])
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
def test_a_phrase_that_it_does_not_know_is_told_and_it_goes_on(listener: Listener, tmp_path: Path) -> None:
    listener.start()
    listener.process.expect(["unknown"])
    listener.wait(lambda: bool(listener.notes))
    assert listener.notes == ["loud: it does not know the word unknown"]
    listener.process.expect(["said"])
    speak(tmp_path)
    listener.wait(lambda: bool(listener.heard))


def test_a_lost_microphone_is_told_and_comes_back(
    own_room: SoundServer, listener: Listener, tmp_path: Path
) -> None:
    listener.process.expect(["said"])
    listener.start()
    own_room.kill()
    listener.wait(lambda: listener.deaf == [True])
    assert "Until then nothing that is said is understood" in listener.notes[0]
    assert not listener.process.listens.is_set()
    own_room.start()
    listener.wait(lambda: listener.deaf == [True, False])
    assert listener.notes[-1] == "There is a microphone now: what is said is understood."
    speak(tmp_path)
    listener.wait(lambda: bool(listener.heard))


def test_no_microphone_is_told(sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> None:
    del sound_server
    monkeypatch.delenv("PULSE_SOURCE", raising=False)
    with closing(Listener()) as listener:
        listener.process.start()
        listener.wait(lambda: bool(listener.deaf))
        (note,) = listener.notes
        assert note.startswith("No microphone was found (the sound server has none).")


@pytest.mark.usefixtures("room")
def test_a_device_tells_exactly_what_it_takes() -> None:
    taken: list[bytearray] = []
    output = make_device("miniaudio", live=True)
    output.on_taken = taken.append
    sound = (coach_sound(1) * 32_767).astype(np.int16)
    output.write([Block(sound, silent=False)])
    told = np.frombuffer(b"".join(taken), np.int16)
    begin = int(np.flatnonzero(told)[0]) - int(np.flatnonzero(sound)[0])
    assert np.array_equal(told[begin : begin + len(sound)], sound)
    assert len(told) > begin + len(sound)
    assert not told[begin + len(sound) :].any()
