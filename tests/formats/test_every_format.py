"""What holds for every format of file there is, and for each that is added to the table."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.command import PATIENCE_S, TINY, TINY_SESSION
from tests.support.small_disk import make_read_only
from voice_coach.coach import Coach
from voice_coach.core.errors import OutputError
from voice_coach.core.options import ExportOptions, FileOptions, Mastering
from voice_coach.formats.base import make_file_output
from voice_coach.formats.export import file_endings, programme
from voice_coach.paths import find_home

T = TypeVar("T")
DAY = "2026-11-21"
PAGE_BYTES = 4096

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other names and rights")
each_format = pytest.mark.parametrize("ending", file_endings())

ALL_FORMATS = """
import sys
from pathlib import Path
from tests.formats.test_every_format import export
from voice_coach.formats.export import file_endings
for ending in file_endings():
    export(Path(sys.argv[1]), Path(f"made{ending}"))
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of seven seconds."""
    place = tmp_path_factory.mktemp("scripts")
    (place / "tiny.yaml").write_text(TINY)
    (place / "tiny-session.yaml").write_text(TINY_SESSION)
    return place / "tiny-session.yaml"


def export(script: Path, target: Path, *, force: bool = False, format: str = "") -> list[str]:
    """Exports with a coach of its own, as a process would; what was told."""
    told: list[str] = []
    with Coach(notify=told.append) as coach:
        coach.export(coach.prepare(str(script)), target, ExportOptions(date=DAY, format=format), force=force)
    return told


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def cached() -> list[Path]:
    return sorted(path for path in find_home().cache.rglob("*") if path.is_file())


@each_format
def test_the_same_input_gives_the_same_bytes_whatever_the_cache_holds(
    script: Path, tmp_path: Path, ending: str
) -> None:
    target = tmp_path / f"made{ending}"
    export(script, target)
    wanted = digest(target)
    files = cached()
    assert files or ending == ".pdf"

    export(script, target, force=True)
    assert digest(target) == wanted, "warm"
    for path in files[::2]:
        path.unlink()
    export(script, target, force=True)
    assert digest(target) == wanted, "half warm"
    for number, path in enumerate(files):
        path.write_bytes(path.read_bytes()[:-1] if number % 2 else b"damage")
    export(script, target, force=True)
    assert digest(target) == wanted, "damaged"


def test_two_at_once_in_other_places_and_zones_make_the_same_bytes(script: Path, tmp_path: Path) -> None:
    here = Path(__file__).parents[2]
    both: list[tuple[Path, subprocess.Popen[bytes]]] = []
    for seed, zone in (("1", "UTC"), ("2", "Pacific/Kiritimati")):
        place = tmp_path / f"place {seed}"
        place.mkdir()
        environ = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(here)}
        command = [sys.executable, "-c", ALL_FORMATS, str(script)]
        both.append((place, subprocess.Popen(command, cwd=place, env=environ, stderr=subprocess.PIPE)))
    for _, process in both:
        _, told = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, told) == (0, b"")
    one, other = ({path.name: digest(path) for path in place.iterdir()} for place, _ in both)
    assert one == other
    assert one.keys() == {f"made{ending}" for ending in file_endings()}


@each_format
def test_a_full_disk_is_said_and_nothing_is_left(
    script: Path, tmp_path: Path, small_disk: Path, ending: str
) -> None:
    export(script, tmp_path / f"whole{ending}")
    size = (tmp_path / f"whole{ending}").stat().st_size
    filler = small_disk / "filler"
    for room in {0, size // 2 // PAGE_BYTES * PAGE_BYTES}:
        _fill(filler, room)
        with pytest.raises(OutputError, match=r"made\.\w+ cannot be written: the disk is full. Make room"):
            export(script, small_disk / f"made{ending}")
        assert list(small_disk.iterdir()) == [filler]


@each_format
def test_a_cache_without_room_costs_time_only(
    script: Path, tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    whole, target = tmp_path / f"whole{ending}", tmp_path / f"made{ending}"
    export(script, whole)
    monkeypatch.setenv("VOICE_COACH_HOME", str(small_disk))
    _fill(small_disk / "filler", 2 * PAGE_BYTES)
    told = export(script, target)
    assert digest(target) == digest(whole)
    assert [path for path in cached() if path.suffix == ".tmp"] == []
    assert len(told) == (ending != ".pdf")
    assert all("No space left on device" in sentence for sentence in told)


def test_a_cache_that_can_only_be_read_costs_time_only(
    script: Path, tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(script, tmp_path / "whole.m4b")
    monkeypatch.setenv("VOICE_COACH_HOME", str(small_disk))
    make_read_only(small_disk)
    told = export(script, tmp_path / "made.m4b")
    assert digest(tmp_path / "made.m4b") == digest(tmp_path / "whole.m4b")
    assert [sentence.rpartition("(")[2] for sentence in told] == [
        "Read-only file system): going on without, more slowly."
    ]


def _fill(filler: Path, room: int) -> None:
    """Leaves so much room on a disk."""
    filler.unlink(missing_ok=True)
    with filler.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(PAGE_BYTES))
            except OSError:
                break
        file.truncate(file.tell() - room)


OBSTACLES = {
    "there": "is there already. Use --force to replace it, or choose another name.",
    "folder": "is a folder. Say which file in it to write.",
    "device": "is not a file. Choose another name.",
    "missing/made": "cannot be written: there is no such folder. Make it first, or choose another.",
    "there.file/made": "cannot be written: its folder is a file. Choose another folder.",
    "broken": "is a link to {place}/no/where, and there is no such folder. Make it first, or choose another.",
    "circle": "cannot be written: its links lead in a circle. Choose another name.",
    "x" * 300: "cannot be written: its name is too long. Choose a shorter one.",
    "zero\0byte": "its name holds a zero byte. Choose another name.",
}


@posix
@each_format
def test_what_cannot_be_written_is_said_before_anything_is_spoken(
    script: Path, tmp_path: Path, ending: str
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "there.file").touch()
    (place / f"there{ending}").write_bytes(b"precious")
    (place / f"folder{ending}").mkdir()
    (place / f"device{ending}").symlink_to(os.devnull)
    (place / f"broken{ending}").symlink_to(place / "no" / "where")
    (place / f"circle{ending}").symlink_to(place / f"circle{ending}")
    before = sorted(place.iterdir())
    with Coach() as coach:
        performance = coach.prepare(str(script))
        for name, says in OBSTACLES.items():
            with pytest.raises(OutputError) as raised:
                coach.export(performance, place / f"{name}{ending}")
            assert str(raised.value).endswith(says.format(place=place)), name
        assert coach.speaker().synthesised == 0
    assert sorted(place.iterdir()) == before
    assert (place / f"there{ending}").read_bytes() == b"precious"


@each_format
def test_a_disk_that_can_only_be_read_is_said_before_anything_is_spoken(
    script: Path, small_disk: Path, ending: str
) -> None:
    make_read_only(small_disk)
    with Coach() as coach:
        performance = coach.prepare(str(script))
        with pytest.raises(OutputError, match="the disk can only be read. Choose another folder"):
            coach.export(performance, small_disk / f"made{ending}")
        assert coach.speaker().synthesised == 0


@each_format
def test_a_name_that_says_another_format_is_refused(script: Path, tmp_path: Path, ending: str) -> None:
    for other in file_endings():
        if {ending, other} <= {".m4a", ".m4b"} or other == ending:
            continue
        with pytest.raises(OutputError, match=rf"made\{other} is not what a \{ending} file is called"):
            export(script, tmp_path / f"made{other}", format=ending)
    assert list(tmp_path.iterdir()) == []


@posix
@each_format
def test_any_name_is_a_name(script: Path, tmp_path: Path, ending: str) -> None:
    place = tmp_path / "place"
    place.mkdir()
    name = "-ünï ♪\n'\"$(x)%d*?\udcff" + "x" * (200 - len(ending)) + ending
    export(script, place / name)
    assert [path.name for path in place.iterdir()] == [name]


@each_format
def test_what_breaks_off_on_the_way_leaves_nothing_new(script: Path, tmp_path: Path, ending: str) -> None:
    def broken(make: Callable[[], Iterator[T]]) -> Callable[[], Iterator[T]]:
        def made() -> Iterator[T]:
            yield next(make())
            raise KeyboardInterrupt

        return made

    place = tmp_path / "place"
    place.mkdir()
    target = place / f"made{ending}"
    target.write_bytes(b"precious")
    with Coach() as coach:
        whole = programme(coach.prepare(str(script)), Mastering(), DAY)
        whole = replace(whole, blocks=broken(whole.blocks), chapters=broken(whole.chapters))
        try:
            make_file_output(target, FileOptions(force=True)).write(whole)
        except KeyboardInterrupt:
            assert target.read_bytes() == b"precious"
        else:
            assert ending == ".pdf"  # asks for neither
            assert target.read_bytes() != b"precious"
    assert list(place.iterdir()) == [target]
