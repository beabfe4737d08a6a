"""Going on where a session was left: whatever has become of it, its script or its bookmark meanwhile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.led import EXERCISE, SESSION, TestDevice, no_other, until
from tests.support.left import LEFT
from tests.support.own_scripts import write_scripts
from voice_coach.coach import Coach, SessionOptions
from voice_coach.core.commands import CommandName
from voice_coach.core.status import LiveStatus
from voice_coach.session.bookmark import BEGUN_MS, Bookmark, BookmarkFile, SessionRequest
from voice_coach.session.controller import SessionController
from voice_coach.session.start import LiveOptions, prepare_again


class Clock:
    """Goes on whenever somebody looks."""

    def __init__(self) -> None:
        self.ms = LEFT.saved_ms
        self.step_ms = 0

    def __call__(self) -> int:
        self.ms += self.step_ms
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def coach(coach_home: Path, clock: Clock, told: list[str]) -> Generator[Coach]:
    write_scripts(coach_home, "two", SESSION, EXERCISE, "bow", "nod", "turn")
    with Coach(notify=told.append, now_ms=clock) as made:
        yield made


def rewrite(coach: Coach, exercises: str) -> None:
    script = coach.home.scripts / "sessions" / "two.yaml"
    script.write_text(SESSION.replace("bow, nod", exercises))


def lead(
    coach: Coach,
    left: Bookmark,
    *,
    offer: bool = False,
    on_status: Callable[[LiveStatus], None] = lambda _status: None,
    **more: Any,
) -> SessionController:
    asked = replace(left.as_request(), options=more.pop("wishes", left.wishes))
    performance = prepare_again(coach.prepare, asked, coach._notify)  # pyright: ignore[reportPrivateUsage]
    options = LiveOptions(request=asked, resume=left, offer=offer, waits=True, **more)
    return coach.live_session(performance, options, on_status=on_status)


def first_moment(session: SessionController) -> LiveStatus:
    """What is heard first."""
    seen: list[LiveStatus] = []

    def heard(_ms: int) -> None:
        seen.append(session.current_status())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.play(TestDevice(heard), no_other)
    return seen[0]


@pytest.mark.parametrize(
    ("exercises", "chapter"),
    [("turn, bow, nod", 3), ("nod, bow", 1), ("bow, nod, turn, nod", 2)],
)
@pytest.mark.parametrize("offer", [False, True])
def test_the_same_exercise_is_found_wherever_it_is_now(
    coach: Coach, told: list[str], exercises: str, chapter: int, offer: bool
) -> None:
    rewrite(coach, exercises)
    now = first_moment(lead(coach, LEFT, offer=offer))
    assert (now.mode, now.chapter, now.rep) == ("offering" if offer else "playing", chapter, 2)
    assert told == []


def test_of_several_times_it_is_the_same(coach: Coach) -> None:
    rewrite(coach, "turn, nod, bow, nod")
    assert first_moment(lead(coach, replace(LEFT, occurrence=1))).chapter == 4


@pytest.mark.parametrize(
    ("left", "exercises", "chapter", "title"),
    [
        (LEFT, "bow, turn", 2, "Turn"),
        (LEFT, "bow", 1, "Bow"),
        (replace(LEFT, chapter=40, chapters=50), "bow", 1, "Bow"),
        (replace(LEFT, occurrence=1, chapter=4, chapters=6), "bow, nod, turn", 2, "Nod"),
    ],
)
def test_where_it_is_gone_that_is_said_and_the_nearest_is_begun(
    coach: Coach, told: list[str], left: Bookmark, exercises: str, chapter: int, title: str
) -> None:
    rewrite(coach, exercises)
    now = first_moment(lead(coach, left))
    assert (now.chapter, now.position_ms) == (chapter, 0)
    assert told == [
        "Two of them has changed since you left it in Nod, so it goes on at the start of " + title + "."
    ]


@pytest.mark.parametrize("exercises", ["bow", "bow, turn"])
def test_where_it_is_gone_nothing_is_offered(coach: Coach, told: list[str], exercises: str) -> None:
    rewrite(coach, exercises)
    now = first_moment(lead(coach, LEFT, offer=True))
    assert (now.mode, now.chapter, now.saying) == ("playing", 0, "")
    assert told == []


@pytest.mark.parametrize(("chapter", "found"), [(0, 0), (3, 4)])
def test_the_opening_and_the_closing_stay_what_they_are(coach: Coach, chapter: int, found: int) -> None:
    rewrite(coach, "turn, bow, nod")
    left = replace(LEFT, exercise="", chapter=chapter, at_ms=500, rep=None)
    assert first_moment(lead(coach, left)).chapter == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chapter", -1),
        ("chapter", 4),
        ("chapter", 10**400),
        ("chapters", 0),
        ("at_ms", -1),
        ("at_ms", 10**12),
        ("occurrence", -1),
        ("rep", 0),
        ("set", True),
        ("speed_percent", 0),
        ("session", "a\0b"),
        ("wishes", []),
        ("wishes", {}),
        ("wishes", {"speed": "fast"}),
        ("wishes", {"speed": float("nan")}),
        ("wishes", {"speed": 100}),
        ("wishes", {"fit_ms": -5}),
        ("wishes", {"said": {"hold": 5}}),
        ("wishes", {"values": None}),
    ],
)
def test_what_cannot_be_is_no_bookmark(tmp_path: Path, name: str, value: Any) -> None:
    file = BookmarkFile(tmp_path / "bookmark.json")
    file.write(LEFT)
    assert file.read() == LEFT
    data = json.loads(file.path.read_text())
    data[name] = data["wishes"] | value if isinstance(value, dict) and value else value
    file.path.write_text(json.dumps(data))
    assert file.read() is None
    assert file.is_there


def test_a_file_of_any_name_is_kept(tmp_path: Path) -> None:
    file = BookmarkFile(tmp_path / "bookmark.json")
    left = replace(LEFT, session=os.fsdecode(b"/tmp/\xff.yaml"), title="Rückbeuge")
    file.write(left)
    assert file.read() == left


def playing_until(session: SessionController, arrived: Callable[[], bool]) -> None:
    """Plays until it is so, and is interrupted then."""

    def heard(_ms: int) -> None:
        if arrived():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.play(TestDevice(heard), no_other)


def test_what_is_offered_has_the_pace_it_was_left_at(coach: Coach) -> None:
    left = replace(LEFT, speed_percent=80)
    session = lead(coach, left, offer=True)
    seen: list[LiveStatus] = []

    def heard(_ms: int) -> None:
        now = session.current_status()
        if not seen:
            assert (now.mode, now.speed_percent) == ("offering", 100)
            session.give("toggle")
        seen.append(now)
        if now.mode == "playing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.play(TestDevice(heard), no_other)
    assert (seen[-1].chapter, seen[-1].rep, seen[-1].speed_percent) == (2, 2, 80)


def test_what_is_declined_has_the_pace_that_is_asked_for(coach: Coach) -> None:
    session = lead(coach, replace(LEFT, speed_percent=80), offer=True)
    playing_until(session, lambda: session.current_status().mode == "playing")
    assert (session.current_status().chapter, session.current_status().speed_percent) == (0, 100)


@pytest.mark.parametrize(("asked", "asks"), [(None, True), (0.8, False)])
def test_a_pace_that_was_turned_may_be_kept_also_after_going_on(
    coach: Coach, asked: float | None, asks: bool
) -> None:
    """What was asked for is compared with: who had asked for this pace is not asked whether to keep it."""
    session = lead(coach, replace(LEFT, wishes=SessionOptions(speed=asked), speed_percent=80))
    modes: list[str] = []
    session.play(TestDevice(lambda _ms: modes.append(session.current_status().mode)), no_other)
    assert ("offering" in modes) == asks


def test_the_bookmark_has_the_pace_that_was_asked_for_and_the_one_that_was_left(coach: Coach) -> None:
    asked = SessionRequest(session="two", options=SessionOptions(speed=0.9))
    session = coach.live_session(coach.prepare("two", asked.options), LiveOptions(request=asked))
    session.give("slower")

    def is_kept() -> bool:
        found = coach.bookmark.read()
        return found is not None and found.speed_percent == 80

    def arrived() -> bool:
        until(is_kept)
        return True

    playing_until(session, arrived)
    left = coach.bookmark.read()
    assert left is not None
    assert (left.wishes.speed, left.speed_percent, left.as_request()) == (0.9, 80, asked)


def test_an_offer_that_nobody_hears_costs_nothing(coach: Coach, clock: Clock) -> None:
    """Neither while it stands nor for ten seconds after it."""
    clock.step_ms = 300
    coach.bookmark.write(LEFT)
    looks: list[str] = []
    session = lead(coach, LEFT, offer=True, on_status=lambda status: looks.append(status.mode))

    def arrived() -> bool:
        mode = session.current_status().mode
        until(lambda: looks.count(mode) >= 4)
        return mode == "playing"

    playing_until(session, arrived)
    assert (session.current_status().chapter, looks.count("playing") * clock.step_ms < BEGUN_MS) == (0, True)
    assert coach.bookmark.read() == LEFT


@pytest.mark.parametrize("command", ["stop", "hurts"])
def test_what_is_ended_while_something_is_offered_is_offered_again(
    coach: Coach, command: CommandName
) -> None:
    coach.bookmark.write(LEFT)
    session = lead(coach, LEFT, offer=True)

    def heard(_ms: int) -> None:
        mode = session.current_status().mode
        if mode != "ended":
            session.give(command if mode == "offering" else "stop")

    session.play(TestDevice(heard), no_other)
    assert coach.bookmark.read() == LEFT


def test_after_ten_seconds_it_is_the_place_of_the_new_run(coach: Coach, clock: Clock) -> None:
    clock.step_ms = 900
    coach.bookmark.write(LEFT)
    session = lead(coach, LEFT, offer=True)

    def arrived() -> bool:
        if session.current_status().mode != "playing":
            return False
        until(lambda: coach.bookmark.read() != LEFT)
        return True

    playing_until(session, arrived)
    found = coach.bookmark.read()
    assert found is not None
    assert (found.chapter, found.exercise) == (0, "")
    assert found.run != LEFT.run


def test_what_was_gone_on_with_to_its_end_is_over(coach: Coach) -> None:
    coach.bookmark.write(LEFT)
    lead(coach, LEFT).play(TestDevice(), no_other)
    assert not coach.bookmark.is_there


def test_the_place_of_another_player_is_not_cleared(coach: Coach) -> None:
    coach.bookmark.write(LEFT)
    asked = SessionRequest(session="two", options=SessionOptions())
    coach.live_session(coach.prepare("two"), LiveOptions(request=asked)).play(
        TestDevice(), no_other
    )  # in no time, so never kept
    assert coach.bookmark.read() == LEFT
    coach.bookmark.clear([LEFT.run])
    assert not coach.bookmark.is_there


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from tests.support.left import LEFT
from voice_coach.session.bookmark import BookmarkFile
told = []
file = BookmarkFile(Path(sys.argv[1]), told.append)
for at_ms in range(300):
    file.write(replace(LEFT, at_ms=at_ms, run=sys.argv[2]))
    assert file.read() is not None
assert not told, told
"""


