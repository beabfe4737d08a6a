"""Trying one's voice, in a real room: ``voice-coach listen --test``."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.real_parts import require_program
from tests.support.sound_server import Room
from voice_coach.paths import find_home
from voice_coach.voice_input.mic_test import Try, VoiceTrial
from voice_coach.voice_input.sensitivity import USUAL_SENSITIVITY, kept_sensitivity


def spoken(words: str, folder: Path) -> Path:
    path = folder / f"{words}.wav"
    if not path.exists():
        subprocess.run(
            [require_program("flite"), "-voice", "kal16", "-t", words, "-o", str(path)], check=True
        )
    return path


def test_it_waits_for_what_is_said_and_tells_silence_from_what_is_not_understood(
    room: Room, tmp_path: Path
) -> None:
    with VoiceTrial("pocketsphinx") as trial:
        silent = trial.ask("coach ready", 1.5)
        assert not silent.was_heard
        assert not silent.understood
        said: dict[str, Try] = {}
        for words in ("Coach ready.", "Seventeen elephants."):
            saying = threading.Timer(2, room.say, [spoken(words, tmp_path)])
            saying.start()
            said[words] = trial.ask("coach ready")
            saying.join()
    assert said["Coach ready."].is_right
    other = said["Seventeen elephants."]
    assert other.was_heard
    assert not other.is_right
    # It was noticed when that was over, not when nobody would wait any more.
    assert len(other.sound) < 8 * 16_000


@pytest.mark.usefixtures("short_home")
def test_the_whole_of_it(room: Room, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "voice_coach", "listen", "--test", "--recogniser", "pocketsphinx"]
    told: list[str] = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as test:
        assert test.stderr
        for line in test.stderr:
            told.append(line)
            if line.startswith("Say: "):
                room.say(spoken(line.removeprefix("Say: ").strip(" “”\n"), tmp_path))
    assert test.returncode == 0, told
    assert sum(line == "  Understood.\n" for line in told) >= 6, told
    assert any("were understood at once" in line for line in told)
    kept = kept_sensitivity(find_home().hearing, "pocketsphinx")
    assert (kept == USUAL_SENSITIVITY) == any("othing" in line and "changed" in line for line in told), told


@pytest.mark.usefixtures("room", "short_home")
def test_who_is_not_heard_is_told_what_to_do() -> None:
    command = [sys.executable, "-m", "voice_coach", "listen", "--test"]
    test = subprocess.run(command, capture_output=True, text=True, check=False)
    assert test.returncode == 1
    assert "Nothing was heard." in test.stderr
    assert "The microphone gives nothing but silence" in test.stderr
