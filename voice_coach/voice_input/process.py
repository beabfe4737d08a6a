"""The process that listens: started again when it dies, so that it can never break the sound."""

from __future__ import annotations

import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from voice_coach.core.errors import CoachError
from voice_coach.core.log import get_logger
from voice_coach.voice_input.recognizer import RecognizedPhrase, usual_recognizer
from voice_coach.voice_input.sensitivity import USUAL_SENSITIVITY

_LOG: Final = get_logger(__name__)

PLAYED: Final = b"p"
"""Type of a message with frames that the loudspeaker was given: their position, then 16 bits each."""
EXPECT: Final = b"e"
"""Type of a message with the phrases to expect, as a list in JSON."""

_HEADER: Final = struct.Struct("<cI")
_POSITION: Final = struct.Struct("<Q")

_LARGEST: Final = 1 << 20


def playback_message(position_frames: int, samples: bytes | bytearray) -> bytes:
    """Frames that the loudspeaker was given, and how many it was given before."""
    return _message(PLAYED, _POSITION.pack(position_frames) + samples)


def expect_message(phrases: Collection[str]) -> bytes:
    """The phrases to expect."""
    return _message(EXPECT, json.dumps(list(phrases)).encode())


def read_message(source: BinaryIO) -> tuple[bytes, bytes] | None:
    """The kind of the next message and what follows; waits for it. None at the end."""
    header = source.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, length = _HEADER.unpack(header)
    if length > _LARGEST:
        return None
    content = source.read(length)
    return (kind, content) if len(content) == length else None


def read_played(content: bytes) -> tuple[int, memoryview]:
    """Position and frames, as bytes, of a ``PLAYED`` message."""
    return _POSITION.unpack_from(content)[0], memoryview(content)[_POSITION.size :]


def _message(kind: bytes, content: bytes) -> bytes:
    return _HEADER.pack(kind, len(content)) + content


CHILD: Final = (sys.executable, "-P", "-m", "voice_coach.voice_input.worker")

_MOST_WAITING: Final = 64
"""Number of messages that may wait for a child that does not take them; later ones are dropped."""
_FRAME_BYTES: Final = 2

SMALL: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "262144",
    "MALLOC_TRIM_THRESHOLD_": "262144",
}
"""The child's settings: numpy has one thread, glibc gives back what was needed for a moment (in bytes)."""

_HANGS_AFTER_S: Final = 10.0
"""A child that says nothing for so long hangs; loading its model takes a second on a slow machine."""
_LOOK_S: Final = 0.5
_ENDING_PATIENCE_S: Final = 1.0

_TRIES: Final = 3
_TRIES_AGAIN_AFTER_S: Final = 30.0
_WELL_AFTER_S: Final = 60
"""Seconds of life after which a child counts as well, and its failures are counted again from one."""

AGAIN: Final = "Listening broke off ({reason}), and is taken up again."
FAILING: Final = (
    "Listening broke off again and again ({reason}); the session goes on, and it is tried again now and then."
)
WITHOUT: Final = "Nothing that is said can be understood, and the session goes on without ({reason})."
LOST: Final = "{reason} Until then nothing that is said is understood; the session goes on."
BACK: Final = "There is a microphone now: what is said is understood."


class RecognizerProcessError(CoachError):
    """No process can be started that listens."""


