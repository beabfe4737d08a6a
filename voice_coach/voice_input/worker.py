"""The child process that listens: microphone, echo and recognizer; run as a program, never imported.

Its arguments are the recognizer's name and how easily it is to understand. It ends when its standard input
does, so with its parent, however that ends. What it tells are lines of JSON, each with one of these keys:

- ``listens``: true once it listens to the microphone, again after that was lost;
- ``heard``: a phrase, with ``end_ms`` and ``score`` beside it;
- ``lose_device``: a sentence; there is no microphone, and it goes on looking for one;
- ``trouble``: a sentence; it goes on all the same;
- ``failed``: why it ends;
- ``finish_segment``: a sentence; it ends, and to start it again would not help;
- ``alive``: how many seconds it has run, about once a second.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import signal
import sys
import threading
import time
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from voice_coach.voice_input.echo import Echo
from voice_coach.voice_input.microphone import Microphone, MicrophoneError
from voice_coach.voice_input.process import EXPECT, PLAYED, read_message, read_played
from voice_coach.voice_input.recognizer import (
    ALWAYS_THERE,
    RATE_HZ,
    HearingError,
    open_recognizer,
    usual_recognizer,
)

if TYPE_CHECKING:
    from voice_coach.voice_input.recognizer import Recognizer

_NICE: Final = 5
"""The sound has to come in time; what is understood may come a little later."""

_READ_S: Final = 0.2
_ALIVE_S: Final = 1.0
_REOPEN_S: Final = 1.0
_SILENT_FRAMES: Final = 20 * RATE_HZ

_SILENT = (
    "The microphone gives nothing but silence: it is muted, or this program may not use it (see Privacy, "
    "Microphone, in the settings of macOS and Windows)."
)
_BUSY = "This machine is too busy to listen in time; what was said meanwhile was not heard."


class _ListeningProcess:
    """Listens until the parent goes."""

    def __init__(self, tells: BinaryIO) -> None:
        self._tells = tells
        self._messages: queue.SimpleQueue[tuple[bytes, bytes]] = queue.SimpleQueue()
        self._microphone = Microphone()
        self._echo = Echo()
        self._told: dict[str, str] = {}
        self._frames = 0
        self._has_tried = False
        self._is_silent = True
        self._dropped = 0
        self._began_s = self._alive_s = time.monotonic()

    def take(self, source: BinaryIO) -> None:
        """Take what the parent says, in a thread of its own, and end with the parent."""
        while (message := read_message(source)) is not None:
            self._messages.put(message)
        os._exit(0)

    def run(self, name: str, sensitivity: int) -> None:
        """Listen; never returns.

        Raises:
            HearingError: the recognizer cannot be used.
        """
        recognizer = self._opened(name, sensitivity)
        if self._echo.problem:
            self._tell(trouble=self._echo.problem)
        while True:
            try:
                self._microphone.open()
                self._echo.begin()
                # One that is switched off may be opened, and gives nothing.
                while not self._listen(recognizer):
                    pass
                self._told.pop("lost", None)
                self._has_tried = True
                self._tell(listens=True)
                while True:
                    self._listen(recognizer)
            except MicrophoneError as error:
                if self._has_tried:  # one that was asleep or busy may come at the second time
                    self._lose(str(error))
                self._has_tried = True
                self._microphone.close()
                self._wait(recognizer)

    def _opened(self, name: str, sensitivity: int) -> Recognizer:
        """The recognizer; where the best that is installed cannot be loaded, the one that is always there."""
        try:
            return open_recognizer(name, sensitivity)
        except HearingError as error:
            if name == ALWAYS_THERE or name != usual_recognizer():
                raise
            recognizer = open_recognizer(ALWAYS_THERE)  # the ease was found with the other
            self._tell(trouble=f"{error}. Now {ALWAYS_THERE} listens, which understands less.")
            return recognizer

    def _listen(self, recognizer: Recognizer) -> bool:
        """Understand what has come by now; whether anything has."""
        samples = self._microphone.read(_READ_S)
        self._follow(recognizer)
        self._watch(samples)
        clean, speaks = self._echo.without(samples)
        if len(clean):
            for heard in recognizer.hear(clean, speaks):
                self._tell(heard=heard.phrase, end_ms=heard.end_ms, score=heard.score)
        self._live()
        return len(samples) > 0

    def _wait(self, recognizer: Recognizer) -> None:
        """Until the microphone is tried again."""
        until_s = time.monotonic() + _REOPEN_S
        while time.monotonic() < until_s:
            time.sleep(_READ_S)
            self._follow(recognizer)
            self._echo.begin()
            self._live()

    def _follow(self, recognizer: Recognizer) -> None:
        """Do what the parent has said by now."""
        while not self._messages.empty():
            kind, content = self._messages.get()
            if kind == PLAYED:
                position, frames = read_played(content)
                self._echo.played(position, np.frombuffer(frames, np.int16))
            elif kind == EXPECT:
                try:
                    recognizer.expect(json.loads(content))
                except HearingError as error:
                    self._complain("expect", str(error))

    def _watch(self, samples: np.ndarray[Any, np.dtype[np.int16]]) -> None:
        """Say what would otherwise only be noticed by nothing happening."""
        if self._is_silent:
            self._frames += len(samples)
            self._is_silent = not samples.any()
            if self._is_silent and self._frames > _SILENT_FRAMES:
                self._complain("silent", _SILENT)
        if self._microphone.dropped > self._dropped:
            self._dropped = self._microphone.dropped
            self._complain("busy", _BUSY)

    def _live(self) -> None:
        now_s = time.monotonic()
        if now_s - self._alive_s >= _ALIVE_S:
            self._alive_s = now_s
            self._tell(alive=round(now_s - self._began_s))

    def _complain(self, about: str, sentence: str) -> None:
        """Tell what is wrong, but not the same thing again and again."""
        if self._told.get(about) != sentence:
            self._told[about] = sentence
            self._tell(trouble=sentence)

    def _lose(self, sentence: str) -> None:
        if self._told.get("lost") != sentence:
            self._told["lost"] = sentence
            self._tell(lost=sentence)

    def _tell(self, **said: object) -> None:
        tell(self._tells, said)


def tell(tells: BinaryIO, said: dict[str, object]) -> None:
    """Tell the parent; where there is none any more, end."""
    try:
        tells.write(json.dumps(said).encode() + b"\n")
        tells.flush()
    except OSError:
        os._exit(0)


def import_miniaudio() -> None:
    """Without the network, which it would bring for internet radio: 7 MB, and nothing for an ear to have."""
    sys.modules["urllib.request"] = ModuleType("urllib.request")
    with suppress(ImportError, OSError):  # whoever opens the microphone says so
        importlib.import_module("miniaudio")
    del sys.modules["urllib.request"]


def main() -> None:
    """Listen until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    import_miniaudio()
    tells = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints to standard output from here on goes to standard error
    if sys.platform != "win32":
        # Whatever whoever plays has asked for; but who was asked to be nicer stays so.
        os.setpriority(os.PRIO_PROCESS, 0, max(_NICE, os.getpriority(os.PRIO_PROCESS, 0)))
    try:
        child = _ListeningProcess(tells)
        threading.Thread(target=child.take, args=(sys.stdin.buffer,), daemon=True).start()
        child.run(sys.argv[1], int(sys.argv[2]))
    except HearingError as error:
        tell(tells, {"over": str(error)})
    except Exception as error:  # noqa: BLE001  (libraries raise what they like, and the parent has to be told)
        tell(tells, {"failed": f"{type(error).__name__}: {error}"})
    # Libraries hang or crash while they are taken apart.
    os._exit(0)


if __name__ == "__main__":
    main()
