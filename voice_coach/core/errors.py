"""Problems as data: in scripts, findings about time, and errors for users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a script; ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right in a script: what was found, what was expected, what to do.

    ``error`` stops a script from being played; ``warning`` is advice.

    Attributes:
        token: the key in the step at ``where`` that is meant, for whoever shows the line.
        settings: what a session sets, where that is not written in the script with the problem.
    """

    where: Where
    message: str
    hint: str = ""
    line_text: str = ""
    width: int = 1
    severity: Literal["error", "warning"] = "error"
    token: str = ""
    settings: str = ""

    def __str__(self) -> str:
        """The message with the line shown and a caret under the spot."""
        place = f"{self.where.file}:{self.where.line}:{self.where.column}"
        prefix = "" if self.severity == "error" else "warning: "
        settings = f", as {self.settings}" if self.settings else ""
        head = f"{place}  {prefix}{self.message}{settings}"
        if not self.line_text.strip():
            return f"{head}\n    {self.hint}" if self.hint else head
        gutter = f"{self.where.line:>5} | "
        lead = "".join("\t" if char == "\t" else " " for char in self.line_text[: self.where.column - 1])
        carets = "^" * max(1, min(self.width, len(self.line_text) - self.where.column + 1))
        marks = f"{' ' * 6}| {lead}{carets}"
        return f"{head}\n{gutter}{self.line_text}\n{marks} {self.hint}".rstrip()


def display_path(name: Path | str) -> str:
    """A path for the eye: on one line, whatever is in its name."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in str(name))


class CoachError(Exception):
    """Something the person can act on; the text says what happened and what to do."""


class UsageError(CoachError):
    """Something asked for that is not known, or out of its bounds; the text says what there is."""


class ScriptError(CoachError):
    """A script with problems, all of them at once.

    Attributes:
        problems: at least one, in the order of their places.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.where.file, p.where.line, p.where.column))
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        found = "\n".join(str(problem) for problem in self.problems)
        return f"{found}\n{count} problem{'s' if count != 1 else ''} found"


class TooMuchError(ScriptError):
    """A session that repeats into more steps, or goes on for longer, than can be played."""


class SpeechError(CoachError):
    """No engine could speak.

    Attributes:
        attempts: (engine name, what went wrong) in the order tried.
    """

    def __init__(self, attempts: list[tuple[str, str]]) -> None:
        self.attempts = attempts
        super().__init__(attempts)

    def __str__(self) -> str:
        tried = "\n".join(f"  {engine}: {reason}" for engine, reason in self.attempts)
        return f"No speech engine works here:\n{tried}\nRun 'voice-coach doctor' for what to do about it."


class OutputError(CoachError):
    """Sound could not be written or played; nothing half-written was left behind."""


class WrongOutputError(OutputError, UsageError):
    """An output asked for that there cannot be, whatever the disk or the device does; nothing was touched."""


class DeviceError(OutputError):
    """There is no sound device, or it was lost while playing."""
