"""What is shipped, and what it costs to import it."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from voice_coach import __version__
from voice_coach.paths import shipped_cues, shipped_scripts, shipped_voices

TOP = Path(__file__).resolve().parent.parent
PACKAGE = TOP / "voice_coach"
HEAVY = (
    "PIL",
    "asyncio",
    "av",
    "dbus_fast",
    "hibari",
    "miniaudio",
    "numpy",
    "onnxruntime",
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
    "hibari",
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


def test_a_checkout_finds_scripts_sounds_and_voices_at_its_top() -> None:
    assert shipped_scripts() == TOP / "scripts"
    assert shipped_cues() == TOP / "audio_cues"
    assert shipped_voices() == TOP / "voices"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout, really built."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=TOP, check=True, capture_output=True)
    (made,) = folder.glob("voice_coach-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The Python of an environment in which nothing but the wheel is installed."""
    home = wheel.parent / "venv"
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
    return python


def told_by(python: Path, code: str, *arguments: str) -> list[str]:
    """What the installed wheel prints, far from the checkout."""
    command = [str(python), "-I", "-c", code, *arguments]
    return subprocess.check_output(command, cwd=python.parent, text=True).splitlines()


def test_a_wheel_finds_scripts_sounds_and_voices_inside_the_package(installed: Path) -> None:
    places = "shipped_scripts(), shipped_cues(), shipped_voices()"
    told = told_by(installed, f"from voice_coach.paths import *; print({places}, sep='\\n')")
    sources = (TOP / name for name in ("scripts", "audio_cues", "voices"))
    for found, source in zip(map(Path, told), sources, strict=True):
        assert found.is_relative_to(installed.parents[1])
        assert shipped_files(found) == shipped_files(source)

    told = told_by(installed, "import voice_coach.reports; print(voice_coach.reports.__file__)")
    for folder, needed in {
        "page": {"base.css", "page.html", "player.html"},
        "sheet_template": {"sheet.typ"},
        "fonts": {"LICENSE.txt", "OpenSans-Bold.ttf", "OpenSans-Regular.ttf"},
    }.items():
        pieces = shipped_files(PACKAGE / "reports" / folder)
        assert needed <= set(pieces)
        assert shipped_files(Path(told[0]).parent / folder) == pieces


def test_a_wheel_holds_every_licence_text_that_its_notice_names(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (notice,) = [name for name in archive.namelist() if name.endswith(".dist-info/licenses/NOTICE")]
        folder = notice.removesuffix("NOTICE")
        text = archive.read(notice).decode()
        named = [name for group in re.findall(r"\[(.*?)\]", text) for name in group.split(", ")]
        assert {"LICENSE", "licences/Apache-2.0.txt", "licences/onnxruntime.txt"} <= set(named)
        for name in named:
            assert archive.read(f"{folder}{name}") == (TOP / name).read_bytes()
        texts = {name.removeprefix(folder) for name in archive.namelist() if name.startswith(folder)}
    assert texts == {"NOTICE", *named}


def test_what_lies_in_a_wheel_and_is_not_ours_is_in_its_list(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (found,) = [
            name for name in archive.namelist() if name.endswith(".dist-info/sboms/voice-coach.cdx.json")
        ]
        listed = json.loads(archive.read(found))["components"]
        foreign = [name for name in archive.namelist() if b"\0" in archive.read(name)[:4096]]
    places = [
        each["value"] for part in listed for each in part.get("properties", []) if "place" in each["name"]
    ]
    assert foreign
    for name in foreign:  # what we write is text
        assert any(name.startswith(f"{place}/") for place in places), name


def test_a_wheel_tells_its_licences(installed: Path) -> None:
    # Nothing else is installed there: what has a licence is told even where all else is damaged.
    code = "from voice_coach.cli.main import main; main(['doctor', '--licences'])"
    told = told_by(installed, code)
    assert told[0].split() == ["voice-coach", __version__, "GPL-3.0-or-later", "AND", "Apache-2.0"]
    assert told[1].split() == ["Open", "Sans", "Apache-2.0"]
    (texts,) = [line.partition(": ")[2] for line in told if line.startswith("The full texts")]
    assert Path(texts).is_relative_to(installed.parents[1])
    assert (Path(texts) / "LICENSE").is_file()
    (listed,) = [line.partition(": ")[2] for line in told if "CycloneDX" in line]
    assert Path(listed).read_bytes() == (TOP / "licences" / "voice-coach.cdx.json").read_bytes()


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
