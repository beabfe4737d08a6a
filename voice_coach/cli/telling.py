"""Sentences beside the work: to stderr, so that what a command prints can be piped on."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:  # spares the import of typing, which --help would wait for
    from collections.abc import Iterator


_QUOTED = re.compile(r" {0,5}\d+ \| | {6}\| ")
"""How the lines begin that show a script, and those with the marks below."""


def tell(sentence: object, *, whole: bool = False) -> None:
    """Tells the person something. Where nobody reads any more that is no reason to fail.

    Args:
        sentence: what is told; on a terminal its lines are broken between words.
        whole: whether its lines are left as they are, such as a command to be copied.
    """
    text = str(sentence)
    with suppress(OSError, ValueError):
        if not whole and sys.stderr.isatty():
            text = wrapped(text, os.get_terminal_size(sys.stderr.fileno()).columns)
        print(text, file=sys.stderr, flush=True)


def says_yes() -> bool:
    """Whether the person answers what was asked with yes; only where they are at a terminal."""
    print("y for yes: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def wrapped(text: str, columns: int) -> str:
    """A text with its long lines broken between words, each part indented as its line was.

    The lines of a script, and the marks below them, stay as they are, and so does a single long word.

    Args:
        text: lines.
        columns: how many letters go on a line; 0 where nobody knows.
    """
    return "\n".join(part for line in text.split("\n") for part in _parts(line, columns)) if columns else text


def _parts(line: str, columns: int) -> Iterator[str]:
    indent = line[: len(line) - len(line.lstrip())]
    while len(line) > columns and not _QUOTED.match(line):
        end = line.rfind(" ", len(indent), columns + 1)
        if end <= len(indent):  # a word that is longer than the line
            end = line.find(" ", max(columns, len(indent)))
        if end < 0:
            break
        yield line[:end].rstrip()
        line = indent + line[end:].lstrip()
    yield line


def command(verb: str, *words: str) -> str:
    """A command as it works where this one was typed: through make, from a virtual environment, from PATH."""
    import shlex
    import shutil
    from pathlib import Path

    if "MAKELEVEL" in os.environ:
        return shlex.join(["make", verb]) + (f" ARGS={shlex.quote(shlex.join(words))}" if words else "")
    called = Path(sys.argv[0])
    found = shutil.which("voice-coach")
    if called.name == "__main__.py":
        program = [Path(sys.executable).name, "-m", "voice_coach"]
    elif found and called.exists() and Path(found).samefile(called):
        program = ["voice-coach"]
    else:
        program = [str(called)]
    return shlex.join([*program, verb, *words])


def mute() -> None:
    """Nobody reads stdout any more: what is still printed goes nowhere, so that exit does not complain."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
