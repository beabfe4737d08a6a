"""A real sound server on a machine without a sound card: PulseAudio with a null sink, recorded by parec."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import threading
import time
from bisect import bisect_right
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from tests.real_parts import report_missing, require_program

if TYPE_CHECKING:
    from numpy.typing import NDArray

SINK = "test"
RATE_HZ = 48_000
CHANNELS = 2
_FRAME_BYTES = 2 * CHANNELS
_PATIENCE_S = 20


@dataclass(slots=True)
class SoundServer:
    """A running server.

    Attributes:
        environ: what a program needs in its environment to find it, and no other.
        rewinds: see ``running_sound_server``.
        pid: of its process; another after a restart.
    """

    environ: dict[str, str]
    rewinds: bool
    pid: int = 0

    def start(self) -> None:
        """Start it, or, once it was ended, start it again where the same programs find it."""
        command = [require_program("pulseaudio"), "-n", "--daemonize=yes", "--exit-idle-time=-1"]
        for module in (*self._modules(), "module-native-protocol-unix auth-anonymous=1"):
            command += ["-L", module]
        pid_file = Path(self.environ["XDG_RUNTIME_DIR"]) / "pulse" / "pid"
        # One that was killed leaves it, and where nobody collects dead processes it counts as running.
        pid_file.unlink(missing_ok=True)
        # With --daemonize it returns as soon as the server is ready.
        command.append("--log-target=null")
        subprocess.run(command, env=os.environ | self.environ, check=True, stderr=subprocess.DEVNULL)
        self.pid = int(pid_file.read_text())

    @contextlib.contextmanager
    def record(self, sink: str = SINK) -> Generator[Recording]:
        """Record what a sink plays, from before the block is entered."""
        recording = Recording(self.environ, sink)
        try:
            recording.wait_frames(1)
            yield recording
        finally:
            recording.close()

    def remove_sink(self) -> None:
        """Take the sound card away while the server goes on."""
        self._control("unload-module", "module-null-sink")

    def suspend_sink(self) -> None:
        """Let the sound card sleep, as a Bluetooth headset does: it plays nothing until it is woken."""
        self._control("suspend-sink", SINK, "1")

    def wake_sink(self) -> None:
        self._control("suspend-sink", SINK, "0")

    def kill(self) -> None:
        """End the server as a crash would; returns when it is gone."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process = os.pidfd_open(self.pid)
        try:
            os.kill(self.pid, how)
            select.select([process], [], [], _PATIENCE_S)
        finally:
            os.close(process)

    def end(self) -> None:
        """End the server as its owner would; returns when it is gone."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Let the server answer no more, as one that hangs."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def _modules(self) -> Iterable[str]:
        """What it is made of."""
        yield _null_sink(SINK, rewinds=self.rewinds)

    def _control(self, *arguments: str) -> None:
        pactl = require_program("pactl", "pulseaudio-utils")
        subprocess.run(
            [pactl, *arguments], env=os.environ | self.environ, check=True, stdout=subprocess.DEVNULL
        )


SPEAKERS = "speakers"
VOICES = "voices"


class Room(SoundServer):
    """A server that is a room: what the coach plays and what people say comes to one microphone.

    The coach plays into the default sink, ``SPEAKERS``, and people speak into ``VOICES``; both can be
    recorded.
    """

    coach_db = -8
    """How much softer the coach is at the microphone than it was played: a laptop across the mat."""

    def start(self) -> None:
        super().start()
        # The first stream into the room is the coach's.
        self._control("set-sink-input-volume", "0", f"{self.coach_db}dB")
        self._control("set-default-sink", SPEAKERS)
        self._control("set-default-source", "mic")

    def say(self, path: Path) -> None:
        """Play a file as if somebody spoke; returns when it is over."""
        with self.saying(path) as speaking:
            assert not speaking.wait()

    @contextlib.contextmanager
    def saying(self, path: Path) -> Generator[subprocess.Popen[bytes]]:
        """Play a file as if somebody spoke, until it or the block is over."""
        paplay = require_program("paplay", "pulseaudio-utils")
        command = [paplay, f"--device={VOICES}", "--latency-msec=50", str(path)]
        with subprocess.Popen(command, env=os.environ | self.environ) as speaking:
            try:
                yield speaking
            finally:
                speaking.kill()

    def lose_microphone(self) -> None:
        """Let it give nothing any more, as one that was switched off."""
        self._control("suspend-source", "mic", "1")

    def find_microphone(self) -> None:
        """Switch it on again."""
        self._control("suspend-source", "mic", "0")

    def _modules(self) -> Iterator[str]:
        # What is played comes to the microphone after one time that never changes, as in a real room; with
        # module-loopback it would become longer whenever somebody begins to speak.
        yield _null_sink("room", rewinds=False)
        for sink in (SPEAKERS, VOICES):
            yield f"module-remap-sink sink_name={sink} master=room remix=no"
        # Not the monitor itself, which is no microphone.
        yield "module-remap-source master=room.monitor source_name=mic"


def _null_sink(name: str, *, rewinds: bool) -> str:
    shape = f"rate={RATE_HZ} channels={CHANNELS} format=s16le"
    return f"module-null-sink sink_name={name} {shape} norewinds={int(not rewinds)}"


class Recording:
    """What a sink has played so far: 16-bit, 48 000 Hz, two channels."""

    def __init__(self, environ: dict[str, str], sink: str = SINK) -> None:
        command = [
            require_program("parec", "pulseaudio-utils"),
            f"--device={sink}.monitor",
            "--format=s16le",
            f"--rate={RATE_HZ}",
            f"--channels={CHANNELS}",
            "--latency-msec=20",
            "--raw",
        ]
        self._parec = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | environ)
        self._recorded = bytearray()
        self._ends: list[int] = []
        self._came_s: list[float] = []
        self._grown = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def frames(self) -> int:
        """How many frames have been recorded."""
        return len(self._recorded) // _FRAME_BYTES

    def wait_frames(self, frames: int) -> None:
        """Block until that many frames are recorded in all.

        Raises:
            TimeoutError: the sink plays nothing any more.
        """
        with self._grown:
            self._grown.wait_for(lambda: self.frames >= frames or self._ended, timeout=_PATIENCE_S)
        if self.frames < frames:
            raise TimeoutError(f"{self.frames} of {frames} frames were recorded; the sink does not run")

    def samples(self, tail_ms: int = 500) -> NDArray[np.int16]:
        """All that was recorded, shape (frames, channels), waiting for ``tail_ms`` more of it first."""
        self.wait_frames(self.frames + tail_ms * RATE_HZ // 1000)
        return self.since(0)

    def since(self, frame: int) -> NDArray[np.int16]:
        """What was recorded from a frame until now, shape (frames, channels)."""
        with self._grown:
            whole = bytes(self._recorded[frame * _FRAME_BYTES : self.frames * _FRAME_BYTES])
        return np.frombuffer(whole, dtype=np.int16).reshape(-1, CHANNELS)

    def came_s(self, frame: int) -> float:
        """When a frame that is recorded came, by ``time.monotonic``; up to 20 ms after it was played."""
        with self._grown:
            return self._came_s[bisect_right(self._ends, frame)]

    def between(self, began_s: float, ended_s: float) -> NDArray[np.int16]:
        """What came between two moments, shape (frames, channels), but for some hundredths of a second."""
        with self._grown:
            first, last = (bisect_right(self._came_s, at_s) for at_s in (began_s, ended_s))
            begin, end = (self._ends[at - 1] if at else 0 for at in (first, last))
        return self.since(begin)[: end - begin]

    def close(self) -> None:
        self._parec.kill()
        self._parec.wait()
        self._reader.join()
        if self._parec.stdout:
            self._parec.stdout.close()

    def _read(self) -> None:
        assert self._parec.stdout
        while piece := os.read(self._parec.stdout.fileno(), 1 << 16):
            with self._grown:
                self._recorded += piece
                self._ends.append(self.frames)
                self._came_s.append(time.monotonic())
                self._grown.notify_all()
        with self._grown:
            self._ended = True
            self._grown.notify_all()


@contextlib.contextmanager
def running_sound_server(*, rewinds: bool = False) -> Generator[SoundServer]:
    """A server of its own, in a folder of its own; it works as root, and several may run side by side.

    Args:
        rewinds: its sink prepares up to two seconds of silence ahead while nothing plays, as one on a real
            machine does; otherwise it plays at once.
    """
    with _folder() as environ, _running(SoundServer(environ, rewinds)) as server:
        yield server


@contextlib.contextmanager
def running_room() -> Generator[Room]:
    """A room of its own, with a server of its own."""
    with _folder() as environ, _running(Room(environ, rewinds=False)) as room:
        yield room


@contextlib.contextmanager
def _folder() -> Generator[dict[str, str]]:
    # A socket's path must be short, so not pytest's tmp_path.
    with tempfile.TemporaryDirectory(prefix="sound-", ignore_cleanup_errors=True) as folder:
        yield {
            "XDG_RUNTIME_DIR": folder,
            "XDG_CONFIG_HOME": folder,
            "PULSE_SERVER": f"unix:{folder}/pulse/native",
        }


_Server = TypeVar("_Server", bound=SoundServer)


@contextlib.contextmanager
def _running(server: _Server) -> Generator[_Server]:
    try:
        server.start()
    except subprocess.CalledProcessError as error:
        report_missing("pulseaudio", f"it is there and does not start ({error.returncode})")
    try:
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):  # a test may have killed it
            os.kill(server.pid, signal.SIGKILL)
