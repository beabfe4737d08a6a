"""What is particular to WAV and FLAC."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.streams import blocks, noise, session, silence
from voice_coach.audio.mixer import Block
from voice_coach.core.errors import OutputError
from voice_coach.formats.base import (
    DEVICES,
    FILE_FORMATS,
    FileOutput,
    LiveOutput,
    endings,
    make_device,
    make_file_output,
)
from voice_coach.rendering.performance import sound_alone


def test_the_header_of_a_wav_file_says_what_follows(tmp_path: Path) -> None:
    target = tmp_path / "session.wav"
    make_file_output(target).write(sound_alone(blocks([noise(1000), silence(500)])))
    written = target.read_bytes()
    assert len(written) == 44 + 3000
    assert struct.unpack("<4sI4s4sIHHIIHH4sI", written[:44]) == (
        *(b"RIFF", 36 + 3000, b"WAVE"),
        *(b"fmt ", 16, 1, 1, 48_000, 96_000, 2, 16),
        *(b"data", 3000),
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there silence is written out")
def test_silence_takes_no_room_on_disk(tmp_path: Path) -> None:
    target = tmp_path / "session.wav"
    pieces = [noise(4800), silence(48_000 * 600), noise(4800), silence(48_000 * 600)]
    make_file_output(target).write(sound_alone(blocks(pieces)))
    found = target.stat()
    assert found.st_size == 44 + 2 * (9600 + 48_000 * 1200)
    assert found.st_blocks * 512 < 200_000


def test_a_wav_file_of_more_than_12_hours_is_refused_before_it_is_made(tmp_path: Path) -> None:
    hour = Block(silence(48_000 * 3600), silent=True)
    asked = 0

    def thirteen_hours():
        nonlocal asked
        for _ in range(13):
            asked += 1
            yield hour

    with pytest.raises(OutputError, match=r"a WAV file holds at most 12 hours. Use \.flac"):
        make_file_output(tmp_path / "session.wav").write(sound_alone(thirteen_hours()))
    assert asked == 13
    assert list(tmp_path.iterdir()) == []


def test_a_wav_file_of_12_hours_is_right(tmp_path: Path) -> None:
    target = tmp_path / "session.wav"
    hour = Block(silence(48_000 * 3600), silent=True)
    last = noise(4800)
    make_file_output(target).write(sound_alone([*[hour] * 12, Block(last, silent=False)]))
    assert target.stat().st_size == 44 + 2 * (12 * 3600 * 48_000 + 4800)
    with target.open("rb") as file:
        head = file.read(44)
        file.seek(-9600, 2)
        assert np.array_equal(np.frombuffer(file.read(), np.int16), last)
    assert struct.unpack("<I", head[40:])[0] == target.stat().st_size - 44


LOSSLESS = (".wav", ".flac")
SOUND = (*LOSSLESS, ".m4b", ".m4a", ".mp3", ".opus")


@pytest.mark.parametrize("ending", SOUND)
def test_the_same_samples_give_the_same_bytes_however_they_are_cut(tmp_path: Path, ending: str) -> None:
    stream = session()
    whole = np.concatenate(stream)
    cut = [whole[start : start + 4321] for start in range(0, len(whole), 4321)]
    for name, pieces in (("a", stream), ("b", stream), ("c", cut)):
        make_file_output(tmp_path / f"{name}{ending}").write(sound_alone(blocks(pieces)))
    written = {(tmp_path / f"{name}{ending}").read_bytes() for name in "abc"}
    assert len(written) == 1


@pytest.mark.parametrize("ending", LOSSLESS)
def test_samples_at_full_scale_come_through(tmp_path: Path, ending: str) -> None:
    import av

    loud = np.tile(np.array([32767, -32768, 0, 1, -1], np.int16), 2000)
    target = tmp_path / f"loud{ending}"
    make_file_output(target).write(sound_alone(blocks([loud])))
    with av.open(target) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    assert np.array_equal(np.concatenate(frames, axis=1)[0], loud)


def test_every_output_of_the_tables_can_be_made(tmp_path: Path) -> None:
    for ending in FILE_FORMATS:
        assert isinstance(make_file_output(tmp_path / f"session{ending}"), FileOutput)
        assert isinstance(make_file_output(tmp_path / f"SESSION{ending.upper()}"), FileOutput)
    for name in sorted(set(DEVICES) - {"simpleaudio"}):
        assert isinstance(make_device(name), LiveOutput)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("session.xyz", f"'.xyz' is not an ending of a file that can be written; use {endings()}."),
        ("session", f"'session' has no ending of a file that can be written; use {endings()}."),
    ],
)
def test_an_unknown_ending_is_answered_with_those_there_are(name: str, message: str) -> None:
    with pytest.raises(OutputError) as raised:
        make_file_output(Path(name))
    assert str(raised.value) == message


def test_an_unknown_device_is_answered_with_those_there_are() -> None:
    with pytest.raises(OutputError, match="no device 'loud'; use auto, miniaudio, simpleaudio, none"):
        make_device("loud")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="simpleaudio can run on this Python")
def test_simpleaudio_says_why_it_cannot_run() -> None:
    with pytest.raises(OutputError, match="kills Python from 3.12 on, and this is Python 3.1"):
        make_device("simpleaudio")
