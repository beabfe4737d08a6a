"""The golden messages: mistakes that people make in scripts, and what they are told.

Each file in ``messages/`` holds cases. A case begins with ``=== what was done wrong``; then come its files,
each after a line ``@ NAME``, the one that is checked first; after ``@ messages`` stands what is said. The
name ``steps`` stands for steps in ``cat-back.yaml``, an exercise whose first lines are :data:`HEAD`.

``python -m tests.support.golden_messages --write`` writes what is said now; read the diff afterwards.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from voice_coach.core.errors import CoachError
from voice_coach.paths import shipped_scripts
from voice_coach.script.library import ScriptLibrary

MESSAGES = Path(__file__).parents[1] / "script" / "messages"
SOUNDS = ("bell", "change-side", "end", "halfway", "start", "tick")
HEAD = """\
kind: exercise
id: cat-back
title: Cat back
position: all fours
tune:
  reps: {default: 5, min: 2, max: 10}
  hold: {default: 5s, min: 2s, max: 20s}
  breath: {default: 4-0-6-0}
steps:
"""


@dataclass(frozen=True)
class Case:
    """One mistake: the files by name, the one that is checked first, and what is said."""

    title: str
    files: dict[str, str]
    messages: str

    def said(self) -> str:
        """What is said about the files now."""
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            for name, text in self.files.items():
                path = Path("cat-back.yaml" if name == "steps" else name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(HEAD + text if name == "steps" else text, encoding="utf-8")
            first = next(iter(self.files))
            return told("cat-back.yaml" if first == "steps" else first)

    def text(self, messages: str) -> str:
        parts = [f"=== {self.title}\n", *(f"@ {name}\n{text}" for name, text in self.files.items())]
        return "".join(parts) + f"@ messages\n{messages}"


def told(name: str) -> str:
    """What an author is told about a file below the working folder; SHIPPED stands for our own scripts."""
    try:
        ScriptLibrary([shipped_scripts()], SOUNDS).check(name)
    except CoachError as error:
        return f"{error}\n".replace(str(shipped_scripts()), "SHIPPED")
    return "nothing\n"


def cases(file: Path) -> Iterator[Case]:
    """The cases of a file in ``messages/``."""
    for block in file.read_text(encoding="utf-8").split("=== ")[1:]:
        title, _, rest = block.partition("\n")
        parts = [part.partition("\n") for part in f"\n{rest}".split("\n@ ")[1:]]
        files = {name: f"{text}\n" for name, _, text in parts}
        messages = files.pop("messages", "").strip("\n") + "\n"
        yield Case(title, files, messages)


def write() -> None:
    """Writes every file in ``messages/`` anew."""
    for file in sorted(MESSAGES.glob("*.txt")):
        text = "\n".join(case.text(case.said()) for case in cases(file))
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    write()
