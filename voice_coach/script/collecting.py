"""Gathers every problem of a file, so that an author sees them all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol

from voice_coach.model.problems import Problem, ScriptError, Where
from voice_coach.model.words import nearest_word

MAX_PROBLEMS = 50
WIDEST_LINE = 200
LONGEST_MESSAGE = 400
AS_WORDS = "put quotes around the line; a note begins with # and a space"
"""What to do about words that a # cuts off."""


class Enough(Exception):
    """A file has so many problems that reading on helps nobody."""


class Placed(Protocol):
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

    def where(self, place: Placed) -> Where:
        return Where(self.file, place.line, place.column)

    def add(self, place: Placed, message: str, hint: str = "") -> None:
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
        """Adds a problem, once; of warnings not more than anybody wants to see.

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
        """Says with the last problem that nothing else of the file could be read."""
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
        """Raises ScriptError when anything was collected."""
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
