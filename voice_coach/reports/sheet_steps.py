"""The steps of an exercise on paper: what to do, how often, how long.

What only tells how far the time has gone ("three of five", "halfway", a countdown) is left out, and of
prompts that take turns the first one stands for all. So is what its author wrote for the ear alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace

from voice_coach.core.parameters import parse_setting
from voice_coach.core.script import (
    Amount,
    Breathe,
    Count,
    During,
    Exercise,
    Fragment,
    Group,
    Guidance,
    Hold,
    MoveTo,
    Param,
    Pause,
    Repeat,
    Say,
    Sets,
    Sides,
    Step,
    Tunable,
    Use,
    Variants,
)
from voice_coach.reports.sheet_words import TURN, NamedValue, Names, count, duration

_HALFWAY = 0.5
_TIME_TO_DO_MS = 4_000
"""After a prompt with so much silence something has been done, and another begins."""
_SPOKEN: dict[Guidance, tuple[Guidance, ...]] = {
    "full": ("full", "key", "names"),
    "key": ("key", "names"),
    "names": ("key", "names"),  # names alone would be no instructions
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """One thing to do.

    Attributes:
        text: the words.
        dose: how long or how often.
        cues: what to watch meanwhile.
        leads: the words lead right into what follows.
        is_more: an author's explanation, which few words do without.
        ends: there is time to do it before it goes on.
    """

    text: str
    dose: str = ""
    cues: tuple[str, ...] = ()
    leads: bool = False
    is_more: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetInterval:
    """Steps between the turns of a loop, under their heading."""

    heading: str
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLoop:
    """Several things to do one after the other; ``heading`` says how often, "" is once."""

    heading: str
    parts: tuple[SheetPart, ...]
    between: tuple[SheetInterval, ...] = ()


SheetPart = SheetLine | SheetLoop


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWriter:
    """Turns steps into parts.

    Attributes:
        fragments: those that ``use`` may name.
        tune: the parameters, for sets that differ.
        values: their values.
        guidance: how much is written; what is marked ``names`` and ``key`` always is.
    """

    fragments: Mapping[str, Fragment]
    tune: Mapping[str, Tunable]
    guidance: Guidance
    values: Mapping[str, NamedValue]

    def parts(self, steps: Iterable[Step], names: Names) -> tuple[SheetPart, ...]:
        """Return what is done, in order; a hold whose words lead right into it is one line with them."""
        found: list[SheetPart] = []
        for step in steps:
            if step.only in ("later", "last"):
                continue
            for part in self._step(step, names):
                before = found[-1] if found else None
                # What is said in a line of its own keeps it: nothing that has to be done is lost.
                is_done = isinstance(step, Breathe | Count | Hold) and not _is_rest(step)
                if is_done and isinstance(part, SheetLine) and isinstance(before, SheetLine) and before.leads:
                    found[-1] = replace(before, dose=part.dose, cues=part.cues, leads=False)
                else:
                    found.append(part)
        return tuple(found)

    def _step(self, step: Step, names: Names) -> Iterator[SheetPart]:
        labels = names.words.labels
        match step:
            case Say():
                yield from self._say(step, names)
            case Hold():
                stretch = names.stretch.rests if step.role == "rest" else 1.0
                told = names.text_of(step.duration, "duration", stretch=stretch)
                yield SheetLine(text=labels[step.role], dose=told, cues=self._cues(step.during, names))
            case Pause() if isinstance(step.duration, Param):
                yield SheetLine(text=labels["pause"], dose=names.text_of(step.duration, "duration"))
            case Breathe():
                yield self._breathe(step, names)
            case Count():
                yield self._count(step, names)
            case Group():
                yield from self.parts(step.steps, names)
            case MoveTo():
                yield SheetLine(text=names.words.positions[step.position] + ".")
            case Variants():
                yield from self._variants(step, names)
            case Use():
                yield from self._use(step, names)
            case Repeat() | Sets() | Sides():
                yield from self._loop(step, names)
            case _:  # sounds and silences have no texts
                texts = [text for each in step.texts_inside() if (text := names.filled(each))]
                if texts:
                    yield SheetLine(text=" ".join(texts))

    def _say(self, step: Say, names: Names) -> Iterator[SheetLine]:
        if not step.paper or step.guidance not in _SPOKEN[self.guidance]:
            return
        texts = [text for each in step.texts if (text := names.filled(each))]
        if texts:
            tuned = isinstance(step.then, Param) and names.known[step.then.name].type == "duration"
            dose = names.text_of(step.then, "duration") if tuned and step.then is not None else ""
            yield SheetLine(
                text=" ".join(texts),
                dose=dose,
                leads=step.then == 0,
                is_more=step.guidance == "full" and not dose,
                ends=isinstance(step.then, int) and step.then >= _TIME_TO_DO_MS,
            )

    def _cues(self, during: Iterable[During], names: Names) -> tuple[str, ...]:
        """Return what is said meanwhile, but for what only tells the time."""
        inner = names.having(dict.fromkeys(("remaining", "hold", "rest", "rep", "cycle"), TURN))
        found = [
            text
            for item in during
            if item.say
            and item.paper
            and item.guidance in _SPOKEN[self.guidance]
            and item.at != _HALFWAY
            and item.last is None
            and item.turn is None
            and item.only not in ("later", "last")
            and (text := inner.filled(item.say[0]))
        ]
        return tuple(dict.fromkeys(found))

    def _breathe(self, step: Breathe, names: Names) -> SheetLine:
        inner = names.having({"cycle": TURN, "cycles": TURN})
        stretch = names.stretch.breath
        (pattern, *_) = names.amounts(step.pattern, "breath", stretch)
        said: list[str] = []
        for (phase, usual), ms in zip(
            names.words.breath.items(), pattern if isinstance(pattern, tuple) else (), strict=False
        ):
            if not ms:
                continue
            own = inner.filled(step.phrases[phase][0]) if step.phrases.get(phase) else ""
            said.append(f"{own or usual} ({duration(ms, names.words)})")
        if step.cycles is not None:
            once = names.amount(step.cycles, "count") == 1
            dose = "" if once else names.text_of(step.cycles, "count", "cycles")
        else:
            dose = names.text_of(step.duration or 0, "duration")
        return SheetLine(text=". ".join(said) + ".", dose=dose, cues=self._cues(step.during, names))

    def _count(self, step: Count, names: Names) -> SheetLine:
        (tempo, *_) = names.amounts(step.tempo, "tempo")
        lengths = tempo if isinstance(tempo, tuple) else ()
        said = [
            f"{_word(step.phases, part, names)} ({duration(ms, names.words)})".strip()
            for part, ms in enumerate(lengths)
            if ms
        ]
        text = ", ".join(said)
        dose = names.text_of(step.reps, "count", "reps")
        return SheetLine(
            text=f"{text[:1].upper()}{text[1:]}.", dose=dose, cues=self._cues(step.during, names)
        )

    def _variants(self, step: Variants, names: Names) -> Iterator[SheetPart]:
        """The first choice; what the others watch is watched in it too."""
        first, *others = (self.parts(choice, names) for choice in step.choices)
        watched = [part.cues for choice in others for part in choice if isinstance(part, SheetLine)]
        for part in first:
            if isinstance(part, SheetLine) and part.cues:
                cues = dict.fromkeys([*part.cues, *(cue for cues in watched for cue in cues[:1])])
                yield replace(part, cues=tuple(cues))
            else:
                yield part

    def _use(self, step: Use, names: Names) -> Iterator[SheetPart]:
        fragment = self.fragments[step.fragment]
        arguments = {
            name: names.argument(step.arguments.get(name, default) or "")
            for name, default in fragment.parameters.items()
        }
        parts = self.parts(fragment.steps, names.having(arguments))
        if len(parts) > 1:
            yield SheetLoop(heading="", parts=parts)
        else:
            yield from parts

    def _loop(self, step: Repeat | Sets | Sides, names: Names) -> Iterator[SheetPart]:
        match step:
            case Repeat():
                number = names.amount(step.times, "count")
                heading = count(f"{step.counter}s", number, names.words)
                inner = names.having({step.counter: TURN, f"{step.counter}s": _counted(number)})
            case Sets():
                number = names.amount(step.times, "count")
                heading = count("sets", number, names.words)
                inner = names.having({"set": TURN, "sets": _counted(number), **self.each(step)})
            case Sides():
                number = names.amount(step.reps, "count")
                heading = self._sides_heading(step, number, names)
                side = NamedValue("text", (names.words.labels[step.sides[0]],))
                inner = names.having({"rep": TURN, "reps": _counted(number), "side": side})
        parts = _with_explanations(self.parts(step.steps, inner))
        if number == 1 and not isinstance(step, Sides):
            yield from parts
            return
        labels = names.words.labels
        between = [self._between(labels["between"], step.between, inner)] if number > 1 else []
        if isinstance(step, Sides) and step.change and len(step.sides) > 1:
            then = inner.having({"side": NamedValue("text", (labels[step.sides[1]],))})
            between.append(self._between(labels["change"], step.change, then))
        yield SheetLoop(
            heading=heading[:1].upper() + heading[1:] + ":",
            parts=parts,
            between=tuple(each for each in between if each.lines),
        )

    def _between(self, heading: str, steps: Iterable[Step], names: Names) -> SheetInterval:
        parts = self.parts(steps, names)
        lines = (SheetLine(text=part.text, dose=part.dose) for part in parts if isinstance(part, SheetLine))
        return SheetInterval(heading=heading, lines=tuple(lines))

    def each(self, step: Sets) -> dict[str, NamedValue]:
        """The values that differ from set to set, one for each."""
        differing = dict.fromkeys(name for each in step.each for name in each)
        found: dict[str, NamedValue] = {}
        for name in differing:
            type_ = self.tune[name].type
            usual = self.values.get(name, TURN).values[:1] or (self.tune[name].default,)
            values = [parse_setting(each[name], type_) if name in each else usual[0] for each in step.each]
            found[name] = NamedValue(type_, tuple(values))
        return found

    def _sides_heading(self, step: Sides, number: int, names: Names) -> str:
        labels = names.words.labels
        times = count("reps", number, names.words) if number > 1 else ""
        sides = [labels[side] for side in step.sides]
        if len(sides) == 1:
            return f"{times} {sides[0]}".strip()
        form = labels["alternating" if step.order == "alternating" and number > 1 else "first side"]
        said = form.format(times=times, first=sides[0], then=sides[1])
        return " ".join(part for part in said.split(" ") if part)


def _with_explanations(parts: Iterable[SheetPart]) -> tuple[SheetPart, ...]:
    """Put explanations with the line that they follow."""
    found: list[SheetPart] = []
    for part in parts:
        before = found[-1] if found else None
        if isinstance(part, SheetLine) and part.is_more and isinstance(before, SheetLine):
            found[-1] = replace(before, cues=(*before.cues, part.text))
        else:
            found.append(part)
    return tuple(found)


def paragraphs(parts: Iterable[SheetPart]) -> tuple[SheetPart, ...]:
    """Put explanations that follow each other together, up to where there is time to do them."""
    found: list[SheetPart] = []
    for part in parts:
        before = found[-1] if found else None
        if (
            isinstance(part, SheetLine)
            and isinstance(before, SheetLine)
            and part.is_more
            and before.is_more
            and not before.ends
            and not before.dose
        ):
            found[-1] = replace(part, text=f"{before.text} {part.text}")
        else:
            found.append(part)
    return tuple(found)


def _counted(number: int) -> NamedValue:
    return NamedValue("count", (number,))


def _word(phases: tuple[str, ...], part: int, names: Names) -> str:
    word = names.filled(phases[part]) if part < len(phases) else ""
    return names.words.labels["wait"] if word == "-" else word.lower() if part else word


def _is_rest(step: Step) -> bool:
    return isinstance(step, Hold) and step.role == "rest"


_DEEPEST = 20
"""Depth to which fragments may use each other."""


def idle(exercise: Exercise, turns: Callable[[Amount], int]) -> frozenset[str]:
    """Return the parameters of an exercise that stand only in steps that are never reached.

    One that stands nowhere is not among them: it may do something that is not seen from here, such as the
    time for the coach's own words at a change of side.

    Args:
        exercise: the exercise.
        turns: how often an amount says that a loop goes round.
    """
    done: set[str] = set()
    passed: set[str] = set()
    for step, is_done in _walk(exercise.steps, exercise.fragments, turns):
        (done if is_done else passed).update(_names(step, exercise.fragments))
    return frozenset(passed - done)


def _walk(
    steps: Iterable[Step],
    fragments: Mapping[str, Fragment],
    turns: Callable[[Amount], int],
    *,
    is_done: bool = True,
    depth: int = 0,
) -> Iterator[tuple[Step, bool]]:
    """All steps, those of fragments too, and whether they are come to."""
    for step in steps:
        yield step, is_done
        never = set(map(id, _never(step, turns)))
        for child in step.children():
            there = is_done and id(child) not in never
            yield from _walk([child], fragments, turns, is_done=there, depth=depth)
        if isinstance(step, Use) and depth < _DEEPEST:
            within = fragments[step.fragment].steps
            yield from _walk(within, fragments, turns, is_done=is_done, depth=depth + 1)


def _never(step: Step, turns: Callable[[Amount], int]) -> tuple[Step, ...]:
    """The steps right inside that stand between turns of which there are not two."""
    match step:
        case Repeat() | Sets():
            return step.between if turns(step.times) < 2 else ()
        case Sides():
            between = step.between if turns(step.reps) < 2 else ()
            return (*between, *((step.change or ()) if len(step.sides) < 2 else ()))
        case _:
            return ()


def _names(step: Step, fragments: Mapping[str, Fragment]) -> Iterator[str]:
    """The parameters in what a step says of itself; not those in its words."""
    for item in (step, *getattr(step, "during", ())):
        for each in fields(item):
            value = getattr(item, each.name)
            if isinstance(value, Param):
                yield value.name
    if isinstance(step, Use):
        for name, default in fragments[step.fragment].parameters.items():
            yield step.arguments.get(name, default) or ""
