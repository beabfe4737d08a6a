"""Holds, rests, guided breathing and counted reps as spans: exact length, phases, and what goes on inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from voice_coach.compiler.context import Scope, Unfolding
from voice_coach.compiler.wording import TypedValue
from voice_coach.core.script import BREATH_PHASES, Breathe, BreathPhase, Count, During, Guidance, Hold
from voice_coach.core.timeline import Overlay, Phase, Sound, Span, Speech, SpeechKind
from voice_coach.core.units import MS_PER_SECOND

# Who gives way when two want the same moment: the lower number.
COUNTDOWN = 100
NUMBER = 90
PROMPT: dict[Guidance, int] = {"names": 80, "key": 70, "full": 60}
REPEATED = -5
ONLY_WORDS = 85
"""Breath words without tones: they alone guide, so only a prompt at their own place replaces them."""
PHASE_WORD = 40
BREATH_WORD = 30
SOUND, TONE, TICK = 60, 60, 10

DURING_A_STEP = 10
"""Number of prompts to choose from at a phase that count as one step more."""

LONGEST_TONE_MS = 600_000
"""A breath tone is stretched to at most this (audio makes none longer); beyond, it has its own length."""


def hold(unfolding: Unfolding, step: Hold, scope: Scope) -> Span:
    """A hold or rest of exactly its duration, with prompts inside and a countdown at its end."""
    stretch = unfolding.pace.stretch.rests if step.role == "rest" else 1.0
    duration = unfolding.progress.take_time(scope.written_ms(step.duration, stretch), step.where)
    mark = scope.mark(step.where, step.duration)
    inner = scope.with_names(**{step.role: TypedValue("duration", duration)})
    unfolding.progress.take_steps(step.countdown, step.where)
    during = [(item, _moments(item, inner, duration)) for item in step.during]
    for item, moments in during:  # all of them before any is made
        unfolding.progress.take_steps(len(moments), item.where)
    overlays = [
        overlay
        for item, moments in during
        for overlay in _during_hold(unfolding, item, inner, moments, duration)
    ]
    for number in range(step.countdown, 0, -1):
        words = Speech(
            texts=(unfolding.number(number, step.where),), kind="countdown", guidance="names", mark=mark
        )
        end = duration - (number - 1) * MS_PER_SECOND
        overlays.append(
            Overlay(cue=words, at_ms=end, align="end", priority=COUNTDOWN, latest_ms=end, exact=True)
        )
    phase = Phase(kind=step.role, start_ms=0, end_ms=duration, mark=mark)
    return Span(kind=step.role, duration_ms=duration, phases=(phase,), overlays=tuple(overlays), mark=mark)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One phase of a cycle or rep, with its number and its names."""

    phase: Phase
    number: int
    scope: Scope


