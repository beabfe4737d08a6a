"""Advice about time: what did not fit, by how much, and what to do about it."""

from __future__ import annotations

from collections import defaultdict

from voice_coach.compiler.placing import Misfit
from voice_coach.model.cue import Span, Speech
from voice_coach.model.problems import Problem, Where
from voice_coach.model.timeline import Chapter
from voice_coach.model.units import format_duration

TOLERABLE_MS = 1_000
"""A prompt that comes this much later than asked is not worth a word."""

_WORK = frozenset({"hold", "inhale", "top", "exhale", "bottom"})


def misfit_problem(span: Span, misfit: Misfit) -> Problem | None:
    """A warning about an overlay that could not be at its moment, or None where nobody would miss it."""
    cue = misfit.overlay.cue
    if not isinstance(cue, Speech):
        return None
    takes, room = _seconds(misfit.length_ms), _seconds(misfit.room_ms)
    words = f'"{cue.texts[-1]}"'
    where = cue.mark.where
    if cue.kind == "countdown":
        message = f"the countdown is longer than its {span.kind} of {format_duration(span.duration_ms)}"
        return _warning(where, message, "count down from a smaller number, or raise the shortest time")
    if cue.kind == "prompt":
        if misfit.late_ms is None:
            message = f"{words} takes {takes}, but at its moment there is room for {room}: it is left out"
            return _warning(where, message, "say it shorter, or give it another moment")
        if misfit.late_ms > TOLERABLE_MS:
            message = f"{words} runs into other words here and comes {_seconds(misfit.late_ms)} late"
            return _warning(where, message, "move one of them")
        return None
    if misfit.length_ms > misfit.overlay.latest_ms - misfit.overlay.at_ms:
        phase = _seconds(misfit.overlay.latest_ms - misfit.overlay.at_ms)
        message = f"{words} takes {takes}, but its phase lasts {phase}: it is left out"
        return _warning(where, message, "give the phase more time, or let tones guide: guide: tones")
    return None


def side_problems(chapter: Chapter) -> tuple[Problem, ...]:
    """A warning where one side gets more work (holds, breaths, reps) than the other."""
    work: dict[str, int] = defaultdict(int)
    first: Where | None = None
    for event in chapter.events:
        mark = event.mark
        if event.lane != "action" or mark.side is None:
            continue
        first = first or mark.where
        if event.kind in _WORK or mark.parameter == "tempo":
            work[mark.side] += event.end_ms - event.start_ms
        work[mark.side] += 0
    if first is None:
        return ()
    left, right = work.get("left", 0), work.get("right", 0)
    if len(work) == 1:
        only = next(iter(work))
        other = "right" if only == "left" else "left"
        return (
            _warning(first, f"only the {only} side is worked", f"add the {other} side: sides: [left, right]"),
        )
    if left != right:
        more, less = ("left", "right") if left > right else ("right", "left")
        message = f"the {more} side gets {_seconds(abs(left - right))} more than the {less}"
        return (_warning(first, message, "name each side as often as the other in sides:"),)
    return ()


def _warning(where: Where, message: str, hint: str) -> Problem:
    return Problem(where, message, hint, severity="warning")


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f} s"
