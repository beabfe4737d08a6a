"""First pass: repeats, sets, sides, variants and guidance become a flat list of cues without times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from voice_coach.compiler import spans
from voice_coach.compiler.scope import Scope
from voice_coach.compiler.wording import Known, Wording
from voice_coach.model.cue import Cue, Lasting, Mark, Silence, Sound, Speech
from voice_coach.model.pace import Pace
from voice_coach.model.problems import Problem, ScriptError, Where
from voice_coach.model.script import (
    GUIDANCE_LEVELS,
    Breathe,
    Count,
    During,
    Fragment,
    Group,
    Guidance,
    Hold,
    Language,
    Move,
    MoveTo,
    Only,
    Param,
    Pause,
    PlaySound,
    Position,
    Repeat,
    Say,
    Sets,
    Side,
    Sides,
    Step,
    Tunable,
    Use,
    Variants,
    Wait,
)
from voice_coach.model.settings import parse_setting
from voice_coach.model.units import LONGEST_MS, format_clock

MAX_STEPS = 100_000
CHANGE_MS = 4_000
"""Time to change sides where the exercise does not tune ``change``: our choice."""

Route = Callable[[Position, Position, Where], tuple[Move, ...]]


class Expander:
    """Expands the steps of one chapter.

    Args:
        language: the coach's own words.
        pace: the effective pace of the chapter.
        position: the position before its first step; afterwards ``position`` is the one it ends in.
        route: how to get from one position to another.
        fragments: those that ``use`` may name.
        tune: the parameters' types, for sets that differ.
        reached: how often each step was reached before in this session, by ``id``; counted on in place.
        first_turns: of every loop only the first turn, and what comes between it and the next.
    """

    def __init__(
        self,
        language: Language,
        pace: Pace,
        position: Position,
        route: Route,
        *,
        fragments: Mapping[str, Fragment],
        tune: Mapping[str, Tunable],
        reached: Counter[int] | None = None,
        first_turns: bool = False,
    ) -> None:
        self.position: Position = position
        self.wording = Wording(language)
        self.language = language
        self.pace = pace
        self._route = route
        self._fragments = fragments
        self._tune = tune
        self._reached: Counter[int] = Counter() if reached is None else reached
        self._first_turns = first_turns
        self._steps_left = MAX_STEPS
        self._ms_left = LONGEST_MS

    def expand(self, steps: Iterable[Step], **names: Known) -> Iterator[Cue]:
        """The cues of steps in which, besides the parameters, ``names`` are known.

        Raises:
            ScriptError: the steps unfold into more than can be played.
        """
        known = {name: Known(tunable.type, self.pace.values[name]) for name, tunable in self._tune.items()}
        yield from self._steps(steps, Scope({**known, **names}))

    def move_to(self, position: Position, where: Where) -> Iterator[Cue]:
        """The cues that lead into a position, none if it is the one before."""
        for move in self._route(self.position, position, where):
            mark = Mark(where=where)
            cues = tuple(Speech(texts=(text,), kind="move", guidance="names", mark=mark) for text in move.say)
            minimum = round(move.duration_ms * self.pace.stretch.moves)
            yield Lasting(cues=cues, minimum_ms=minimum, gap_ms=self.pace.gap_ms, mark=mark)
        self.position = position

    def speaks(self, guidance: Guidance) -> bool:
        """Whether a prompt of this level is heard at the pace's guidance."""
        return GUIDANCE_LEVELS.index(guidance) >= GUIDANCE_LEVELS.index(self.pace.guidance)

    def reach(self, step: Step | During) -> int:
        """Counts a step as reached; how often it was before, in this session."""
        self._reached[id(step)] += 1
        return self._reached[id(step)] - 1

    def is_heard(self, only: Only, before: int, scope: Scope) -> bool:
        match only:
            case "first":
                return before == 0
            case "later":
                return before > 0
            case "last":
                return scope.is_last
            case "always":
                return True

    def take_time(self, ms: int, where: Where) -> int:
        """Takes a duration from what a chapter may last; the same duration back."""
        self._ms_left -= ms
        if self._ms_left < 0:
            raise _too_much(where, f"this goes on for more than {format_clock(LONGEST_MS)} hours")
        return ms

    def take_steps(self, count: int, where: Where) -> None:
        """Takes steps, phases or turns from what a chapter may unfold into."""
        self._steps_left -= count
        if self._steps_left < 0:
            raise _too_much(where, f"this repeats into more than {MAX_STEPS:,} steps")

    def _steps(self, steps: Iterable[Step], scope: Scope) -> Iterator[Cue]:
        for step in steps:
            self.take_steps(1, step.where)
            if self.is_heard(step.only, self.reach(step), scope):
                yield from self._step(step, scope)

    def _step(self, step: Step, scope: Scope) -> Iterator[Cue]:
        match step:
            case Say():
                yield from self._say(step, scope)
            case PlaySound():
                yield Sound(name=step.sound, mark=scope.mark(step.where))
            case Pause() | Wait():
                kind = "wait" if isinstance(step, Wait) else "pause"
                duration = scope.written_ms(step.duration, self.pace.stretch.pauses)
                self.take_time(duration, step.where)
                yield Silence(duration_ms=duration, kind=kind, mark=scope.mark(step.where, step.duration))
            case Hold():
                yield spans.hold(self, step, scope)
            case Breathe():
                yield spans.breathe(self, step, scope)
            case Count():
                yield spans.count(self, step, scope)
            case Group():
                yield from self._steps(step.steps, scope)
            case MoveTo():
                yield from self.move_to(step.position, step.where)
            case Variants():
                before = self._reached[id(step)] - 1
                yield from self._steps(step.choices[before % len(step.choices)], scope)
            case Use():
                fragment = self._fragments[step.fragment]
                names = {
                    name: self._argument(step.arguments.get(name, default), scope)
                    for name, default in fragment.parameters.items()
                }
                yield from self._steps(fragment.steps, scope.having(**names))
            case Repeat():
                yield from self._repeat(step, scope)
            case Sets():
                yield from self._sets(step, scope)
            case Sides():
                yield from self._sides(step, scope)
            case _:
                raise TypeError(f"a step of no known kind: {step!r}")

    def _argument(self, text: str | None, scope: Scope) -> Known:
        """A fragment's argument; what stands in braces is what it is where the fragment is used."""
        return scope.argument(self.wording.fill(text or "", scope.known))

    def _say(self, step: Say, scope: Scope) -> Iterator[Cue]:
        if not self.speaks(step.guidance):
            return
        mark = scope.mark(step.where)
        for number, text in enumerate(step.texts, 1):
            words = self.wording.fill(text, scope.known)
            if not words.strip():
                continue  # a fragment's argument that was left empty
            yield Speech(texts=(words,), kind="prompt", guidance=step.guidance, mark=mark)
            own = step.then if number == len(step.texts) else None
            silence = self.pace.gap_ms if own is None else scope.written_ms(own, self.pace.stretch.pauses)
            yield Silence(
                duration_ms=self.take_time(silence, step.where),
                kind="gap" if own is None else "pause",
                mark=scope.mark(step.where, own),
            )

    def _repeat(self, step: Repeat, scope: Scope) -> Iterator[Cue]:
        times = scope.amount(step.times, "count")
        for number in self._turns(times):
            inner = scope.turn(step.counter, number, times)
            yield from self._turn(step, inner)

    def _turns(self, times: int) -> range:
        return range(1, 1 + (min(times, 1) if self._first_turns else times))

    def _turn(self, step: Repeat | Sets, scope: Scope) -> Iterator[Cue]:
        self.take_steps(1, step.where)
        yield from self._steps(step.steps, scope)
        if not scope.is_last:
            yield from self._steps(step.between, scope)

    def _sets(self, step: Sets, scope: Scope) -> Iterator[Cue]:
        times = scope.amount(step.times, "count")
        for number in self._turns(times):
            inner = scope.turn("set", number, times)
            if step.each:
                each = step.each[number - 1]
                inner = inner.having(**{name: self._setting(name, text) for name, text in each.items()})
            yield from self._turn(step, inner)

    def _setting(self, name: str, text: str) -> Known:
        type_ = self._tune[name].type
        return Known(type_, parse_setting(text, type_))

    def _sides(self, step: Sides, scope: Scope) -> Iterator[Cue]:
        reps = scope.amount(step.reps, "count")
        alternating = step.order == "alternating"
        self.take_steps(reps * len(step.sides), step.where)
        turns: list[tuple[Side, int]] = (
            [(side, rep) for rep in range(1, reps + 1) for side in step.sides]
            if alternating
            else [(side, rep) for side in step.sides for rep in range(1, reps + 1)]
        )
        for index, (side, rep) in enumerate(turns):
            inner = scope.turn("rep", rep, reps).on_side(side)
            if index and side != turns[index - 1][0]:
                yield from self._change(step, inner, alternating)
                if self._first_turns:
                    return
            if index and self._first_turns:
                continue
            yield from self._steps(step.steps, inner)
            if index + 1 < len(turns) and (alternating or turns[index + 1][0] == side):
                yield from self._steps(step.between, inner)

    def _change(self, step: Sides, scope: Scope, alternating: bool) -> Iterator[Cue]:
        """The steps at a change of side: the author's, or a sound, the coach's words and time to turn."""
        if step.change is not None:
            yield from self._steps(step.change, scope)
            return
        mark = scope.mark(step.where)
        yield Sound(name="change-side", mark=mark)
        if alternating:
            return
        for text in self.language.change:
            words = self.wording.fill(text, scope.known)
            yield Speech(texts=(words,), kind="prompt", guidance="names", mark=mark)
        own = round(CHANGE_MS * self.pace.stretch.moves)
        tuned = self.pace.values.get("change", own)
        duration = tuned if isinstance(tuned, int) else own
        parameter = Param("change") if "change" in self.pace.values else None
        yield Silence(
            duration_ms=self.take_time(duration, step.where),
            kind="pause",
            mark=scope.mark(step.where, parameter),
        )


def _too_much(where: Where, message: str) -> ScriptError:
    hint = "lower the counts, or shorten the durations"
    return ScriptError([Problem(where, message, hint)])
