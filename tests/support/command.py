"""Runs ``voice-coach`` as a person does: a whole process, with nothing of the test in it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 60.0
SILENT = {
    "PULSE_SERVER": "unix:/nonexistent",
    "ALSA_CONFIG_PATH": "/nonexistent",
    "JACK_NO_START_SERVER": "1",
}
"""An environment in which no sound device is found, whatever the machine has."""

TINY = """\
kind: exercise
id: tiny
title: Tiny hold
position: standing
tune:
  hold: {default: 3s, min: 2s, max: 9s}
steps:
  - sound: tick
  - Begin.
  - hold: hold
    countdown: 2
  - breathe: 0.5-0-1-0
    cycles: 1
    guide: tones
hurts: Stop.
"""
TINY_SESSION = """\
kind: session
id: tiny-session
title: Tiny session
opening: []
between: []
exercises:
  - {exercise: tiny, arrive: []}
closing: []
"""
LONG = """\
kind: exercise
id: long
title: Long hold
position: standing
arrive: []
steps:
  - {say: Stay as you are., guidance: names}
  - hold: 90s
    countdown: 3
  - {say: Now come back., guidance: names}
hurts: Stop.
"""
LONG_SESSION = TINY_SESSION.replace("tiny", "long").replace("Tiny", "Long")
HOURS = """\
kind: exercise
id: hours
title: Hours of breath
position: seated
steps:
  - breathe: 4-0-6-0
    for: 8h
    guide: tones
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that a person saw."""
        return self.out + self.err


def words(*arguments: str | Path) -> list[str]:
    """The command with these arguments."""
    return [sys.executable, "-m", "voice_coach", *map(str, arguments)]


def voice_coach(
    *arguments: str | Path, cwd: Path | None = None, environ: Mapping[str, str] | None = None
) -> Ended:
    """Runs a command to its end; a traceback is never right."""
    done = subprocess.run(
        words(*arguments),
        cwd=cwd,
        env=os.environ | SILENT | dict(environ or {}),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


def wait_until(
    condition: Callable[[], bool],
    what: Callable[[], object] = lambda: "",
    *,
    patience_s: float = PATIENCE_S,
) -> None:
    """Looks again and again, some times a second, until it is so.

    Raises:
        TimeoutError: it was not so for a minute, or as long as is said; ``what`` says what was instead.
    """
    never = threading.Event()
    for _ in range(round(patience_s / 0.02)):
        if condition():
            return
        never.wait(0.02)
    raise TimeoutError(what())