class RecognizerProcess:
    """Listens to the default microphone from ``start`` to ``close``.

    What goes wrong meanwhile is told in a sentence; a process that dies or hangs is started again, twice.

    Args:
        hear: told each phrase that is understood, in a thread of its own.
        notify: told in a sentence what goes wrong; likewise.
        deaf: told when nothing that is said can be understood (True), and when it can again; likewise.
        recognizer: its name, see ``RECOGNIZERS``; the usual one if none is given.
        sensitivity: how much more easily than usual it understands, see ``voice_input.sensitivity``.
        child: the program that listens, without these two; another one in tests.
        hangs_after_s: for how long it may say nothing.
        tries_again_after_s: how long it is left alone after it has failed three times.
    """

    def __init__(
        self,
        hear: Callable[[RecognizedPhrase], None],
        notify: Callable[[str], None],
        deaf: Callable[[bool], None],
        recognizer: str | None = None,
        sensitivity: int = USUAL_SENSITIVITY,
        *,
        child: Sequence[str] = CHILD,
        hangs_after_s: float = _HANGS_AFTER_S,
        tries_again_after_s: float = _TRIES_AGAIN_AFTER_S,
    ) -> None:
        self._hear = hear
        self._notify = notify
        self._deaf = deaf
        self._command = [*child, recognizer or usual_recognizer(), str(sensitivity)]
        self._hangs_after_s = hangs_after_s
        self._tries_again_after_s = tries_again_after_s
        self._expected: tuple[str, ...] = ()
        self._position_frames = 0
        self._child: _ChildProcess | None = None
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._keeping: threading.Thread | None = None
        self.listens = threading.Event()
        """Set while the microphone is listened to."""
        self.settled = threading.Event()
        """Set once it is known whether it is, for the first time."""
        self.refusal = ""
        """Why the recognizer cannot be used here at all, if so."""
        self._is_deaf = False

    def start(self) -> None:
        """Begin to listen; returns at once, before it does.

        Raises:
            RecognizerProcessError: no process could be started.
        """
        self._over.clear()
        first = self._started()
        self._keeping = threading.Thread(target=self._keep, args=(first,), name="ear", daemon=True)
        self._keeping.start()

    @property
    def pid(self) -> int | None:
        """Of the process that listens at this moment, if there is one."""
        child = self._child
        return child.pid if child is not None else None

    def expect(self, phrases: Collection[str]) -> None:
        """The phrases to understand from now on; returns at once, any thread may call."""
        with self._lock:
            self._expected = tuple(phrases)
            if self._child is not None:
                self._child.say(expect_message(self._expected))

    def add_playback(self, samples: bytes | bytearray) -> None:
        """Pass on what the loudspeaker is given now: 16-bit mono, 48 000 Hz, silence too.

        Never waits: what the child does not take in time is dropped. One thread at a time.
        """
        child, position = self._child, self._position_frames
        self._position_frames += len(samples) // _FRAME_BYTES
        if child is not None:
            child.play(playback_message(position, samples))

    def close(self) -> None:
        """Stop listening; may be called again."""
        keeping, self._keeping = self._keeping, None
        if keeping is None:
            return
        self._over.set()
        with self._lock:
            if self._child is not None:
                self._child.stop()
        if keeping is not threading.current_thread():
            keeping.join()

    def _started(self) -> _ChildProcess:
        """A child that expects what is expected now."""
        try:
            child = _ChildProcess(self._command, self._take)
        except OSError as error:
            raise RecognizerProcessError(
                f"No process that listens could be started: {error.strerror or error}."
            ) from error
        with self._lock:
            child.say(expect_message(self._expected))
            self._child = child
            if self._over.is_set():
                child.stop()
        return child

    def _keep(self, child: _ChildProcess) -> None:
        """Keep a child alive."""
        tries = 1
        while True:
            reason = child.watch(self._hangs_after_s)
            _LOG.warning("the recognizer ended: %s", reason)
            with self._lock:
                self._child = None
            self.listens.clear()
            child.end()
            if self._over.is_set() or child.is_content:
                return
            tries = 1 if child.alive_s > _WELL_AFTER_S else tries + 1
            if tries <= _TRIES:
                self._notify(AGAIN.format(reason=reason))
            elif not self._left_alone(reason):
                return
            again = self._started_again()
            if again is None:
                return
            child = again

    def _started_again(self) -> _ChildProcess | None:
        """Start a child as soon as one can be started; return None if listening has ended."""
        while True:
            try:
                return self._started()
            except RecognizerProcessError as error:
                if not self._left_alone(str(error).rstrip(".")):
                    return None

    def _left_alone(self, reason: str) -> bool:
        """Report why listening stops for a while; return whether it is to be tried again."""
        self._tell(FAILING.format(reason=reason), deaf=True)
        return not self._over.wait(self._tries_again_after_s)

    def _take(self, said: dict[str, Any]) -> None:
        """Handle a message of the child, in the thread that reads it."""
        if "heard" in said:
            _LOG.info("phrase understood: %s", said["heard"])
            self._hear(RecognizedPhrase(said["heard"], said["end_ms"], said["score"]))
        elif "listens" in said:
            self.listens.set()
            self.settled.set()
            self._tell(BACK, deaf=False)
        elif "lost" in said:
            self.listens.clear()
            self._tell(LOST.format(reason=said["lost"]), deaf=True)
        elif "trouble" in said:
            self._notify(said["trouble"])
        elif "over" in said:
            self.refusal = said["over"]
            self._tell(WITHOUT.format(reason=said["over"]), deaf=True)

    def _tell(self, sentence: str, *, deaf: bool) -> None:
        """Tell whether anything can be understood, once it is another way round."""
        if deaf:
            self.settled.set()
        if self._is_deaf != deaf:
            self._is_deaf = deaf
            self._notify(sentence)
            self._deaf(deaf)


