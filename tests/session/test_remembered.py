"""What is remembered of a session that is led: its time without pauses, its reps, what hurt, how it ended."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.led import EXERCISE, SESSION, TestDevice, no_other, until
from tests.support.own_scripts import write_scripts
from voice_coach.coach import Coach, SessionOptions
from voice_coach.core.commands import CommandName
from voice_coach.core.history import Led
from voice_coach.core.status import LiveStatus
from voice_coach.history.database import HistoryFile
from voice_coach.history.queries import forget, led_sessions
from voice_coach.session.bookmark import SessionRequest
from voice_coach.session.controller import SessionController
from voice_coach.session.start import LiveOptions

BEGAN_MS = 1_790_000_000_000
_TABLES = ("led", "led_exercise", "practice", "hurt")


class Room:
    """A device with a clock that goes as fast as it does; it never runs far ahead of those who look on."""

    def __init__(self, act: Callable[[Room, int], None] = lambda _room, _ms: None) -> None:
        self.device = TestDevice(self._heard)
        self.session: SessionController | None = None
        self.away_ms = 0
        self.asks_pain = False
        self._act = act
        self._blocks = 0
        self._looks = 0

    def now_ms(self) -> int:
        return BEGAN_MS + self.away_ms + self.device.frames // 48

    def look(self, _status: LiveStatus) -> None:
        self._looks += 1

    def is_looked_at(self) -> None:
        """Goes on when the session has been looked at as it is now."""
        before = self._looks
        until(lambda: self._looks >= before + 2)

    def give(self, command: CommandName) -> None:
        """Gives a command."""
        assert self.session
        self.session.give(command)

    def _heard(self, ms: int) -> None:
        self._blocks += 1
        if self._blocks % 4 == 0:
            self.is_looked_at()
        self._act(self, ms)


@pytest.fixture
def lead(coach_home: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Callable[[Room], None]]:
    monkeypatch.setattr("voice_coach.session.controller.TICK_S", 0.001)
    write_scripts(coach_home, "two", SESSION, EXERCISE, "bow", "nod")
    coaches: list[Coach] = []

    def led(room: Room) -> None:
        coach = Coach(now_ms=room.now_ms)
        coaches.append(coach)
        options = SessionOptions(guidance="full", speed=0.8)
        performance = coach.prepare("two", options)
        asked = SessionRequest(session="two", options=options)
        room.session = coach.live_session(
            performance, LiveOptions(request=asked, waits=True, asks_pain=room.asks_pain), on_status=room.look
        )
        room.session.play(room.device, no_other)

    yield led
    for coach in coaches:
        coach.close()


@pytest.fixture
def kept(coach_home: Path) -> Callable[[], tuple[Led, ...]]:
    return lambda: led_sessions(coach_home / "history.db")


def _place(room: Room) -> tuple[str, int | None]:
    assert room.session
    place = room.session.place
    return place.exercise, place.mark.rep if place.mark else None


def _once_in(exercise: str, rep: int, act: Callable[[Room], None]) -> Callable[[Room, int], None]:
    """Acts once, half a second after a rep of an exercise has begun."""
    begun: list[int] = []
    done: list[int] = []

    def heard(room: Room, ms: int) -> None:
        if not done and _place(room) == (exercise, rep):
            begun.append(ms)
            if ms - begun[0] >= 500:
                done.append(ms)
                act(room)

    return heard


def test_a_session_that_is_heard_to_its_end(
    lead: Callable[[Room], None], kept: Callable[[], tuple[Led, ...]]
) -> None:
    room = Room()
    lead(room)
    (found,) = kept()
    assert (found.session, found.title, found.to_end) == ("two", "Two of them", True)
    assert (found.pacing.guidance, found.pacing.pace_percent) == ("full", 80)
    assert found.began_ms == BEGAN_MS
    assert found.heard_ms == pytest.approx(found.ended_ms - BEGAN_MS, abs=1_000)
    assert [(done.exercise, done.reps, done.of_reps, done.to_end) for done in found.exercises] == [
        ("bow", 2, 2, True),
        ("nod", 2, 2, True),
    ]


@pytest.mark.parametrize("how", ["stop", "Ctrl-C"])
def test_a_session_that_is_left(
    lead: Callable[[Room], None], kept: Callable[[], tuple[Led, ...]], how: str
) -> None:
    def leave(room: Room) -> None:
        if how == "Ctrl-C":
            raise KeyboardInterrupt
        room.give("stop")

    room = Room(_once_in("nod", 2, leave))
    if how == "Ctrl-C":
        with pytest.raises(KeyboardInterrupt):
            lead(room)
    else:
        lead(room)
    (found,) = kept()
    assert found.to_end is False
    assert [(done.exercise, done.reps, done.of_reps, done.to_end) for done in found.exercises] == [
        ("bow", 2, 2, True),
        ("nod", 1, 2, False),
    ]


@pytest.mark.parametrize(
    ("mode", "paused"), [("scoring", False), ("scoring", True), ("offering", False), ("offering", True)]
)
def test_who_goes_away_while_something_is_asked_at_the_end_has_heard_all_of_it(
    lead: Callable[[Room], None],
    kept: Callable[[], tuple[Led, ...]],
    coach_home: Path,
    mode: str,
    paused: bool,
) -> None:
    """As Ctrl-C or a closed terminal do it, and, as all is on the disk already, a kill."""
    bookmark = coach_home / "bookmark.json"
    seen: list[object] = []
    if mode == "offering":
        turn = _once_in("nod", 1, lambda room: room.give("slower"))
    else:
        turn = _once_in("nod", 1, lambda _room: seen.append(bookmark.exists()))

    def leave(room: Room, ms: int) -> None:
        turn(room, ms)
        assert room.session
        if room.session.current_status().mode == mode:
            room.is_looked_at()
            seen.append((kept()[0].to_end, bookmark.exists()))
            if paused:
                room.give("pause")
            else:
                raise KeyboardInterrupt
        elif room.session.current_status().mode == "paused":
            room.is_looked_at()
            raise KeyboardInterrupt

    room = Room(leave)
    room.asks_pain = mode == "scoring"
    with pytest.raises(KeyboardInterrupt):
        lead(room)
    assert seen == ([True] if mode == "scoring" else []) + [(True, False)]
    (found,) = kept()
    assert (found.to_end, bookmark.exists()) == (True, False)


def test_a_rep_that_is_skipped_is_not_done(
    lead: Callable[[Room], None], kept: Callable[[], tuple[Led, ...]]
) -> None:
    def skip(room: Room) -> None:
        room.is_looked_at()
        room.give("next-rep")

    lead(Room(_once_in("bow", 1, skip)))
    (found,) = kept()
    assert [(done.exercise, done.reps) for done in found.exercises] == [("bow", 1), ("nod", 2)]


def test_who_leaves_everything_out_is_not_remembered(lead: Callable[[Room], None], coach_home: Path) -> None:
    def leave_out(room: Room, _ms: int) -> None:
        room.is_looked_at()
        room.give("skip")

    room = Room(leave_out)
    lead(room)
    assert room.session
    assert room.session.current_status().mode == "ended"
    assert room.device.frames // 48 < 2_000
    assert not (coach_home / "history.db").exists()


def test_who_leaves_the_end_out_has_left(
    lead: Callable[[Room], None], kept: Callable[[], tuple[Led, ...]], coach_home: Path
) -> None:
    def leave_out(room: Room) -> None:
        room.give("skip")  # the rest of this exercise,
        room.give("skip")  # and the closing

    lead(Room(_once_in("nod", 1, leave_out)))
    (found,) = kept()
    assert found.to_end is False
    assert [(done.exercise, done.to_end) for done in found.exercises] == [("bow", True), ("nod", False)]
    assert not (coach_home / "bookmark.json").exists()  # there is nothing to go on with


def test_a_pause_is_not_counted(lead: Callable[[Room], None], kept: Callable[[], tuple[Led, ...]]) -> None:
    def pause(room: Room) -> None:
        room.give("pause")
        room.is_looked_at()
        threading.Thread(target=go_on, args=(room,)).start()

    def go_on(room: Room) -> None:
        room.is_looked_at()
        room.away_ms += 3_600_000
        room.give("resume")

    lead(Room(_once_in("bow", 1, pause)))
    (found,) = kept()
    assert found.ended_ms - found.began_ms > 3_600_000
    assert found.heard_ms is not None
    assert found.heard_ms < 60_000
    assert [done.reps for done in found.exercises] == [2, 2]


def test_what_hurts_is_kept_at_once_with_its_place(
    lead: Callable[[Room], None], kept: Callable[[], tuple[Led, ...]]
) -> None:
    seen: list[tuple[Led, ...]] = []

    def hurt(room: Room) -> None:
        room.give("hurts")
        threading.Thread(target=end, args=(room,)).start()

    def end(room: Room) -> None:
        until(lambda: any(found.stops for found in kept()))
        seen.append(kept())
        room.give("end")

    lead(Room(_once_in("bow", 2, hurt)))
    assert [(stop.exercise, stop.rep) for stop in seen[0][0].stops] == [("bow", 2)]
    (found,) = kept()
    assert found.to_end is False
    assert [(done.exercise, done.reps) for done in found.exercises] == [("bow", 1)]


@pytest.mark.parametrize("then", ["it ends", "it hurts"])
def test_of_a_session_that_is_forgotten_while_it_is_led_nothing_more_is_kept(
    lead: Callable[[Room], None], kept: Callable[[], tuple[Led, ...]], coach_home: Path, then: str
) -> None:
    path = coach_home / "history.db"

    def forgotten(room: Room) -> None:
        (led,) = kept()
        assert [done.exercise for done in led.exercises if done.to_end] == ["bow"]
        forget(path, [led.id])
        if then == "it hurts":
            room.give("hurts")
            threading.Thread(target=lambda: (until(lambda: _is_asking(room)), room.give("end"))).start()

    lead(Room(_once_in("nod", 1, forgotten)))
    with closing(sqlite3.connect(path)) as database:
        rows = [database.execute(f"SELECT * FROM {table}").fetchall() for table in _TABLES]
    assert rows == [[]] * len(_TABLES)


def _is_asking(room: Room) -> bool:
    return room.session is not None and room.session.current_status().mode == "asking"


def test_a_session_whose_first_words_could_not_be_kept_is_kept_from_the_next_on(
    lead: Callable[[Room], None],
    kept: Callable[[], tuple[Led, ...]],
    coach_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("voice_coach.history.database._PATIENCE_S", 0.01)
    path = coach_home / "history.db"
    HistoryFile(path, pytest.fail).use(lambda _database: None)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        def let_go(room: Room) -> None:
            room.is_looked_at()
            assert kept() == ()
            other.execute("ROLLBACK")

        lead(Room(_once_in("nod", 1, let_go)))
    (found,) = kept()
    assert (found.began_ms, found.to_end) == (BEGAN_MS, True)
    assert [(done.exercise, done.reps) for done in found.exercises] == [("bow", 2), ("nod", 2)]


def test_who_only_looks_in_is_not_remembered(lead: Callable[[Room], None], coach_home: Path) -> None:
    def leave(_room: Room, ms: int) -> None:
        if ms > 4_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lead(Room(leave))
    assert not (coach_home / "history.db").exists()


def test_nothing_is_kept_where_nothing_is_to_be_remembered(
    lead: Callable[[Room], None], coach_home: Path
) -> None:
    (coach_home / "pacing.yaml").write_text("kind: pacing\nhistory: off\n")
    room = Room(_once_in("bow", 2, lambda room: room.give("hurts")))
    threading.Thread(target=lambda: (until(lambda: _is_hurting(room)), room.give("end"))).start()
    lead(room)
    assert not (coach_home / "history.db").exists()


def _is_hurting(room: Room) -> bool:
    return room.session is not None and room.session.current_status().mode in ("hurting", "asking")


_PLAY = """
import sys
from voice_coach import Coach
from voice_coach.devices.base import NullDevice

class Heard(NullDevice):
    is_heard = True

with Coach() as coach:
    coach.play(coach.prepare("two"), Heard())
foreign = ("icalendar", "voice_coach.history.queries", "voice_coach.history.view", "voice_coach.cli.remind")
print([name for name in sys.modules if name.startswith((*foreign, "voice_coach.reports.history"))])
"""


def test_a_session_imports_only_what_it_writes_with(
    lead: Callable[[Room], None], kept: Callable[[], tuple[Led, ...]]
) -> None:
    del lead  # but for its scripts
    done = subprocess.run([sys.executable, "-c", _PLAY], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert len(kept()) == 1
