"""Problems in a document: collected, explained in plain words, with the nearest valid spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

import yaml

from voice_coach.core.errors import Problem, ScriptError, Where
from voice_coach.core.text import nearest_word

MAX_PROBLEMS = 50
WIDEST_LINE = 200
LONGEST_MESSAGE = 400
AS_WORDS = "put quotes around the line; a note begins with # and a space"
"""Hint about words that a # cuts off."""


class Enough(Exception):
    """A file has so many problems that reading on helps no more."""


class Located(Protocol):
    """Anything with a place in the text."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def width(self) -> int: ...


class Collector:
    """The problems of one file, and its lines to show them in."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self.problems: list[Problem] = []
        """The errors."""
        self.warnings: list[Problem] = []
        self.unsure: set[str] = set()
        """Names whose declaration has a problem: that they are not known is no second one."""
        self._lines = text.splitlines()

    def line_text(self, line: int) -> str:
        return self._lines[line - 1] if 0 < line <= len(self._lines) else ""

    def where(self, place: Located) -> Where:
        return Where(self.file, place.line, place.column)

    def add(self, place: Located, message: str, hint: str = "") -> None:
        self.add_at(place.line, place.column, message, hint, place.width)

    def add_at(
        self,
        line: int,
        column: int,
        message: str,
        hint: str = "",
        width: int = 1,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        """Add a problem, once; of warnings not more than anybody wants to see.

        Raises:
            Enough: there are as many errors now as anybody wants to see.
        """
        shown = _printable(self.line_text(line))
        if len(shown) > WIDEST_LINE:
            shown = f"{shown[:WIDEST_LINE]}…" if column + width <= WIDEST_LINE else ""
        where = Where(self.file, line, column)
        found = Problem(where, _short(message), _short(hint), shown, width, severity)
        known = self.problems if severity == "error" else self.warnings
        if found not in known and len(known) < MAX_PROBLEMS:
            known.append(found)
        if len(self.problems) >= MAX_PROBLEMS:
            raise Enough

    def end_here(self) -> None:
        """Say with the last problem that nothing else of the file could be read."""
        last = self.problems[-1]
        rest = "mend this first: the rest could not be read"
        self.problems[-1] = replace(last, hint=f"{last.hint}; {rest}" if last.hint else rest)

    def add_token(
        self,
        where: Where,
        token: str,
        message: str,
        hint: str = "",
        severity: Literal["error", "warning"] = "error",
        *,
        key: bool = False,
    ) -> None:
        """A problem with a word somewhere in the step at ``where``: the caret goes under the word.

        A value is meant rather than a key of the same name, unless ``key`` says so.
        """
        if severity == "warning" and len(self.warnings) >= MAX_PROBLEMS:
            return
        line, column, width = self._find(where, token, key) if token else (where.line, where.column, 1)
        self.add_at(line, column, message, hint, width, severity)

    def _find(self, where: Where, token: str, key: bool) -> tuple[int, int, int]:
        """The nearest place of a word from ``where`` on: whole and in the role that is meant, or anyhow.

        Returns:
            Line, column and width.
        """
        plain = word = r"\s+".join(
            map(re.escape, token.split(" "))
        )  # whatever spaces the text was written with
        if token[0].isalnum():
            word = rf"(?<![\w-]){word}"
        if token[-1].isalnum():
            word = rf"{word}(?![\w-])"
        role = r"(?=[\"']?\s*:)" if key else r"(?![\"']?\s*:)"
        for pattern in (word + role, word, plain):
            for number in range(where.line, min(where.line + 30, len(self._lines) + 1)):
                start = where.column - 1 if number == where.line else 0
                if found := re.compile(pattern).search(self.line_text(number), start):
                    return number, found.start() + 1, found.end() - found.start()
        return where.line, where.column, 1

    def raise_if_any(self) -> None:
        """Raise ScriptError when anything was collected."""
        if self.problems:
            raise ScriptError(self.problems)


def with_line(problem: Problem) -> Problem:
    """A warning of the compiler with the line that it is about, and the key that is meant if it names one."""
    try:
        text = Path(problem.where.file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return problem
    shown = Collector(problem.where.file, text)
    shown.add_token(
        problem.where, problem.token, problem.message, problem.hint, "warning", key=bool(problem.token)
    )
    return replace(shown.warnings[0], settings=problem.settings)


def nearest(word: str, known: Iterable[str], hints: Mapping[str, str] | None = None) -> str:
    """``did you mean "hold"?`` when one of the known words is near, else the list of them.

    Args:
        word: what was written.
        known: what may be written.
        hints: what to say instead about words, or parts of the word, that people often write.
    """
    names = list(known)
    lower = word.lower()
    alike = {name.lower(): name for name in names}
    if lower in alike:
        return f'did you mean "{alike[lower]}"?'
    if hint := next(
        (hint for part, hint in (hints or {}).items() if part in re.split(r"[^a-z]+", lower)), ""
    ):
        return hint
    if close := nearest_word(lower[:60], alike, cutoff=0.66):
        return f'did you mean "{alike[close]}"?'
    return f"known here: {', '.join(names)}" if 0 < len(names) <= 24 else ""


def meant(hint: str) -> str:
    """The word in a ``did you mean "hold"?``, or "" in another hint."""
    found = re.fullmatch(r'did you mean "(.*)"\?', hint)
    return found[1] if found else ""


def quoted(text: str) -> str:
    """A written text in quotes, for messages; a long one is cut short."""
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}…"'


def _short(message: str) -> str:
    message = _printable(message)
    return message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}…"


