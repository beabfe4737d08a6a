"""The natural voice can be installed where it is promised: read off the lock, without a network."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from itertools import chain
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import parse_wheel_filename

TOP = Path(__file__).resolve().parent.parent
LOCK = TOP / "requirements-hibari.txt"
NAMES = TOP / "wheels-hibari.sha256"
"""Of each file whose hash is in the lock, as sha256sum writes it."""

PLATFORMS = {
    ("linux", "x86_64"): [f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)],
    ("linux", "aarch64"): [f"manylinux_2_{minor}_aarch64" for minor in range(28, 16, -1)],
    ("darwin", "x86_64"): list(mac_platforms((14, 0), "x86_64")),
    ("darwin", "arm64"): list(mac_platforms((14, 0), "arm64")),
    ("win32", "AMD64"): ["win_amd64"],
}
HIBARI_SHA256 = "49f2abbbe451c988e7448b5afa08c8a56410535ebb855c0e7d174275df5ca1f3"


def pins(lock: Path) -> list[tuple[Requirement, set[str]]]:
    """What is locked, with the hashes of its files."""
    entries = lock.read_text("utf-8").replace("\\\n", " ").splitlines()
    return [
        (Requirement(entry.partition("--hash")[0]), set(re.findall(r"--hash=sha256:(\w+)", entry)))
        for entry in entries
    ]


def holds(marker: Marker | None, sys_platform: str, machine: str, python: str) -> bool:
    place = {"sys_platform": sys_platform, "platform_machine": machine, "python_full_version": f"{python}.0"}
    return marker is None or marker.evaluate({**place, "python_version": python})


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize(("system", "machine"), PLATFORMS)
def test_every_pin_of_the_natural_voice_has_a_wheel(system: str, machine: str, python: str) -> None:
    names = dict(line.split(maxsplit=1) for line in NAMES.read_text("utf-8").splitlines())
    version = tuple(map(int, python.split(".")))
    platforms = PLATFORMS[system, machine]
    fits: set[Tag] = set(
        chain(cpython_tags(version, platforms=platforms), compatible_tags(version, None, platforms))
    )
    needed = {
        pin.name: [names[each] for each in hashes if each in names]
        for pin, hashes in pins(LOCK)
        if holds(pin.marker, system, machine, python)
    }
    assert {"hibari-tts", "numpy", "onnxruntime"} <= set(needed)
    for name, files in needed.items():
        assert any(parse_wheel_filename(file)[3] & fits for file in files), f"{name}: {sorted(files)}"


def test_the_wheel_of_hibari_is_the_one_that_was_looked_at() -> None:
    hashes = {pin.name: hashes for pin, hashes in pins(LOCK)}
    assert HIBARI_SHA256 in hashes["hibari-tts"]
    assert f"{HIBARI_SHA256}  hibari_tts-0.2.1-py3-none-any.whl" in NAMES.read_text("utf-8")


def test_what_several_locks_pin_is_pinned_alike() -> None:
    locked: dict[str, set[str]] = defaultdict(set)
    for pin, _ in pins(LOCK):
        locked[pin.name].add(str(pin.specifier))
    for lock in ("requirements.txt", "requirements-moonshine.txt"):
        for pin, _ in pins(TOP / lock):
            assert pin.name not in locked or str(pin.specifier) in locked[pin.name], lock


def test_the_wheel_of_voice_coach_asks_for_what_is_locked() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [Requirement(each) for each in project["dependencies"] if each.startswith(("hibari", "onnx"))]
    assert {each.name for each in asked} == {"hibari-tts", "onnxruntime"}
    for system, machine in PLATFORMS:
        pinned = {pin.name: pin for pin, _ in pins(LOCK) if holds(pin.marker, system, machine, "3.11")}
        for wanted in asked:
            if holds(wanted.marker, system, machine, "3.11"):
                version = str(pinned[wanted.name].specifier).removeprefix("==")
                assert wanted.specifier.contains(version), (system, machine)
