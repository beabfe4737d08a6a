"""Advice about a script: what does not fit its time, by how much, and what is never used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from voice_coach.compiler.placing import Misfit, PlacedOverlay
from voice_coach.compiler.wording import BRACES
from voice_coach.core.errors import Problem, Where
from voice_coach.core.script import (
    During,
    Exercise,
    Fragment,
    Param,
    Side,
    Sides,
    Step,
    Use,
)
from voice_coach.core.timeline import Chapter, Cue, Lasting, Span, Speech
from voice_coach.core.units import MS_PER_SECOND, format_duration

TOLERABLE_MS = 1_000
"""A prompt that comes this much later than asked is not worth a word."""

MOST_WORDS = 25
"""Most words that a moving user takes in at a time: our choice."""

_NO_WORK = frozenset({"rest", "pause", "wait", "move"})


def misfit_problem(span: Span, misfit: Misfit) -> Problem | None:
    """Return a warning about an overlay that could not be at its moment; None where it would not be
    missed."""
    cue = misfit.overlay.cue
    if not isinstance(cue, Speech):
        return None
    overlay = misfit.overlay
    takes, room = _seconds(misfit.length_ms), _seconds(misfit.room_ms)
    words = f'"{cue.texts[-1]}"'
    where = cue.mark.where
    if cue.kind == "countdown":
        if overlay.at_ms - misfit.length_ms < 0:
            return _countdown_too_long(span, where)
        message = f"{words} takes {takes}, longer than a second of the countdown: it is left out"
        return _warning(where, message, "count down from a smaller number, or speak faster", "countdown")
    if cue.kind == "prompt":
        if not 0 <= overlay.at_ms < span.duration_ms:
            lasts = format_duration(span.duration_ms)
            message = f"the moment of {words} lies outside its {span.kind} of {lasts}: it is left out"
            return _warning(where, message, "give it a moment inside, or a percentage, which always is")
        if misfit.late_ms is None:
            message = f"{words} takes {takes}, but at its moment there is room for {room}: it is left out"
            return _warning(where, message, "say it shorter, or give it another moment")
        if misfit.late_ms > TOLERABLE_MS:
            message = f"{words} runs into other words here and comes {_seconds(misfit.late_ms)} late"
            return _warning(where, message, "move one of them")
        return None
    if misfit.length_ms > overlay.latest_ms - overlay.at_ms:
        phase = _seconds(overlay.latest_ms - overlay.at_ms)
        message = f"{words} takes {takes}, but its phase lasts {phase}: it is left out"
        hint = "give the phase more time, or let tones guide: guide: tones"
        if span.kind == "count":
            hint = "give this part of the tempo more time, or say less: speak: numbers"
        return _warning(where, message, hint)
    return None


def overrun_problem(span: Span, placed: PlacedOverlay) -> Problem | None:
    """A warning about a prompt that goes on well after its phase, or None."""
    phase = placed.overlay.phase
    if phase is None or placed.end_ms - phase.end_ms <= TOLERABLE_MS:
        return None
    takes, over = _seconds(placed.end_ms - placed.start_ms), _seconds(placed.end_ms - phase.end_ms)
    name, what = (phase.kind, "phase") if span.kind == "breathe" else ("part of the tempo", "part")
    lasts = _seconds(phase.end_ms - phase.start_ms)
    message = f'"{placed.text}" takes {takes}, but its {name} lasts {lasts}: it goes on for {over} after that'
    hint = f"say it shorter, give the {what} more time, or say it before, where nothing has to keep pace"
    return _warning(placed.overlay.cue.mark.where, message, hint)


def _countdown_too_long(span: Span, where: Where) -> Problem:
    # Each number has its second, and ends with it.
    needed = sum(isinstance(each.cue, Speech) and each.cue.kind == "countdown" for each in span.overlays)
    most = span.duration_ms // MS_PER_SECOND
    lasts = format_duration(span.duration_ms)
    message = (
        f"the countdown needs {format_duration(needed * MS_PER_SECOND)}, but its {span.kind} lasts {lasts}"
    )
    hint = f"count down from {most}, or make the shortest {span.kind} {needed}s"
    return _warning(where, message, hint if most else f"make the shortest {span.kind} {needed}s", "countdown")


def wording_problems(cue: Cue) -> Iterator[Problem]:
    """A warning for each prompt that is too long to follow."""
    match cue:
        case Speech():
            count = len(cue.texts[0].split())
            if count > MOST_WORDS:
                message = f"{count} words in one prompt; more than {MOST_WORDS} are hard to follow"
                yield _warning(cue.mark.where, message, "make it a list of several: say: [ …, … ]")
        case Span():
            for overlay in cue.overlays:
                if isinstance(overlay.cue, Speech):
                    yield from wording_problems(overlay.cue)
        case Lasting():
            for speech in cue.cues:
                yield from wording_problems(speech)
        case _:
            pass


class SideBalance:
    """Adds up the work (holds, breaths, reps) of each side, exercise by exercise, over a session."""

    def __init__(self) -> None:
        self._work: dict[str, Counter[Side]] = {}
        self._first: dict[str, Where] = {}

    def add(self, chapter: Chapter) -> None:
        """Take in a chapter."""
        for event in chapter.events:
            side = event.mark.side
            if event.lane != "action" or side is None:
                continue
            self._first.setdefault(chapter.exercise, event.mark.where)
            work = self._work.setdefault(chapter.exercise, Counter())
            work[side] += event.end_ms - event.start_ms if event.kind not in _NO_WORK else 0

    def problems(self) -> tuple[Problem, ...]:
        """A warning where one side gets more than the other.

        Exercises of one side only balance each other: a left one and a right one are no problem.
        """
        found: list[Problem] = []
        single: Counter[Side] = Counter()
        for exercise, work in self._work.items():
            if len(work) == 1:
                single += work
            elif work["left"] != work["right"]:
                found.append(_uneven(work, self._first[exercise]))
        if single["left"] != single["right"]:
            first = next(self._first[exercise] for exercise, work in self._work.items() if len(work) == 1)
            found.append(_uneven(single, first) if len(single) > 1 else _only(next(iter(single)), first))
        return tuple(found)


def _uneven(work: Counter[Side], where: Where) -> Problem:
    more: Side = "left" if work["left"] > work["right"] else "right"
    less: Side = "right" if more == "left" else "left"
    message = f"the {more} side gets {_seconds(work[more] - work[less])} more than the {less}"
    return _warning(where, message, "name each side as often as the other in sides:")


def _only(side: Side, where: Where) -> Problem:
    other = "right" if side == "left" else "left"
    return _warning(where, f"only the {side} side is worked", f"add the {other} side: sides: [left, right]")


def _warning(where: Where, message: str, hint: str, token: str = "") -> Problem:
    return Problem(where, message, hint, severity="warning", token=token)


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f} s"


def tune_problems(exercise: Exercise) -> tuple[Problem, ...]:
    """A warning for each parameter of ``tune`` that no step uses."""
    steps = (*exercise.steps, *(exercise.arrive or ()), *exercise.hurts, *(exercise.easier or ()))
    used = set(_names(steps, exercise.fragments))
    return tuple(
        Problem(
            tunable.where,
            f'"{name}" can be tuned, but no step uses it',
            "use it in a step, or take it out of tune",
            severity="warning",
        )
        for name, tunable in exercise.tune.items()
        if name not in used
    )


def _names(steps: Iterable[Step], fragments: Mapping[str, Fragment]) -> Iterator[str]:
    """The names in steps, in texts and arguments too; inside fragments those of their own as well."""
    for step in steps:
        yield from (amount.name for amount, _ in step.amounts() if isinstance(amount, Param))
        yield from _in_texts(step.texts_inside())
        yield from _in_during(step.happens_during())
        match step:
            case Sides(change=None):
                yield "change"
            case Use():
                fragment = fragments[step.fragment]
                for name, default in fragment.parameters.items():
                    given = step.arguments.get(name, default) or ""
                    yield given
                    yield from _in_texts((given,))
                yield from (
                    name for name in _names(fragment.steps, fragments) if name not in fragment.parameters
                )
            case _:
                pass
        yield from _names(step.children(), fragments)


def _in_during(during: Iterable[During]) -> Iterator[str]:
    for item in during:
        yield from _in_texts(item.say)
        for moment in (item.at, item.last, item.every):
            if isinstance(moment, Param):
                yield moment.name


def _in_texts(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (match[1] for match in BRACES.finditer(text))
