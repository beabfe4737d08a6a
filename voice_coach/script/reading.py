"""One script file, safely: bytes to text to a tree to values, with every problem collected."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from voice_coach.model.problems import CoachError
from voice_coach.script.collecting import Collector, nearest
from voice_coach.script.documents import KINDS
from voice_coach.script.kinds import Invalid
from voice_coach.script.nodes import MAX_BYTES, Mapping, Scalar, read_tree
from voice_coach.script.records import read_fields


class Document:
    """A file that has been read: its kind, its values by attribute name, and its collector."""

    def __init__(
        self, path: Path, kind: str, values: dict[str, Any], problems: Collector, root: Mapping
    ) -> None:
        self.path = path
        self.kind = kind
        self.values = values
        self.problems = problems
        self.root = root


def display_name(path: Path) -> str:
    """How a file is called in messages and timelines: from the working folder if it lies below it."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def read_document(path: Path, name: str, kinds: tuple[str, ...]) -> tuple[Document | None, Collector]:
    """The document in a file, or None with problems in the collector.

    Args:
        path: the file.
        name: what to call it in problems.
        kinds: the kinds that are wanted here.
    """
    problems = Collector(name)
    text = _read_text(path, problems)
    if text is None:
        return None, problems
    problems = Collector(name, text)
    root = read_tree(text, problems)
    if not isinstance(root, Mapping):
        if not problems.problems:
            problems.add_at(
                1,
                1,
                "this file is empty" if root is None else "a script is a mapping (key: value)",
                "'voice-coach new exercise NAME' writes one to start from",
            )
        return None, problems
    kind = _kind(root, kinds, problems)
    if kind is None:
        return None, problems
    values = read_fields(root, KINDS[kind], problems, root)
    if isinstance(values, Invalid):
        return None, problems
    values.pop("kind", None)
    return Document(path, kind, values, problems, root), problems


def _kind(root: Mapping, kinds: tuple[str, ...], problems: Collector) -> str | None:
    node = root.get("kind")
    wanted = " or ".join(kinds)
    if node is None:
        problems.add(
            root,
            f"the kind of script is not said; {wanted} is expected here",
            f"add a line: kind: {kinds[0]}",
        )
    elif not isinstance(node, Scalar) or node.text not in KINDS:
        written = node.text if isinstance(node, Scalar) else ""
        problems.add(node, f'"{written}" is not a kind of script', nearest(written, KINDS))
    elif node.text not in kinds:
        problems.add(node, f"this is a script of kind {node.text}, but {wanted} is expected here")
    else:
        return node.text
    return None


def _read_text(path: Path, problems: Collector) -> str | None:
    try:
        # Not blocking, so that a pipe in the place of a file cannot hang us.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                problems.add_at(1, 1, "this is not a file")
                return None
            if state.st_size > MAX_BYTES:
                size = f"{state.st_size / 1e6:.1f} MB"
                problems.add_at(
                    1, 1, f"this file has {size}; a script has at most 1 MB", "split it into several"
                )
                return None
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise CoachError(
            f"There is no file {problems.file}. Check the spelling, or run 'voice-coach list'."
        ) from None
    except OSError as error:
        raise CoachError(f"{problems.file} cannot be read: {error.strerror or error}.") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        problems.add_at(
            line,
            column,
            f"the byte 0x{data[error.start]:02x} is not UTF-8",
            "save the file as UTF-8 in your editor",
        )
        return None
