"""People who speak to a recognizer: other programs' voices, so that no recognizer hears the coach's own."""

from __future__ import annotations

from benchmarks._room import Sound
from benchmarks._room import speak_text as said_by_program
from tests.real_parts import require_program

_PROGRAMS = {"flite": "flite", "espeak": "espeak-ng"}


def said(voice: str, text: str) -> Sound:
    """Return what a voice such as ``flite:slt`` says, where its program is there."""
    require_program(_PROGRAMS[voice.partition(":")[0]])
    return said_by_program(voice, text)
