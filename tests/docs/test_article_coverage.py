"""Every fact of the article is said: the prompts in ``docs/article-coverage.md`` are written, and heard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import cast

import pytest

from tests.support.editor import load
from voice_coach.compiler.plan import plan_session
from voice_coach.core.timeline import Lasting, Span, Speech
from voice_coach.pacing.layers import effective_pace
from voice_coach.script.library import ScriptLibrary

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "article-coverage.md").read_text(encoding="utf-8")
TABLES, OUR_CHOICES = TEXT.split("## Our choices")
ROWS = [
    tuple(cell.strip() for cell in row.split("|")[1:-1])
    for row in TABLES.splitlines()
    if row.startswith("| ") and not row.startswith("| fact ")
]
SOUNDS = re.findall(
    r"^([a-z-]+):", (ROOT / "audio_cues" / "cues.yaml").read_text(encoding="utf-8"), re.MULTILINE
)
FOR_THE_EYE = ("title", "source", "goal", "feel", "avoid", "stop", "equipment")
PLACEHOLDER = re.compile(r"\\\{[^{}]*\\\}")


def _words(data: object) -> Iterator[str]:
    """Every text in a script that is not the value of a key for people only."""
    if isinstance(data, str):
        yield " ".join(data.split())
    elif isinstance(data, list):
        for item in cast("list[object]", data):
            yield from _words(item)
    elif isinstance(data, dict):
        for key, item in cast("dict[str, object]", data).items():
            if key not in FOR_THE_EYE:
                yield from _words(item)


@cache
def _spoken_in(file: str) -> set[str]:
    path = ROOT / "scripts" / file
    return set(_words(load(path.read_text(encoding="utf-8"))))


@cache
def _heard(session_name: str) -> frozenset[str]:
    """All that is said in a session at full guidance; of words that take turns, those whose turn it is."""
    library = ScriptLibrary([ROOT / "scripts"], SOUNDS)
    session = library.session(session_name)
    language = library.language(session.language)
    plans = plan_session(
        session, language, lambda entry: effective_pace(entry.exercise.tune if entry else {}, [])
    )
    said: set[str] = set()
    for plan in plans:
        for cue in plan.cues():
            for speech in _speeches(cue):
                said.update(speech.texts)
    return frozenset(said)


def _speeches(cue: object) -> list[Speech]:
    match cue:
        case Speech():
            return [cue]
        case Lasting():
            return list(cue.cues)
        case Span():
            return [overlay.cue for overlay in cue.overlays if isinstance(overlay.cue, Speech)]
        case _:
            return []


def test_there_are_rows() -> None:
    assert len(ROWS) > 70
    assert all(len(row) == 3 and all(row) for row in ROWS), "each row has a fact, a file and a prompt"


@pytest.mark.parametrize(("fact", "file", "prompt"), ROWS)
def test_the_prompt_is_in_the_file(fact: str, file: str, prompt: str) -> None:
    assert prompt in _spoken_in(file.strip("`")), f"{file} does not say: {fact}"


@pytest.mark.parametrize(("fact", "file", "prompt"), ROWS)
def test_the_prompt_is_heard(fact: str, file: str, prompt: str) -> None:
    session = "lower-back-short" if "lower-back-short" in file else "lower-back-relief"
    words = re.compile(PLACEHOLDER.sub(".+", re.escape(prompt)))
    assert any(words.fullmatch(said) for said in _heard(session)), f"{session} never says: {fact}"


def test_our_choices_name_what_there_is() -> None:
    """Parameters named as our choices are tuned in the exercise that is named beside them."""
    for value, where in re.findall(r"^\| (.*?) \| (.*?) \|", OUR_CHOICES, re.MULTILINE):
        exercise = ROOT / "scripts" / "exercises" / f"{where.split(',')[0]}.yaml"
        named = re.findall(r"`([a-z_]+)`", where)
        if exercise.is_file() and named:
            tune = load(exercise.read_text(encoding="utf-8"))["tune"]
            assert set(named) <= set(tune), value
