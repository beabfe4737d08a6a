"""The words of the printed sheet that no script brings, and its times and doses.

English is all there is; a sheet in another language has that language's exercises under English headings. To
add a language, write its row in ``WORDS``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from voice_coach.core.parameters import Stretch, parse_setting
from voice_coach.core.script import Amount, BreathPhase, Param, ParameterType, Pattern, Position, Setting
from voice_coach.core.units import MS_PER_MINUTE, MS_PER_SECOND, parse_duration

Counted = tuple[str, str]
"""Text for one and for ``{n}`` of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetWords:
    """The words of one language."""

    positions: Mapping[Position, str]
    counts: Mapping[str, Counted]
    labels: Mapping[str, str]
    breath: Mapping[BreathPhase, str]
    caution: tuple[str, ...]


ENGLISH = SheetWords(
    positions=MappingProxyType(
        {
            "standing": "Standing",
            "kneeling": "Kneeling",
            "all fours": "On all fours",
            "seated": "Sitting",
            "side-lying": "Lying on your side",
            "prone": "Lying on your stomach",
            "supine": "Lying on your back",
        }
    ),
    counts=MappingProxyType(
        {
            "reps": ("once", "{n} times"),
            "sets": ("1 set", "{n} sets"),
            "rounds": ("1 round", "{n} rounds"),
            "cycles": ("1 breath", "{n} breaths"),
        }
    ),
    labels=MappingProxyType(
        {
            "feel": "Feel",
            "avoid": "Avoid",
            "stop": "Stop",
            "each side": "on each side",
            "first side": "{times} on the {first}, then {times} on the {then}",
            "alternating": "{times} on each side, taking turns: {first}, {then}",
            "left": "left",
            "right": "right",
            "between": "In between",
            "change": "Before you change sides",
            "between rounds": "Between the rounds",
            "hold": "Hold",
            "rest": "Rest",
            "pause": "Pause",
            "wait": "wait",
            "tempo": "tempo",
            "seconds": "s",
            "minutes": "min",
            "hours": "h",
            "again": "As number {number}.",
            "done": "Day by day",
            "done how": "Tick one box for each day.",
            "week": "Week",
            "days": "Mo Tu We Th Fr Sa Su",
            "source": "Source",
            "page": "Page {page} of {pages}",
        }
    ),
    breath=MappingProxyType(
        {"inhale": "Breathe in", "top": "Hold", "exhale": "Breathe out", "bottom": "Wait"}
    ),
    caution=(
        "Stop at once if anything hurts, or hurts more than before.",
        "This is not medical advice. If in doubt, ask a doctor.",
    ),
)

WORDS: Mapping[str, SheetWords] = MappingProxyType({"en": ENGLISH})


def words_of(language: str) -> tuple[str, SheetWords]:
    """The words for a language tag such as ``en-GB``, and the language they are in."""
    primary = language.partition("-")[0].lower()
    return (primary, WORDS[primary]) if primary in WORDS else ("en", ENGLISH)


def duration(ms: int, words: SheetWords) -> str:
    """A time for the eye: ``7.5 s``, ``90 s``, ``1 min``, ``2 min 30 s``; its parts stay on one line."""
    seconds, minutes, hours = words.labels["seconds"], words.labels["minutes"], words.labels["hours"]
    if ms < 2 * MS_PER_MINUTE and ms != MS_PER_MINUTE:
        return f"{round(ms / MS_PER_SECOND, 1):g}\xa0{seconds}"
    whole, rest = divmod(round(ms / MS_PER_SECOND), 60)
    tail = f"\xa0{rest}\xa0{seconds}" if rest else ""
    if whole < 60:
        return f"{whole}\xa0{minutes}{tail}"
    whole, rest = divmod(whole + (rest >= 30), 60)
    return f"{whole}\xa0{hours}" + (f"\xa0{rest}\xa0{minutes}" if rest else "")


def count(name: str, number: int, words: SheetWords) -> str:
    """Write a number of something: ``5 times``, ``1 round``; what has no word of its own has its name."""
    one, many = words.counts.get(name, (f"1\xa0{name}", f"{{n}}\xa0{name}"))
    return (one if number == 1 else many.replace("{n}", str(number))).replace(" ", "\xa0")


def breath(pattern: tuple[int, ...], words: SheetWords) -> str:
    """``Breathe in 4 s, breathe out 6 s``; a phase without length is left out."""
    said = [
        f"{words.breath[phase]} {duration(ms, words)}"
        for phase, ms in zip(words.breath, pattern, strict=True)
        if ms
    ]
    return ", ".join([said[0], *(each[:1].lower() + each[1:] for each in said[1:])])


