"""Reads the file with a person's own values, and checks them against what the scripts let be tuned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from voice_coach.core.errors import Problem
from voice_coach.core.parameters import (
    GENERAL,
    PACE_EXPECTED,
    format_setting,
    parse_pace,
    parse_within,
    refusal,
    who_sets,
    within,
)
from voice_coach.core.script import GUIDANCE_LEVELS, Guidance, Setting, Tunable
from voice_coach.core.user_values import ALL, ExerciseValues, Settled, Tuned, UserValue, UserValues
from voice_coach.schema.diagnostics import Collector, nearest, quoted
from voice_coach.schema.fields import describe
from voice_coach.schema.tree import MappingNode as Tree
from voice_coach.schema.tree import ScalarNode
from voice_coach.script.documents import EVERYWHERE
from voice_coach.script.reader import display_name, parse_document, read_text
from voice_coach.script.yaml_edit import says_anything


class NotSo(ValueError):
    """A value that cannot be set so.

    Attributes:
        about: whether the name or the value is wrong.
        message: what is wrong.
        hint: what to do.
    """

    def __init__(self, about: Literal["name", "value"], message: str, hint: str = "") -> None:
        self.about: Literal["name", "value"] = about
        self.message = message
        self.hint = hint
        super().__init__(message)


def read_own(path: Path) -> tuple[UserValues | None, list[Problem]]:
    """The pacing file, as much of it as can be read, or None; and its problems.

    Raises:
        UsageError: there is no such file.
        CoachError: it cannot be opened.
    """
    name = display_name(path)
    problems = Collector(name)
    text = read_text(path, problems, advice="Check the spelling.")
    return (None, problems.problems) if text is None else read_own_text(text, name)


def read_own_text(text: str, name: str) -> tuple[UserValues | None, list[Problem]]:
    """The pacing in a text that is called so in problems; as ``read_own``. An empty one sets nothing."""
    if not says_anything(text):
        return UserValues(name, text), []
    document, problems = parse_document(Path(name), text, name, ("pacing",))
    if document is None:
        return None, problems.problems
    if document.kind != "pacing":
        kind = document.root.pairs["kind"][1] if "kind" in document.root.pairs else document.root
        message = f"{describe(kind)} is not expected here, but kind: pacing"
        return None, [*problems.problems, _problem(problems, kind, message)]
    root = document.root
    exercises = _by_exercise(root.get("exercises"), problems)
    exercises.pop(ALL, None)  # refused there already: it stands beside
    if ALL in root.pairs:
        exercises.update(_by_exercise(Tree(1, 1, {ALL: root.pairs[ALL]}), problems))
    sessions = root.get("sessions")
    pairs = sessions.pairs if isinstance(sessions, Tree) else {}
    by_session = {session: _by_exercise(node, problems) for session, (_, node) in pairs.items()}
    # Whatever else is said there than "on" is not taken for consent.
    history = "history" not in root.pairs or document.values.get("history") == "on"
    return UserValues(name, text, exercises, by_session, history), problems.problems


def _problem(problems: Collector, place: ScalarNode | Tree | object, message: str) -> Problem:
    alone = Collector(problems.file)
    where = place if isinstance(place, ScalarNode | Tree) else Tree(1, 1)
    alone.add_at(where.line, where.column, message, "name a file that 'voice-coach tune --export' wrote")
    return alone.problems[0]


def _by_exercise(node: object, problems: Collector) -> dict[str, ExerciseValues]:
    pairs = node.pairs if isinstance(node, Tree) else {}
    return {
        exercise: ExerciseValues(problems.where(key), _values(child, problems))
        for exercise, (key, child) in pairs.items()
    }


def _values(node: object, problems: Collector) -> dict[str, UserValue]:
    pairs = node.pairs if isinstance(node, Tree) else {}
    return {
        name: UserValue(value.text.strip(), problems.where(key))
        for name, (key, value) in pairs.items()
        if isinstance(value, ScalarNode) and not value.empty
    }


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks the values of one pacing file; what cannot be is collected, with its place."""

    problems: Collector
    severity: Literal["error", "warning"] = "warning"

    @classmethod
    def of(cls, own: UserValues, severity: Literal["error", "warning"] = "warning") -> Checker:
        return cls(Collector(own.file, own.text), severity)

    @property
    def found(self) -> list[Problem]:
        """Return what cannot be, whether it counts as an error or as a warning."""
        return [*self.problems.problems, *self.problems.warnings]

    def settle(self, values: Mapping[str, UserValue], tune: Mapping[str, Tunable]) -> Settled:
        """Those of the values that may be set in an exercise that lets these parameters be tuned."""
        good: dict[str, Tuned] = {}
        for name, value in values.items():
            try:
                good[name] = tuned_value(name, value.text, tune)
            except NotSo as error:
                token, is_name = (name, True) if error.about == "name" else (value.text, False)
                self.problems.add_token(
                    value.where, token, error.message, error.hint, self.severity, key=is_name
                )
        return settled(good)


def settled(values: Mapping[str, Tuned]) -> Settled:
    """Checked values, each kind by itself."""
    rest = {name: value for name, value in values.items() if name not in ("guidance", "pace")}
    return Settled(
        cast("dict[str, Setting]", rest),
        cast("Guidance | None", values.get("guidance")),
        cast("float | None", values.get("pace")),
    )


def tuned_value(name: str, text: str, tune: Mapping[str, Tunable]) -> Tuned:
    """A value for an exercise that lets these parameters be tuned, from text.

    Raises:
        NotSo: the exercise has nothing of this name, the text is no value of it, or out of bounds.
    """
    if name == "guidance":
        if text not in GUIDANCE_LEVELS:
            hint = nearest(text, GUIDANCE_LEVELS)
            raise NotSo("value", f"{quoted(text)} is not a level of guidance", hint)
        return text
    if name == "pace":
        try:
            return parse_pace(text)
        except ValueError:
            raise NotSo("value", f"{quoted(text)} is not {PACE_EXPECTED}") from None
    limits = tune.get(name) or GENERAL.get(name)
    if limits is None:
        hint = nearest(name, [*tune, *EVERYWHERE]).replace("known here: ", "there are only ")
        raise NotSo("name", f"{quoted(name)} cannot be tuned here", hint)
    low, high = (format_setting(bound, limits.type) for bound in (limits.minimum, limits.maximum))
    try:
        value = parse_within(text, limits)
    except ValueError as error:
        why, hint = refusal(text, limits.type, error)
        if limits.type == "count":
            why = f"is not a whole number from {low} to {high}"
        elif not hint:
            hint = f"from {low} to {high}"
        raise NotSo("value", f"{name} {quoted(text)} {why}", hint) from None
    if not within(value, limits.minimum, limits.maximum):
        raise NotSo("value", f"{name} {text} is outside its bounds, {low} to {high}", who_sets(limits))
    return value
