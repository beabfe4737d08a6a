"""Sentences beside the work: to stderr, so that what a command prints can be piped on."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from contextlib import suppress
from pathlib import Path


def tell(sentence: object) -> None:
    """Tells the person something. Where nobody reads any more that is no reason to fail."""
    with suppress(OSError, ValueError):
        print(sentence, file=sys.stderr, flush=True)


def command(verb: str, *words: str) -> str:
    """A command as it works where this one was typed: through make, from a virtual environment, from PATH."""
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