def tempo(pattern: tuple[int, ...]) -> str:
    """``3–1–1``: seconds of each part of a rep."""
    return "–".join(f"{part / MS_PER_SECOND:g}" for part in pattern)


def value(type_: ParameterType, setting: Setting, words: SheetWords, name: str = "") -> str:
    """Write a parameter's value; a count is written with what is counted."""
    if isinstance(setting, tuple):
        return breath(setting, words) if type_ == "breath" else tempo(setting)
    return duration(setting, words) if type_ == "duration" else count(name, setting, words)


def dose(name: str, type_: ParameterType, settings: tuple[Setting, ...], words: SheetWords) -> str:
    """A parameter as the head of an exercise names it: ``hold 60 s``; with several, one for each set."""
    if type_ == "count":
        *most, last = settings
        numbers = [str(each) for each in most]
        final = value(type_, last, words, name)
        return ", ".join([*numbers, final])
    told = ", ".join(value(type_, each, words) for each in settings)
    if type_ == "breath":
        return told[:1].lower() + told[1:]
    return f"{words.labels['tempo'] if type_ == 'tempo' else name}\xa0{told}"


_BRACES = re.compile(r"\{([^{}:]*):?([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A name's value.

    Attributes:
        type: a parameter's type; ``text``; or ``turn``, which changes while the exercise goes on: paper
            cannot tell which rep it is.
        values: one, or of what differs from set to set one for each.
    """

    type: ParameterType | Literal["text", "turn"]
    values: tuple[Setting | str, ...]


TURN = NamedValue("turn", ())


@dataclass(frozen=True, slots=True)
class Names:
    """The names known at a step; inner steps get a changed copy."""

    known: Mapping[str, NamedValue]
    words: SheetWords
    stretch: Stretch

    def having(self, names: Mapping[str, NamedValue]) -> Names:
        return Names(MappingProxyType({**self.known, **names}), self.words, self.stretch)

    def filled(self, text: str) -> str:
        """A text with its braces filled in; "" if it tells of a turn, as ``{rep} of {reps}.`` does."""
        if any(self._is_turn(match[1]) for match in _BRACES.finditer(text)):
            return ""

        def written(match: re.Match[str]) -> str:
            said = self._word(match[1], match[2])
            begins = text[: match.start()].rstrip()[-1:] in ("", ".", "!", "?")
            return said[:1].upper() + said[1:] if begins else said

        return " ".join(_BRACES.sub(written, text).split(" ")).strip()

    def argument(self, text: str) -> NamedValue:
        """A fragment's argument: the value of a name known here, a duration with its unit, or text."""
        if known := self.known.get(text):
            return known
        if text[:1].isdecimal() and not text.replace(".", "", 1).isdecimal():
            try:
                return NamedValue("duration", (parse_duration(text),))
            except ValueError:
                pass  # words that only begin like one
        return NamedValue("text", (self.filled(text),))

    def amounts(
        self, written: Amount | Pattern, type_: ParameterType, stretch: float = 1.0
    ) -> tuple[Setting, ...]:
        """Milliseconds, counts or patterns; what stands in the script itself is stretched here."""
        found = self.known[written.name] if isinstance(written, Param) else NamedValue("text", (written,))
        settings = tuple(
            parse_setting(each, type_) if isinstance(each, str) else each for each in found.values
        )
        return tuple(_stretched(each, stretch) for each in settings) if found.type == "text" else settings

    def amount(self, written: Amount, type_: ParameterType) -> int:
        """The first of them, of what is no pattern."""
        (first, *_) = self.amounts(written, type_)
        return first if isinstance(first, int) else 0

    def text_of(
        self, written: Amount | Pattern, type_: ParameterType, name: str = "", stretch: float = 1.0
    ) -> str:
        """Return how it is written; what differs from set to set one after the other."""
        return ", ".join(
            value(type_, each, self.words, name) for each in self.amounts(written, type_, stretch)
        )

    def _is_turn(self, name: str) -> bool:
        return name not in self.known or self.known[name].type == "turn"

    def _word(self, name: str, style: str) -> str:
        known = self.known[name]
        if known.type in ("text", "turn"):
            return "".join(str(each) for each in known.values)
        if known.type == "count" and style != "times":
            return ", ".join(str(each) for each in known.values)
        return ", ".join(
            value(known.type, each, self.words, "reps" if style == "times" else name)
            for each in known.values
            if not isinstance(each, str)
        )


def _stretched(setting: Setting, by: float) -> Setting:
    if isinstance(setting, tuple):
        return tuple(round(part * by) for part in setting)
    return round(setting * by) if by != 1.0 else setting
