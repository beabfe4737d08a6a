"""Reads the pacing to compare with, ``"calm key hold=45s"``, and names a pacing in few words."""

from __future__ import annotations

import argparse
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from voice_coach.cli.choices import add_pacing, wishes
from voice_coach.coach import Wishes, parse_pace
from voice_coach.model.practice import AUTO
from voice_coach.model.script import GUIDANCE_LEVELS
from voice_coach.model.speed import SPEEDS, format_pace
from voice_coach.model.units import format_duration
from voice_coach.model.words import nearest_word
from voice_coach.performance import Performance

PLAIN, SCRIPT, YOUR_VALUES = "plain", "script", "your values"
_NAMED = ("pace", "guidance", "rate", "fit")


@dataclass(frozen=True, slots=True)
class Pacing:
    """Wishes to compare with; ``yours``: whether the person's own values count."""

    wishes: Wishes
    yours: bool = True

    def name(self, performance: Performance) -> str:
        """The pacing in few words: ``plain``, ``your values, pace calm``, ``script, guidance key``."""
        base = SCRIPT if not self.yours else YOUR_VALUES if performance.has_own_values else ""
        return ", ".join(part for part in (base, *_parts(self.wishes)) if part) or PLAIN


class _Told(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise argparse.ArgumentTypeError(message.removeprefix("argument "))


def read_pacing(text: str) -> Pacing:
    """Reads words with spaces between: a pace, a guidance, ``NAME=VALUE``, ``plain`` or ``script``.

    Raises:
        ArgumentTypeError: a word is none of these.
    """
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if not words:
        raise argparse.ArgumentTypeError(f"say with which pacing, such as {PLAIN} or calm")
    parser = _Told(add_help=False, prog="")
    add_pacing(parser)
    given: list[str] = []
    for word in words:
        if word not in (PLAIN, SCRIPT):
            given += _option(word)
    return Pacing(wishes(parser.parse_args(given)), SCRIPT not in words)


def _parts(wishes: Wishes) -> list[str]:
    return [
        f"pace {format_pace(wishes.speed)}" if wishes.speed is not None else "",
        f"guidance {wishes.guidance}" if wishes.guidance else "",
        f"rate {wishes.rate_wpm}" if wishes.rate_wpm is not None else "",
        *(f"{name} {value}" for name, value in wishes.said.items()),
        f"fit {format_duration(wishes.fit_ms)}" if wishes.fit_ms is not None else "",
    ]


def _option(word: str) -> list[str]:
    name, equals, value = word.partition("=")
    if equals:
        return [f"--{name}={value}"] if name in _NAMED else [f"--set={word}"]
    if word in (AUTO, *GUIDANCE_LEVELS):
        return [f"--guidance={word}"]
    with suppress(ValueError):
        parse_pace(word)
        return [f"--pace={word}"]
    known = (PLAIN, SCRIPT, *SPEEDS, *GUIDANCE_LEVELS)
    close = nearest_word(word, known)
    hint = f"did you mean '{close}'?" if close else f"there are {', '.join(known)}, and NAME=VALUE"
    raise argparse.ArgumentTypeError(f"'{word}' is not known; {hint}")
