"""Guidance `auto` from end to end: what is played to its end makes the words of the next time fewer."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

from voice_coach import Coach, SessionOptions
from voice_coach.audio.mixer import Block
from voice_coach.core.script import Guidance
from voice_coach.devices.base import NullDevice
from voice_coach.history.log import History
from voice_coach.session.stream import BLOCK_MS

DAY_MS = 24 * 60 * 60 * 1000
AUTO = SessionOptions(guidance="auto")

EXERCISE = """
kind: exercise
id: {id}
title: {title}
position: standing
steps:
  - {{say: Full., guidance: full}}
  - {{say: Key., guidance: key}}
  - {{say: Names., guidance: names}}
"""

SESSION = """
kind: session
id: two
title: Two
opening: [Hello., {say: Stop if it hurts., guidance: names}]
exercises: [one, other]
"""


class Listener(NullDevice):
    """Hears everything at once; a block that is awaited may break it off."""

    is_heard = True

    def __init__(self, stop_after_blocks: int | None = None) -> None:
        super().__init__()
        self._stop_after_blocks = stop_after_blocks

    def write(self, blocks: Iterable[Block]) -> None:
        for number, block in enumerate(blocks):
            if number == self._stop_after_blocks:
                raise KeyboardInterrupt
            super().write([block])


class Clock:
    def __init__(self) -> None:
        self.now_ms = 20_000 * DAY_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def coach(coach_home: Path, clock: Clock, notices: list[str]) -> Generator[Coach]:
    exercises, sessions = coach_home / "scripts" / "exercises", coach_home / "scripts" / "sessions"
    exercises.mkdir(parents=True)
    sessions.mkdir()
    for name in ("one", "other"):
        (exercises / f"{name}.yaml").write_text(EXERCISE.format(id=name, title=name.capitalize()))
    (sessions / "two.yaml").write_text(SESSION)
    with Coach(notify=notices.append, now_ms=clock) as made:
        yield made


def _said(coach: Coach, session: str = "one", options: SessionOptions = AUTO) -> list[str]:
    """What is said in an exercise, or in a whole session."""
    chapters = coach.timeline(coach.prepare(session, options)).chapters[session == "one" :]
    return [event.text for chapter in chapters for event in chapter.events if event.lane == "speech"]


def _play(coach: Coach, clock: Clock, times: int = 1, session: str = "one") -> None:
    for _ in range(times):
        clock.now_ms += DAY_MS
        coach.play(coach.prepare(session, AUTO), Listener())


def test_the_words_become_fewer_and_come_back(coach: Coach, clock: Clock) -> None:
    full, key, names = ["Full.", "Key.", "Names."], ["Key.", "Names."], ["Names."]
    _play(coach, clock, 2)
    assert _said(coach) == full
    _play(coach, clock)
    assert _said(coach) == key
    _play(coach, clock, 5)
    assert _said(coach) == names
    clock.now_ms += 14 * DAY_MS
    assert _said(coach) == full


def test_pain_brings_all_words_back(coach: Coach, clock: Clock, notices: list[str]) -> None:
    _play(coach, clock, 8)
    history = History(coach.home.history, notices.append)
    history.add("one", session="one", run="it hurt", at_ms=clock.now_ms, completed=False, pain=4)
    assert _said(coach) == ["Full.", "Key.", "Names."]


@pytest.mark.parametrize("asked", ["full", "key", None])
def test_a_level_that_is_asked_for_always_wins(coach: Coach, clock: Clock, asked: Guidance | None) -> None:
    _play(coach, clock, 8)
    assert len(_said(coach, options=SessionOptions(guidance=asked))) == (2 if asked == "key" else 3)


def test_what_the_session_sets_for_an_exercise_wins_over_auto(
    coach: Coach, clock: Clock, coach_home: Path
) -> None:
    _play(coach, clock, 8)
    (coach_home / "scripts" / "sessions" / "two.yaml").write_text(
        SESSION.replace("[one, other]", "[{exercise: one, guidance: key}, other]")
    )
    assert _said(coach, "two") == ["Hello.", "Stop if it hurts.", "Key.", "Names.", "Full.", "Key.", "Names."]


def test_what_is_the_persons_own_wins_over_auto(coach: Coach, clock: Clock) -> None:
    _play(coach, clock, 8)
    coach.tune("all", {"guidance": "full"})
    assert len(_said(coach)) == 3


def test_each_exercise_fades_for_itself_and_the_opening_with_the_last_of_them(
    coach: Coach, clock: Clock
) -> None:
    _play(coach, clock, 3)
    performance = coach.prepare("two", AUTO)
    assert performance.faded_exercises() == {"One": "key"}
    assert _said(coach, "two")[:3] == ["Hello.", "Stop if it hurts.", "Key."]
    _play(coach, clock, 3, "two")
    assert coach.prepare("two", AUTO).faded_exercises() == {"One": "key", "Other": "key"}
    assert _said(coach, "two")[:2] == ["Stop if it hurts.", "Key."]


def test_what_is_broken_off_or_left_out_or_exported_or_heard_by_nobody_is_not_completed(
    coach: Coach, tmp_path: Path, notices: list[str]
) -> None:
    history = History(coach.home.history, notices.append)
    opening, one = (chapter.duration_ms for chapter in coach.prepare("two").timeline().chapters[:2])
    blocks = -(-opening // BLOCK_MS) + -(-one // BLOCK_MS)  # begun anew in each chapter
    with pytest.raises(KeyboardInterrupt):
        coach.play(coach.prepare("two", AUTO), Listener(stop_after_blocks=blocks - 1))
    coach.export(coach.prepare("two", AUTO), tmp_path / "two.wav")
    coach.play(coach.prepare("two", AUTO), NullDevice())
    assert not coach.home.history.exists()
    with pytest.raises(KeyboardInterrupt):
        coach.play(coach.prepare("two", AUTO), Listener(stop_after_blocks=blocks + 1))
    coach.play(coach.prepare("two", AUTO, start_at="other"), Listener())
    known = history.practice(["one", "other"])
    assert {name: len(practice.completed_ms) for name, practice in known.items()} == {"one": 1, "other": 1}
    assert notices == []


def test_who_wants_nothing_remembered_is_told_everything_every_time(
    coach: Coach, clock: Clock, notices: list[str]
) -> None:
    coach.home.pacing.write_text("kind: pacing\nhistory: off\n")
    _play(coach, clock, 4)
    assert not coach.home.history.exists()
    coach.home.pacing.write_text("kind: pacing\nhistory: on\n")
    _play(coach, clock, 4)
    assert len(_said(coach)) == 2
    kept = coach.home.history.read_bytes()
    coach.home.pacing.write_text("kind: pacing\nhistory: off\n")
    assert len(_said(coach)) == 3
    _play(coach, clock)
    assert coach.home.history.read_bytes() == kept
    assert notices == []


@pytest.mark.parametrize("text", ["kind: pacing\nhistory: no\n", "kind: pacing\nhistory: off\nall: [\n"])
def test_what_may_have_been_meant_as_no_is_not_taken_for_yes(coach: Coach, clock: Clock, text: str) -> None:
    coach.home.pacing.write_text(text)
    _play(coach, clock)
    assert not coach.home.history.exists()


def test_a_damaged_history_is_told_and_the_session_is_played_in_full(
    coach: Coach, clock: Clock, notices: list[str]
) -> None:
    _play(coach, clock, 8)
    coach.home.history.write_bytes(b"\x00damaged" * 1000)
    _play(coach, clock)
    assert len(notices) == 1
    assert "is damaged" in notices[0]
    assert len(_said(coach)) == 3
    _play(coach, clock, 2)
    assert len(_said(coach)) == 2


def test_a_history_that_cannot_be_kept_is_told_once_and_the_session_is_played(
    coach: Coach, clock: Clock, notices: list[str]
) -> None:
    coach.home.history.mkdir()
    _play(coach, clock, 4, "two")
    assert len(notices) == 1
    assert len(_said(coach)) == 3
