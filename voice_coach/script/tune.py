"""What a person may tune: the ``tune`` section of an exercise."""

from __future__ import annotations

import re

from voice_coach.model.script import ParameterType, Setting, Tunable
from voice_coach.model.settings import (
    EXPECTED,
    GENERAL,
    PARAMETERS,
    format_setting,
    parse_setting,
    refusal,
    usual_bounds,
    within,
)
from voice_coach.model.units import USUAL_BREATH
from voice_coach.script.collecting import Collector, meant, nearest, quoted
from voice_coach.script.kinds import INVALID, Choice, Invalid, JsonSchema, Kind, Text, Written
from voice_coach.script.nodes import MappingNode, Node, ScalarNode
from voice_coach.script.records import Field, read_fields
from voice_coach.script.values import PARAMETER_NAME, value_hint

SPOKEN_NAMES = ("title", "side", "remaining", "rep", "set", "cycle", "round")
"""Names in braces that the coach fills in itself."""

FIELDS = {
    "default": Field(Written(), "The value when nobody tunes it.", required=True),
    "min": Field(Written(), "The least that may be set."),
    "max": Field(Written(), "The most that may be set."),
    "type": Field(Choice(tuple(EXPECTED)), "What kind of value it is."),
    "what": Field(Text("a few words"), "What it does, for whoever tunes it."),
}
HINTS = {
    "minimum": 'did you mean "min"?',
    "maximum": 'did you mean "max"?',
    "least": 'did you mean "min"?',
    "most": 'did you mean "max"?',
    "value": 'did you mean "default"?',
    "description": 'did you mean "what"?',
    "normal": 'did you mean "default"?',
}


class Tune(Kind[dict[str, Tunable]]):
    """Names with default, minimum and maximum."""

    expected = "a mapping such as reps: {default: 5, min: 2, max: 10}"

    def read(self, node: Node, problems: Collector) -> dict[str, Tunable] | Invalid:
        if not isinstance(node, MappingNode):
            return self.wrong(node, problems, "leave the dashes away")
        tune: dict[str, Tunable] = {}
        for name, (key, child) in node.pairs.items():
            tunable = self._one(key, child, problems)
            if isinstance(tunable, Tunable):
                tune[name] = tunable
            else:
                problems.unsure.add(name)
        return tune

    def _one(self, key: ScalarNode, node: Node, problems: Collector) -> Tunable | Invalid:
        name = key.text
        if why := _why_no_name(name):
            problems.add(key, f"{quoted(name)} cannot be tuned here: {why[0]}", why[1])
            return INVALID
        if not isinstance(node, MappingNode):
            written = node.text if isinstance(node, ScalarNode) and node.text else "…"
            hint = f"write {{default: {written}, min: …, max: …}}"
            problems.add(node, f'"{name}" needs its default and bounds', hint)
            return INVALID
        raw, complete = read_fields(node, FIELDS, problems, hints=HINTS)
        what = raw.pop("what", "")
        known = PARAMETERS.get(name)
        type_: ParameterType | None = raw.pop("type", None) or (known.type if known else None)
        if type_ is None and "type" not in node.pairs:
            hint = nearest(name, PARAMETERS)
            problems.unsure.add(meant(hint))
            message = f'"{name}" is not a known parameter, and does not say its type'
            problems.add(key, message, hint if meant(hint) else f"add type: {', '.join(EXPECTED)}")
        if type_ is None or not complete:
            return INVALID
        return self._bounded(key, node, raw, type_, what, problems)

    def _bounded(
        self,
        key: ScalarNode,
        node: MappingNode,
        raw: dict[str, str],
        type_: ParameterType,
        what: str,
        problems: Collector,
    ) -> Tunable | Invalid:
        values: dict[str, Setting] = {}
        for part in sorted(raw, key=lambda part: part != "default"):
            text, place = raw[part], node.pairs[part][1]
            try:
                values[part] = parse_setting(text, type_, _like(values))
            except ValueError as error:
                why, hint = refusal(text, type_, error)
                problems.add(place, f"{quoted(text)} {why}", hint or value_hint(place, type_))
        if len(values) < len(raw):
            return INVALID
        default = values["default"]
        bounds = usual_bounds(key.text, type_)
        if "max" not in values and isinstance(default, int) and default > bounds[1]:
            written, most = (format_setting(value, type_) for value in (default, bounds[1]))
            message = f"{key.text} {written} is more than {most}, the most of it where no max is said"
            problems.add(node.pairs["default"][1], message, f"if it is meant, add max: {written}")
            values["max"] = default  # known all the same
        for part, bound in zip(("min", "max"), bounds, strict=True):
            values.setdefault(part, tuple(bound for _ in default) if isinstance(default, tuple) else bound)
        low, high = values["min"], values["max"]
        tunable = Tunable(key.text, type_, default, low, high, problems.where(key), what)
        if not within(default, low, high):
            part, message, hint = _why_outside(tunable)
            problems.add(node.pairs[part][1], message, hint)
        # Known all the same, so that the steps that lean on it are checked.
        return tunable

    def schema(self) -> JsonSchema:
        one: JsonSchema = {"$ref": "#/definitions/tunable"}
        properties = {name: {"description": known.doc, "allOf": [one]} for name, known in PARAMETERS.items()}
        own = {"allOf": [one, {"required": ["type"]}]}
        return {"type": "object", "properties": properties, "additionalProperties": own}


def _like(values: dict[str, Setting]) -> tuple[int, ...]:
    """How a breath of so many per minute is shared out: as the default is, once that is known."""
    default = values.get("default")
    return default if isinstance(default, tuple) else USUAL_BREATH


def _why_no_name(name: str) -> tuple[str, str] | None:
    """Why a parameter cannot be called so, and what to do; None if it can."""
    if name in (*GENERAL, "guidance"):
        return "every exercise has it already", "take it away here"
    if name in SPOKEN_NAMES:
        return f"{{{name}}} is filled in by the coach", "give it another name"
    if not re.fullmatch(PARAMETER_NAME, name):
        return "a name has small letters, digits and _", "call it, say, slide_time"
    return None


def _why_outside(tunable: Tunable) -> tuple[str, str, str]:
    """The key to point at, the message and the hint for a default that is not between its bounds."""
    default, low, high = (
        format_setting(value, tunable.type) for value in (tunable.default, tunable.minimum, tunable.maximum)
    )
    values = tunable.default, tunable.minimum, tunable.maximum
    if isinstance(tunable.default, tuple):
        parts = {len(value) for value in values if isinstance(value, tuple)}
        if len(parts) > 1:
            message = f"{default} and its bounds {low} and {high} have different numbers of parts"
            return "default", message, "give each as many parts"
        if not within(tunable.minimum, tunable.minimum, tunable.maximum):
            return "min", f"a part of the least, {low}, is more than that of the most, {high}", ""
    elif not within(tunable.minimum, tunable.minimum, tunable.maximum):
        return ("min" if tunable.default != tunable.minimum else "default"), *_swapped(low, high)
    hint = "each part of a pattern has bounds of its own" if isinstance(tunable.default, tuple) else ""
    return "default", f"the default {default} is not between the bounds {low} and {high}", hint


def _swapped(low: str, high: str) -> tuple[str, str]:
    return f"the least, {low}, is more than the most, {high}", "swap min and max"
