"""Navigation in a chapter: prompts, reps, and where to resume after a pause. Times in milliseconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from voice_coach.core.status import Status
from voice_coach.core.timeline import Chapter, Event, Mark

BACK_MS: Final = ((3_600_000, 20_000), (60_000, 10_000), (10_000, 3_000))
"""After a pause of at least the first, go back by the second: AntennaPod's grading (`RewindAfterPauseUtils`).
After a shorter one nothing was forgotten."""

JUST_BEGUN_MS: Final = 1_500
"""Milliseconds after the start of something in which "previous" means what came before it."""

_SENTENCES: Final = {"prompt", "move"}
_DONE: Final = {"hold", "wait", "inhale", "exhale"}
_STAYING: Final = {"hold", "rest"}
_CYCLES: Final = {"inhale", "top", "exhale", "bottom", "part"}
"""Kinds of events that repeat: the user can only join in at the start of a rep."""


def back_ms(pause_ms: int) -> int:
    """Return how far to go back after a pause."""
    return next((back for least, back in BACK_MS if pause_ms >= least), 0)


def resume_ms(chapter: Chapter, at_ms: int, pause_ms: int) -> int:
    """Return where to go on after a pause: never in the middle of a word, a countdown, a breath or a rep.

    A hold, rest or rep that is done is not done again.

    Args:
        chapter: the chapter.
        at_ms: where it was paused.
        pause_ms: for how long. After a long one a hold begins anew, since nobody has held it meanwhile.
    """
    back = back_ms(pause_ms)
    action = _action_at(chapter, at_ms)
    if action is not None and action.kind in _CYCLES:
        return _latest(rep_starts(chapter), max(0, at_ms - back), action.start_ms)
    if action is not None and action.kind in _STAYING and back:
        return _lead_in_ms(chapter, action) if action.kind == "hold" else action.start_ms
    if action is not None and action.kind in _STAYING:
        begun = (event for event in chapter.events if action.start_ms <= event.start_ms <= at_ms)
        counted = next((event.start_ms for event in begun if event.kind == "countdown"), None)
        if counted is not None:
            return counted
    if back:
        return _sentence_back_ms(chapter, at_ms, back)
    said = (event for event in chapter.events if event.lane == "speech")
    return next((event.start_ms for event in said if event.start_ms <= at_ms < event.end_ms), at_ms)


def sentence_ms(chapter: Chapter, at_ms: int) -> int:
    """The start of what is being said, or was said last; 0 before the first words."""
    return _latest(sentences(chapter), at_ms, 0)


def done_ms(chapter: Chapter, at_ms: int) -> int:
    """The end of the last hold, wait or breath before a moment; 0 if there is none."""
    return max(
        (event.end_ms for event in chapter.events if _is_done(event) and event.end_ms <= at_ms), default=0
    )


def rep_ms(chapter: Chapter, at_ms: int) -> int:
    """The start of the rep that a moment belongs to; of what comes before the first rep, 0."""
    return _latest(rep_starts(chapter), at_ms, 0)


def next_ms(starts: Sequence[int], at_ms: int) -> int | None:
    """The first of these places after a moment, or None."""
    index = bisect_right(starts, at_ms)
    return starts[index] if index < len(starts) else None


def previous_ms(starts: Sequence[int], at_ms: int) -> int | None:
    """The last of these places before a moment, but not one that has only just been reached; or None."""
    index = bisect_right(starts, at_ms - JUST_BEGUN_MS) - 1
    return starts[index] if index >= 0 else None


def sentences(chapter: Chapter) -> list[int]:
    """Return where each sentence begins, in order; numbers and the words of breaths are none."""
    return [event.start_ms for event in chapter.events if event.kind in _SENTENCES and event.lane == "speech"]


def cues(chapter: Chapter) -> list[int]:
    """Return where one can go on to or back to, in order: each sentence, hold, rest, wait and rep."""
    starts = {event.start_ms for event in chapter.events if event.kind in _STAYING | {"wait"}}
    return sorted({0, *starts, *sentences(chapter), *rep_starts(chapter)})


def rep_starts(chapter: Chapter) -> list[int]:
    """Return where each rep begins, in order; also that of another set or side."""
    starts: list[int] = []
    before: object = None
    for event in chapter.events:
        mark = event.mark
        rep = (mark.set, mark.rep, mark.side)
        if mark.rep is not None and rep != before:
            starts.append(event.start_ms)
        before = rep
    return starts


def mark_at(chapter: Chapter, at_ms: int) -> Mark | None:
    """Return which set, rep and side a moment belongs to; None before anything has begun."""
    begun = [event.mark for event in chapter.events if event.start_ms <= at_ms]
    return begun[-1] if begun else None


def next_wait(chapter: Chapter, from_ms: int) -> Event | None:
    """The first wait that begins at a moment or after it."""
    waits = (event for event in chapter.events if event.kind == "wait" and event.lane == "action")
    return next((event for event in waits if event.start_ms >= from_ms), None)


def rest_end_ms(chapter: Chapter, at_ms: int) -> int | None:
    """The end of the rest at a moment; None if there is none."""
    action = _action_at(chapter, at_ms)
    return action.end_ms if action is not None and action.kind == "rest" else None


def is_speaking(chapter: Chapter, at_ms: int) -> bool:
    """Return whether words are being said at a moment."""
    return any(event.lane == "speech" and event.start_ms <= at_ms < event.end_ms for event in chapter.events)


def _is_done(event: Event) -> bool:
    """Return whether it is something that a person does: a hold, a wait or a breath."""
    return event.lane == "action" and event.kind in _DONE


def _action_at(chapter: Chapter, at_ms: int) -> Event | None:
    """Return what the body does at a moment."""
    actions = (event for event in chapter.events if event.lane == "action")
    return next((event for event in actions if event.start_ms <= at_ms < event.end_ms), None)


def _lead_in_ms(chapter: Chapter, action: Event) -> int:
    """The start of the sentence that leads into a hold or rest, of the same rep; its own if there is none."""
    leading = [
        event.start_ms
        for event in chapter.events
        if event.lane == "speech"
        and event.kind in _SENTENCES
        and event.end_ms <= action.start_ms
        and event.mark.rep == action.mark.rep
        and event.mark.side == action.mark.side
    ]
    return leading[-1] if leading and action.mark.rep is not None else action.start_ms


def _sentence_back_ms(chapter: Chapter, at_ms: int, back: int) -> int:
    """The start of a sentence about so far back, but after what has been done already."""
    done = [event.end_ms for event in chapter.events if event.kind in _STAYING and event.end_ms <= at_ms]
    mark = mark_at(chapter, at_ms)
    floor_ms = max(done, default=0)
    if mark is not None and mark.rep is not None:
        floor_ms = max(floor_ms, rep_ms(chapter, at_ms))
    spoken = [start for start in sentences(chapter) if floor_ms <= start <= at_ms]
    return _latest(spoken, at_ms - back, spoken[0] if spoken else floor_ms)


def _latest(starts: Sequence[int], at_ms: int, otherwise: int) -> int:
    """The last of these places that is not after a moment."""
    index = bisect_right(starts, at_ms)
    return starts[index - 1] if index else otherwise


def status_at(chapter: Chapter, here_ms: int, *, position_ms: int, left_ms: int | None) -> Status:
    """The status at a place in a chapter.

    Args:
        chapter: the chapter.
        here_ms: the place in it.
        position_ms: since the start of the session.
        left_ms: until its end, or None if that is not known.
    """
    spoken = [event for event in chapter.events if event.lane == "speech"]
    done = [event for event in chapter.events if event.lane == "action"]
    said = bisect_right(spoken, here_ms, key=_start)
    speech = spoken[said - 1] if said else None
    acting = bisect_right(done, here_ms, key=_start)
    action = done[acting - 1] if acting and done[acting - 1].end_ms > here_ms else None
    return Status(
        position_ms=position_ms,
        chapter=chapter.title,
        exercise=chapter.exercise,
        speech=speech,
        speaking=speech is not None and speech.end_ms > here_ms,
        action=action,
        action_left_ms=action.end_ms - here_ms if action else 0,
        coming=spoken[said] if said < len(spoken) else None,
        left_ms=left_ms,
    )


def _start(event: Event) -> int:
    return event.start_ms
