"""The pyttsx3 engine: the voices of Windows and macOS, each utterance in a process of its own."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

import numpy as np

from voice_coach.core.interrupts import LOOK_S, check_interrupt
from voice_coach.core.speech import Clip
from voice_coach.speech.engine import Engine, EngineError, VoiceInfo
from voice_coach.storage.locks import scratch_folder

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE

# numpy types without byte order, by (is it float, bits); what maps each onto ±1.
_ENCODINGS: Final = {
    (False, 8): ("i1", 128.0),
    (False, 16): ("i2", 32_768.0),
    (False, 32): ("i4", 2_147_483_648.0),
    (True, 32): ("f4", 1.0),
    (True, 64): ("f8", 1.0),
}

# AIFF-C compression types: (are samples little-endian, are they float); b"" is plain AIFF.
_AIFF_KINDS: Final = {
    b"": (False, False),
    b"NONE": (False, False),
    b"twos": (False, False),
    b"sowt": (True, False),
    b"fl32": (False, True),
    b"FL32": (False, True),
    b"fl64": (False, True),
}


@dataclass(frozen=True, slots=True)
class _Format:
    channels: int
    rate_hz: int
    bits: int
    is_float: bool
    order: Literal["<", ">"]
    unsigned: bool = False  # 8-bit samples of WAV count from 0


def read_sound(data: bytes) -> Clip:
    """The clip in a RIFF/WAVE or FORM/AIFF file; several channels are mixed into one.

    A data chunk that claims to be longer than the file (a stream's header) ends with the file.

    Raises:
        ValueError: it is neither, or broken, or of a kind that speech services do not write.
    """
    kind = data[:4] + data[8:12]
    try:
        if kind == b"RIFFWAVE":
            form, body = _wave(data)
        elif kind in (b"FORMAIFF", b"FORMAIFC"):
            form, body = _aiff(data)
        else:
            raise ValueError(f"it begins with {data[:12]!r}, which is neither WAV nor AIFF")
    except (struct.error, OverflowError) as error:
        raise ValueError("it is cut short in its header") from error
    return _decode(form, body)


def _wave(data: bytes) -> tuple[_Format, bytes]:
    form: _Format | None = None
    for name, body in _chunks(data, "<"):
        if name == b"fmt ":
            tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", body)
            if tag == _EXTENSIBLE:
                (tag,) = struct.unpack_from("<H", body, 24)
            if tag not in (_PCM, _FLOAT):
                raise ValueError(f"it is WAV of kind {tag}; only plain samples can be read")
            form = _Format(channels, rate_hz, bits, tag == _FLOAT, "<", unsigned=bits == 8)
        elif name == b"data" and form:
            return form, body
    raise ValueError("it is WAV without sound in it")


def _aiff(data: bytes) -> tuple[_Format, bytes]:
    form: _Format | None = None
    body: bytes | None = None
    for name, chunk in _chunks(data, ">"):
        if name == b"COMM":
            channels, _, bits, exponent, mantissa = struct.unpack_from(">hIhHQ", chunk)
            rate_hz = round(mantissa * 2.0 ** (exponent - 16_383 - 63))  # an 80-bit float
            kind = chunk[18:22]
            if kind not in _AIFF_KINDS:
                raise ValueError(f"it is AIFF of kind {kind!r}; only plain samples can be read")
            little, is_float = _AIFF_KINDS[kind]
            form = _Format(channels, rate_hz, bits, is_float, "<" if little else ">")
        elif name == b"SSND":
            (offset,) = struct.unpack_from(">I", chunk)
            body = chunk[8 + offset :]
    if form is None or body is None:
        raise ValueError("it is AIFF without sound in it")
    return form, body


def _chunks(data: bytes, order: Literal["<", ">"]) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from(f"{order}4sI", data, at)
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _decode(form: _Format, body: bytes) -> Clip:
    encoding = _ENCODINGS.get((form.is_float, form.bits))
    if encoding is None or not 1 <= form.channels <= 8 or not 4_000 <= form.rate_hz <= 192_000:
        raise ValueError(
            f"its {form.bits} bits, {form.channels} channels and {form.rate_hz} Hz are not expected"
        )
    kind, full_scale = encoding
    frame = form.channels * form.bits // 8
    raw = np.frombuffer(body[: len(body) // frame * frame], form.order + kind)
    if form.unsigned:
        raw = raw ^ np.int8(-128)
    samples = raw.reshape(-1, form.channels).mean(axis=1, dtype=np.float64) / full_scale
    return Clip(samples.astype(np.float32), form.rate_hz)


LIMIT_S: Final = 30.0
"""Seconds that one utterance may take; the slowest seen took four seconds, on its first use."""

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
            answers, complaints = self._answer(process, told)
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

    def _answer(self, process: subprocess.Popen[bytes], told: bytes | None) -> tuple[bytes, bytes]:
        """Return what a child answers, and what it complains of."""
        until_s = time.monotonic() + self._limit_s
        while time.monotonic() < until_s:
            check_interrupt()
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
