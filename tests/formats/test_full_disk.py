"""Disks that are full, or that can only be read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.small_disk import make_read_only
from tests.support.streams import blocks, noise, silence
from voice_coach.core.errors import OutputError
from voice_coach.formats.base import make_file_output
from voice_coach.rendering.performance import sound_alone

DISK_FRAMES = 1_000_000
"""As many as a disk of two megabytes holds."""


@pytest.mark.parametrize("ending", [".wav", ".flac"])
def test_a_full_disk_is_said_and_nothing_is_left(small_disk: Path, ending: str) -> None:
    target = small_disk / f"session{ending}"
    with pytest.raises(OutputError, match=r"session\.\w+ cannot be written: the disk is full. Make room"):
        make_file_output(target).write(sound_alone(blocks([noise(48_000, turn) for turn in range(60)])))
    assert list(small_disk.iterdir()) == []


def test_a_last_block_that_does_not_fit_is_noticed(small_disk: Path) -> None:
    pieces = [silence(DISK_FRAMES * 3), noise(DISK_FRAMES * 2)]
    with pytest.raises(OutputError, match="the disk is full"):
        make_file_output(small_disk / "session.wav").write(sound_alone(blocks(pieces)))
    assert list(small_disk.iterdir()) == []


def test_silence_needs_no_room_and_is_all_there(small_disk: Path) -> None:
    pieces = [noise(48_000), silence(DISK_FRAMES * 10), noise(48_000, 1), silence(DISK_FRAMES * 10)]
    target = small_disk / "session.wav"
    make_file_output(target).write(sound_alone(blocks(pieces)))
    assert np.array_equal(np.fromfile(target, np.int16, offset=44), np.concatenate(pieces))


@pytest.mark.parametrize("ending", [".wav", ".flac"])
def test_a_disk_that_can_only_be_read_is_said(small_disk: Path, ending: str) -> None:
    make_read_only(small_disk)
    with pytest.raises(OutputError, match="the disk can only be read. Choose another folder"):
        make_file_output(small_disk / f"session{ending}").write(sound_alone(blocks([noise(4800)])))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights elsewhere")
def test_a_folder_of_somebody_else_is_said(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o555)
    with pytest.raises(OutputError, match="you may not write there. Choose another folder"):
        make_file_output(tmp_path / "session.wav").write(sound_alone(blocks([noise(4800)])))