class _ChildProcess:
    """One child process, with a thread that writes to it and one that reads what it says.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, command: Sequence[str], take: Callable[[dict[str, Any]], None]) -> None:
        self.over = threading.Event()
        """It is to end, or has."""
        self.alive_s = 0
        self.is_content = False
        """It has said why it ends, and would again."""
        self._reason = ""
        self._take = take
        self._messages: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._said_s = time.monotonic()
        # Found where we were found.
        place = str(Path(__file__).parents[2])
        paths = os.pathsep.join(filter(None, (place, os.environ.get("PYTHONPATH", ""))))
        self._process = subprocess.Popen(
            command,
            env=os.environ | SMALL | {"PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._threads = [
            threading.Thread(target=self._write, name="to the recognizer", daemon=True),
            threading.Thread(target=self._read, name="from the recognizer", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """Its process's."""
        return self._process.pid

    def say(self, message: bytes) -> None:
        """Have it told something, after what it was told before; returns at once."""
        self._messages.put(message)

    def play(self, message: bytes) -> None:
        """Likewise, but dropped where too much waits already."""
        if self._messages.qsize() < _MOST_WAITING:
            self._messages.put(message)

    def stop(self) -> None:
        """End its process, and have ``watch`` return at once."""
        self._process.kill()
        self.over.set()

    def watch(self, hangs_after_s: float) -> str:
        """Wait until it has ended, hangs, or is to end; why."""
        while not self.over.wait(_LOOK_S):
            if time.monotonic() - self._said_s > hangs_after_s:
                return "it did not answer"
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(_ENDING_PATIENCE_S)
            return self._reason or f"its process ended with {code}"
        return "it said no more"

    def end(self) -> None:
        """End it, and all that belongs to it."""
        self.over.set()
        self._process.kill()
        self._process.wait()
        self._messages.put(b"")
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(_ENDING_PATIENCE_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()

    def _write(self) -> None:
        assert self._process.stdin
        pipe = self._process.stdin.fileno()
        with suppress(OSError):  # it has gone
            while message := self._messages.get():
                while message:
                    message = message[os.write(pipe, message) :]

    def _read(self) -> None:
        assert self._process.stdout
        with os.fdopen(os.dup(self._process.stdout.fileno()), "rb") as lines:
            for line in lines:
                self._said_s = time.monotonic()
                try:
                    said: dict[str, Any] = json.loads(line)
                except ValueError:
                    continue
                self.alive_s = said.get("alive", self.alive_s)
                self.is_content = self.is_content or "over" in said
                self._reason = said.get("failed", "")
                if not self.over.is_set():
                    self._take(said)
        self.over.set()