def test_two_players_write_whole_bookmarks(tmp_path: Path) -> None:
    path = tmp_path / "bookmark.json"
    left_behind = tmp_path / "bookmark.json.1-0abc.partial"
    left_behind.write_text("{")  # by one that was killed
    words = [sys.executable, "-c", WRITER, str(path)]
    both = [subprocess.Popen([*words, run], cwd=Path(__file__).parents[2]) for run in ("one", "two")]
    assert [each.wait(60) for each in both] == [0, 0]
    found = BookmarkFile(path).read()
    assert found is not None
    assert found.at_ms == 299
    assert [each.name for each in tmp_path.iterdir()] == ["bookmark.json"]


def test_a_fit_and_the_knob_can_always_be_gone_on_with(coach: Coach, told: list[str]) -> None:
    """Half as fast is twice as long, which no pacing of this session is."""
    fit_ms = coach.prepare("two").timeline().duration_ms
    left = replace(LEFT, wishes=SessionOptions(fit_ms=fit_ms), speed_percent=50)
    now = first_moment(lead(coach, left))
    assert (now.chapter, now.rep) == (2, 2)
    assert now.speed_percent > 50
    assert told[-1] == f"The pace is {now.speed_percent} %: at 50 % it could not be as long as you asked for."


def test_a_fit_that_can_no_longer_be_is_the_nearest_that_can(coach: Coach, told: list[str]) -> None:
    left = replace(LEFT, wishes=SessionOptions(fit_ms=3_600_000))
    assert first_moment(lead(coach, left)).chapter == 2
    assert told[-1].startswith("It can no longer be 1:00:00 long as you asked for, so it is ")
