"""Bounds that keep the code easy to enter. ``lint-imports`` holds the directions of imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "voice_coach"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if not path.name.startswith("__"))

MOST_MODULES = 190
"""57 % of the 334 that there were before the code was put in order."""

MOST_AT_TOP = 5
MOST_LINES = 60
MOST_PARAMETERS = 6
WITH_MORE = {"history/log.py:add", "rendering/rep.py:__init__", "voice_input/process.py:__init__"}
"""Functions that have more parameters; there may be three of them."""


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.relative_to(PACKAGE).as_posix()}:{node.name}", node


def test_the_package_has_few_modules() -> None:
    assert len(MODULES) <= MOST_MODULES
    assert sum(path.parent == PACKAGE for path in MODULES) <= MOST_AT_TOP


def test_a_function_fits_on_a_screen() -> None:
    long = [name for name, node in _functions() if (node.end_lineno or 0) - node.lineno >= MOST_LINES]
    assert not long


def test_a_function_takes_few_parameters() -> None:
    many: set[str] = set()
    for name, node in _functions():
        given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        if sum(each.arg not in ("self", "cls") for each in given) > MOST_PARAMETERS:
            many.add(name)
    assert many == WITH_MORE
