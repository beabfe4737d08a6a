"""How much it hurts is asked at the end of a session: it is remembered, and nobody is nagged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.led import TestDevice, no_other, until
from voice_coach.coach import Coach
from voice_coach.core.commands import BY_POINTS, CommandName
from voice_coach.history.queries import correct_pain, led_sessions
from voice_coach.rendering.performance import Performance
from voice_coach.session.controller import SessionController
from voice_coach.session.start import LiveOptions


def pain(coach_home: Path) -> list[int | None]:
    """What was told of each session that was led."""
    with closing(sqlite3.connect(coach_home / "history.db")) as database:
        return [pain for (pain,) in database.execute("SELECT pain FROM led")]


@pytest.mark.parametrize("answers", [(), (3,), (1, 10)])
def test_the_pain_that_is_told_at_the_end_is_remembered(
    answers: tuple[int, ...], coach: Coach, performance: Performance, coach_home: Path
) -> None:
    session: SessionController = coach.live_session(performance, LiveOptions(waits=True, asks_pain=True))
    coming: list[CommandName] = [BY_POINTS[points] for points in answers]
    words: set[str] = set()

    def heard(_ms: int) -> None:
        now = session.current_status()
        if now.mode == "waiting":
            session.give("ready")
        elif now.mode == "scoring":
            words.add(now.saying)
            if coming:
                session.give(coming.pop(0))

    session.play(TestDevice(heard), no_other)
    assert session.current_status().mode == "ended"
    assert pain(coach_home) == [answers[-1] if answers else None]
    assert any("How much does it hurt" in said for said in words)
    assert not coming


@pytest.mark.parametrize(("wish", "modes_after_three"), [(None, False), (True, True), (False, False)])
def test_whoever_never_answers_is_asked_no_more(
    wish: bool | None, modes_after_three: bool, coach: Coach, performance: Performance
) -> None:
    asked = [_is_asked(coach, performance, wish) for _ in range(4)]
    assert asked == [wish is not False] * 3 + [modes_after_three]


def test_whoever_was_not_asked_has_not_kept_silent(
    coach: Coach, performance: Performance, coach_home: Path
) -> None:
    assert not any(_is_asked(coach, performance, False) for _ in range(3))
    assert [_is_asked(coach, performance, None) for _ in range(4)] == [True, True, True, False]
    path = coach_home / "history.db"
    correct_pain(path, led_sessions(path)[-1].id, 2)  # told later, although nobody had asked
    assert _is_asked(coach, performance, None)


def _is_asked(coach: Coach, performance: Performance, wish: bool | None) -> bool:
    """Whether somebody who never answers is asked for the pain at the end of a session."""
    modes: set[str] = set()

    def heard(_ms: int) -> None:
        mode = session.current_status().mode
        if mode == "waiting":
            session.give("ready")
        if mode == "scoring" and mode not in modes:
            # This device is endlessly quick; a real one leaves time to look at the session.
            until(lambda: bool(seen) and seen[-1] == "scoring")
        modes.add(mode)

    seen: list[str] = []
    session: SessionController = coach.live_session(
        performance,
        LiveOptions(waits=True, asks_pain=wish),
        on_status=lambda status: seen.append(status.mode),
    )
    session.play(TestDevice(heard), no_other)
    return "scoring" in modes


def test_nobody_is_asked_where_nothing_is_remembered(coach: Coach, coach_home: Path) -> None:
    (coach_home / "pacing.yaml").write_text("kind: pacing\nhistory: off\n")
    modes: list[str] = []
    coach.live_session(
        coach.prepare("two"),
        LiveOptions(waits=True, asks_pain=True),
        on_status=lambda live: modes.append(live.mode),
    ).play(TestDevice(), no_other)
    assert modes[-1] == "ended"
    assert "scoring" not in modes
    assert not (coach_home / "history.db").exists()
