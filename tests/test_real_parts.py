"""Tests that need a program ask for it: where there is none they skip, and nothing fails."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.real_parts import require_program

TESTS = Path(__file__).parent
ROOT = TESTS.parent
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows finds its own libraries on PATH")
ASKING = {("tests.real_parts", "require_program"), ("shutil", "which")}

Defined = tuple[str, str]
"""A module and what it defines: a test, a fixture, a function, a class, a table of them."""


def _definitions(path: Path) -> tuple[dict[str, ast.stmt], dict[str, Defined]]:
    """Return what a module defines at its top, and what it imports by name, with where that is from."""
    defined: dict[str, ast.stmt] = {}
    imported: dict[str, Defined] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined[node.name] = node
        elif isinstance(node, ast.Assign):
            defined |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            imported |= {alias.asname or alias.name: (node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            imported |= {f"{alias.name}.which": (alias.name, "which") for alias in node.names}
    return defined, imported


def _names(node: ast.stmt) -> Iterator[str]:
    """Yield the names in a definition."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            yield f"{each.value.id}.{each.attr}"


def _fixtures(node: ast.stmt) -> Iterator[str]:
    """Yield the names in a definition that may be those of fixtures: arguments and strings."""
    if isinstance(node, ast.FunctionDef):
        marks = "".join(map(ast.unparse, node.decorator_list))
        if node.name.startswith("test_") or "fixture" in marks:
            yield from (each.arg for each in node.args.args)
    strings = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    yield from (each for each in strings if isinstance(each, str))


def _uses() -> Mapping[Defined, set[Defined]]:
    """Return for all that is defined in the tests, and in the benchmarks that they use, what it mentions."""
    paths = sorted({*TESTS.rglob("*.py"), *(ROOT / "benchmarks").glob("*.py")} - {Path(__file__)})
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in paths}
    found = {module: _definitions(path) for module, path in modules.items()}
    uses: dict[Defined, set[Defined]] = {}
    for module, (defined, imported) in found.items():
        known = imported | {name: (module, name) for name in defined}
        parts = module.split(".")[:-1]
        conftests = [".".join([*parts[:count], "conftest"]) for count in range(1, len(parts) + 1)]
        fixtures = {name: (each, name) for each in conftests for name in found.get(each, ({}, {}))[0]} | known
        for name, node in defined.items():
            uses[module, name] = {known[each] for each in _names(node) if each in known}
            uses[module, name] |= {fixtures[each] for each in _fixtures(node) if each in fixtures}
    return uses


def asking_tests() -> list[str]:
    """Return the tests that ask for a program themselves or through anything that they mention."""
    uses, asking = _uses(), set(ASKING)
    while more := {each for each, used in uses.items() if used & asking} - asking:
        asking |= more
    return [
        f"{module.replace('.', '/')}.py::{name}"
        for module, name in sorted(asking)
        if module.rpartition(".")[2].startswith("test_") and re.match("test_|Test", name)
    ]


@posix
def test_without_any_program_nothing_fails(tmp_path: Path) -> None:
    asking = asking_tests()
    assert "tests/podcast/test_feed.py::test_it_is_well_formed_rss_that_says_what_it_must" in asking
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--basetemp={tmp_path / 'new'}",
    ]
    environ = {name: value for name, value in os.environ.items() if name != "VOICE_COACH_REQUIRE_REAL"}
    done = subprocess.run(
        [*command, *asking],
        cwd=ROOT,
        env=environ | {"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:]


@posix
def test_a_program_that_was_not_asked_for_is_refused_where_it_is_there_too() -> None:
    with pytest.raises(AssertionError, match="'true' is started by its bare name"):
        subprocess.run(["true"], check=True)


def test_a_part_that_is_missing_is_a_failure_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("VOICE_COACH_REQUIRE_REAL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="ffprobe is missing: apt install ffmpeg"):
        require_program("ffprobe", "ffmpeg")
    monkeypatch.setenv("VOICE_COACH_REQUIRE_REAL", "1")
    with pytest.raises(pytest.fail.Exception, match="ffprobe is missing"):
        require_program("ffprobe", "ffmpeg")
