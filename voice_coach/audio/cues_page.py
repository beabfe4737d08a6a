"""One `cues.yaml` being read: its YAML nodes, and the problems found on the way.

Scalars stay the text that was written; `sound_reader` gives them their meaning.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from voice_coach.model.problems import CoachError, Problem, Where
from voice_coach.model.words import nearest_word

MAX_BYTES = 256_000
MAX_DEPTH = 12

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CuesPage:
    """The file, its lines, and the problems collected so far."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            CoachError: it cannot be read at all.
        """
        self.path = path
        self.problems: list[Problem] = []
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CoachError(f"Cannot read the sound cues in {path}: {error.strerror or error}.") from error
        self._text = raw.decode("utf-8", errors="replace").removeprefix("\ufeff")
        self._lines = self._text.splitlines()
        if len(raw) > MAX_BYTES:
            self.complain_at(1, 1, f"this file is larger than {MAX_BYTES // 1000} kB")
        elif "\ufffd" in self._text:
            line = self._text[: self._text.index("\ufffd")].count("\n") + 1
            self.complain_at(line, 1, "this line is not UTF-8 text", "save the file as UTF-8")

    def root(self) -> Node | None:
        """The tree of the file, or None if it is empty or its problems are collected."""
        if self.problems:
            return None
        try:
            if self._refused():
                return None
            return yaml.compose(self._text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            found = error.problem or error.context or "it cannot be read"
            self.complain_at(
                line, column, f"this is not YAML: {found}", "check the indentation and the quotes"
            )
        except yaml.YAMLError as error:
            self.complain_at(1, 1, f"this is not YAML: {error}")
        return None

    def where(self, node: Node) -> Where:
        return Where(str(self.path), node.start_mark.line + 1, node.start_mark.column + 1)

    def complain(self, node: Node, message: str, hint: str = "") -> None:
        """Collect a problem at a node."""
        start, end = node.start_mark, node.end_mark
        width = max(1, end.column - start.column) if end.line == start.line else 1
        self.complain_at(start.line + 1, start.column + 1, message, hint, width)

    def complain_at(self, line: int, column: int, message: str, hint: str = "", width: int = 1) -> None:
        """Collect a problem at a place; line and column count from 1."""
        written = self._lines[line - 1] if line <= len(self._lines) else ""
        place = Where(str(self.path), line, column)
        self.problems.append(Problem(place, message, hint, written[:200], width))

    def pairs(
        self, node: Node, what: str, known: Iterable[str] | None = None
    ) -> dict[str, tuple[Node, Node]]:
        """The (key, value) nodes of a mapping by key; complains of unknown and repeated keys.

        Args:
            node: what was found.
            what: what it should be, for the message when it is no mapping.
            known: the keys there are, or None if any name will do.
        """
        if not isinstance(node, MappingNode):
            self.complain(node, f"expected {what}", "write it as KEY: VALUE, one to a line")
            return {}
        found: dict[str, tuple[Node, Node]] = {}
        names = None if known is None else list(known)
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.complain(key, "a key is a single word")
            elif names is not None and key.value not in names:
                hint = did_you_mean(key.value, names) or f"there are: {', '.join(names)}"
                self.complain(key, f'unknown key "{key.value}"', hint)
            elif key.value in found:
                first = found[key.value][0].start_mark.line + 1
                self.complain(key, f'"{key.value}" is here twice; it is in line {first} already')
            else:
                found[key.value] = (key, value)
        return found

    def _refused(self) -> bool:
        """Look for what a description never needs and a hostile file lives on, before making a tree of it."""
        depth = 0
        for event in yaml.parse(self._text, Loader=_LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            for refused, message in (
                (isinstance(event, yaml.AliasEvent), "aliases (*) are not used here; write it out"),
                (bool(getattr(event, "anchor", None)), "anchors (&) are not used here; write it out"),
                (bool(getattr(event, "tag", None)), "tags (!) are not used here"),
                (depth > MAX_DEPTH, "this is nested too deeply"),
            ):
                if refused:
                    mark = event.start_mark
                    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
                    self.complain_at(line, column, message)
                    return True
        return False


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """A hint with the nearest of the names, or nothing."""
    close = nearest_word(word, names)
    return f'did you mean "{close}"?' if close else ""
