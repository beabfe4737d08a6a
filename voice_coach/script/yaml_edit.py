"""Changes single values in the text of a pacing file; every other character stays as its author wrote it.

YAML libraries that write back what they have read move or drop the comments beside what is added or removed:
to them a comment belongs to the value before it. So values are changed in the text, at the places that the
reader knows; afterwards the text is read again and must say what was asked for, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from voice_coach.core.errors import CoachError
from voice_coach.schema.diagnostics import Collector
from voice_coach.schema.tree import MappingNode, Node, ScalarNode, read_tree

START = """\
# Your own values, as 'voice-coach tune' sets them. Edit them here too if you like; your comments stay.
kind: pacing
"""
"""Start of a new pacing file."""

_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_COMMENT = re.compile(r"#[^\r\n\x85\u2028\u2029]*")
_STEP = 2


def begin(text: str) -> str:
    """The text for setting values: one without any line yet gets the line that makes it such a file."""
    if says_anything(text):
        return text
    return f"{text.rstrip()}\nkind: pacing\n" if text.strip() else START


def says_anything(text: str) -> bool:
    """Return whether there is more in a text than comments."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def with_value(text: str, path: Sequence[str], value: str) -> str:
    """The text with a value set: where it stands already, or else as the last of its kind.

    Args:
        text: a pacing file without problems.
        path: the keys that lead to it: ``("exercises", "pelvic-tuck", "hold")``.
        value: as people write it.

    Raises:
        CoachError: the file is written in a way that cannot be changed safely.
    """
    root = _root(text)
    return _checked(_SourceText(text).set(root, path, value), {**_values(root), tuple(path): value}, path)


def without_value(text: str, path: Sequence[str]) -> str:
    """The text without a value, or without all values below a key; every comment stays.

    What is empty then goes too, unless a comment stands in it.

    Raises:
        CoachError: the file is written in a way that cannot be changed safely.
    """
    root = _root(text)
    parents: list[MappingNode] = [root]
    for key in path[:-1]:
        inner = parents[-1].get(key)
        if not isinstance(inner, MappingNode):
            return text
        parents.append(inner)
    found = parents[-1].get(path[-1])
    if isinstance(found, MappingNode) and found.pairs:
        for name in found.pairs:
            text = without_value(text, (*path, name))
        return text
    if found is None:
        return text
    written = _SourceText(text)
    depth = len(path) - 1
    while (
        depth and len(parents[depth].pairs) == 1 and not written.comments(parents[depth - 1], path[depth - 1])
    ):
        depth -= 1
    expected = {place: value for place, value in _values(root).items() if place != tuple(path)}
    return _checked(written.remove(parents[depth], path[depth]), expected, path)


