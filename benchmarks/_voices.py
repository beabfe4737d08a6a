"""The voices that a benchmark compares, and what they say."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from num2words import num2words

from benchmarks._sound_server import environment
from voice_coach.coach import Coach
from voice_coach.core.speech import DEFAULT_VOICE, Clip, Utterance
from voice_coach.rendering.voice import conditioning
from voice_coach.speech.synthesizer import Speaker, Voices

SESSIONS: Final = ("lower-back-relief", "lower-back-short")
SHORT_WORDS: Final = tuple(f"{num2words(number).capitalize()}." for number in range(1, 21))


def voices_asked(arguments: Sequence[str], parser: argparse.ArgumentParser | None = None) -> list[str]:
    """Return the voices named with ``--voice``, may be several; the default voice and espeak if none is."""
    parser = parser or argparse.ArgumentParser()
    parser.add_argument("--voice", action="append", metavar="ENGINE:NAME")
    asked: list[str] | None = parser.parse_args(arguments).voice
    return asked or list(dict.fromkeys((DEFAULT_VOICE, "espeak:en-us")))


@contextmanager
def empty_home() -> Generator[Path]:
    """A person's folder in which nothing is kept yet, for this process and those it starts."""
    with tempfile.TemporaryDirectory() as folder, environment({"VOICE_COACH_HOME": folder}):
        yield Path(folder)


def speaker() -> Speaker:
    """Make a speaker whose engines speak everything: it has neither cache, pack nor fall-backs."""
    return Speaker(Voices(conditioning(), engines=()))


def session_utterances(coach: Coach) -> list[Utterance]:
    """Return what the shipped sessions say, each distinct utterance once."""
    chapters = (chapter for name in SESSIONS for chapter in coach.timeline(coach.prepare(name)).chapters)
    spoken = (event.utterance for chapter in chapters for event in chapter.events)
    return list(dict.fromkeys(utterance for utterance in spoken if utterance))


def session_clips(voice: str) -> dict[Utterance, Clip]:
    """Return what the shipped sessions say, each distinct utterance once, with its clip as it is mixed."""
    with empty_home(), Coach(voice=voice, notify=fail) as coach:
        utterances = session_utterances(coach)
        return dict(zip(utterances, _clips(coach.speaker(), utterances), strict=True))


def spoken_clips(utterances: Sequence[Utterance]) -> list[Clip]:
    """Return the conditioned clips of utterances, spoken by their engines."""
    with speaker() as made:
        made.prepare(utterances)
        return _clips(made, utterances)


def fail(sentence: str) -> None:
    """Stop where another voice would speak than the one that is measured.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError(sentence)


def _clips(made: Speaker, utterances: Sequence[Utterance]) -> list[Clip]:
    return [replace(made.clip(utterance), words=made.words(utterance)) for utterance in utterances]
