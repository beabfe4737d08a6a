"""Numbers, durations and sides as a person would say them, and the braces of a text filled with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from voice_coach.core.language import Language
from voice_coach.core.script import ParameterType
from voice_coach.core.units import MS_PER_SECOND

BRACES = re.compile(r"\{([^{}:]*):?([^{}]*)\}")

LONGEST_FILLED = 5_000
"""Characters of a text with its names filled in: what is written has 2 000 at most."""

ValueType = ParameterType | Literal["text", "side"]


@dataclass(frozen=True, slots=True)
class TypedValue:
    """The value of a name in a text, with its type (milliseconds, a count, a pattern, or words)."""

    type: ValueType
    value: int | tuple[int, ...] | str


class CannotSay(Exception):
    """A text that cannot be put into words.

    Attributes:
        message: what is wrong.
        hint: what to do.
    """

    def __init__(self, message: str, hint: str) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message, hint)


class Wording:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def fill(self, text: str, known: Mapping[str, TypedValue]) -> str:
        """The text with each {name} replaced by its spoken form, a capital at the start of a sentence.

        Raises:
            KeyError: a name is not known.
            CannotSay: it becomes too long, or a number cannot be said in this language.
        """
        if "{" not in text:
            return text
        length = len(text)

        def spoken(match: re.Match[str]) -> str:
            nonlocal length
            words = self.say(known[match[1]], match[2])
            length += len(words) - len(match[0])
            if length > LONGEST_FILLED:  # an argument of an argument of an argument may grow without end
                message = f"with its names filled in, this text has more than {LONGEST_FILLED:,} characters"
                raise CannotSay(message, "use fewer names in it, or shorter ones")
            begins = text[: match.start()].rstrip()[-1:] in ("", ".", "!", "?")
            return words[:1].upper() + words[1:] if begins else words

        return BRACES.sub(spoken, text)

    def say(self, known: TypedValue, style: str = "") -> str:
        """One value, spoken; ``style`` is "", "ordinal" or "times"."""
        value = known.value
        if isinstance(value, str):
            if known.type == "side":
                return self._language.sides["left" if value == "left" else "right"]
            return self.say(TypedValue("count", int(value)), style) if value.isdecimal() else value
        if isinstance(value, tuple):
            return ", ".join(self._seconds(part) for part in value)
        if known.type == "duration":
            return self.duration(value)
        if style == "times":
            return self.times(value)
        return self.number(value, ordinal=style == "ordinal")

    def number(self, value: int, *, ordinal: bool = False) -> str:
        return _in_words(value, self._language.code, ordinal)

    def times(self, value: int) -> str:
        """Return how often: once, twice, three times."""
        words = self._language.times
        return words.get(str(value), words["other"]).replace("{n}", self.number(value))

    def duration(self, ms: int) -> str:
        """``one and a half minutes``, ``two and a half seconds``, ``one minute and ten seconds``.

        Rounded to half seconds below a minute, to seconds below an hour, to minutes above; a half is rounded
        up, and no time but none at all is nothing.
        """
        halves = _in_halves(ms)
        if halves < 2 * 60:
            return self._halves(halves, "second")
        seconds = (ms + MS_PER_SECOND // 2) // MS_PER_SECOND
        minutes, seconds = divmod(seconds, 60)
        if minutes < 60:
            if seconds in (0, 30):
                return self._halves(2 * minutes + (seconds == 30), "minute")
            return self._join((minutes, "minute"), (seconds, "second"))
        hours, minutes = divmod(minutes + (seconds >= 30), 60)
        if minutes in (0, 30):
            return self._halves(2 * hours + (minutes == 30), "hour")
        return self._join((hours, "hour"), (minutes, "minute"))

    def _join(self, *parts: tuple[int, str]) -> str:
        return f" {self._language.joiner} ".join(self._halves(2 * amount, unit) for amount, unit in parts)

    def _halves(self, halves: int, unit: str) -> str:
        """Say a number of half units in words."""
        one, many = self._language.units[unit]
        alone, after = self._language.half
        whole, half = divmod(halves, 2)
        if not half:
            return f"{self.number(whole)} {one if whole == 1 else many}"
        return f"{self.number(whole)} {after} {many}" if whole else f"{alone} {one}"

    def _seconds(self, ms: int) -> str:
        whole, half = divmod(_in_halves(ms), 2)
        if half and not whole:
            return self._halves(half, "second")
        return self.number(whole) + (f" {self._language.half[1]}" if half else "")


def _in_halves(ms: int) -> int:
    """The nearest number of half seconds; at least one for any time at all."""
    half_ms = MS_PER_SECOND // 2
    return max((ms + half_ms // 2) // half_ms, 1 if ms else 0)


@lru_cache(maxsize=1024)
def _in_words(value: int, language: str, ordinal: bool) -> str:
    from num2words import num2words

    try:
        words = num2words(value, lang=language, to="ordinal" if ordinal else "cardinal")
    # A language that it does not have, or a gap in one that it has.
    except (NotImplementedError, LookupError, TypeError):
        which = f"the place {value} in a row" if ordinal else f"the number {value}"
        message = f'{which} cannot be said in the language "{language}"'
        hint = "num2words, which would say it, cannot: use words only here, and neither counts nor braces"
        raise CannotSay(message, hint) from None
    return words.replace("-", " ")
