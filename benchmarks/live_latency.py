"""Delay of a command in a live session, and breaks in its sound.

    python -m benchmarks live_latency

Both are measured where the sound comes out: a PulseAudio null sink is recorded (apt install pulseaudio
pulseaudio-utils) while another process plays on a live device; idle, and with both cores loaded.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import closing

import numpy as np

from benchmarks._sound_server import can_record, loaded, record_command, server
from voice_coach.audio.mixer import Block
from voice_coach.formats.base import make_device

COMMANDS = 100
BLOCK_FRAMES = 4_800
SOUNDS = 0.25, 0.5
"""The levels between which a command changes: a recording shows to the sample when it did."""
PATIENCE_S = 5.0
STEADY_S = 60


def main(_arguments: list[str]) -> None:
    """Print the percentiles of the time from a command to its sound, and the breaks in a minute."""
    if not can_record():
        print("live latency: needs pulseaudio and parec")
        return
    for name, programs in (("idle", 0), ("both cores loaded", os.cpu_count() or 1)):
        with loaded(programs):
            late_ms = np.array(latencies_ms(COMMANDS))
            p50, p95, most = np.percentile(late_ms, (50, 95, 100))
            print(f"command to sound, {name:<20} p50 {p50:5.1f}   p95 {p95:5.1f}   max {most:5.1f} ms")
            breaks, share = steadiness(STEADY_S)
            print(f"{STEADY_S} s of sound,    {name:<20} {breaks} breaks, {share:.2%} of a core")


class _Switching:
    """Endless level that changes on request."""

    def __init__(self) -> None:
        self.output = make_device("miniaudio", live=True)
        self._sound = 0
        self._asked = 0
        self._over = False

    def command(self) -> float:
        """Change the level; returns when that was asked, by ``time.monotonic``."""
        asked_s = time.monotonic()
        self._asked = 1 - self._asked
        self.output.wake()
        return asked_s

    def stop(self) -> None:
        self._over = True
        self.output.wake()

    def blocks(self) -> Generator[Block]:
        while not self._over:
            if self._sound != self._asked:
                self._sound = self._asked
                self.output.cut()
            samples = np.full(BLOCK_FRAMES, level(self._sound), np.int16)
            samples.setflags(write=False)
            yield Block(samples, silent=False)
        self.output.cut()


def level(sound: int) -> int:
    """The value of every sample of a sound."""
    return int(SOUNDS[sound] * 32_767)


class _Ear:
    """Reads what the sink plays, and keeps the moment at which its last sample came."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._recorder = subprocess.Popen(
            record_command(20), stdout=subprocess.PIPE, env=os.environ | environ
        )
        self.last = 0
        self.came_s = 0.0
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, value: int) -> float:
        """Wait until the last recorded sample has this value; returns when, by ``time.monotonic``.

        Raises:
            TimeoutError: it does not come.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self.last == value, PATIENCE_S):
                raise TimeoutError(f"{value} was not heard")
            return self.came_s

    def close(self) -> None:
        self._recorder.kill()
        self._recorder.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self._recorder.stdout is not None
        while piece := os.read(self._recorder.stdout.fileno(), 1 << 16):
            with self._changed:
                self.came_s = time.monotonic()
                self.last = int.from_bytes(piece[-2:], "little", signed=True)
                self._changed.notify_all()


def latencies_ms(commands: int) -> list[float]:
    """Milliseconds from each command until the recorder has its sound; recording's own delay is in it."""
    rng = np.random.default_rng(5)
    with server() as environ, closing(_Ear(environ)) as recognizer:
        stream = _Switching()
        playing = threading.Thread(target=lambda: stream.output.write(stream.blocks()))
        playing.start()
        recognizer.wait_for(level(0))
        late_ms: list[float] = []
        for turn in range(commands):
            # At any moment of the device's period, and with the queue full again.
            time.sleep(0.4 + 0.2 * rng.random())
            asked_s = stream.command()
            late_ms.append((recognizer.wait_for(level((turn + 1) % 2)) - asked_s) * 1000)
        stream.stop()
        playing.join()
    return late_ms


def steadiness(seconds: int) -> tuple[int, float]:
    """Return how often a recording of an unbroken sound breaks off, and the share of a core that playing
    takes.

    Raises:
        RuntimeError: the recording is not what was written even without its silences.
    """
    samples = np.random.default_rng(5).integers(1, 20_000, seconds * 48_000).astype(np.int16)
    samples.setflags(write=False)
    pieces = (samples[at : at + BLOCK_FRAMES] for at in range(0, len(samples), BLOCK_FRAMES))
    with server() as environ, tempfile.TemporaryFile() as file:
        recorder = subprocess.Popen(record_command(200), stdout=file, env=os.environ | environ)
        try:
            while not os.fstat(file.fileno()).st_size:
                time.sleep(0.01)
            before_s = time.process_time()
            make_device("miniaudio", live=True).write(Block(piece, silent=False) for piece in pieces)
            used_s = time.process_time() - before_s
            time.sleep(1)
        finally:
            recorder.terminate()
            recorder.wait()
        file.seek(0)
        recorded = np.frombuffer(file.read(), np.int16)
    if not np.array_equal(recorded[recorded != 0], samples):
        raise RuntimeError("samples were lost or changed")
    sounding = np.flatnonzero(recorded)
    return int(np.count_nonzero(np.diff(sounding) > 1)), used_s / seconds


if __name__ == "__main__":
    main(sys.argv[1:])
