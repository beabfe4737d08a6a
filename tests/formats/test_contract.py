"""What every output must do, tried on the fake and on every real one."""

from __future__ import annotations

import subprocess
import sys
import threading
import wave
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.real_parts import require_program, require_real
from tests.support.sound_server import SoundServer
from tests.support.streams import blocks, noise, session
from voice_coach.audio.mixer import Block
from voice_coach.devices.miniaudio import MiniaudioDevice
from voice_coach.formats.base import FileOutput, LiveOutput, Output, make_device, make_file_output
from voice_coach.rendering.performance import sound_alone

if TYPE_CHECKING:
    from numpy.typing import NDArray

Heard = Callable[[], "NDArray[np.int16] | None"]
"""What came out of an output, without the silence around a recording; None if nobody can know."""
Maker = Callable[[pytest.FixtureRequest], Generator[tuple[Output, Heard]]]


class MemoryOutput(Output):
    """The fake: keeps every sample."""

    def __init__(self) -> None:
        self.pieces: list[NDArray[np.int16]] = []

    def write(self, blocks: Iterable[Block]) -> None:
        self.pieces.extend(block.samples for block in blocks)


class Written(Output):
    """A file, written from a stream of blocks."""

    def __init__(self, file: FileOutput) -> None:
        self._file = file

    def write(self, blocks: Iterable[Block]) -> None:
        self._file.write(sound_alone(blocks))


def memory(request: pytest.FixtureRequest) -> Generator[tuple[Output, Heard]]:
    del request
    output = MemoryOutput()
    yield output, lambda: np.concatenate([np.zeros(0, np.int16), *output.pieces])


def wav(request: pytest.FixtureRequest) -> Generator[tuple[Output, Heard]]:
    target = _folder(request) / "session.wav"

    def heard() -> NDArray[np.int16]:
        with wave.open(str(target)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 48_000)
            return np.frombuffer(file.readframes(file.getnframes()), np.int16)

    yield Written(make_file_output(target)), heard


def flac(request: pytest.FixtureRequest) -> Generator[tuple[Output, Heard]]:
    target = _folder(request) / "session.flac"
    ffmpeg = require_program("ffmpeg")

    def heard() -> NDArray[np.int16]:
        command = [ffmpeg, "-v", "error", "-i", str(target), "-f", "s16le", "-ac", "1", "-ar", "48000", "-"]
        return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.int16)

    yield Written(make_file_output(target)), heard


def html(request: pytest.FixtureRequest) -> Generator[tuple[Output, Heard]]:
    """What is heard of it, only a browser can tell: see test_player_in_browser."""
    yield Written(make_file_output(_folder(request) / "session.html")), lambda: None


def none(request: pytest.FixtureRequest) -> Generator[tuple[Output, Heard]]:
    del request
    yield make_device("none"), lambda: None


def miniaudio(request: pytest.FixtureRequest) -> Generator[tuple[Output, Heard]]:
    yield from _played("miniaudio", request)


def simpleaudio(request: pytest.FixtureRequest) -> Generator[tuple[Output, Heard]]:
    if sys.version_info >= (3, 12):
        pytest.skip("simpleaudio kills Python from 3.12 on")
    try:
        import simpleaudio as found
    except ImportError:
        found = None
    require_real("simpleaudio", found is not None, "make simpleaudio")
    yield from _played("simpleaudio", request)


def _played(name: str, request: pytest.FixtureRequest) -> Generator[tuple[Output, Heard]]:
    server: SoundServer = request.getfixturevalue("sound_server")
    with server.record() as recording:
        start = recording.frames

        def heard() -> NDArray[np.int16]:
            recorded = recording.samples()[start:]
            assert np.array_equal(recorded[:, 0], recorded[:, 1])
            sounding = np.flatnonzero(recorded[:, 0])
            return recorded[sounding[0] : sounding[-1] + 1, 0] if len(sounding) else recorded[:0, 0]

        with make_device(name) as output:
            yield output, heard


def _folder(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue("tmp_path")
    return folder


LIVE = pytest.mark.xdist_group("sound")
DEVICE_MAKERS = [
    none,
    pytest.param(miniaudio, marks=LIVE),
    pytest.param(simpleaudio, marks=LIVE),
]
MAKERS = [memory, wav, flac, html, *DEVICE_MAKERS]


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.__name__)
def output_and_heard(request: pytest.FixtureRequest) -> Generator[tuple[Output, Heard]]:
    maker: Maker = request.param
    with contextmanager(maker)(request) as made:
        yield made


@pytest.fixture(params=DEVICE_MAKERS, ids=lambda maker: maker.__name__)
def live_and_heard(request: pytest.FixtureRequest) -> Generator[tuple[LiveOutput, Heard]]:
    maker: Maker = request.param
    with contextmanager(maker)(request) as (output, heard):
        assert isinstance(output, LiveOutput)
        yield output, heard


def test_all_of_the_stream_arrives_in_order_and_once(output_and_heard: tuple[Output, Heard]) -> None:
    output, heard = output_and_heard
    stream = session()
    output.write(blocks(stream))
    arrived = heard()
    if arrived is not None:
        assert np.array_equal(arrived, np.concatenate(stream))
    if isinstance(output, LiveOutput):
        assert output.position_frames == sum(map(len, stream))


def test_a_stream_of_nothing_is_no_error(output_and_heard: tuple[Output, Heard]) -> None:
    output, heard = output_and_heard
    output.write(iter(()))
    arrived = heard()
    assert arrived is None or len(arrived) == 0


def test_an_error_of_the_stream_passes_through(
    output_and_heard: tuple[Output, Heard], tmp_path: Path
) -> None:
    def broken() -> Generator[Block]:
        yield from blocks([noise(4800)])
        raise PermissionError("the cache cannot be read")

    output, _ = output_and_heard
    with pytest.raises(PermissionError, match="the cache cannot be read"):
        output.write(broken())
    assert list(tmp_path.iterdir()) == []


def test_closing_twice_is_no_error(output_and_heard: tuple[Output, Heard]) -> None:
    output, _ = output_and_heard
    output.write(blocks([noise(4800)]))
    output.close()
    output.close()


def test_what_is_cut_is_given_back_and_all_else_is_heard(live_and_heard: tuple[LiveOutput, Heard]) -> None:
    output, heard = live_and_heard
    written: list[NDArray[np.int16]] = []

    def changing() -> Generator[Block]:
        for turn in range(30):
            if turn in (0, 1, 22, 24, 29):
                whole = np.concatenate([noise(0), *written])
                given_back = output.cut()
                kept = len(whole) - len(given_back)
                assert np.array_equal(given_back, whole[kept:])
                written[:] = [whole[:kept]]
            written.append(noise(4800, turn))
            yield from blocks([written[-1]])

    output.write(changing())
    whole = np.concatenate(written)
    assert output.position_frames == len(whole)
    arrived = heard()
    if arrived is not None:
        assert np.array_equal(arrived[arrived != 0], whole)


def test_a_device_that_is_woken_pulls_though_it_has_enough(live_and_heard: tuple[LiveOutput, Heard]) -> None:
    output, _ = live_and_heard
    seconds = 600

    def long() -> Generator[Block]:
        waking = threading.Timer(0.5, output.wake)
        waking.start()
        if isinstance(output, MiniaudioDevice):  # the others take all at once
            yield from blocks([noise(seconds * 48_000)])
        waking.join()
        output.cut()

    output.write(long())
    assert output.position_frames < 5 * 48_000
