"""Gathers every problem of a file, so that an author sees them all at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol

from voice_coach.model.problems import Problem, ScriptError, Where

MAX_PROBLEMS = 50


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
        self._lines = text.splitlines()

    def line_text(self, line: int) -> str:
        return self._lines[line - 1] if 0 < line <= len(self._lines) else ""

    def where(self, place: Placed) -> Where:
        return Where(self.file, place.line, place.column)

    def add(self, place: Placed, message: str, hint: str = "") -> None:
        self.add_at(place.line, place.column, message, hint, place.width)

    def add_at(self, line: int, column: int, message: str, hint: str = "", width: int = 1) -> None:
        where = Where(self.file, line, column)
        shown = self.line_text(line)
        if len(shown) > 200:
            shown = ""
        found = Problem(where, message, hint, shown, width)
        if found not in self.problems and len(self.problems) < MAX_PROBLEMS:
            self.problems.append(found)

    def add_token(
        self,
        where: Where,
        token: str,
        message: str,
        hint: str = "",
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        """A problem with a word somewhere in the step at ``where``: the caret goes under the word."""
        line, column, width = where.line, where.column, 1
        for number in range(where.line, min(where.line + 30, len(self._lines) + 1)):
            position = self.line_text(number).find(token) if token else -1
            if position >= 0:
                line, column, width = number, position + 1, len(token)
                break
        shown = self.line_text(line)
        found = Problem(Where(self.file, line, column), message, hint, shown, width, severity)
        if found not in self.problems and len(self.problems) < MAX_PROBLEMS:
            self.problems.append(found)

    def raise_if_any(self) -> None:
        """Raises ScriptError when anything was collected."""
        if self.problems:
            raise ScriptError(self.problems)


def nearest(word: str, known: Iterable[str]) -> str:
    """``did you mean "hold"?`` when one of the known words is near, else the list of them."""
    from difflib import get_close_matches

    names = list(known)
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known here: {', '.join(names)}" if len(names) <= 24 else ""
