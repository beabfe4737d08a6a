"""List the voices there are: those that are recommended, those of a language, or all; and hear one."""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from voice_coach.cli.console import tell, wrapped
from voice_coach.cli.main import DONE
from voice_coach.cli.say import say
from voice_coach.coach import Coach
from voice_coach.core.errors import UsageError
from voice_coach.core.speech import DEFAULT_VOICE

if TYPE_CHECKING:
    from voice_coach.coach import VoiceInfo

    NamedVoice = tuple[str, VoiceInfo]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "language", nargs="?", metavar="LANGUAGE", help="its code or name, such as en or german"
    )
    parser.add_argument("--all", action="store_true", help="list every voice there is")
    parser.add_argument("--hear", metavar="ENGINE:NAME", help="have a voice say something now")
    parser.add_argument("--json", action="store_true", help="all that is known of each, for other programs")


def run(options: argparse.Namespace) -> int:
    if options.hear:
        if options.language or options.all or options.json:
            raise UsageError("--hear goes by itself: voice-coach voices --hear ENGINE:NAME")
        return _hear(options.hear)
    if options.language and options.all:
        raise UsageError("--all lists every language: leave out one of the two.")
    with Coach(notify=tell) as coach:
        known = list(coach.voices())
    found = _speaking(known, options.language) if options.language else known
    if options.json:
        import json

        escaped = sys.stdout.encoding.lower() != "utf-8"
        print(json.dumps([_as_data(*each) for each in found], ensure_ascii=escaped, indent=1))
        return DONE
    columns = shutil.get_terminal_size().columns
    for line in _listed(found, is_whole=bool(options.language or options.all)):
        print(wrapped(line, columns) if sys.stdout.isatty() else line)
    return DONE


def _hear(name: str) -> int:
    """Have a voice say some of the coach's own words in its language; in English where there are none."""
    with Coach() as coach:
        languages = [info.language for known, info in coach.voices() if known == name]
        text = coach.sample_text(*languages, name.partition(":")[2])
    tell(f"{name}: “{text}”")
    return say(text, name)


def _speaking(known: Sequence[NamedVoice], wanted: str) -> list[NamedVoice]:
    """The voices of a language, by its code, or the beginning of it, or by a word of their description.

    Raises:
        UsageError: no voice speaks it.
    """
    folded = wanted.casefold().replace("_", "-")
    by_code = [each for each in known if f"{each[1].language}-".casefold().startswith(f"{folded}-")]
    found = by_code or [each for each in known if folded in each[1].description.casefold()]
    if not found:
        raise UsageError(f"No voice here speaks “{wanted}”. There are: {' '.join(_codes(known))}")
    return found


def _codes(known: Iterable[NamedVoice]) -> list[str]:
    return sorted({info.language.casefold().partition("-")[0] for _, info in known if info.language})


def _listed(known: Sequence[NamedVoice], *, is_whole: bool) -> Iterable[str]:
    if not known:
        return
    best = [each for each in known if each[1].is_recommended]
    others = [each for each in known if not each[1].is_recommended]
    if best:
        yield "recommended:"
        width = max(len(name) for name, _ in best)
        for name, info in best:
            usual = ", the default" if name == DEFAULT_VOICE else ""
            yield f"  {name:<{width}}  {info.description}"
            yield f"  {'':<{width}}  {', '.join([info.language, *_facts(info)])}{usual}"
    if is_whole:
        yield from _by_engine(others)
    elif others:
        yield f"\nand {len(others)} more, by language ('voice-coach voices LANGUAGE' lists them):"
        yield f"  {' '.join(_codes(others))}"
    some = shlex.quote((best or others)[-1][0])
    yield f"\nHear one: voice-coach voices --hear {some}"
    yield f"Have it speak: voice-coach play --voice {some}"


def _by_engine(known: Sequence[NamedVoice]) -> Iterable[str]:
    """One line each, under what all of an engine have in common."""
    for (engine, facts), voices in groupby(
        known, lambda each: (each[0].partition(":")[0], ", ".join(_facts(each[1])))
    ):
        rows = sorted(voices, key=lambda each: each[1].language)
        yield f"\nof {engine}{facts and f' ({facts})'}:"
        width = max(len(name) for name, _ in rows)
        code = max(len(info.language) for _, info in rows)
        for name, info in rows:
            yield f"  {name:<{width}}  {info.language:<{code}}  {info.description}".rstrip()


def _facts(info: VoiceInfo) -> list[str]:
    facts = [info.licence] if info.licence else []
    if info.size_bytes is not None:
        facts.append(f"{info.size_bytes / 1e6:.0f} MB")
    if not info.is_installed:
        facts.append("to be downloaded")
    return facts


def _as_data(name: str, info: VoiceInfo) -> dict[str, object]:
    return {
        "voice": name,
        "language": info.language,
        "description": info.description,
        "licence": info.licence or None,
        "size_bytes": info.size_bytes,
        "installed": info.is_installed,
        "recommended": info.is_recommended,
    }
