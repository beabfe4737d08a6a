"""``voice-coach export`` as a whole process: whole or not at all, whatever happens."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from tests.support.command import PATIENCE_S, Ended, voice_coach, wait_until, words
from tests.support.small_disk import mounted_disk
from tests.support.sounds import samples
from voice_coach.formats.base import endings

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


def _partial(folder: Path) -> list[Path]:
    return list(folder.glob(".voice-coach-*.partial"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "out"
    place.mkdir()
    return place


@pytest.fixture
def small_disk(folder: Path) -> Generator[Path]:
    """A disk of one megabyte."""
    with mounted_disk(folder, megabytes=1) as disk:
        yield disk


def test_wav_and_flac_hold_the_same_samples(tiny: Path, folder: Path) -> None:
    wav, flac = folder / "tiny.wav", folder / "tiny.FLAC"
    for target in (wav, flac):
        assert voice_coach("export", tiny, "-o", target) == Ended(0, "", f"Wrote {target} (0:06).\n")
    assert np.array_equal(samples(wav), samples(flac))
    assert samples(wav).any()


def test_a_file_that_is_there_is_kept_unless_forced(tiny: Path, folder: Path) -> None:
    target = folder / "tiny.wav"
    target.write_bytes(b"precious")
    kept = voice_coach("export", tiny, "-o", target)
    says = f"{target} is there already. Use --force to replace it, or choose another name.\n"
    assert kept == Ended(1, "", says)
    assert target.read_bytes() == b"precious"
    assert voice_coach("export", tiny, "-o", target, "--force").code == 0
    assert samples(target).any()
    assert list(folder.iterdir()) == [target]


@pytest.mark.parametrize(
    ("code", "name", "says"),
    [
        (1, "none/tiny.wav", "there is no such folder. Make it first, or choose another."),
        (2, "tiny.xyz", f"'.xyz' is not an ending of a file that can be written; use {endings()}."),
        (2, "tiny", f"'tiny' has no ending of a file that can be written; use {endings()}."),
        (2, ".", f"has no ending of a file that can be written; use {endings()}."),
        (1, "folder.wav", "is a folder. Say which file in it to write."),
    ],
)
def test_a_place_that_cannot_be_written(tiny: Path, folder: Path, code: int, name: str, says: str) -> None:
    (folder / "folder.wav").mkdir()
    ended = voice_coach("export", tiny, "-o", name, cwd=folder)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.endswith(f"{says}\n")
    assert [path.name for path in folder.iterdir()] == ["folder.wav"]


def test_without_a_name_the_file_is_called_after_the_session(tiny: Path, tmp_path: Path) -> None:
    ended = voice_coach("export", tiny, cwd=tmp_path)
    assert (ended.code, ended.out) == (0, "")
    named = tmp_path / "named.m4b"
    assert voice_coach("export", tiny, "-o", named).code == 0
    assert (tmp_path / f"{tiny.stem}.m4b").read_bytes() == named.read_bytes()


@pytest.mark.parametrize("ending", [".wav", ".flac"])
def test_a_full_disk_is_said_and_nothing_is_left(small_disk: Path, hours: Path, ending: str) -> None:
    target = small_disk / f"hours{ending}"
    ended = voice_coach("export", hours, "-o", target)
    says = f"{target} cannot be written: the disk is full. Make room, or write to another disk.\n"
    assert ended == Ended(1, "", says)
    assert list(small_disk.iterdir()) == []


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("ending", [".wav", ".flac"])
@pytest.mark.parametrize("written", [0, 100_000])
def test_ctrl_c_leaves_nothing(hours: Path, folder: Path, number: int, ending: str, written: int) -> None:
    target = folder / f"hours{ending}"
    process = subprocess.Popen(
        words("export", hours, "-o", target), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_until(
        lambda: any(path.stat().st_size >= written for path in _partial(folder)) or process.poll() is not None
    )
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (1, "")
    assert f"\nStopped: {target} was not written.\n" in err
    assert "Traceback" not in err
    assert list(folder.iterdir()) == []


@posix
def test_a_forced_export_that_is_stopped_keeps_the_old_file(hours: Path, folder: Path) -> None:
    target = folder / "hours.flac"
    target.write_bytes(b"precious")
    process = subprocess.Popen(
        words("export", hours, "-o", target, "--force"), stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: bool(_partial(folder)) or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert f"\nStopped: {target} is as it was.\n" in err
    assert list(folder.iterdir()) == [target]
    assert target.read_bytes() == b"precious"


@posix
def test_killed_at_any_moment_a_file_is_whole_or_not_there(tmp_path: Path, folder: Path) -> None:
    whole, target = tmp_path / "whole.flac", folder / "session.flac"
    command = ("lower-back-short", "--from", "pelvic-tuck", "-o")
    assert voice_coach("export", *command, whole).code == 0
    dice = random.Random(20)
    left = 0
    for turn in range(20):
        before = set(_partial(folder))
        process = subprocess.Popen(words("export", *command, target), stderr=subprocess.DEVNULL)
        if turn % 4:  # once it writes; else at any moment since it was started
            wait_until(lambda: bool(set(_partial(folder)) - before) or process.poll() is not None)  # noqa: B023  (called before the next turn)
        try:
            process.wait(dice.uniform(0, 0.3))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        left += bool(_partial(folder))
        if target.exists():
            assert target.read_bytes() == whole.read_bytes()
            target.unlink()
    assert left, "none was killed while it wrote"
    assert voice_coach("export", *command, target).code == 0
    assert list(folder.iterdir()) == [target]
    assert target.read_bytes() == whole.read_bytes()


def test_two_at_once_with_one_cold_cache(folder: Path) -> None:
    targets = [folder / "one.wav", folder / "two.wav"]
    both = [
        subprocess.Popen(words("export", "knee-slide", "-o", target), stderr=subprocess.PIPE)
        for target in targets
    ]
    for process in both:
        _, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, err
    one, two = (target.read_bytes() for target in targets)
    assert one == two


def test_two_at_once_into_one_file(tiny: Path, folder: Path) -> None:
    target = folder / "tiny.wav"
    both = [
        subprocess.Popen(words("export", tiny, "-o", target, "--force"), stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in both:
        _, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, err
    assert len(samples(target)) > 6 * 48_000
    assert list(folder.iterdir()) == [target]


def test_from_and_guidance_are_shorter(folder: Path) -> None:
    lengths: list[int] = []
    for turn, options in enumerate(([], ["--guidance", "names"], ["--from", "chair-breathing"])):
        target = folder / f"{turn}.wav"
        assert voice_coach("export", "lower-back-short", "-o", target, *options).code == 0
        lengths.append(target.stat().st_size)
    assert lengths[1] < lengths[0]
    assert lengths[2] < lengths[0]
