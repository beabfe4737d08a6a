"""Files made to do harm are refused within a second of a quiet machine and 200 MB, never with a traceback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.calibration import SECOND_LOOPS, within
from voice_coach.core.errors import CoachError
from voice_coach.script.library import ScriptLibrary

pytest.importorskip("resource", reason="peak memory is measured with resource, which Windows has not")

MOST_LOOPS = SECOND_LOOPS
MOST_MB = 200
ROOT = Path(__file__).parents[2]
HEAD = "kind: exercise\nid: x\ntitle: X\nposition: supine\n"


def _bomb(levels: int) -> str:
    doubling = [
        f"  f{level}:\n    steps: [{{use: f{level + 1}}}, {{use: f{level + 1}}}]\n" for level in range(levels)
    ]
    return f"{HEAD}fragments:\n{''.join(doubling)}  f{levels}:\n    steps: [Boom.]\nsteps: [{{use: f0}}]\n"


def _chain(length: int) -> str:
    links = [f"  f{n}: {{steps: [{{use: f{n + 1}}}]}}\n" for n in range(length)]
    return f"{HEAD}fragments:\n{''.join(links)}  f{length}: {{steps: [End.]}}\nsteps: [{{use: f0}}]\n"


def _laughs() -> str:
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "a0: &a0 [lol]\n" + "\n".join(lines) + "\n"


def _repeats(depth: int, inner: str) -> str:
    lines = [HEAD, "steps:\n"]
    for level in range(depth):
        lines.append(f"{'    ' * level}  - repeat: 1000\n{'    ' * level}    steps:\n")
    return "".join([*lines, f"{'    ' * depth}  - {inner}\n"])


TEXTS: dict[str, tuple[Callable[[], str], str]] = {
    "100 000 nested lists in a line": (lambda: "[" * 100_000, "nests deeper than 40"),
    "100 000 nested mappings in a line": (lambda: "{a: " * 100_000, "nests deeper than 40"),
    "nested dashes": (lambda: "- " * 100_000, "nests deeper than 40"),
    "ever deeper indentation": (
        lambda: "".join(f"{' ' * n}a:\n" for n in range(1_300)),
        "nests deeper than 40",
    ),
    "a question mark in a question mark": (lambda: "? " * 100_000, "cannot be a key"),
    "a billion laughs": (_laughs, "an anchor (&) is not part"),
    "an anchor in a chain": (lambda: "a: &a [*a]\n", "an anchor (&) is not part"),
    "a Python object": (lambda: "!!python/object/apply:os.system [id]\n", "the tag"),
    "80 000 keys": (lambda: "".join(f"k{n}: 1\n" for n in range(80_000)), "more than 100,000 values"),
    "40 000 unknown keys": (
        lambda: HEAD + "".join(f"k{n}: 1\n" for n in range(40_000)),
        "50 problems found",
    ),
    "40 000 parameters": (
        lambda: f"{HEAD}steps: [Up.]\ntune:\n" + "".join(f"  p{n}: 1\n" for n in range(40_000)),
        "50 problems found",
    ),
    "the same key 60 000 times": (lambda: "kind: exercise\n" * 60_000, "stands here twice"),
    "200 000 values": (lambda: f"{HEAD}steps: [{'a,' * 200_000}]\n", "more than 100,000 values"),
    "a line of a million characters": (lambda: f"{HEAD}steps: [{'a' * 990_000}]\n", "990000 characters"),
    "a million spaces in a value": (
        lambda: f"{HEAD}steps: [{{hold: 5{' ' * 900_000}x}}]\n",
        "is not a duration",
    ),
    "a duration of a million digits": (
        lambda: f"{HEAD}steps: [hold: {'9' * 990_000}]\n",
        "is not a duration",
    ),
    "a count of a million digits": (
        lambda: f"{HEAD}steps: [{{repeat: {'9' * 900_000}, steps: [Up.]}}]\n",
        "is not a whole number",
    ),
    "a breath of a million parts": (
        lambda: f"{HEAD}steps: [{{breathe: {'4-' * 400_000}4, cycles: 1}}]\n",
        "is not a breath",
    ),
    "a million braces": (lambda: f"{HEAD}steps: ['{'{' * 1_900}']\n", "a brace without"),
    "20 000 steps with mistakes": (
        lambda: f"{HEAD}steps:\n" + "  - hodl: 5s\n" * 20_000,
        "50 problems found",
    ),
    "10 000 names that are not known": (
        lambda: f"{HEAD}steps:\n" + "  - sound: gong\n  - 'Up {nobody}.'\n" * 10_000,
        "50 problems found",
    ),
    "slips on every line": (lambda: f"{HEAD}steps:\n" + "  - say: a: b\n" * 3_000, "a second colon"),
    "an open quote at the start": (lambda: '"' + "a: b\n" * 150_000, "never closed"),
    "fragments that double 30 times": (lambda: _bomb(30), "fragments"),
    "fragments that double 15 times": (lambda: _bomb(15), "unfold into more than 20,000 steps"),
    "a chain of 5 000 fragments": (lambda: _chain(5_000), "more than 20 deep"),
    "a ring of 5 000 fragments": (
        lambda: _chain(5_000).replace("[End.]", "[{use: f0}]"),
        "this fragment uses itself",
    ),
    "1 000 × 1 000 × 1 000 words": (lambda: _repeats(3, "Up."), "repeats into more than"),
    "1 000 × 1 000 × 1 000 sounds": (lambda: _repeats(3, "sound: bell"), "repeats into more than"),
    "1 000 × 1 000 × 1 000 holds": (lambda: _repeats(3, "hold: 1s"), "more than"),
    "10 000 000 000 silent turns": (
        lambda: _repeats(3, "{say: Up., guidance: full, only: first}"),
        "repeats into more than",
    ),
    "24 hours of ticks": (
        lambda: f"{HEAD}steps: [{{hold: 24h, during: [{{sound: bell, every: 500ms}}]}}, {{hold: 24h}}]\n",
        "more than",
    ),
    "a million breaths": (
        lambda: f"{HEAD}steps: [{{breathe: 0.001-0-0-0, for: 24h}}]\n",
        "more than",
    ),
    "three million exercises": (
        lambda: (
            "kind: session\nid: x\ntitle: X\nexercises:\n- rounds: 100\n  exercises:\n"
            + "  - pelvic-tuck\n" * 30_000
        ),
        "this makes 3,000,000 exercises",
    ),
    "a million reps": (
        lambda: _repeats(2, "{count: 1000, tempo: 0.001-0}"),
        "more than",
    ),
}


def _refused(path: Path, expected: str) -> str:
    command = [sys.executable, "-m", "tests.support.hostile", path.name]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = ""

    def loops() -> float:
        nonlocal said
        done = subprocess.run(
            command, cwd=path.parent, env=environ, capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, done.stderr[-2_000:]
        took, peak, said = done.stdout.split(" ", 2)
        assert expected in said
        assert len(said) < 40_000
        assert int(peak) < MOST_MB
        return float(took)

    assert within(MOST_LOOPS, loops), said[:200]
    return said


@pytest.mark.parametrize(("make", "expected"), TEXTS.values(), ids=TEXTS)
def test_hostile_text(make: Callable[[], str], expected: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(make(), encoding="utf-8")
    assert path.stat().st_size < 1_000_000
    _refused(path, expected)


def test_the_memory_of_who_starts_it_does_not_count(tmp_path: Path) -> None:
    """A test runner grows bigger than what a script may take, and Linux hands its peak on."""
    path = tmp_path / "x.yaml"
    path.write_text(f"{HEAD}steps: [Up.]\n", encoding="utf-8")
    big = "import subprocess, sys; held = b'x' * 400_000_000; sys.exit(subprocess.call(sys.argv[1:]))"
    command = [sys.executable, "-c", big, sys.executable, "-m", "tests.support.hostile", path.name]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
    assert 10 < int(done.stdout.split(" ")[1]) < MOST_MB


def test_a_file_of_100_mb(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    _refused(path, "this file has 100.0 MB; a script has at most 1 MB")


def test_a_megabyte_of_noise(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(bytes(range(256)) * 3_900)
    _refused(path, "is not UTF-8")


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    _refused(tmp_path / "x.yaml", "x.yaml cannot be read")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.yaml")
    _refused(tmp_path / "x.yaml", "not an ordinary file")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no sockets in the file system here")
def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("x.yaml")
        _refused(tmp_path / "x.yaml", "x.yaml cannot be read")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero here")
def test_a_device(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").symlink_to("/dev/zero")
    _refused(tmp_path / "x.yaml", "not an ordinary file")


def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").symlink_to("x.yaml")
    _refused(tmp_path / "x.yaml", "x.yaml cannot be read")


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("kind: exercise\n", encoding="utf-8")
    path.chmod(0)
    administrator = os.geteuid() == 0
    if administrator:  # who may read every file
        os.seteuid(65_534)
    try:
        with pytest.raises(CoachError, match=r"x\.yaml cannot be read: Permission denied"):
            ScriptLibrary([], ()).check(str(path))
    finally:
        if administrator:
            os.seteuid(0)


INCLUDES = {
    "up": "../secret.yaml",
    "absolute": "/etc/passwd",
    "through a link": "link.yaml",
    "through a linked folder": "folder/secret.yaml",
    "far up": "../" * 400 + "etc/passwd",
    "a name too long": "a" * 300 + ".yaml",
    "a link to itself": "ring.yaml",
    "the folder": ".",
    "the home": "~/secret.yaml",
}


@pytest.mark.parametrize("name", INCLUDES.values(), ids=INCLUDES)
def test_an_include_outside_the_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(
        "kind: fragments\nfragments: {a: {steps: [Up.]}}\n", encoding="utf-8"
    )
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "ring.yaml").symlink_to("ring.yaml")
    (folder / "folder").symlink_to(tmp_path)
    path = folder / "x.yaml"
    path.write_text(f"{HEAD}include: ['{name}']\nsteps: [{{use: a}}]\n", encoding="utf-8")
    said = _refused(path, "problem")
    assert "does not lie in the folder" in said or "there is no file" in said or "cannot be read" in said
