"""A real sound server on a machine without a sound card: PulseAudio with a null sink, recorded by parec."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.real_parts import require_program

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
        for module in (
            f"module-null-sink sink_name={SINK} rate={RATE_HZ} channels={CHANNELS} format=s16le "
            f"norewinds={int(not self.rewinds)}",
            "module-native-protocol-unix auth-anonymous=1",
        ):
            command += ["-L", module]
        pid_file = Path(self.environ["XDG_RUNTIME_DIR"]) / "pulse" / "pid"
        # One that was killed leaves it, and where nobody collects dead processes it counts as running.
        pid_file.unlink(missing_ok=True)
        # With --daemonize it returns as soon as the server is ready.
        command.append("--log-target=null")
        subprocess.run(command, env=os.environ | self.environ, check=True, stderr=subprocess.DEVNULL)
        self.pid = int(pid_file.read_text())

    @contextlib.contextmanager
    def record(self) -> Generator[Recording]:
        """Record what the sink plays, from before the block is entered."""
        recording = Recording(self.environ)
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

    def _control(self, *arguments: str) -> None:
        pactl = require_program("pactl", "pulseaudio-utils")
        subprocess.run([pactl, *arguments], env=os.environ | self.environ, check=True)


class Recording:
    """What the sink has played so far: 16-bit, 48 000 Hz, two channels."""

    def __init__(self, environ: dict[str, str]) -> None:
        command = [
            require_program("parec", "pulseaudio-utils"),
            f"--device={SINK}.monitor",
            "--format=s16le",
            f"--rate={RATE_HZ}",
            f"--channels={CHANNELS}",
            "--latency-msec=20",
            "--raw",
        ]
        self._parec = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | environ)
        self._recorded = bytearray()
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
        with self._grown:
            whole = bytes(self._recorded[: self.frames * _FRAME_BYTES])
        return np.frombuffer(whole, dtype=np.int16).reshape(-1, CHANNELS)

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
    # A socket's path must be short, so not pytest's tmp_path.
    with tempfile.TemporaryDirectory(prefix="sound-", ignore_cleanup_errors=True) as folder:
        environ = {
            "XDG_RUNTIME_DIR": folder,
            "XDG_CONFIG_HOME": folder,
            "PULSE_SERVER": f"unix:{folder}/pulse/native",
        }
        server = SoundServer(environ, rewinds)
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(ProcessLookupError):  # a test may have killed it
                os.kill(server.pid, signal.SIGKILL)
