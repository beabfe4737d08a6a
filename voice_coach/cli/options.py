"""Arguments that play, export and show share."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from voice_coach.coach import DEFAULT_SESSION, SessionOptions, parse_pace
from voice_coach.core.history import AUTO, GuidanceOption
from voice_coach.core.parameters import TEMPO_FACTORS, format_pace
from voice_coach.core.script import GUIDANCE_LEVELS
from voice_coach.core.speech import DEFAULT_VOICE
from voice_coach.core.text import nearest_word
from voice_coach.core.units import format_duration, parse_duration
from voice_coach.rendering.performance import Performance

_GUIDANCE = (AUTO, *GUIDANCE_LEVELS)


def add_session(parser: argparse.ArgumentParser) -> None:
    """Add the option for the session, by name or file."""
    parser.add_argument(
        "session",
        nargs="?",
        default=DEFAULT_SESSION,
        metavar="SESSION|FILE",
        help=f"a name from 'voice-coach list', or a script ({DEFAULT_SESSION})",
    )


def add_pacing(parser: argparse.ArgumentParser, guidance: GuidanceOption | None = None) -> None:
    """Add the options for voice, rate, guidance (with its default), and the start."""
    add_speech(parser, f"who speaks ({DEFAULT_VOICE}, or the session's language)")
    parser.add_argument(
        "--guidance",
        type=one_of(_GUIDANCE),
        default=guidance,
        metavar="{" + ",".join(_GUIDANCE) + "}",
        help=f"how much is said ({guidance or GUIDANCE_LEVELS[0]}); {AUTO} is less of what you know well",
    )
    parser.add_argument(
        "--pace", type=_pace, metavar="PACE", help="calm, normal, brisk, or from 0.5 (half as fast) to 1.5"
    )
    parser.add_argument(
        "--fit", type=_length, metavar="TIME", help="end within a second of this, such as 12m or 9m30s"
    )
    parser.add_argument(
        "--set",
        dest="said",
        action="append",
        type=read_setting,
        default=[],
        metavar="[EXERCISE.]NAME=VALUE",
        help="a value for this time, such as pelvic-tuck.hold=45s; may be given more than once",
    )
    add_file(parser)
    parser.add_argument(
        "--from", dest="start_at", default="", metavar="EXERCISE", help="begin with this exercise"
    )


def add_speech(parser: argparse.ArgumentParser, voice: str = f"who speaks ({DEFAULT_VOICE})") -> None:
    """Add the options for the voice and its rate."""
    parser.add_argument("--voice", metavar="ENGINE:NAME", help=f"{voice}; see 'voice-coach voices'")
    parser.add_argument("--rate", type=_whole_number, metavar="WPM", help="speech in words per minute")


def session_options(options: argparse.Namespace) -> SessionOptions:
    """The command line's wishes."""
    return SessionOptions(
        rate_wpm=options.rate,
        guidance=options.guidance,
        speed=options.pace,
        fit_ms=options.fit,
        said=dict(options.said),
    )


def add_file(parser: argparse.ArgumentParser) -> None:
    """Another file with own values."""
    parser.add_argument(
        "--file", type=Path, metavar="FILE", help="a pacing file to use instead of your own (see tune)"
    )


def read_setting(text: str) -> tuple[str, str]:
    """Read ``hold=45s``."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=VALUE, such as hold=45s")
    return name, value


def one_of(words: Sequence[str]) -> Callable[[str], str]:
    """Read one of some words, and name the nearest where it is another."""

    def read(text: str) -> str:
        if text in words:
            return text
        close = nearest_word(text, words)
        hint = f"did you mean '{close}'?" if close else f"there are {', '.join(words)}"
        raise argparse.ArgumentTypeError(f"'{text}' is not known; {hint}")

    return read


def _pace(text: str) -> float:
    try:
        return parse_pace(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _length(text: str) -> int:
    if text.strip().isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' may be minutes or seconds: write {text}m or {text}s")
    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number") from None


PLAIN, SCRIPT, YOUR_VALUES = "plain", "script", "your values"
_NAMED = ("pace", "guidance", "rate", "fit")


@dataclass(frozen=True, slots=True)
class Pacing:
    """Wishes to compare with; ``yours``: whether the person's own values count."""

    options: SessionOptions
    yours: bool = True

    def name(self, performance: Performance) -> str:
        """The pacing in few words: ``plain``, ``your values, pace calm``, ``script, guidance key``."""
        base = SCRIPT if not self.yours else YOUR_VALUES if performance.has_own_values else ""
        return ", ".join(part for part in (base, *_parts(self.options)) if part) or PLAIN


class _RaisingParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise argparse.ArgumentTypeError(message.removeprefix("argument "))


def read_pacing(text: str) -> Pacing:
    """Read words with spaces between: a pace, a guidance, ``NAME=VALUE``, ``plain`` or ``script``.

    Raises:
        ArgumentTypeError: a word is none of these.
    """
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if not words:
        raise argparse.ArgumentTypeError(f"say with which pacing, such as {PLAIN} or calm")
    parser = _RaisingParser(add_help=False, prog="")
    add_pacing(parser)
    given: list[str] = []
    for word in words:
        if word not in (PLAIN, SCRIPT):
            given += _option(word)
    return Pacing(session_options(parser.parse_args(given)), SCRIPT not in words)


def _parts(options: SessionOptions) -> list[str]:
    return [
        f"pace {format_pace(options.speed)}" if options.speed is not None else "",
        f"guidance {options.guidance}" if options.guidance else "",
        f"rate {options.rate_wpm}" if options.rate_wpm is not None else "",
        *(f"{name} {value}" for name, value in options.said.items()),
        f"fit {format_duration(options.fit_ms)}" if options.fit_ms is not None else "",
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
    known = (PLAIN, SCRIPT, *TEMPO_FACTORS, *GUIDANCE_LEVELS)
    close = nearest_word(word, known)
    hint = f"did you mean '{close}'?" if close else f"there are {', '.join(known)}, and NAME=VALUE"
    raise argparse.ArgumentTypeError(f"'{word}' is not known; {hint}")
