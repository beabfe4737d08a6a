"""The pyttsx3 engine: the voices that Windows and macOS bring, each utterance in a process of its own."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import threading
import time
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Final

from voice_coach.leftovers import scratch_folder
from voice_coach.model.speech import Clip
from voice_coach.speech.engine import Engine, EngineError, VoiceInfo
from voice_coach.speech.sound_bytes import read_sound
from voice_coach.stopping import LOOK_S, may_stop

LIMIT_S: Final = 30.0
"""How long one utterance may take; the slowest seen took four seconds, on its first use."""

_CHILD: Final = Path(__file__).with_name("pyttsx3_child.py")


class Pyttsx3Engine(Engine):
    """Speaks with pyttsx3: SAPI on Windows, NSSpeechSynthesizer on macOS, espeak-ng on Linux.

    pyttsx3 depends on timing, prints, hangs and reports no errors for bad paths, so each utterance is spoken
    in a fresh process with a time limit, and the file it leaves is judged by its content. About 0.1 s each.

    Args:
        limit_s: seconds after which the process is killed.
        child: the script to run; another one in tests.
    """

    name: ClassVar[str] = "pyttsx3"

    def __init__(self, limit_s: float = LIMIT_S, child: Path = _CHILD) -> None:
        self._limit_s = limit_s
        self._child = child
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def voices(self) -> list[VoiceInfo]:
        answer = self._ask({"do": "voices"})
        return [VoiceInfo(name, language, identifier) for identifier, name, language in answer["voices"]]

    def identity(self, voice_name: str) -> str:
        return f"{self._version} {voice_name}"

    def close(self) -> None:
        with self._lock:
            self._closed = True
            running = list(self._running)
        for process in running:
            process.kill()

    def _speak(self, text: str, voice_name: str, rate_wpm: int) -> Clip:
        with scratch_folder("pyttsx3") as folder:
            file = folder / "speech.wav"
            request = {
                "do": "speak",
                "text": text,
                "voice": voice_name,
                "rate_wpm": rate_wpm,
                "file": str(file),
            }
            self._ask(request)
            try:
                return read_sound(file.read_bytes())
            except FileNotFoundError:
                raise EngineError(self.name, "wrote no file, though it said it had") from None
            except (OSError, ValueError) as error:
                raise EngineError(self.name, f"wrote a file that is no speech: {error}") from error

    @cached_property
    def _version(self) -> str:
        """pyttsx3's version, and the system's, which brings the voices."""
        try:
            version = importlib.metadata.version("pyttsx3")
        except importlib.metadata.PackageNotFoundError:
            raise EngineError(self.name, "is not installed: pip install pyttsx3") from None
        return f"pyttsx3 {version} {platform.platform()}"

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """One request to a fresh child; blocks at most ``limit_s`` seconds.

        Raises:
            EngineError: the child said so, died, took too long, or the engine has been closed.
        """
        preload, environ = _embedded_espeak()
        process = self._start(environ)
        try:
            told = json.dumps(request | {"preload": preload}).encode()
            answers, complaints = self._answered(process, told)
        except BaseException:
            _end(process)
            raise
        finally:
            with self._lock:
                self._running.discard(process)
        if self._closed:
            raise EngineError(self.name, "has been closed", lasting=False)
        try:
            answer: dict[str, Any] = json.loads(answers)
        except ValueError:
            lines = complaints.decode(errors="replace").strip().splitlines() or ["it said nothing"]
            raise EngineError(
                self.name, f"its process ended with {process.returncode}: {lines[-1]}"
            ) from None
        if reason := answer.get("error"):
            raise EngineError(self.name, reason)
        return answer

    def _answered(self, process: subprocess.Popen[bytes], told: bytes | None) -> tuple[bytes, bytes]:
        """What a child answers, and what it complains of."""
        until_s = time.monotonic() + self._limit_s
        while time.monotonic() < until_s:
            may_stop()
            try:
                return process.communicate(told, min(LOOK_S, self._limit_s))
            except subprocess.TimeoutExpired:
                told = None  # it has it
        raise EngineError(self.name, f"did not answer within {self._limit_s:g} s and was stopped")

    def _start(self, environ: dict[str, str]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closed:
                raise EngineError(self.name, "has been closed", lasting=False)
            try:
                process = subprocess.Popen(
                    [sys.executable, "-P", str(self._child)],
                    env=os.environ | environ,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            except OSError as error:
                raise EngineError(self.name, f"no process could be started for it: {error}") from error
            self._running.add(process)
            return process


def _embedded_espeak() -> tuple[str, dict[str, str]]:
    """On Linux the library to load before pyttsx3 looks for it by name, and where its data is."""
    if sys.platform != "linux":
        return "", {}
    spec = importlib.util.find_spec("espeakng_loader")
    if not spec or not spec.origin:
        return "", {}
    folder = Path(spec.origin).parent
    return str(folder / "libespeak-ng.so"), {"ESPEAK_DATA_PATH": str(folder)}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()
