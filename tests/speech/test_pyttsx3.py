"""pyttsx3 in its child process: whatever the child does, a clip comes of it or a clear error."""

from __future__ import annotations

import socket
import sys
import threading
from pathlib import Path

import pytest

from tests.real_parts import require_real
from voice_coach.core.speech import Clip, Utterance
from voice_coach.speech.engine import EngineError
from voice_coach.speech.pyttsx3 import Pyttsx3Engine

REQUEST = "import json, os, sys, time, wave\nrequest = json.loads(sys.stdin.buffer.read())\n"
WRITE = (
    "with wave.open(request['file'], 'wb') as file:\n"
    "    file.setnchannels(1); file.setsampwidth(2); file.setframerate(22050)\n"
    "    file.writeframes({frames})\n"
)
ANSWER = "print('{}')\n"

NONSENSE = {
    "no answer": ("", "ended with 0: it said nothing"),
    "a crash": ("os.kill(os.getpid(), 9)\n" if sys.platform != "win32" else "os._exit(9)\n", "ended with"),
    "an exception": ("raise ValueError('no voices here')\n", "ended with 1: ValueError: no voices here"),
    "an answer that is no JSON": ("print('Audio saved')\n", "ended with 0"),
    "no file": (ANSWER, "wrote no file"),
    "an empty file": ("open(request['file'], 'wb').close()\n" + ANSWER, "no speech"),
    "another kind of file": (
        "open(request['file'], 'wb').write(b'ID3' * 99)\n" + ANSWER,
        "neither WAV nor AIFF",
    ),
    "silence": (WRITE.format(frames="bytes(88200)") + ANSWER, "of silence"),
    "a blip": (WRITE.format(frames="b'ab' * 200") + ANSWER, "0.01 s of sound"),
    "far too much": (WRITE.format(frames="b'ab' * 22050 * 200") + ANSWER, "200.00 s of sound"),
}


def say(engine: Pyttsx3Engine, text: str = "Breathe in, and breathe out.", voice: str = "") -> Clip:
    return engine.synthesise(Utterance(text, f"pyttsx3:{voice}", 150))


def with_child(tmp_path: Path, body: str, limit_s: float = 20.0) -> Pyttsx3Engine:
    child = tmp_path / "child.py"
    child.write_text(REQUEST + body, "utf-8")
    return Pyttsx3Engine(limit_s, child)


@pytest.mark.parametrize(("body", "reason"), NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_from_the_child_is_a_clear_error(tmp_path: Path, body: str, reason: str) -> None:
    with pytest.raises(EngineError, match=reason):
        say(with_child(tmp_path, body))


def test_a_child_that_hangs_is_stopped(tmp_path: Path) -> None:
    engine = with_child(tmp_path, "while True: time.sleep(1)\n", limit_s=0.3)
    with pytest.raises(EngineError, match=r"within 0\.3 s"):
        say(engine)


def test_closing_stops_a_child_at_once(tmp_path: Path) -> None:
    caught: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        here = server.getsockname()
        hang = f"import socket\nwith socket.create_connection({here!r}) as told:\n    told.recv(1)\n"
        engine = with_child(tmp_path, hang)

        def speak() -> None:
            try:
                say(engine)
            except EngineError as error:
                caught.append(error.reason)

        thread = threading.Thread(target=speak)
        thread.start()
        running, _ = server.accept()
        engine.close()
        thread.join(20)
        running.close()
    assert caught == ["has been closed"]


def test_the_real_child_keeps_our_standard_output_clean(capfd: pytest.CaptureFixture[str]) -> None:
    engine = Pyttsx3Engine()
    try:
        engine.voices()
    except EngineError as error:
        require_real("pyttsx3", available=False, reason=error.reason)
    assert say(engine).duration_ms > 500
    assert capfd.readouterr().out == ""


def test_without_pyttsx3_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyttsx3.py").write_text("raise ImportError('No module named pyttsx3')", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(EngineError, match="pyttsx3 cannot be loaded: No module named"):
        say(Pyttsx3Engine())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere pyttsx3 does not speak through espeak-ng")
def test_on_linux_it_needs_nothing_but_the_wheels() -> None:
    assert say(Pyttsx3Engine(), voice="English (Great Britain)").duration_ms > 500
