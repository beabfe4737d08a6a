"""People who speak to a recogniser: other programs' voices, so that no recogniser hears the coach's own."""

from __future__ import annotations

from benchmarks._room import Sound
from benchmarks._room import said as said_by_program
from tests.real_parts import require_program

_PROGRAMS = {"flite": "flite", "espeak": "espeak-ng"}


def said(voice: str, text: str) -> Sound:
    """Return what a voice such as ``flite:slt`` says, where its program is there."""
    require_program(_PROGRAMS[voice.partition(":")[0]])
    return said_by_program(voice, text)