def _printable(text: str) -> str:
    """Without what could move a terminal's cursor."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c == "\t" else "·" for c in text)


DASH = re.compile(r"-(?=[^\W\d]|[\"'{\[])|[–—−•·]")
"""Signs that people write in the place of a dash and a space."""

AS_STEP = "a step begins with a plain dash (-) and a space"

_WIDE = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_WITHOUT_WIDTH = "\u200b-\u200d\u2060\ufeff"
_ODD = re.compile(f"[{_WIDE}{_WITHOUT_WIDTH}]")
_SPACE = rf"[ \t{_WIDE}{_WITHOUT_WIDTH}]"
_LEAD = rf"^{_SPACE}*+(?:-{_SPACE}++)*+(?:\w[\w-]*+{_SPACE}*+:{_SPACE}++)?"
"""Pattern of the start of a line: its indentation, its dashes, its key. Compiled when a text needs it."""


def plain_spaces(text: str, problems: Collector) -> str:
    """The text with plain spaces where its structure has odd ones; each line that has any is a problem.

    Within words they do no harm, and stay.
    """
    if not _ODD.search(text):
        return text
    pieces: list[str] = []
    done = 0
    for lead in re.finditer(_LEAD, text, re.MULTILINE):
        odd = _ODD.search(lead[0])
        if odd is None:
            continue
        column = odd.start() + 1
        name = unicodedata.name(odd[0], "odd space").lower()
        message = f"this is a {name} (U+{ord(odd[0]):04X}), pasted from elsewhere, not an ordinary space"
        hint = "type an ordinary space over it" if re.match(f"[{_WIDE}]", odd[0]) else "take it away"
        # splitlines, as the problem's line is found by it too
        line = len(text[: lead.start()].splitlines()) + 1
        problems.add_at(line, column, message, hint)
        pieces += [text[done : lead.start()], re.sub(f"[{_WITHOUT_WIDTH}]", "", lead[0])]
        pieces[-1] = re.sub(f"[{_WIDE}]", " ", pieces[-1])
        done = lead.end()
    return "".join([*pieces, text[done:]])


_KEY = re.compile(r"\s*(?:-\s+)*[\w-]+:(?:\s|$)")
_TIGHT_KEY = re.compile(r"\s*(?:-\s+)*[a-z_]+:[^\s/]")
_EARLY_QUOTE = re.compile(r"""(?:^|[:\-,\[{]\s+)(["'])(?:(?!\1).)*\1\s*$""")
_EARLY_BRACKET = re.compile(r"(?:^|[:\-]\s+)[{\[][^{}\[\]]*[}\]]\s*$")

_NOTED_KEY = re.compile(r"\s*#+\s*(?:steps|exercises|during|between|opening|closing|arrive):\s*$")
_LOST = re.compile(r"\s(#\S.*)")

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
    """Place where libyaml stopped: the text, its lines, the places (from 1) of the problem and of its
    context."""

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

    def line_at(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def above(self, line: int) -> int:
        """The nearest line above that is neither blank nor a note; 0 if there is none."""
        above = line - 1
        while above and (not self.line_at(above).strip() or self.line_at(above).lstrip().startswith("#")):
            above -= 1
        return above

    def with_dash(self, line: int, dash: str) -> str:
        """The text with a dash put before a line, or in the place of something like it."""
        lines = self.text.split("\n")
        written = lines[line - 1]
        lines[line - 1] = f"{' ' * _indent(written)}{dash}{written.lstrip(' -–—−•·')}"
        return "\n".join(lines)

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
    above = spot.above(spot.line)
    written = spot.line_at(above)
    if _TIGHT_KEY.match(written):
        column = written.index(":") + 1
        return Complaint(above, column, "a space is missing after this colon", "write key: value")
    if spot.before.lstrip().startswith("- "):
        words = written.strip() and not _KEY.match(written) and not written.lstrip().startswith("- ")
        if words and _indent(written) == _indent(spot.before):
            return _no_dash(spot, above)
        return _dash(spot, _indent(spot.before) + 1)
    column = _indent(spot.before) + 1
    hint = "a key cannot stand further in than the one above it, when that has a value already"
    return Complaint(spot.line, column, "this key is not where a key can be", hint, spot.column - column)


def _not_lined_up(spot: _Spot) -> Complaint:
    if "\t" in spot.before:
        return _tab(spot)
    if lost := _words_after_hash(spot, spot.line):
        return lost
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
    if _in_list(spot, spot.line) and not spot.before.strip():
        return _no_dash(spot, spot.line)
    return Complaint(spot.line, spot.column, "this does not line up with the lines above", _LINE_UP)


def _dash(spot: _Spot, column: int) -> Complaint:
    """A dash where none can be: its list has no key, or it stands too far in or out."""
    message = "this dash is not where an item can begin"
    notes = range(spot.line - 1, spot.above(spot.line), -1)
    if noted := next((line for line in notes if _NOTED_KEY.match(spot.line_at(line))), 0):
        key = spot.line_at(noted).strip(" \t#")
        message = f"this list has no key above it: {key} in line {noted} is a note, as it begins with #"
        return Complaint(spot.line, column, message, "take the # away")
    key = "exercises" if re.search(r"^kind:\s*session\b", spot.text, re.MULTILINE) else "steps"
    if not re.search(rf"^(?:{key}|fragments)\s*:", spot.text, re.MULTILINE):
        hint = f"write {key}: in a line of its own above the list"
        return Complaint(spot.line, column, f"this list has no key above it: {key}: is missing", hint)
    hint = 'line it up with the dashes above; steps inside a step go below its "steps:"'
    return Complaint(spot.line, column, message, hint)


def _no_dash(spot: _Spot, line: int) -> Complaint:
    """A line among steps that has no dash, or one that is none."""
    written = spot.line_at(line)
    column = _indent(written) + 1
    width = len(written.strip())
    like = DASH.match(written.strip())
    if like is None:
        message = "this line among the steps does not begin with a dash"
        hint = "begin it with a dash"
    elif like[0] == "-":
        message, hint, width = "a space is missing after this dash", AS_STEP, 1
    else:
        message = f"this line begins with {like[0]}, which is not a dash"
        hint, width = AS_STEP, 1
    return Complaint(line, column, message, hint, width, spot.with_dash(line, "- "))


def _in_list(spot: _Spot, line: int) -> bool:
    """Return whether a line stands right below the dashes of a list."""
    indent = _indent(spot.line_at(line))
    above = spot.above(line)
    while above and _indent(spot.line_at(above)) > indent:
        above = spot.above(above)
    written = spot.line_at(above)
    return bool(above) and _indent(written) == indent and written.lstrip().startswith("- ")


def _words_after_hash(spot: _Spot, line: int) -> Complaint | None:
    """Words that a # in the line above cut off, so that those of this line belong to nothing."""
    above = spot.above(line)
    lost = _LOST.search(spot.line_at(above))
    if lost is None or _KEY.match(spot.line_at(line)) or spot.line_at(line).lstrip().startswith("- "):
        return None
    message = f"{quoted(lost[1])} is read as a note, and not spoken"
    return Complaint(above, lost.start(1) + 1, message, AS_WORDS, len(lost[1]))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


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
    if lost := _words_after_hash(spot, spot.start_line):
        return lost
    if _in_list(spot, spot.start_line) or DASH.match(spot.line_at(spot.start_line).strip()):
        return _no_dash(spot, spot.start_line)
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
