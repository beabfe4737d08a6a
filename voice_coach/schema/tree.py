"""YAML text into a tree of nodes that know their place; nothing is given a meaning yet.

The tree is made from libyaml's events by a loop of our own, so that a scalar stays the text that was written
(`no` is a word, `1:30` is not ninety of anything) and a hostile file can neither recurse nor unfold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

import yaml

from voice_coach.schema.diagnostics import Collector, plain_spaces

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NODES = 100_000
MAX_REPAIRS = 20
LONGEST_REPAIRED = 50_000
"""Characters up to which a text is read again after a slip: a hostile file is not read twenty times."""

UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that YAML does not count as text."""


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A piece of text at a place; lines and columns count from 1, ``end_column`` is the one after it."""

    text: str
    line: int
    column: int
    width: int = 1
    plain: bool = True
    last_line: int = 0
    end_column: int = 0

    @property
    def empty(self) -> bool:
        """Nothing was written: ``key:`` or ``key: ~``."""
        return self.plain and self.text in ("", "~", "null")


@dataclass(slots=True)
class SequenceNode:
    """A list of nodes."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list["Node"])
    width: int = 1


@dataclass(slots=True)
class MappingNode:
    """Keys with their nodes, in the order written; no key twice.

    ``flow`` tells one in braces; ``end`` is the place after its closing brace.
    """

    line: int
    column: int
    pairs: dict[str, tuple[ScalarNode, Node]] = field(default_factory=dict[str, "tuple[ScalarNode, Node]"])
    width: int = 1
    flow: bool = False
    end: tuple[int, int] = (0, 0)

    def get(self, key: str) -> Node | None:
        pair = self.pairs.get(key)
        return pair[1] if pair else None


Node = ScalarNode | SequenceNode | MappingNode


class _UnreadableError(Exception):
    """The file cannot be read on: the problem is in the collector already."""


def read_tree(text: str, problems: Collector) -> Node | None:
    """The root node of a YAML text, or None when it is unreadable or empty; problems are collected.

    After a slip within a line (a colon in the words, say) the line is read as if it were mended, so that the
    rest is checked too.
    """
    if strange := UNREADABLE.search(text):
        _refuse_character(strange[0], text.count("\0"), text, strange.start(), problems)
        return None
    root = _read_mending(plain_spaces(text, problems), problems)
    if root is None and problems.problems:
        problems.end_here()
    return root


def _read_mending(text: str, problems: Collector) -> Node | None:
    for _ in range(MAX_REPAIRS if len(text) < LONGEST_REPAIRED else 1):
        try:
            return _Builder(problems).build(_events(text))
        except _UnreadableError:
            return None
        except yaml.MarkedYAMLError as error:
            from voice_coach.schema.diagnostics import understand  # most scripts give no reason to complain

            complaint = understand(error, text)
            problems.add_at(
                complaint.line, complaint.column, complaint.message, complaint.hint, complaint.width
            )
            if complaint.repaired is None:
                return None
            text = complaint.repaired
        except (yaml.YAMLError, RecursionError) as error:
            problems.add_at(1, 1, f"this cannot be read: {error}")
            return None
    return None


def _events(text: str) -> Iterator[yaml.Event]:
    # The types that come for PyYAML leave parse open.
    parse = cast("Callable[..., Iterator[yaml.Event]]", yaml.parse)  # pyright: ignore[reportUnknownMemberType]
    return parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _refuse_character(char: str, nulls: int, text: str, position: int, problems: Collector) -> None:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    message = f"the character U+{ord(char):04X} cannot stand in a script"
    hint = "save the file as UTF-8 in your editor" if nulls > 1 else "take it away"
    problems.add_at(line, column, message, hint)


class _Builder:
    """Builds the tree from events with a stack of its own."""

    def __init__(self, problems: Collector) -> None:
        self._problems = problems
        self._stack: list[SequenceNode | MappingNode] = []
        self._keys: list[ScalarNode | None] = []
        self._root: Node | None = None
        self._documents = 0
        self._nodes = 0

    def build(self, events: Iterator[yaml.Event]) -> Node | None:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._documents += 1
                if self._documents > 1:
                    self._refuse(
                        event, "a second document starts here", "put each script in a file of its own"
                    )
            elif isinstance(event, yaml.AliasEvent):
                self._refuse(
                    event,
                    "an alias (*) is not part of the script language",
                    "words that begin with * need quotes",
                )
            elif isinstance(event, yaml.ScalarEvent):
                self._check(event)
                self._add(_scalar(event), event)
            elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
                self._check(event)
                self._open(event)
            elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                self._close(event)
        return self._root

    def _open(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        if len(self._stack) >= MAX_DEPTH:
            self._refuse(
                event, f"this nests deeper than {MAX_DEPTH} levels", "move inner steps into a fragment"
            )
        made = SequenceNode if isinstance(event, yaml.SequenceStartEvent) else MappingNode
        node = made(*_place(event))
        if isinstance(node, MappingNode):
            node.flow = bool(event.flow_style)
        self._add(node, event)
        self._stack.append(node)
        self._keys.append(None)

    def _close(self, event: yaml.Event) -> None:
        node = self._stack.pop()
        self._keys.pop()
        if isinstance(node, MappingNode) and event.end_mark:
            node.end = event.end_mark.line + 1, event.end_mark.column + 1

    def _add(self, node: Node, event: yaml.Event) -> None:
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        if isinstance(parent, SequenceNode):
            parent.items.append(node)
        elif (key := self._keys[-1]) is not None:
            self._keys[-1] = None
            if key.text in parent.pairs:
                first = parent.pairs[key.text][0].line
                self._problems.add(
                    key, f'"{key.text}" stands here twice, first in line {first}', "keep one of them"
                )
            else:
                parent.pairs[key.text] = (key, node)
        elif isinstance(node, ScalarNode):
            self._keys[-1] = node
        else:
            hint = 'text that begins with { or [ needs quotes: "{rep} of {reps}."'
            self._refuse(event, "a list or mapping cannot be a key", hint)

    def _check(self, event: yaml.NodeEvent) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(
                event, f"the file holds more than {MAX_NODES:,} values", "split it into several files"
            )
        if getattr(event, "anchor", None):
            self._refuse(
                event,
                "an anchor (&) is not part of the script language",
                "words that begin with & need quotes",
            )
        if tag := getattr(event, "tag", None):
            if tag == "!":
                return
            self._refuse(
                event,
                f"the tag {tag} is not part of the script language",
                "words that begin with ! need quotes",
            )

    def _refuse(self, event: yaml.Event, message: str, hint: str) -> None:
        self._problems.add_at(*_place(event), message, hint)
        raise _UnreadableError


def _place(event: yaml.Event) -> tuple[int, int]:
    """Line and column, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _scalar(event: yaml.ScalarEvent) -> ScalarNode:
    line, column = _place(event)
    end = event.end_mark
    width = end.column + 1 - column if end and end.line + 1 == line else 1
    last = end.line + (0 if end.column == 0 else 1) if end else line
    plain = event.style in (None, "")
    after = end.column + 1 if end else column + width
    return ScalarNode(event.value, line, column, max(1, width), plain, max(line, last), after)
