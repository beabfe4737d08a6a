"""The values that `cues.yaml` is written in: a reader turns a YAML node into what it means, or refuses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from voice_coach.audio.sound_description import Moment
from voice_coach.model.units import format_duration, parse_duration

LOWEST_HZ, HIGHEST_HZ = 20.0, 20_000.0
MANY = 32
"""More entries than anyone writes in one list: layers, partials, pitches."""

_NUMBER = re.compile(r"([+-]?\d{1,6}(?:\.\d{1,6})?)\s*([A-Za-z%]*)")


class Refused(Exception):
    """A value that is not understood, with the node it stands at."""

    def __init__(self, node: Node, message: str, hint: str = "") -> None:
        self.node = node
        self.message = message
        self.hint = hint
        super().__init__(message)


Read = Callable[[Node], Any]


def scalar(node: Node) -> str:
    """The text of a single value."""
    if not isinstance(node, ScalarNode) or not node.value.strip():
        raise Refused(node, "expected a single value here")
    return str(node.value).strip()


def line(node: Node) -> str:
    """A line of words."""
    return " ".join(scalar(node).split())


def yes_no(node: Node) -> bool:
    written = scalar(node)
    if written not in ("yes", "no"):
        raise Refused(node, f'"{written}" is not an answer', "write yes or no")
    return written == "yes"


def number(low: float, high: float, unit: str = "") -> Read:
    """A reader of numbers from ``low`` to ``high``, after which the unit may be written."""

    def read(node: Node) -> float:
        written = scalar(node)
        match = _NUMBER.fullmatch(written)
        if match is None or match[2] not in ("", unit):
            example = f"a number{f' of {unit}' if unit else ''} from {low:g} to {high:g}"
            raise Refused(node, f'"{written}" is not {example}')
        if not low <= float(match[1]) <= high:
            raise Refused(node, f"{match[1]} is out of range", f"from {low:g} to {high:g} {unit}".strip())
        return float(match[1])

    return read


def duration(low_ms: int, high_ms: int) -> Read:
    """A reader of durations as scripts write them, in whole milliseconds."""

    def read(node: Node) -> int:
        written = scalar(node)
        try:
            ms = parse_duration(written)
        except ValueError as error:
            raise Refused(node, str(error)) from error
        if not low_ms <= ms <= high_ms:
            bounds = f"from {format_duration(low_ms)} to {format_duration(high_ms)}"
            raise Refused(node, f'"{written}" is out of range', bounds)
        return ms

    return read


def moment(node: Node) -> Moment:
    """A time within a sound: a duration, or a share of its length such as ``25%``."""
    written = scalar(node)
    if not written.endswith("%"):
        return Moment(fixed_ms=duration(0, 60_000)(node))
    return Moment(share=number(0, 100, "%")(node) / 100)


def hertz(node: Node) -> float:
    return float(number(LOWEST_HZ, HIGHEST_HZ, "Hz")(node))


def glide(node: Node) -> tuple[float, ...]:
    """One pitch, or a list of pitches to pass on the way."""
    return tuple(hertz(item) for item in (entries(node) if isinstance(node, SequenceNode) else [node]))


def partials(node: Node) -> tuple[tuple[float, float], ...]:
    """Strengths in dB: a list for the pitch and its multiples 2, 3, 4 …, or a mapping of any multiples."""
    strength = number(-90, 20, "dB")
    if isinstance(node, MappingNode):
        multiple = number(0.25, 64)
        found = tuple((multiple(key), strength(value)) for key, value in node.value)
        if not 0 < len(found) <= MANY:
            raise Refused(node, f"expected from 1 to {MANY} partials")
        return found
    return tuple((float(place), strength(item)) for place, item in enumerate(entries(node), start=1))


def entries(node: Node) -> list[Node]:
    """The nodes of a list that is neither empty nor endless."""
    if not isinstance(node, SequenceNode) or not 0 < len(node.value) <= MANY:
        raise Refused(node, f"expected a list of 1 to {MANY} entries")
    return list(node.value)