class _SourceText:
    """A text and the places in it; lines and columns count from 1."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        ends = _LINE_END.search(text)
        self._line_end = ends[0] if ends else "\n"

    def set(self, root: MappingNode, path: Sequence[str], value: str) -> str:
        """The text with the value."""
        parent, indent, step = root, root.column - 1, _STEP
        while len(path) > 1 and isinstance(inner := parent.get(path[0]), MappingNode):
            if not inner.flow:
                step = inner.column - parent.column
                indent = inner.column - 1
            parent, path = inner, path[1:]
        if path[0] not in parent.pairs:
            return self._add(parent, indent, step, path, value)
        key, found = parent.pairs[path[0]]
        if not isinstance(found, ScalarNode):
            return self._text
        if found.text or not found.plain:
            new = _braced(path[1:], value)
            return self._replaced(self._at(found), self._end(found), new)
        if len(path) > 1 and not parent.flow:
            lines = self._lines(path[1:], value, indent + step, step)
            return self._after_line(self._last_comment_below(key), lines)
        colon = self._text.index(":", self._end(key)) + 1
        return self._replaced(colon, colon, f" {_braced(path[1:], value)}")

    def remove(self, parent: MappingNode, name: str) -> str:
        """The text without a key and all below it; in a block its lines become those of their comments."""
        key, value = parent.pairs[name]
        if not parent.flow:
            comments = self.comments(parent, name)
            kept = "".join(f"{' ' * (key.column - 1)}{comment}{self._line_end}" for comment in comments)
            return self._replaced(self._starts[key.line - 1], self._after(_last_line(value)), kept)
        names = list(parent.pairs)
        index = names.index(name)
        start, end = self._at(key), self._end(value)
        if index + 1 < len(names):
            following = self._at(parent.pairs[names[index + 1]][0])
            between = self._text[end:following]
            end = following if "#" not in between else end + between.index(",") + 1
        elif index:
            before = self._end(parent.pairs[names[index - 1]][1])
            # Where a comment or a line end stands between, the comma before stays: it does no harm.
            start = before if re.fullmatch(r" *, *", self._text[before:start]) else start
        return self._replaced(start, end, "")

    def comments(self, parent: MappingNode, name: str) -> list[str]:
        """The comments beside and below a key, in order; in a block also the one that ends its last line."""
        key, value = parent.pairs[name]
        end = self._end(value) if parent.flow else self._after(_last_line(value))
        # Between two scalars stand only signs, spaces and comments.
        starts, ends = zip(
            *((self._at(each), self._past(each)) for each in _scalars(key, value)), strict=True
        )
        between = zip(ends, (*starts[1:], end), strict=True)
        return [found.rstrip() for gap in between for found in _COMMENT.findall(self._text[slice(*gap)])]

    def _last_comment_below(self, key: ScalarNode) -> int:
        """The last of the lines after a key that has nothing below it but comments; else its own line."""
        line = key.line
        while line < len(self._starts):
            text = self._text[self._starts[line] : self._after(line + 1)]
            if not text.lstrip().startswith("#") or len(text) - len(text.lstrip()) < key.column:
                break
            line += 1
        return line

    def _add(self, parent: MappingNode, indent: int, step: int, path: Sequence[str], value: str) -> str:
        if not parent.flow:
            return self._after_line(_last_line(parent), self._lines(path, value, indent, step))
        pair = f"{path[0]}: {_braced(path[1:], value)}"
        if not parent.pairs:
            start = self._at(parent) + 1
            return self._replaced(start, start, pair)
        end = self._end(list(parent.pairs.values())[-1][1])
        return self._replaced(end, end, f", {pair}")

    def _lines(self, path: Sequence[str], value: str, indent: int, step: int) -> list[str]:
        """New lines of a block; the values of one exercise share a line."""
        if len(path) <= 2:
            return [f"{' ' * indent}{path[0]}: {_braced(path[1:], value)}"]
        return [f"{' ' * indent}{path[0]}:", *self._lines(path[1:], value, indent + step, step)]

    def _after_line(self, line: int, lines: list[str]) -> str:
        whole = self._line_end.join(lines)
        if line < len(self._starts):
            start = self._starts[line]
            return self._replaced(start, start, whole + self._line_end)
        return f"{self._text}{self._line_end}{whole}{self._line_end}"

    def _at(self, node: Node) -> int:
        return self._starts[node.line - 1] + node.column - 1

    def _end(self, node: Node) -> int:
        if isinstance(node, MappingNode):
            line, column = node.end
            return self._starts[line - 1] + column - 1
        return self._at(node) + (
            node.width if not isinstance(node, ScalarNode) or node.text or not node.plain else 0
        )

    def _past(self, words: ScalarNode) -> int:
        """The end of words that may be written on several lines."""
        if words.last_line <= words.line:
            return self._end(words)
        if words.end_column > 1:
            return self._starts[words.last_line - 1] + words.end_column - 1
        return self._after(words.last_line)  # a block of text has all of its last line

    def _after(self, line: int) -> int:
        """Return where the line after this one begins, or the text ends."""
        return self._starts[line] if line < len(self._starts) else len(self._text)

    def _replaced(self, start: int, end: int, new: str) -> str:
        return self._text[:start] + new + self._text[end:]


def _braced(path: Sequence[str], value: str) -> str:
    return f"{{{path[0]}: {_braced(path[1:], value)}}}" if path else value


def _last_line(node: Node) -> int:
    if isinstance(node, ScalarNode):
        return max(node.line, node.last_line)
    if isinstance(node, MappingNode):
        if node.flow:
            return node.end[0]
        return max(_last_line(part) for pair in node.pairs.values() for part in pair)
    return node.line


def _root(text: str) -> MappingNode:
    problems = Collector("", text)
    root = read_tree(text, problems)
    if not isinstance(root, MappingNode) or problems.problems:
        raise CoachError("The pacing file has problems: run 'voice-coach check' on it first.")
    return root


def _scalars(*nodes: Node) -> Iterator[ScalarNode]:
    """All words in nodes, in the order in which they are written."""
    for node in nodes:
        if isinstance(node, ScalarNode):
            yield node
        elif isinstance(node, MappingNode):
            yield from _scalars(*chain.from_iterable(node.pairs.values()))


def _values(node: MappingNode, *path: str) -> dict[tuple[str, ...], str]:
    """All values by the keys that lead to them."""
    values: dict[tuple[str, ...], str] = {}
    for name, (_, value) in node.pairs.items():
        if isinstance(value, MappingNode):
            values |= _values(value, *path, name)
        elif isinstance(value, ScalarNode) and not value.empty:
            values[*path, name] = value.text
    return values


def _checked(text: str, expected: dict[tuple[str, ...], str], path: Sequence[str]) -> str:
    try:
        if _values(_root(text)) == expected:
            return text
    except CoachError:
        pass
    raise CoachError(
        f"The pacing file is written in a way that cannot be changed safely at {': '.join(path)}. "
        "Change it there in an editor; nothing was changed."
    )
