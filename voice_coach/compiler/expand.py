"""First pass: repeats, sets, sides, variants and guidance become a flat list of cues without times."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from voice_coach.compiler import spans
from voice_coach.compiler.context import Scope, Unfolding
from voice_coach.compiler.wording import TypedValue
from voice_coach.core.errors import Problem, ScriptError, Where
from voice_coach.core.parameters import parse_setting
from voice_coach.core.script import (
    Breathe,
    Count,
    Exercise,
    Fragment,
    Group,
    Hold,
    Move,
    MoveTo,
    Param,
    Pause,
    PlaySound,
    Position,
    Repeat,
    Say,
    Session,
    Sets,
    Side,
    Sides,
    Step,
    Tunable,
    Use,
    Variants,
    Wait,
)
from voice_coach.core.timeline import Cue, InPosition, Lasting, Mark, Silence, Sound, Speech


def route(
    origin: Position, to: Position, own: Sequence[Move], common: Sequence[Move], where: Where
) -> tuple[Move, ...]:
    """The moves from one position to another, none if they are the same.

    A direct move wins, the session's own before the language's; otherwise the path with the fewest moves, and
    of those the quickest.

    Raises:
        ScriptError: no path leads there; ``where`` is what asked for it.
    """
    if origin == to:
        return ()
    moves = {(move.origin, move.to): move for move in (*common, *own)}
    if direct := moves.get((origin, to)):
        return (direct,)
    path = _path(origin, to, moves.values())
    if path is None:
        message = f"nothing says how to get from {origin} to {to}"
        hint = f"add it to the session: transitions: [{{from: {origin}, to: {to}, say: […], time: 15s}}]"
        raise ScriptError([Problem(where, message, hint)])
    return path


def _path(origin: Position, to: Position, moves: Iterable[Move]) -> tuple[Move, ...] | None:
    edges = sorted(moves, key=lambda move: (move.duration_ms, move.to))
    best: dict[Position, tuple[Move, ...]] = {origin: ()}
    waiting: deque[Position] = deque([origin])
    while waiting:
        here = waiting.popleft()
        for move in edges:
            if move.origin != here:
                continue
            path = (*best[here], move)
            known = best.get(move.to)
            if known is None:
                waiting.append(move.to)
            if known is None or (len(path) == len(known) and _time(path) < _time(known)):
                best[move.to] = path
    return best.get(to)


def _time(path: Sequence[Move]) -> int:
    return sum(move.duration_ms for move in path)


CHANGE_MS = 4_000
"""Time to change sides where the exercise does not tune ``change``: our choice."""

Route = Callable[[Position, Position, Where], tuple[Move, ...]]


class Expander:
    """Expands steps of one chapter.

    Args:
        unfolding: what they lean on; its progress is moved on, the position too.
        route: how to get from one position to another.
        fragments: those that ``use`` may name.
        tune: the parameters' types, for sets that differ.
        first_turns: of every loop only the first turn, and what comes between it and the next.
    """

    def __init__(
        self,
        unfolding: Unfolding,
        route: Route,
        *,
        fragments: Mapping[str, Fragment],
        tune: Mapping[str, Tunable],
        first_turns: bool = False,
    ) -> None:
        self._unfolding = unfolding
        self._pace = unfolding.pace
        self._progress = unfolding.progress
        self._route = route
        self._fragments = fragments
        self._tune = tune
        self._first_turns = first_turns

    def expand(self, steps: Iterable[Step], **names: TypedValue) -> Iterator[Cue]:
        """The cues of steps in which, besides the parameters, ``names`` are known.

        Raises:
            ScriptError: the steps unfold into more than can be played, or something in them cannot be said.
        """
        known = {
            name: TypedValue(tunable.type, self._pace.values[name]) for name, tunable in self._tune.items()
        }
        yield from self._steps(steps, Scope({**known, **names}))

    def move_to(self, position: Position, where: Where) -> Iterator[Cue]:
        """The cues that lead into a position, none if it is the one before.

        Raises:
            ScriptError: no way leads there.
        """
        moves = self._route(self._progress.position, position, where)
        if moves:
            yield InPosition(position=self._progress.position, to=position)
        for move in moves:
            mark = Mark(where=where)
            self._progress.take_time(move.duration_ms, where)
            cues = tuple(Speech(texts=(text,), kind="move", guidance="names", mark=mark) for text in move.say)
            minimum = round(move.duration_ms * self._pace.stretch.moves)
            yield Lasting(cues=cues, minimum_ms=minimum, gap_ms=self._pace.gap_ms, mark=mark)
        self._progress.position = position
        if moves:
            yield InPosition(position=position)

    def _steps(self, steps: Iterable[Step], scope: Scope) -> Iterator[Cue]:
        for step in steps:
            self._progress.take_steps(1, step.where)
            before = self._progress.reach(step)
            if self._unfolding.is_heard(step.only, before, scope):
                yield from self._step(step, scope, before)

    def _step(self, step: Step, scope: Scope, before: int) -> Iterator[Cue]:
        match step:
            case Say():
                yield from self._say(step, scope)
            case PlaySound():
                yield Sound(name=step.sound, mark=scope.mark(step.where))
            case Pause() | Wait():
                kind = "wait" if isinstance(step, Wait) else "pause"
                duration = scope.written_ms(step.duration, self._pace.stretch.pauses)
                self._progress.take_time(duration, step.where)
                yield Silence(duration_ms=duration, kind=kind, mark=scope.mark(step.where, step.duration))
            case Hold():
                yield spans.hold(self._unfolding, step, scope)
            case Breathe():
                yield spans.breathe(self._unfolding, step, scope)
            case Count():
                yield spans.count(self._unfolding, step, scope)
            case Group():
                yield from self._steps(step.steps, scope)
            case MoveTo():
                yield from self.move_to(step.position, step.where)
            case Variants():
                yield from self._steps(step.choices[before % len(step.choices)], scope)
            case Use():
                fragment = self._fragments[step.fragment]
                self._progress.take_steps(len(fragment.parameters), step.where)
                names = {
                    name: self._argument(step.arguments.get(name, default), scope, step.where)
                    for name, default in fragment.parameters.items()
                }
                yield from self._steps(fragment.steps, scope.with_names(**names))
            case Repeat():
                yield from self._repeat(step, scope)
            case Sets():
                yield from self._sets(step, scope)
            case Sides():
                yield from self._sides(step, scope)
            case _:
                raise TypeError(f"a step of no known kind: {step!r}")

    def _argument(self, text: str | None, scope: Scope, where: Where) -> TypedValue:
        """A fragment's argument; what stands in braces is what it is where the fragment is used."""
        return scope.argument(self._unfolding.fill(text or "", scope, where))

    def _say(self, step: Say, scope: Scope) -> Iterator[Cue]:
        if not self._unfolding.speaks(step.guidance):
            return
        mark = scope.mark(step.where)
        self._progress.take_steps(len(step.texts) - 1, step.where)
        for number, text in enumerate(step.texts, 1):
            words = self._unfolding.fill(text, scope, step.where)
            if not words.strip():
                continue  # a fragment's argument that was left empty
            yield Speech(texts=(words,), kind="prompt", guidance=step.guidance, mark=mark)
            own = step.then if number == len(step.texts) else None
            silence = self._pace.gap_ms if own is None else scope.written_ms(own, self._pace.stretch.pauses)
            yield Silence(
                duration_ms=self._progress.take_time(silence, step.where),
                kind="gap" if own is None else "pause",
                mark=scope.mark(step.where, own),
            )

    def _repeat(self, step: Repeat, scope: Scope) -> Iterator[Cue]:
        times = scope.amount(step.times, "count")
        for number in self._turns(times):
            inner = self._unfolding.turn(scope, step.counter, number, times, step.where)
            yield from self._turn(step, inner)

    def _turns(self, times: int) -> range:
        return range(1, 1 + (min(times, 1) if self._first_turns else times))

    def _turn(self, step: Repeat | Sets, scope: Scope) -> Iterator[Cue]:
        self._progress.take_steps(1, step.where)
        yield from self._steps(step.steps, scope)
        if not scope.is_last:
            yield from self._steps(step.between, scope)

    def _sets(self, step: Sets, scope: Scope) -> Iterator[Cue]:
        times = scope.amount(step.times, "count")
        for number in self._turns(times):
            inner = self._unfolding.turn(scope, "set", number, times, step.where)
            if step.each:
                each = step.each[number - 1]
                inner = inner.with_names(**{name: self._setting(name, text) for name, text in each.items()})
            yield from self._turn(step, inner)

    def _setting(self, name: str, text: str) -> TypedValue:
        type_ = self._tune[name].type
        return TypedValue(type_, parse_setting(text, type_))

    def _sides(self, step: Sides, scope: Scope) -> Iterator[Cue]:
        reps = scope.amount(step.reps, "count")
        alternating = step.order == "alternating"
        self._progress.take_steps(reps * len(step.sides), step.where)
        turns: list[tuple[Side, int]] = (
            [(side, rep) for rep in range(1, reps + 1) for side in step.sides]
            if alternating
            else [(side, rep) for side in step.sides for rep in range(1, reps + 1)]
        )
        for index, (side, rep) in enumerate(turns):
            inner = self._unfolding.turn(scope, "rep", rep, reps, step.where).on_side(side)
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
        for text in self._unfolding.language.change:
            words = self._unfolding.fill(text, scope, step.where)
            yield Speech(texts=(words,), kind="prompt", guidance="names", mark=mark)
        own = round(CHANGE_MS * self._pace.stretch.moves)
        tuned = self._pace.values.get("change", own)
        duration = tuned if isinstance(tuned, int) else own
        parameter = Param("change") if "change" in self._pace.values else None
        yield Silence(
            duration_ms=self._progress.take_time(duration, step.where),
            kind="pause",
            mark=scope.mark(step.where, parameter),
        )


def expander_of(session: Session, unfolding: Unfolding, exercise: Exercise | None = None) -> Expander:
    """An expander of a session's own steps, or of those of an exercise in it."""

    def way(origin: Position, to: Position, where: Where) -> tuple[Move, ...]:
        return route(origin, to, session.moves, unfolding.language.moves, where)

    return Expander(
        unfolding,
        way,
        fragments=exercise.fragments if exercise else session.fragments,
        tune=exercise.tune if exercise else {},
    )
