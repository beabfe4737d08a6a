"""Changes single values in the text of a pacing file; every other character stays as its author wrote it.

YAML libraries that write back what they have read move or drop the comments beside what is added or removed:
to them a comment belongs to the value before it. So values are changed in the text, at the places that the
reader knows; afterwards the text is read again and must say what was asked for, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voice_coach.model.problems import CoachError
from voice_coach.script.collecting import Collector
from voice_coach.script.nodes import Mapping, Node, Scalar, read_tree

START = """\
# Your own values, as 'voice-coach tune' sets them. Edit them here too if you like; your comments stay.
kind: pacing
"""
"""What a new pacing file begins with."""

_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_STEP = 2

Plain = dict[str, "Plain"] | str


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
    expected = _plain(root)
    place = expected
    for key in path[:-1]:
        inner = place.get(key)
        if not isinstance(inner, dict):
            inner = place[key] = {}
        place = inner
    place[path[-1]] = value
    return _checked(_Text(text).set(root, path, value), expected, path)


def without_value(text: str, path: Sequence[str]) -> str:
    """The text without a value, or without all below a key; what then is empty goes too.

    Raises:
        CoachError: the file is written in a way that cannot be changed safely.
    """
    root = _root(text)
    chain: list[Mapping] = [root]
    for key in path[:-1]:
        inner = chain[-1].get(key)
        if not isinstance(inner, Mapping):
            return text
        chain.append(inner)
    if path[-1] not in chain[-1].pairs:
        return text
    depth = len(path) - 1
    while depth and len(chain[depth].pairs) == 1:
        depth -= 1
    expected = _plain(root)
    place: dict[str, Plain] = expected
    for key in path[:depth]:
        inner = place[key]
        if isinstance(inner, dict):
            place = inner
    del place[path[depth]]
    return _checked(_Text(text).remove(chain[depth], path[depth]), expected, path)


class _Text:
    """A text and the places in it; lines and columns count from 1."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        ends = _LINE_END.search(text)
        self._line_end = ends[0] if ends else "\n"

    def set(self, root: Mapping, path: Sequence[str], value: str) -> str:
        """The text with the value."""
        parent, indent, step = root, root.column - 1, _STEP
        while len(path) > 1 and isinstance(inner := parent.get(path[0]), Mapping):
            if not inner.flow:
                step = inner.column - parent.column
                indent = inner.column - 1
            parent, path = inner, path[1:]
        if path[0] not in parent.pairs:
            return self._add(parent, indent, step, path, value)
        key, found = parent.pairs[path[0]]
        if not isinstance(found, Scalar):
            return self._text
        if found.text or not found.plain:
            new = _braced(path[1:], value)
            return self._replaced(self._at(found), self._end(found), new)
        if len(path) > 1 and not parent.flow:
            lines = self._lines(path[1:], value, indent + step, step)
            return self._after_line(key.line, lines)
        colon = self._text.index(":", self._end(key)) + 1
        return self._replaced(colon, colon, f" {_braced(path[1:], value)}")

    def remove(self, parent: Mapping, name: str) -> str:
        """The text without a key and all below it; in a block without its lines."""
        key, value = parent.pairs[name]
        if not parent.flow:
            last = _last_line(value)
            end = self._starts[last] if last < len(self._starts) else len(self._text)
            return self._replaced(self._starts[key.line - 1], end, "")
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

    def _add(self, parent: Mapping, indent: int, step: int, path: Sequence[str], value: str) -> str:
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
        if isinstance(node, Mapping):
            line, column = node.end
            return self._starts[line - 1] + column - 1
        return self._at(node) + (
            node.width if not isinstance(node, Scalar) or node.text or not node.plain else 0
        )

    def _replaced(self, start: int, end: int, new: str) -> str:
        return self._text[:start] + new + self._text[end:]


def _braced(path: Sequence[str], value: str) -> str:
    return f"{{{path[0]}: {_braced(path[1:], value)}}}" if path else value


def _last_line(node: Node) -> int:
    if isinstance(node, Scalar):
        return max(node.line, node.last_line)
    if isinstance(node, Mapping):
        if node.flow:
            return node.end[0]
        return max(_last_line(part) for pair in node.pairs.values() for part in pair)
    return node.line


def _root(text: str) -> Mapping:
    problems = Collector("", text)
    root = read_tree(text, problems)
    if not isinstance(root, Mapping) or problems.problems:
        raise CoachError("The pacing file has problems: run 'voice-coach check' on it first.")
    return root


def _plain(node: Mapping) -> dict[str, Plain]:
    return {
        name: _plain(value) if isinstance(value, Mapping) else getattr(value, "text", "")
        for name, (_, value) in node.pairs.items()
    }


def _checked(text: str, expected: dict[str, Plain], path: Sequence[str]) -> str:
    try:
        if _plain(_root(text)) == expected:
            return text
    except CoachError:
        pass
    raise CoachError(
        f"The pacing file is written in a way that cannot be changed safely at {': '.join(path)}. "
        "Change it there in an editor; nothing was changed."
    )
