"""Checks what every name in the steps stands for: parameters, braces, fragments, sounds, phases.

Walks all steps, also those that a given pace never reaches, so that nothing unknown waits in a fifth variant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from voice_coach.model.problems import Where
from voice_coach.model.script import (
    BREATH_PHASES,
    Amount,
    Breathe,
    Count,
    During,
    Fragment,
    Group,
    Hold,
    MoveTo,
    Param,
    ParameterType,
    Pattern,
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
from voice_coach.model.settings import EXPECTED, parse_setting
from voice_coach.script.collecting import Collector, nearest
from voice_coach.script.setting_check import check_setting

MAX_STEPS = 20_000
MAX_FRAGMENT_DEPTH = 20
FORMATS = ("ordinal", "times")
BRACES = re.compile(r"\{([^{}]*)\}")

NameType = ParameterType | Literal["text", "side"]


@dataclass(frozen=True)
class Scope:
    """What is known at a step: each name's type, the arguments' texts, and the fragments being unfolded."""

    types: Mapping[str, NameType]
    arguments: Mapping[str, str]
    inside: tuple[str, ...] = ()

    def having(self, **more: NameType) -> Scope:
        return replace(self, types={**self.types, **more})


class NameCheck:
    """Checks the steps of one script; problems go where each step was written."""

    def __init__(
        self,
        collectors: Mapping[str, Collector],
        fragments: Mapping[str, Fragment],
        tune: Mapping[str, Tunable],
        sounds: Collection[str],
    ) -> None:
        self._collectors = collectors
        self._fragments = fragments
        self._tune = tune
        self._sounds = sounds
        self._visited = 0

    def check(self, steps: Iterable[Step], **names: NameType) -> None:
        """Checks steps in which, besides the parameters, these names are known."""
        types: dict[str, NameType] = {name: tunable.type for name, tunable in self._tune.items()}
        self._steps(steps, Scope({**types, "title": "text", **names}, {}))

    def check_fragments(self) -> None:
        """Checks that no fragment, used or not, leads back to itself."""
        for fragment in self._fragments.values():
            self._find_loop(fragment, (fragment.name,), set())

    def _find_loop(self, fragment: Fragment, path: tuple[str, ...], seen: set[str]) -> None:
        for step in _all_steps(fragment.steps):
            if not isinstance(step, Use):
                continue
            if step.fragment in path:
                way = " → ".join((*path, step.fragment))
                self._add(
                    step.where, step.fragment, f"this fragment uses itself: {way}", "take this use away"
                )
            elif step.fragment in self._fragments and step.fragment not in seen:
                seen.add(step.fragment)
                self._find_loop(self._fragments[step.fragment], (*path, step.fragment), seen)

    def _add(self, where: Where, token: str, message: str, hint: str = "") -> None:
        self._collectors[where.file].add_token(where, token, message, hint)

    def _steps(self, steps: Iterable[Step], scope: Scope) -> None:
        for step in steps:
            self._visited += 1
            if self._visited > MAX_STEPS:
                if self._visited == MAX_STEPS + 1:
                    message = f"the fragments unfold into more than {MAX_STEPS:,} steps"
                    self._add(step.where, "", message, "use fewer of them inside each other")
                return
            self._step(step, scope)

    def _step(self, step: Step, scope: Scope) -> None:
        match step:
            case Say():
                for text in step.texts:
                    self._text(text, step.where, scope)
                self._value(step.then, "duration", step.where, scope)
            case PlaySound():
                self._sound(step.sound, step.where)
            case Pause() | Wait():
                self._value(step.duration, "duration", step.where, scope)
            case Hold():
                self._value(step.duration, "duration", step.where, scope)
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
        match step:
            case Repeat():
                self._value(step.times, "count", step.where, scope)
                counted: dict[str, NameType] = {step.counter: "count", f"{step.counter}s": "count"}
                inner = scope.having(**counted)
            case Sets():
                self._value(step.times, "count", step.where, scope)
                inner = scope.having(set="count", sets="count")
                for each in step.each:
                    self._set_values(each, step.where)
            case Sides():
                self._value(step.reps, "count", step.where, scope)
                inner = scope.having(rep="count", reps="count", side="side")
                self._steps(step.change or (), inner)
        self._steps(step.steps, inner)
        self._steps(step.between, inner)

    def _breathe(self, step: Breathe, scope: Scope) -> None:
        self._value(step.pattern, "breath", step.where, scope)
        self._value(step.cycles, "count", step.where, scope)
        self._value(step.duration, "duration", step.where, scope)
        inner = scope.having(cycle="count", cycles="count")
        for phrases in step.phrases.values():
            for text in phrases:
                self._text(text, step.where, inner)
        self._during_turns(step.during, BREATH_PHASES, inner)

    def _count(self, step: Count, scope: Scope) -> None:
        self._value(step.reps, "count", step.where, scope)
        self._value(step.tempo, "tempo", step.where, scope)
        tempo = step.tempo
        if isinstance(tempo, Param) and tempo.name in self._tune and step.phases:
            default = self._tune[tempo.name].default
            parts = len(default) if isinstance(default, tuple) else 0
            if parts and parts != len(step.phases):
                message = f'the tempo "{tempo.name}" has {parts} parts, but phases names {len(step.phases)}'
                self._add(step.where, "phases", message, 'give each part a word, "-" for none')
        inner = scope.having(rep="count", reps="count")
        for text in step.phases:
            self._text(text, step.where, inner)
        parts = len(tempo) if isinstance(tempo, tuple) else max(len(step.phases), 1)
        numbered = tuple(str(number + 1) for number in range(parts))
        self._during_turns(step.during, (*step.phases, *numbered), inner)

    def _during_hold(self, step: Hold, scope: Scope) -> None:
        timed: dict[str, NameType] = {"remaining": "duration", step.role: "duration"}
        inner = scope.having(**timed)
        for item in step.during:
            moments = [name for name in ("at", "last", "every") if getattr(item, name) is not None]
            if len(moments) != 1 or item.on or item.turn is not None:
                self._add(
                    item.where, "", "say when in the hold it comes", "use exactly one of at, last, every"
                )
            for moment in (item.at, item.last, item.every):
                if not isinstance(moment, float):
                    self._value(moment, "duration", item.where, inner)
            if isinstance(item.every, int) and item.every < 500:
                self._add(item.where, "every", "every needs at least half a second", "write every: 10s")
            self._during(item, inner)

    def _during_turns(self, during: tuple[During, ...], phases: Iterable[str], scope: Scope) -> None:
        known = [phase for phase in dict.fromkeys(phases) if phase != "-"]
        for item in during:
            if item.at is not None or item.last is not None or not item.on:
                self._add(
                    item.where,
                    "",
                    "say at which phase it comes",
                    "use on:, and turn: or every: if not always",
                )
            elif item.on not in known:
                self._add(item.where, item.on, f'"{item.on}" is not a phase here', nearest(item.on, known))
            if isinstance(item.every, Param) or (
                item.every is not None and (item.every % 1000 or not item.every)
            ):
                self._add(item.where, "every", "every is a whole number of turns here", "write every: 3")
            self._during(item, scope)

    def _during(self, item: During, scope: Scope) -> None:
        for text in item.say:
            self._text(text, item.where, scope)
        if item.sound:
            self._sound(item.sound, item.where)

    def _use(self, step: Use, scope: Scope) -> None:
        fragment = self._fragments.get(step.fragment)
        if fragment is None:
            message = f'there is no fragment "{step.fragment}"'
            hint = (
                nearest(step.fragment, self._fragments) if self._fragments else "define it under fragments:"
            )
            self._add(step.where, step.fragment, message, hint)
            return
        if step.fragment in scope.inside or len(scope.inside) >= MAX_FRAGMENT_DEPTH:
            return
        for name in step.arguments:
            if name not in fragment.parameters:
                message = f'the fragment "{step.fragment}" has no parameter "{name}"'
                self._add(step.where, name, message, nearest(name, fragment.parameters))
        arguments: dict[str, str] = {}
        types: dict[str, NameType] = dict(scope.types)
        for name, default in fragment.parameters.items():
            given = step.arguments.get(name, default)
            if given is None:
                message = f'the fragment "{step.fragment}" needs a value for "{name}"'
                self._add(step.where, step.fragment, message, f"write with: {{{name}: …}}")
                return
            if given in scope.types and given not in scope.arguments:
                types[name] = scope.types[given]
                arguments.pop(name, None)
            else:
                types[name] = "text"
                arguments[name] = scope.arguments.get(given, given)
                self._text(given, step.where, scope)
        self._steps(fragment.steps, Scope(types, arguments, (*scope.inside, step.fragment)))

    def _set_values(self, each: Mapping[str, str], where: Where) -> None:
        for name, text in each.items():
            check_setting(name, text, self._tune, where, self._collectors[where.file])

    def _sound(self, name: str, where: Where) -> None:
        if name not in self._sounds:
            self._add(where, name, f'there is no sound "{name}"', nearest(name, self._sounds))

    def _value(
        self, value: Amount | Pattern | None, type_: ParameterType, where: Where, scope: Scope
    ) -> None:
        if not isinstance(value, Param):
            return
        name = value.name
        known = scope.types.get(name)
        if known is None:
            of_type = [each for each, is_type in scope.types.items() if is_type == type_]
            hint = nearest(name, of_type) if of_type else f'add "{name}" to tune, or write {EXPECTED[type_]}'
            self._add(where, name, f'"{name}" is neither a parameter nor {EXPECTED[type_]}', hint)
        elif known == "text":
            try:
                parse_setting(scope.arguments.get(name, ""), type_)
            except ValueError:
                given = scope.arguments.get(name, "")
                self._add(where, name, f'"{name}" is "{given}" here, which is not {EXPECTED[type_]}')
        elif known != type_:
            self._add(where, name, f'"{name}" is a {known}, but here goes {EXPECTED[type_]}')

    def _text(self, text: str, where: Where, scope: Scope) -> None:
        rest = BRACES.sub("", text)
        if "{" in rest or "}" in rest:
            self._add(where, "{" if "{" in rest else "}", "a brace without its partner", "write {rep}")
        for inside in BRACES.findall(text):
            name, _, format_ = inside.partition(":")
            token = "{" + inside + "}"
            if name not in scope.types:
                self._add(
                    where, token, f'nothing is known here by the name "{name}"', nearest(name, scope.types)
                )
            elif format_ and format_ not in FORMATS:
                self._add(
                    where, token, f'"{format_}" is not a way to say a number', f"use {' or '.join(FORMATS)}"
                )
            elif format_ and scope.types[name] not in ("count", "text"):
                self._add(where, token, f'"{name}" is not a number to say as {format_}', f"write {{{name}}}")


def _all_steps(steps: Iterable[Step]) -> Iterable[Step]:
    """Every step, inner ones too, without unfolding fragments."""
    for step in steps:
        yield step
        match step:
            case Group():
                yield from _all_steps(step.steps)
            case Repeat() | Sets():
                yield from _all_steps((*step.steps, *step.between))
            case Sides():
                yield from _all_steps((*step.steps, *step.between, *(step.change or ())))
            case Variants():
                for choice in step.choices:
                    yield from _all_steps(choice)
            case _:
                pass
