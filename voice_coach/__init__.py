"""Leads people by voice through written exercise sessions: played live, or exported as audio files.

from voice_coach import Coach

with Coach() as coach:
    performance = coach.prepare("lower-back-short")
    coach.export(performance, Path("lower-back-short.wav"))
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:  # spares the import of typing, which ``voice-coach --help`` would wait for
    from typing import Any

    from voice_coach.coach import Coach, SessionOptions
    from voice_coach.core.errors import (
        CoachError,
        DeviceError,
        OutputError,
        Problem,
        ScriptError,
        SpeechError,
    )
    from voice_coach.core.timeline import Chapter, Event, Timeline
    from voice_coach.rendering.performance import Performance

__version__ = "0.1.0"

# onnxruntime would number the user, keep a database of what it does in the home folder, and send it to its
# maker. It looks for this when it is loaded, by whichever library, in child processes too.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

_PLACES = {
    "Coach": "voice_coach.coach",
    "SessionOptions": "voice_coach.coach",
    "Performance": "voice_coach.rendering.performance",
    "Timeline": "voice_coach.core.timeline",
    "Chapter": "voice_coach.core.timeline",
    "Event": "voice_coach.core.timeline",
    "Problem": "voice_coach.core.errors",
    "CoachError": "voice_coach.core.errors",
    "ScriptError": "voice_coach.core.errors",
    "SpeechError": "voice_coach.core.errors",
    "OutputError": "voice_coach.core.errors",
    "DeviceError": "voice_coach.core.errors",
}

__all__ = [
    "Chapter",
    "Coach",
    "CoachError",
    "DeviceError",
    "Event",
    "OutputError",
    "Performance",
    "Problem",
    "ScriptError",
    "SessionOptions",
    "SpeechError",
    "Timeline",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that ``voice-coach --help`` stays instant."""
    if name in _PLACES:
        from importlib import import_module

        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
