"""A made-up November of somebody's practice, written through the real history."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from voice_coach.core.errors import Where
from voice_coach.core.history import LedExercise, LedPacing
from voice_coach.core.timeline import Mark
from voice_coach.history.log import History

TODAY = date(2026, 11, 21)
MINUTE_MS = 60_000

DAYS = (2, 3, 5, 7, 9, 10, 12, 15, 17, 19, 20, 21, 21)
PAINS = {2: 5, 5: 6, 7: 4, 9: 5, 12: 3, 15: 4, 17: 2, 20: 3}
HURTS = {7: 3, 12: 3}


def made_past(path: Path) -> None:
    """Thirteen sessions on twelve days, nine answers, and twice something hurt."""
    history = History(path, pytest.fail)
    for number, day in enumerate(DAYS):
        began = datetime(2026, 11, day, 8 + 5 * (number % 2), 5)  # wherever the test runs
        at_ms, run = round(began.timestamp() * 1000), f"run {number}"
        led = history.sessions.begin(
            run=run,
            session="lower-back-relief",
            title="Lower back relief",
            at_ms=at_ms,
            pacing=LedPacing(guidance="auto", pace_percent=100),
        )
        to_end = day not in HURTS
        done = [_exercise(1, "Pelvic tuck", 5, 5), _exercise(2, "Knee slide", 10 if to_end else 2, 10)]
        for exercise in done[: 1 + to_end]:
            history.add(exercise.exercise, session="lower-back-relief", run=run, at_ms=at_ms + 15 * MINUTE_MS)
        if not to_end:
            mark = Mark(where=Where("knee_slide.yaml", 1), rep=HURTS[day], side="left")
            history.add_hurt(
                "knee-slide", session="lower-back-relief", run=run, at_ms=at_ms + 9 * MINUTE_MS, mark=mark
            )
        history.sessions.record_end(
            led, at_ms=at_ms + 16 * MINUTE_MS, heard_ms=15 * MINUTE_MS, to_end=to_end, exercises=done
        )
        history.sessions.record_pain(led, 3 if number == len(DAYS) - 1 else PAINS.get(day))


def _exercise(chapter: int, title: str, reps: int, of_reps: int) -> LedExercise:
    return LedExercise(
        chapter=chapter,
        exercise=title.lower().replace(" ", "-"),
        title=title,
        reps=reps,
        of_reps=of_reps,
        heard_ms=5 * MINUTE_MS,
        to_end=reps == of_reps,
    )
