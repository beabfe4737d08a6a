"""A session that was left somewhere."""

from __future__ import annotations

from voice_coach.pacing.options import SessionOptions
from voice_coach.session.bookmark import Bookmark

LEFT = Bookmark(
    session="two",
    title="Two of them",
    wishes=SessionOptions(),
    voice=None,
    pacing=None,
    speed_percent=100,
    exercise="nod",
    occurrence=0,
    exercise_title="Nod",
    chapter=2,
    chapters=4,
    at_ms=6_000,
    set=None,
    rep=2,
    saved_ms=1_000_000,
    run="before",
)
"""In the second rep of the second exercise."""
