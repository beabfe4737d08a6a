"""Style of docstrings and names, checked by ``make check``: ``python -m releasing.prose_check [FILE …]``.

A docstring opens with an imperative verb (functions) or a noun (everything else), and speaks of *the user*;
a function is named by a verb. CONTRIBUTING.md gives examples.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]

FOLDERS: Final = ("voice_coach", "benchmarks", "releasing")
"""Checked whole. Tests say in their names what happens, not what is done."""

_HEADLESS: Final = re.compile(r"(What|Who|Whoever|Whether|Where|How|When|So|Which)\b(?!.*\?)")
_PRONOUNS: Final = re.compile(r"\b(whoever|somebody|nobody|anew|gone on|is told|are told)\b", re.IGNORECASE)
_BARE: Final = re.compile(
    r"_*(told|said|heard|led|risen|fallen|joined|entered|over|here|besides|beside|under|left|kept|asked|"
    r"stood|laid|taken|moved|made|given|known|found|lost|returned|answered|declined|placed|ended|begun|gone)"
)


def problems(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the problem of each place in a module that misses the style."""
    lines = path.read_text("utf-8").splitlines()
    tree = ast.parse("\n".join(lines))
    for line, text in _docstrings(tree):
        first = text.strip().split("\n\n")[0]
        if _HEADLESS.match(first):
            yield line, f"open with a verb or a noun: {_start(first)}"
        elif found := _PRONOUNS.search(first):
            yield line, f"say it without “{found[0]}”: {_start(first)}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and _BARE.fullmatch(node.name):
            is_property = any("property" in ast.unparse(each) for each in node.decorator_list)
            if not is_property:
                yield node.lineno, f"name a function by a verb: {node.name}"


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and text of all docstrings, those below constants and attributes included."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.lineno, node.value.value


def _start(text: str) -> str:
    return text.splitlines()[0][:70]


def main(arguments: Sequence[str]) -> int:
    """Print all problems; return the exit code."""
    named = [Path(each) for each in arguments]
    paths = named or sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    count = 0
    for path in paths:
        for line, text in sorted(problems(path)):
            print(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{line}  {text}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