def breathe(unfolding: Unfolding, step: Breathe, scope: Scope) -> Span:
    """Whole cycles of a breath: a tone and a word for each phase, as the guide asks."""
    pattern = scope.pattern(step.pattern, "breath")
    if scope.is_written(step.pattern):
        pattern = tuple(round(part * unfolding.pace.stretch.breath) for part in pattern)
    cycle_ms = sum(pattern)
    if step.cycles is not None:
        cycles = scope.amount(step.cycles, "count")
    else:
        wanted = scope.amount(step.duration or 0, "duration")
        cycles = max(1, (2 * wanted + cycle_ms) // (2 * cycle_ms))
    total = unfolding.progress.take_time(cycles * cycle_ms, step.where)
    _take_phases(unfolding, cycles, pattern, step)
    mark = scope.mark(step.where, step.pattern)
    phases: list[Phase] = []
    overlays: list[Overlay] = []
    for cycle in range(1, cycles + 1):
        inner = unfolding.turn(scope, "cycle", cycle, cycles, step.where)
        start = (cycle - 1) * cycle_ms
        for kind, length in zip(BREATH_PHASES, pattern, strict=True):
            if not length:
                continue
            place = Phase(
                kind=kind, start_ms=start, end_ms=start + length, mark=inner.mark(step.where, step.pattern)
            )
            phases.append(place)
            start += length
            turn = _Turn(place, cycle, inner)
            added = list(_during_turn(unfolding, step.during, (kind,), turn, total))
            spoken = any(isinstance(overlay.cue, Speech) for overlay in added)
            added += _breath_guide(unfolding, step, kind, turn, spoken)
            unfolding.progress.take_steps(len(added), step.where)
            overlays += added
    return Span(
        kind="breathe",
        duration_ms=total,
        phases=tuple(phases),
        overlays=tuple(overlays),
        mark=mark,
    )


def count(unfolding: Unfolding, step: Count, scope: Scope) -> Span:
    """Reps in a tempo: the number and a word for each part, and ticks if wanted."""
    reps = scope.amount(step.reps, "count")
    tempo = scope.pattern(step.tempo, "tempo")
    total = unfolding.progress.take_time(reps * sum(tempo), step.where)
    _take_phases(unfolding, reps, tempo, step)
    phases: list[Phase] = []
    overlays: list[Overlay] = []
    start = 0
    first = next(part for part, length in enumerate(tempo) if length)
    for rep in range(1, reps + 1):
        inner = unfolding.turn(scope, "rep", rep, reps, step.where)
        mark = inner.mark(step.where, step.tempo)
        for part, length in enumerate(tempo):
            if not length:
                continue
            word = step.phases[part] if part < len(step.phases) else "-"
            spoken = "" if word == "-" else unfolding.fill(word, inner, step.where)
            label = spoken or str(part + 1)
            place = Phase(kind="part", label=label, start_ms=start, end_ms=start + length, mark=mark)
            phases.append(place)
            names = (str(part + 1), word)
            added = list(_during_turn(unfolding, step.during, names, _Turn(place, rep, inner), total))
            # A prompt takes the place of the part's word, never of the number.
            if any(isinstance(overlay.cue, Speech) for overlay in added):
                spoken = ""
            number = unfolding.number(rep, step.where).capitalize() if part == first else ""
            added += _count_words(unfolding, step, number, spoken, place)
            if step.ticks:
                added += [
                    Overlay(cue=Sound(name="tick", mark=mark), at_ms=second, priority=TICK, latest_ms=total)
                    for second in range(start, start + length, MS_PER_SECOND)
                ]
            unfolding.progress.take_steps(len(added), step.where)
            overlays += added
            start += length
    return Span(
        kind="count",
        duration_ms=total,
        phases=tuple(phases),
        overlays=tuple(overlays),
        mark=scope.mark(step.where, step.tempo),
    )


def _moments(item: During, scope: Scope, duration: int) -> Sequence[int]:
    """Return when something is to be said or heard during a hold, in milliseconds from its start."""
    if item.every is not None:
        step = max(1, scope.amount(item.every, "duration"))
        return range(step, duration, step)
    if item.last is not None:
        return [duration - scope.amount(item.last, "duration")]
    if isinstance(item.at, float):
        return [round(duration * item.at)]
    return [scope.amount(item.at or 0, "duration")]


def _during_hold(
    unfolding: Unfolding, item: During, scope: Scope, moments: Iterable[int], duration: int
) -> Iterator[Overlay]:
    repeated = REPEATED if item.every is not None else 0
    for moment in moments:
        remaining = TypedValue("duration", max(0, duration - moment))
        inner = scope.with_names(remaining=remaining)
        yield from _overlay(unfolding, item, inner, (moment, duration), bonus=repeated)


def _during_turn(
    unfolding: Unfolding,
    during: tuple[During, ...],
    names: tuple[str, ...],
    turn: _Turn,
    total: int,
) -> Iterator[Overlay]:
    """Return what is said at the start of this phase in this turn."""
    for item in during:
        if (
            item.on in names
            and item.turn in (None, turn.number)
            and turn.number % (item.every_turns or 1) == 0
        ):
            yield from _overlay(unfolding, item, turn.scope, (turn.phase.start_ms, total), phase=turn.phase)


def _take_phases(unfolding: Unfolding, turns: int, pattern: tuple[int, ...], step: Breathe | Count) -> None:
    """Take the phases of so many turns before any is made; to look for what is said in each costs too."""
    phases = sum(1 for length in pattern if length)
    unfolding.progress.take_steps(turns * phases * (1 + len(step.during) // DURING_A_STEP), step.where)


def _overlay(
    unfolding: Unfolding,
    item: During,
    scope: Scope,
    window: tuple[int, int],
    *,
    bonus: int = 0,
    phase: Phase | None = None,
) -> Iterator[Overlay]:
    """Return the overlay of an item; ``window`` is its moment, and the latest end of it."""
    at, latest = window
    before = unfolding.progress.reach(item)
    if not unfolding.is_heard(item.only, before, scope):
        return
    mark = scope.mark(item.where)
    if item.sound:
        yield Overlay(cue=Sound(name=item.sound, mark=mark), at_ms=at, priority=SOUND, latest_ms=latest)
    elif unfolding.speaks(item.guidance):
        text = item.say[before % len(item.say)]
        words = unfolding.fill(text, scope, item.where)
        if not words.strip():
            return  # a fragment's argument that was left empty
        yield Overlay(
            cue=Speech(texts=(words,), kind="prompt", guidance=item.guidance, mark=mark),
            at_ms=at,
            priority=PROMPT[item.guidance] + bonus,
            latest_ms=latest,
            exact="{remaining" in text,
            phase=phase,
        )


def _breath_guide(
    unfolding: Unfolding,
    step: Breathe,
    kind: BreathPhase,
    turn: _Turn,
    spoken: bool,
) -> Iterator[Overlay]:
    place, cycle = turn.phase, turn.number
    if step.guide != "words":
        length = place.end_ms - place.start_ms
        tone = Sound(name=kind, mark=place.mark, duration_ms=length if length <= LONGEST_TONE_MS else None)
        yield Overlay(cue=tone, at_ms=place.start_ms, priority=TONE, latest_ms=place.end_ms)
    guidance: Guidance = "names" if step.guide == "words" else "key"
    within_words = step.word_cycles is None or cycle <= step.word_cycles
    if step.guide == "tones" or spoken or not within_words or not unfolding.speaks(guidance):
        return
    own = step.phrases.get(kind, ())
    chosen = (own[(cycle - 1) % len(own)],) if own else ()
    texts = tuple(
        unfolding.fill(text, turn.scope, step.where) for text in (*chosen, *unfolding.language.breath[kind])
    )
    priority = ONLY_WORDS if step.guide == "words" else BREATH_WORD
    yield _word(texts, "breath", guidance, place, priority)


def _count_words(
    unfolding: Unfolding, step: Count, number: str, word: str, place: Phase
) -> Iterator[Overlay]:
    number = number if step.speak in ("numbers", "both") else ""
    phase = word if step.speak in ("phases", "both") and unfolding.speaks("key") else ""
    if number:
        texts = (f"{number}. {phase}", number) if phase else (number,)
        yield _word(texts, "count", "names", place, NUMBER)
    elif phase:
        yield _word((phase,), "count", "key", place, PHASE_WORD)


def _word(
    texts: tuple[str, ...], kind: SpeechKind, guidance: Guidance, place: Phase, priority: int
) -> Overlay:
    """A word at the start of a phase that has to end with it."""
    cue = Speech(texts=texts, kind=kind, guidance=guidance, mark=place.mark)
    return Overlay(cue=cue, at_ms=place.start_ms, priority=priority, latest_ms=place.end_ms)
