"""Checks what every name in the steps stands for: parameters, braces, fragments, sounds, phases.

Walks all steps, also those that a given pace never reaches, so that nothing unknown waits in a fifth variant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from voice_coach.model.problems import Where
from voice_coach.model.script import (
    BREATH_PHASES,
    Breathe,
    Count,
    During,
    Fragment,
    Group,
    Hold,
    MoveTo,
    Param,
    Pause,
    PlaySound,
    Repeat,
    Say,
    Sets,
    Sides,
    Step,
    Tunable,
    Use,
    Variants,
    Wait,
)
from voice_coach.script.collecting import Collector, nearest, quoted
from voice_coach.script.fragment_rings import rings
from voice_coach.script.lookup import Lookup, NameType, Scope
from voice_coach.script.setting_check import check_in_sets
from voice_coach.script.shadowing import Value

MAX_STEPS = 20_000
MAX_FRAGMENT_DEPTH = 20

_PHASE_HINTS = {"in": 'did you mean "inhale"?', "out": 'did you mean "exhale"?'}


class NameCheck:
    """Checks the steps of one script; problems go where each step was written.

    Args:
        collectors: the files' problems, by the files' names.
        fragments: those that ``use`` may name.
        tune: the parameters.
        sounds: the sound cues.
        all_fragments: whether these are all fragments, or a file of them could not be read.
        language: the language that the words are spoken in.
    """

    def __init__(
        self,
        collectors: Mapping[str, Collector],
        fragments: Mapping[str, Fragment],
        tune: Mapping[str, Tunable],
        sounds: Collection[str],
        *,
        all_fragments: bool = True,
        language: str = "en",
    ) -> None:
        self._lookup = Lookup(collectors, sounds, language)
        self._fragments = fragments
        self._all_fragments = all_fragments
        self._tune = tune
        self._used: set[str] = set()
        self._visited = 0

    def check(self, steps: Iterable[Step], **names: NameType) -> None:
        """Checks steps in which, besides the parameters, these names are known."""
        types: dict[str, NameType] = {name: tunable.type for name, tunable in self._tune.items()}
        values = {name: Value(tunable) for name, tunable in self._tune.items()}
        self._steps(steps, Scope({**types, "title": "text", **names}, {}, values=values))

    def check_aloud(self, texts: Iterable[str], where: Where) -> None:
        """Checks whether a voice reads a title, or other words without names in braces, as they are meant."""
        for text in texts:
            self._lookup.aloud(text, where)

    def check_fragments(self, unused_in: str = "") -> None:
        """Checks that no fragment leads back to itself, and the steps of those that nothing has used yet.

        Args:
            unused_in: the file whose unused fragments are checked; in other files they are others' business.
        """
        for use, way in rings(self._fragments):
            message = f"this fragment uses itself: {' → '.join(way)}"
            self._lookup.add(use.where, use.fragment, message, "take this use away")
        for name, fragment in self._fragments.items():
            if name not in self._used and fragment.where.file == unused_in:
                values = dict.fromkeys(fragment.parameters, Value(name))
                self._steps(fragment.steps, Scope({}, {}, (name,), open=True, values=values))

    def _steps(self, steps: Iterable[Step], scope: Scope) -> None:
        for step in steps:
            self._visited += 1
            if self._visited > MAX_STEPS:
                if self._visited == MAX_STEPS + 1:
                    message = f"the fragments unfold into more than {MAX_STEPS:,} steps"
                    self._lookup.add(step.where, "", message, "use fewer of them inside each other")
                return
            self._step(step, scope)

    def _step(self, step: Step, scope: Scope) -> None:
        match step:
            case Say():
                for text in step.texts:
                    self._lookup.text(text, step.where, scope)
                self._lookup.value(step.then, "duration", step.where, scope)
            case PlaySound():
                self._lookup.sound(step.sound, step.where)
            case Pause() | Wait():
                self._lookup.value(step.duration, "duration", step.where, scope)
            case Hold():
                self._lookup.value(step.duration, "duration", step.where, scope)
                self._during_hold(step, scope)
            case Breathe():
                self._breathe(step, scope)
            case Count():
                self._count(step, scope)
            case Use():
                self._use(step, scope)
            case Variants():
                for choice in step.choices:
                    self._steps(choice, scope)
            case Group():
                self._steps(step.steps, scope)
            case MoveTo():
                pass
            case Repeat() | Sets() | Sides():
                self._loop(step, scope)
            case _:
                raise TypeError(f"a step of no known kind: {step!r}")

    def _loop(self, step: Repeat | Sets | Sides, scope: Scope) -> None:
        times = step.reps if isinstance(step, Sides) else step.times
        self._lookup.value(times, "count", step.where, scope)
        inner = scope.in_loop(step)
        if isinstance(step, Sides):
            inner = inner.having(side="side")
            self._steps(step.change or (), inner)
        elif isinstance(step, Sets) and step.each:
            for each in step.each:
                self._set_values(each, step.where)
            inner = self._inside_sets(step, inner)
        self._steps(step.steps, inner)
        self._steps(step.between, inner)

    def _inside_sets(self, step: Sets, scope: Scope) -> Scope:
        """Return the scope in which what differs from set to set is known, where every set says it."""
        said = {name for each in step.each for name in each if name in self._tune}
        in_all: dict[str, NameType] = {
            name: self._tune[name].type for name in said if all(name in each for each in step.each)
        }
        values = {name: Value(self._tune[name], step.where) for name in said}
        return replace(scope.having(**in_all), values={**scope.values, **values})

    def _breathe(self, step: Breathe, scope: Scope) -> None:
        self._lookup.value(step.pattern, "breath", step.where, scope)
        self._lookup.value(step.cycles, "count", step.where, scope)
        self._lookup.value(step.duration, "duration", step.where, scope)
        inner = scope.having(cycle="count", cycles="count")
        for phrases in step.phrases.values():
            for text in phrases:
                self._lookup.text(text, step.where, inner)
        self._during_turns(step.during, BREATH_PHASES, inner)

    def _count(self, step: Count, scope: Scope) -> None:
        self._lookup.value(step.reps, "count", step.where, scope)
        self._lookup.value(step.tempo, "tempo", step.where, scope)
        tempo = step.tempo
        if isinstance(tempo, Param) and tempo.name in self._tune and step.phases:
            default = self._tune[tempo.name].default
            parts = len(default) if isinstance(default, tuple) else 0
            if parts and parts != len(step.phases):
                message = f'the tempo "{tempo.name}" has {parts} parts, but phases names {len(step.phases)}'
                hint = 'give each part a word, "-" for none'
                self._lookup.add(step.where, "phases", message, hint, key=True)
        inner = scope.having(rep="count", reps="count")
        for text in step.phases:
            self._lookup.text(text, step.where, inner)
        parts = len(tempo) if isinstance(tempo, tuple) else max(len(step.phases), 1)
        numbered = tuple(str(number + 1) for number in range(parts))
        self._during_turns(step.during, (*step.phases, *numbered), inner)

    def _during_hold(self, step: Hold, scope: Scope) -> None:
        timed: dict[str, NameType] = {"remaining": "duration", step.role: "duration"}
        inner = scope.having(**timed)
        own = () if step.duration == Param(step.role) else (step.role,)
        outer = scope.hiding(own, step.role, step.where)
        for item in step.during:
            for moment in (item.at, item.last, item.every):
                if not isinstance(moment, float):
                    self._lookup.value(moment, "duration", item.where, outer)
            self._during(item, inner)

    def _during_turns(self, during: tuple[During, ...], phases: Iterable[str], scope: Scope) -> None:
        known = [phase for phase in dict.fromkeys(phases) if phase != "-"]
        for item in during:
            if item.on and item.on not in known:
                hint = nearest(item.on, known, _PHASE_HINTS)
                self._lookup.add(item.where, item.on, f"{quoted(item.on)} is not a phase here", hint)
            self._during(item, scope)

    def _during(self, item: During, scope: Scope) -> None:
        for text in item.say:
            self._lookup.text(text, item.where, scope)
        if item.sound:
            self._lookup.sound(item.sound, item.where)

    def _use(self, step: Use, scope: Scope) -> None:
        fragment = self._fragments.get(step.fragment)
        if fragment is None:
            if self._all_fragments and not self._lookup.is_unsure(step.fragment):
                hint = nearest(step.fragment, self._fragments) or "define it under fragments:"
                self._lookup.add(step.where, step.fragment, f'there is no fragment "{step.fragment}"', hint)
            return
        self._used.add(step.fragment)
        if step.fragment in scope.inside:
            return
        if len(scope.inside) >= MAX_FRAGMENT_DEPTH:
            message = f"fragments use each other more than {MAX_FRAGMENT_DEPTH} deep here"
            self._lookup.add(step.where, step.fragment, message, "put the steps here instead")
            return
        for name in step.arguments:
            if name not in fragment.parameters:
                message = f'the fragment "{step.fragment}" has no parameter "{name}"'
                self._lookup.add(step.where, name, message, nearest(name, fragment.parameters), key=True)
        arguments: dict[str, str] = {}
        types: dict[str, NameType] = dict(scope.types)
        unknown = scope.open
        for name, default in fragment.parameters.items():
            given = step.arguments.get(name, default)
            if given is None:
                message = f'the fragment "{step.fragment}" needs a value for "{name}"'
                self._lookup.add(step.where, step.fragment, message, f"write with: {{{name}: …}}")
                # Of any type, so that the others are checked.
                types.pop(name, None)
                unknown = True
            elif given in scope.types and given not in scope.arguments:
                if given in scope.shadows:
                    self._lookup.shadowed(given, given, step.where, scope)
                types[name] = scope.types[given]
                arguments.pop(name, None)
            else:
                types[name] = "text"
                arguments[name] = scope.arguments.get(given, given)
                self._lookup.braces(given, step.where, scope)
        inner = Scope(
            types,
            arguments,
            (*scope.inside, step.fragment),
            step.where,
            unknown,
            {**scope.values, **dict.fromkeys(fragment.parameters, Value(step.fragment))},
            {name: shadow for name, shadow in scope.shadows.items() if name not in fragment.parameters},
        )
        self._steps(fragment.steps, inner)

    def _set_values(self, each: Mapping[str, str], where: Where) -> None:
        for name, text in each.items():
            if not self._lookup.is_unsure(name):
                check_in_sets(name, text, self._tune, where, self._lookup.collector(where))
