"""The glossary names what there is, and no class has two meanings."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "voice_coach"
TERMS = (ROOT / "docs" / "glossary.md").read_text("utf-8")

_CLASS = re.compile(r"_*[A-Z]\w*[a-z]\w*")
"""A class or type alias; a single capital is a type variable."""


def _rows(text: str) -> list[list[str]]:
    """Return the cells of all tables in a text, without their heads."""
    tables = re.findall(r"^\|(?:-+\|)+\n((?:\|.*\n?)*)", text, re.MULTILINE)
    return [
        [cell.strip() for cell in row.strip("|").split("|")] for table in tables for row in table.splitlines()
    ]


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@cache
def _definitions() -> tuple[dict[str, set[str]], set[str]]:
    """Return the modules that define each class or type alias, and all other names that are defined.

    Leading underscores of classes do not count; paths are relative to the package.
    """
    classes: defaultdict[str, set[str]] = defaultdict(set)
    others: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        module = path.relative_to(PACKAGE).as_posix()
        others |= {module, path.stem}
        tree = ast.parse(path.read_text("utf-8"))
        for alias in _aliases(tree):
            classes[alias.lstrip("_")].add(module)
        for node in ast.walk(tree):
            match node:
                case ast.ClassDef(name=name):
                    classes[name.lstrip("_")].add(module)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.arg(arg=name):
                    others.add(name)
                case ast.Name(id=name, ctx=ast.Store()):
                    others.add(name)
                case _:
                    pass
    return classes, others


def _aliases(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names = (target.id for target in node.targets if isinstance(target, ast.Name))
            yield from filter(_CLASS.fullmatch, names)


def _terms() -> set[str]:
    """Return the classes and modules that the terms name."""
    return {name for row in _rows(TERMS) for name in _quoted(row[2])}


def test_terms_are_explained_once_in_alphabetical_order() -> None:
    tables = [[row[0] for row in _rows(part)] for part in re.split(r"^## ", TERMS, flags=re.MULTILINE)]
    assert all(table == sorted(table, key=str.casefold) for table in tables)
    terms = Counter(term for table in tables for term in table)
    assert len(terms) >= 60
    assert set(terms.values()) == {1}


def test_every_class_and_module_of_the_terms_exists() -> None:
    classes, others = _definitions()
    missing = {name for name in _terms() if name not in (classes if _CLASS.fullmatch(name) else others)}
    assert not missing, f"named in docs/glossary.md and not defined: {sorted(missing)}"


def test_the_example_is_a_line_of_the_session() -> None:
    line = re.findall(r"^\d\d:.*", TERMS, re.MULTILINE)[0]
    golden = (ROOT / "tests" / "golden" / "lower-back-short.txt").read_text("utf-8")
    # Its times are those of a voice that was there when the page was written.
    assert re.sub(r"\d", "0", line) in re.sub(r"\d", "0", golden).splitlines()
    step = re.findall(r"^```yaml\n(.*?)^```", TERMS, re.MULTILINE | re.DOTALL)[0]
    exercise = (ROOT / "scripts" / "exercises" / "pelvic-tuck.yaml").read_text("utf-8")
    assert {each.strip() for each in step.splitlines()} <= {each.strip() for each in exercise.splitlines()}


def test_no_class_name_has_two_meanings() -> None:
    repeated = {name: sorted(modules) for name, modules in _definitions()[0].items() if len(modules) > 1}
    assert not repeated, f"find another name for one of each: {repeated}"
