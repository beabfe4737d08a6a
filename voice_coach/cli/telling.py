"""Sentences beside the work: to stderr, so that what a command prints can be piped on."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def tell(sentence: object) -> None:
    """Tells the person something. Where nobody reads any more that is no reason to fail."""
    with suppress(OSError, ValueError):
        print(sentence, file=sys.stderr, flush=True)


def mute() -> None:
    """Nobody reads stdout any more: what is still printed goes nowhere, so that exit does not complain."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
