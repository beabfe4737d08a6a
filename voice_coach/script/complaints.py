"""What libyaml complains about, in words for people, with what they most likely did and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import yaml

_KEY = re.compile(r"\s*(?:-\s+)*[\w-]+:(?:\s|$)")
_TIGHT_KEY = re.compile(r"\s*(?:-\s+)*[a-z_]+:[^\s/]")
_EARLY_QUOTE = re.compile(r"""(?:^|[:\-,\[{]\s+)(["'])(?:(?!\1).)*\1\s*$""")
_EARLY_BRACKET = re.compile(r"(?:^|[:\-]\s+)[{\[][^{}\[\]]*[}\]]\s*$")

_QUOTES = 'put the whole text in quotes: "Now: breathe in."'
_LINE_UP = "the keys of one step begin in the same column, and so do the dashes of one list"


@dataclass(frozen=True, slots=True)
class Complaint:
    """A problem with its place; ``repaired`` is the text without the slip, where that is plain to see."""

    line: int
    column: int
    message: str
    hint: str
    width: int = 1
    repaired: str | None = None


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where libyaml stopped: the text, its lines, the places (from 1) of the problem and of its context."""

    text: str
    lines: list[str]
    line: int
    column: int
    start_line: int
    start_column: int

    @property
    def shown(self) -> str:
        return self.lines[self.line - 1] if self.line <= len(self.lines) else ""

    @property
    def before(self) -> str:
        return self.shown[: self.column - 1]

    @property
    def opener(self) -> str:
        started = self.lines[self.start_line - 1] if self.start_line <= len(self.lines) else ""
        return started[self.start_column - 1 : self.start_column]

    def without(self, replacement: str) -> str | None:
        """The text with the character at the problem replaced; nothing else moves."""
        lines = self.text.split("\n")
        if self.line > len(lines) or self.column > len(lines[self.line - 1]):
            return None
        written = lines[self.line - 1]
        lines[self.line - 1] = written[: self.column - 1] + replacement + written[self.column :]
        return "\n".join(lines)


def understand(error: yaml.MarkedYAMLError, text: str) -> Complaint:
    """The complaint behind an error, as far as it can be told from the lines around it."""
    mark = error.problem_mark or error.context_mark
    start = error.context_mark or mark
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    began = (start.line + 1, start.column + 1) if start else place
    spot = _Spot(text, text.splitlines(), *place, *began)
    said = f"{error.problem} {error.context}"
    for part, explain in _EXPLAINED.items():
        if part in said:
            return explain(spot)
    return Complaint(*place, f"this cannot be read: {error.problem or error.context}", "")


def _tab(spot: _Spot) -> Complaint:
    return Complaint(
        spot.line, spot.column, "a tab stands in the indentation", "indent with spaces, never with tabs"
    )


def _colon(spot: _Spot) -> Complaint:
    if _KEY.match(spot.before):
        repaired = spot.without(" ")
        return Complaint(spot.line, spot.column, "a second colon stands in this line", _QUOTES, 1, repaired)
    above = spot.line - 1
    while above > 1 and not spot.lines[above - 1].strip():
        above -= 1
    written = spot.lines[above - 1] if above else ""
    if _TIGHT_KEY.match(written):
        column = written.index(":") + 1
        return Complaint(above, column, "a space is missing after this colon", "write key: value")
    if spot.before.lstrip().startswith("- "):
        return _dash(spot, len(spot.before) - len(spot.before.lstrip()) + 1)
    column = len(spot.before) - len(spot.before.lstrip()) + 1
    hint = "a key cannot stand further in than the one above it, when that has a value already"
    return Complaint(spot.line, column, "this key is not where a key can be", hint, spot.column - column)


def _not_lined_up(spot: _Spot) -> Complaint:
    if "\t" in spot.before:
        return _tab(spot)
    if quote := _EARLY_QUOTE.search(spot.before):
        hint = {
            '"': "put the whole text in quotes, and use single ones within: \"Say 'up' now.\"",
            "'": 'text with an apostrophe goes in double quotes: "Don\'t move."',
        }[quote[1]]
        return Complaint(spot.line, spot.column, "the quotes end here, but the line goes on", hint)
    if _EARLY_BRACKET.search(spot.before):
        hint = 'text that begins with { or [ goes in quotes: "{rep} of {reps}."'
        return Complaint(spot.line, spot.column, "the bracket ends here, but the line goes on", hint)
    if spot.shown.lstrip().startswith("- ") and not spot.before.strip():
        return _dash(spot, spot.column)
    return Complaint(spot.line, spot.column, "this does not line up with the lines above", _LINE_UP)


def _dash(spot: _Spot, column: int) -> Complaint:
    hint = 'line it up with the dashes above; steps inside a step go below its "steps:"'
    return Complaint(spot.line, column, "this dash is not where an item can begin", hint)


def _open_quote(spot: _Spot) -> Complaint:
    return Complaint(
        spot.start_line,
        spot.start_column,
        "this quote is never closed",
        f"end the text with {spot.opener}",
    )


def _open_bracket(spot: _Spot) -> Complaint:
    if spot.line == spot.start_line:
        return Complaint(spot.line, spot.column, "a comma is missing before this", "{key: value, key: value}")
    closing = {"{": "}", "[": "]"}.get(spot.opener, "its partner")
    message = f"this {spot.opener} is never closed"
    return Complaint(spot.start_line, spot.start_column, message, f"end it with {closing}")


def _first_character(spot: _Spot) -> Complaint:
    char = spot.shown[spot.column - 1 : spot.column]
    if char == "\t":
        return _tab(spot)
    message = f"text cannot begin with {char} unless it is in quotes"
    return Complaint(spot.line, spot.column, message, f'write "{char}…"', 1, spot.without("x"))


def _star(spot: _Spot) -> Complaint:
    message = f"text cannot begin with {spot.opener} unless it is in quotes"
    return Complaint(spot.start_line, spot.start_column, message, f'write "{spot.opener}…"')


def _backslash(spot: _Spot) -> Complaint:
    hint = "write it twice, or put the text in single quotes"
    return Complaint(spot.line, max(1, spot.column), "in double quotes a backslash begins a code", hint)


def _block_text(spot: _Spot) -> Complaint:
    hint = f"put the text in quotes, or begin it in the line after {spot.opener}"
    message = f"after {spot.opener} the line has to end"
    return Complaint(spot.line, spot.column, message, hint)


def _no_colon(spot: _Spot) -> Complaint:
    hint = "write key: value; text that goes on in a second line is indented further than its key"
    width = len(spot.lines[spot.start_line - 1]) if spot.start_line <= len(spot.lines) else 1
    return Complaint(spot.start_line, spot.start_column, "a colon is missing in this line", hint, width)


_EXPLAINED: dict[str, Callable[[_Spot], Complaint]] = {
    "found a tab": _tab,
    "mapping values are not allowed": _colon,
    "unexpected end of stream while scanning a quoted": _open_quote,
    "found unexpected document indicator while scanning a quoted": _open_quote,
    "expected ',' or": _open_bracket,
    "cannot start any token": _first_character,
    "while scanning an alias": _star,
    "while scanning an anchor": _star,
    "while scanning a tag": _star,
    "while parsing a tag": _star,
    "while scanning a directive": _star,
    "escape character": _backslash,
    "while scanning a block scalar": _block_text,
    "could not find expected ':'": _no_colon,
    "did not find expected": _not_lined_up,
    "expected <block end>": _not_lined_up,
}
"""The first part that an error contains explains it; libyaml's own words, and those of PyYAML without it."""
