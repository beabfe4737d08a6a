"""One script file, safely: bytes to text to a tree to values, with every problem collected."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice_coach.core.errors import CoachError, UsageError
from voice_coach.schema.diagnostics import Collector, Enough, meant, nearest
from voice_coach.schema.fields import describe
from voice_coach.schema.records import first_key, read_fields
from voice_coach.schema.tree import MAX_BYTES, MappingNode, ScalarNode, read_tree
from voice_coach.script.documents import HINTS, KINDS


@dataclass(frozen=True, slots=True)
class Document:
    """A file that has been read.

    Attributes:
        path: the file.
        kind: what it says it is, or most likely is.
        values: what could be read, by attribute name.
        complete: whether all that its kind requires is among them.
        problems: its collector.
        root: its tree.
    """

    path: Path
    kind: str
    values: dict[str, Any]
    complete: bool
    problems: Collector
    root: MappingNode


def display_name(path: Path) -> str:
    """Return how a file is called in messages and timelines: from the working folder if it lies below it."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError, RuntimeError):  # elsewhere, or a link to itself
        return str(path)


def read_document(path: Path, name: str, kinds: tuple[str, ...]) -> tuple[Document | None, Collector]:
    """The document in a file, as much of it as can be read, or None; problems are in the collector.

    A document of another kind than wanted is no problem yet: whoever asked for it knows where to say so.

    Args:
        path: the file.
        name: what to call it in problems.
        kinds: the kinds that are wanted here, for a file that does not say its own; none for any.

    Raises:
        UsageError: there is no such file.
        CoachError: it cannot be opened.
    """
    problems = Collector(name)
    text = read_text(path, problems)
    return (None, problems) if text is None else parse_document(path, text, name, kinds)


def parse_document(
    path: Path, text: str, name: str, kinds: tuple[str, ...]
) -> tuple[Document | None, Collector]:
    """The document in a text, as ``read_document``."""
    problems = Collector(name, text)
    try:
        return _read(path, text, kinds, problems), problems
    except Enough:
        return None, problems


def _read(path: Path, text: str, kinds: tuple[str, ...], problems: Collector) -> Document | None:
    root = read_tree(text, problems)
    if not isinstance(root, MappingNode):
        if not problems.problems:
            empty = root is None or (isinstance(root, ScalarNode) and root.empty)
            message = "this file is empty" if empty else "a script is made of lines such as kind: exercise"
            problems.add_at(1, 1, message, "'voice-coach new exercise NAME' writes one to start from")
        return None
    kind = _kind(root, kinds, problems)
    if kind is None:
        return None
    fields = {key: field for key, field in KINDS[kind].items() if key != "kind"}
    values, complete = read_fields(root, fields, problems, skip="kind", hints=HINTS[kind])
    return Document(path, kind, values, complete, problems, root)


_TELLING = {
    "sessions": "pacing",
    "exercises": "session",
    "steps": "exercise",
    "position": "exercise",
    "fragments": "fragments",
}
"""Keys that tell what kind of script it is, when it does not say so."""


def _kind(root: MappingNode, kinds: tuple[str, ...], problems: Collector) -> str | None:
    """The kind that is said, or else (with a problem) the one that is meant; None if nothing tells."""
    node = root.get("kind")
    if isinstance(node, ScalarNode) and node.text in KINDS:
        return node.text
    likely = next((kind for key, kind in _TELLING.items() if key in root.pairs), "")
    if node is None:
        wanted = kinds or tuple(KINDS)
        message = f'"kind" is missing here: {" or ".join(wanted)}'
        problems.add(first_key(root), message, f"add kind: {likely or wanted[0]} as the first line")
        return likely or None
    hint = nearest(node.text, KINDS) if isinstance(node, ScalarNode) else ""
    problems.add(node, f"{describe(node)} is not a kind of script", hint or f"known here: {', '.join(KINDS)}")
    return meant(hint) or likely or None


def read_text(
    path: Path, problems: Collector, advice: str = "Check the spelling, or run 'voice-coach list'."
) -> str | None:
    """The text of a file, its line ends as they are, or None if it is no text; the problem is collected.

    Args:
        path: the file.
        problems: its collector.
        advice: what to do where there is no such file.

    Raises:
        UsageError: there is no such file.
        CoachError: it cannot be opened.
    """
    try:
        # Not blocking, so that a pipe in the place of a file cannot hang us.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                kind = "a folder" if stat.S_ISDIR(state.st_mode) else "not an ordinary file"
                problems.add_at(1, 1, f"this is {kind}", "name the script, a file that ends in .yaml")
                return None
            if state.st_size > MAX_BYTES:
                size = f"{state.st_size / 1e6:.1f} MB"
                problems.add_at(
                    1, 1, f"this file has {size}; a script has at most 1 MB", "split it into several"
                )
                return None
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"There is no file {problems.file}. {advice}") from None
    except OSError as error:
        raise CoachError(f"{problems.file} cannot be read: {error.strerror or error}.") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        problems.add_at(line, column, message, "save the file as UTF-8 in your editor")
        return None
