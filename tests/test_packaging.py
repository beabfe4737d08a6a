"""What is shipped, and what it costs to import it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from voice_coach.resources import shipped_cues, shipped_scripts

TOP = Path(__file__).resolve().parent.parent
PACKAGE = TOP / "voice_coach"
HEAVY = (
    "PIL",
    "asyncio",
    "av",
    "dbus_fast",
    "miniaudio",
    "numpy",
    "pocketsphinx",
    "pyttsx3",
    "rich",
    "simpleaudio",
    "soxr",
    "typst",
    "yaml",
)
"""Libraries that take a while to import."""
ADAPTED = (
    "PIL",
    "av",
    "dbus_fast",
    "miniaudio",
    "pocketsphinx",
    "pyttsx3",
    "rich",
    "simpleaudio",
    "soxr",
    "typst",
)
"""Libraries that are used in one adapter each, and imported only when that is used."""


def shipped_files(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted(path.relative_to(folder).as_posix() for path in found)


def test_a_checkout_finds_the_scripts_and_sounds_at_its_top() -> None:
    assert shipped_scripts() == TOP / "scripts"
    assert shipped_cues() == TOP / "audio_cues"


def test_a_wheel_finds_the_scripts_and_sounds_inside_the_package(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=TOP, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("voice_coach-*.whl")
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)

    code = "from voice_coach.resources import *; print(shipped_scripts()); print(shipped_cues())"
    told = subprocess.check_output([str(python), "-I", "-c", code], cwd=tmp_path, text=True).splitlines()
    for found, source in zip(map(Path, told), (TOP / "scripts", TOP / "audio_cues"), strict=True):
        assert found.is_relative_to(home)
        assert shipped_files(found) == shipped_files(source)

    code = "import voice_coach.outputs; print(voice_coach.outputs.__file__)"
    told = subprocess.check_output([str(python), "-I", "-c", code], cwd=tmp_path, text=True).splitlines()
    for folder, needed in {
        "page": {"base.css", "page.html", "player.html"},
        "sheet": {"sheet.typ"},
        "fonts": {"LICENSE.txt", "OpenSans-Bold.ttf", "OpenSans-Regular.ttf"},
    }.items():
        pieces = shipped_files(PACKAGE / "outputs" / folder)
        assert needed <= set(pieces)
        assert shipped_files(Path(told[0]).parent / folder) == pieces


def test_the_command_line_imports_nothing_heavy() -> None:
    code = f"import sys, voice_coach.cli.main; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=TOP, text=True).split() == []


def imported_on_import(module: Path) -> set[str]:
    """The libraries that come with importing a module: not those inside functions or for types."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(module.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting.extend(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    return found


@pytest.mark.parametrize(
    "module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_adapted_libraries_are_imported_only_when_they_are_used(module: Path) -> None:
    assert imported_on_import(module).isdisjoint(ADAPTED)


@pytest.mark.parametrize("name", sorted(path.name for path in TOP.glob("requirements*.txt")))
def test_what_is_installed_is_pinned_by_hash_and_names_no_place(name: str) -> None:
    text = (TOP / name).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if not entry.startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==[\w.]+[^\n]*\\\n", entry), entry
        assert re.fullmatch(r"(\s+--hash=sha256:[0-9a-f]{64}( \\)?)+", entry.partition("\n")[2], re.ASCII), (
            entry
        )
    assert "://" not in text
