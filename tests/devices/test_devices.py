"""What is particular to sound devices, tried on a real sound server."""

from __future__ import annotations

import _thread
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator

import numpy as np
import pytest

from tests.support.calibration import patience_s
from tests.support.sound_server import SoundServer, running_sound_server
from tests.support.streams import blocks, noise, session
from voice_coach.audio.mixer import Block
from voice_coach.core.errors import DeviceError
from voice_coach.formats.base import make_device


@pytest.fixture
def busy_cores() -> Generator[None]:
    """Another program on every core of a small machine."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    yield
    for process in busy:
        process.kill()
        process.wait()


def endless() -> Generator[Block]:
    while True:
        yield from blocks([noise(4800)])


def after(seconds: float, act: Callable[[], None]) -> Generator[Block]:
    """An endless stream that does something once after so many seconds of it."""
    for _ in range(round(seconds * 10)):
        yield from blocks([noise(4800)])
    act()
    yield from endless()


@pytest.mark.usefixtures("busy_cores")
def test_nothing_is_lost_while_the_machine_is_busy(sound_server: SoundServer) -> None:
    stream = session()
    whole = np.concatenate(stream)
    with sound_server.record() as recording:
        start = recording.frames
        make_device("miniaudio").write(blocks(stream))
        recorded = recording.samples()[start:, 0]
    assert np.array_equal(recorded[recorded != 0], whole[whole != 0])
    first = int(np.flatnonzero(recorded)[0])
    # Nor does the device ever run dry: that would lose nothing, but add silence.
    assert np.array_equal(recorded[first : first + len(whole)], whole)


def test_a_stream_that_is_late_loses_nothing(sound_server: SoundServer) -> None:
    words = [noise(24_000, turn) for turn in range(3)]

    with sound_server.record() as recording:
        start = recording.frames

        def late() -> Generator[Block]:
            """Each word is made only when the one before has been heard."""
            for word in words:
                yield from blocks([word])
                recording.wait_frames(recording.frames + 48_000)

        make_device("miniaudio").write(late())
        recorded = recording.samples()[start:, 0]
    assert np.array_equal(recorded[recorded != 0], np.concatenate(words))


def test_an_opened_device_plays_nothing_until_it_is_written_to(sound_server: SoundServer) -> None:
    with sound_server.record() as recording, make_device("miniaudio") as output:
        output.open()
        output.ready()
        assert not recording.samples().any()
        assert output.position_frames == 0


@pytest.mark.parametrize("loss", [SoundServer.remove_sink, SoundServer.kill])
def test_a_lost_device_is_an_error_and_no_hang(
    own_sound_server: SoundServer, loss: Callable[[SoundServer], None]
) -> None:
    lost_s = 0.0

    def lose() -> None:
        nonlocal lost_s
        loss(own_sound_server)
        lost_s = time.monotonic()

    with pytest.raises(DeviceError, match=r"lost while playing\. Plug it in"):
        make_device("miniaudio").write(after(3.0, lose))
    assert time.monotonic() - lost_s < patience_s(3)


def test_silence_that_the_server_has_prepared_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """PulseAudio asks for a first period at once, and then for none until its two seconds are over."""
    with running_sound_server(rewinds=True) as server:
        for name, value in server.environ.items():
            monkeypatch.setenv(name, value)
        output = make_device("miniaudio")
        output.write(blocks(session()))
    assert output.position_frames == sum(map(len, session()))


def test_a_sleeping_device_is_waited_for(own_sound_server: SoundServer) -> None:
    own_sound_server.suspend_sink()
    waking = threading.Timer(2.0, own_sound_server.wake_sink)
    output = make_device("miniaudio")
    output.ready()
    waking.start()
    try:
        output.write(blocks(session()))
    finally:
        waking.join()
    assert output.position_frames == sum(map(len, session()))


def test_no_sound_server_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/nonexistent")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    begun_s = time.monotonic()
    output = make_device("miniaudio")
    output.open()
    with pytest.raises(DeviceError, match=r"No sound device was found \(.*Plug in"):
        output.ready()
    with pytest.raises(DeviceError, match="No sound device was found"):
        output.write(endless())
    assert time.monotonic() - begun_s < patience_s(2)
    assert capfd.readouterr() == ("", "")


def test_ctrl_c_stops_at_once(sound_server: SoundServer) -> None:
    interrupted_s = 0.0

    def interrupt() -> None:
        nonlocal interrupted_s
        interrupted_s = time.monotonic()
        _thread.interrupt_main()

    with sound_server.record() as recording:
        with pytest.raises(KeyboardInterrupt):
            make_device("miniaudio").write(after(2.5, interrupt))
        assert time.monotonic() - interrupted_s < patience_s(0.2)
        recorded = recording.samples()
    assert recorded.any()
    assert not recorded[-4800:].any()
