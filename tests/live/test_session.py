"""A live session on a device that takes everything at once, and asks the test what happens at each moment."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from tests.live.led import TestDevice, no_other, until
from voice_coach.audio.block import Block
from voice_coach.bookmark import Asked
from voice_coach.coach import Coach, Wishes
from voice_coach.living import LiveSession
from voice_coach.model.live import LiveStatus
from voice_coach.model.problems import CoachError, DeviceError
from voice_coach.model.timeline import Chapter
from voice_coach.model.units import FRAMES_PER_MS
from voice_coach.performance import Performance


def left_alone() -> set[str]:
    """The threads of a session that are still there."""
    return {"ahead", "status", "new pace"} & {thread.name for thread in threading.enumerate()}


def test_it_is_told_to_its_end_and_then_lets_go_of_everything(coach: Coach, performance: Performance) -> None:
    told: list[LiveStatus] = []
    device = TestDevice()
    coach.lead(performance, told.append).play(device, no_other)
    status = told[-1].status
    assert status is not None
    assert (told[-1].mode, status.left_ms, told[-1].chapter) == ("ended", 0, 3)
    assert status.position_ms == performance.timeline().duration_ms
    assert device.closed
    assert not left_alone()


def test_the_device_lost_at_the_beginning_is_no_device(coach: Coach, performance: Performance) -> None:
    class Broken(TestDevice):
        def write(self, blocks: Iterable[Block]) -> None:
            del blocks
            raise DeviceError("none")

    device = Broken()
    with pytest.raises(DeviceError, match="none"):
        coach.lead(performance).play(device, no_other)
    assert device.closed
    assert not left_alone()


def test_ctrl_c_ends_it_and_lets_go_of_everything(coach: Coach, performance: Performance) -> None:
    def heard(ms: int) -> None:
        if ms > 3_000:
            raise KeyboardInterrupt

    device = TestDevice(heard)
    with pytest.raises(KeyboardInterrupt):
        coach.lead(performance).play(device, no_other)
    assert device.closed
    assert not left_alone()


def test_a_chapter_that_cannot_be_made_ends_it_with_its_error(
    coach: Coach, performance: Performance, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(performance.chapters())

    def chapters(_first: int = 0) -> Iterable[Chapter]:
        yield from whole[:2]
        raise CoachError("no voice")

    monkeypatch.setattr(performance, "chapters", chapters)
    device = TestDevice()
    with pytest.raises(CoachError, match="no voice"):
        coach.lead(performance).play(device, no_other)
    assert device.frames == sum(chapter.duration_ms for chapter in whole[:2]) * FRAMES_PER_MS
    assert device.closed
    assert not left_alone()


def test_trouble_in_telling_does_not_stop_it_and_comes_out_at_its_end(
    coach: Coach, performance: Performance, coach_home: Path
) -> None:
    def on_status(_status: LiveStatus) -> None:
        raise BrokenPipeError("nobody reads the screen")

    device = TestDevice()
    with pytest.raises(BrokenPipeError):
        coach.lead(performance, on_status).play(device, no_other)
    assert device.frames >= performance.timeline().duration_ms * FRAMES_PER_MS
    assert (coach_home / "history.db").exists()  # what was completed is remembered all the same


def test_a_lost_device_is_followed_by_another_until_the_session_is_over(
    coach: Coach, performance: Performance
) -> None:
    modes: list[str] = []

    def lost(ms: int) -> None:
        if ms > 5_000:
            raise DeviceError("unplugged")

    devices = [TestDevice(lost) for _ in range(6)]
    last = TestDevice()
    coming = iter([*devices[1:], last])
    coach.lead(performance, lambda live: modes.append(live.mode)).play(devices[0], lambda: next(coming))
    assert all(device.closed for device in (*devices, last))
    assert last.frames
    assert modes[-1] == "ended"


def test_stop_ends_it_while_there_is_no_device(coach: Coach, performance: Performance) -> None:
    class Absent(TestDevice):
        def ready(self) -> None:
            session.give("stop")
            raise DeviceError("still unplugged")

    def lost(ms: int) -> None:
        if ms > 3_000:
            raise DeviceError("unplugged")

    session: LiveSession = coach.lead(performance)
    session.play(TestDevice(lost), Absent)
    assert session.now().mode == "ended"
    assert not left_alone()


def test_slower_compiles_what_is_left_anew(coach: Coach, performance: Performance) -> None:
    before_ms = performance.timeline().duration_ms
    session: LiveSession = coach.lead(performance)
    given: list[int] = []

    def heard(ms: int) -> None:
        if ms > 2_000 and not given:
            given.append(ms)
            for _ in range(3):
                session.give("slower")
        elif given and len(given) == 1:
            # This device is endlessly quick; a real one leaves time to compile.
            until(lambda: bool(session._stream._inbox))  # pyright: ignore[reportPrivateUsage]
            given.append(ms)

    device = TestDevice(heard)
    session.play(device, no_other)
    slower_ms = performance.at_speed(0.7).timeline().duration_ms
    assert slower_ms > before_ms
    # What came before was as fast as ever, and the coach has said three times that it goes slower.
    assert device.frames // FRAMES_PER_MS > before_ms + (slower_ms - before_ms) // 2


def test_what_hurts_is_remembered_with_its_rep(
    coach: Coach, performance: Performance, coach_home: Path
) -> None:
    session: LiveSession = coach.lead(performance, waits=True)
    given: list[str] = []

    def heard(_ms: int) -> None:
        now = session.now()
        if now.mode == "playing" and now.rep == 2 and not given:
            given.append("hurts")
            session.give("hurts")
        elif now.mode == "asking":
            session.give("leave-out")

    session.play(TestDevice(heard), no_other)
    with closing(sqlite3.connect(coach_home / "history.db")) as database:
        rows = database.execute("SELECT session, exercise, rep, side FROM hurt").fetchall()
        completed = [name for (name,) in database.execute("SELECT exercise FROM practice")]
    assert rows == [("two", "bow", 2, None)]
    assert completed == ["nod"]


def test_whoever_can_speak_is_told_how(coach: Coach, performance: Performance) -> None:
    words: list[str] = []
    session: LiveSession = coach.lead(performance, waits=True, listens=True)

    def heard(_ms: int) -> None:
        now = session.now()
        if now.saying and now.saying not in words:
            words.append(now.saying)
        if now.mode == "asking":
            session.give("leave-out", spoken=True)
        elif now.chapter == 1 and now.mode == "playing" and not words[-1].startswith("I cannot"):
            session.announce("deaf")
        elif now.chapter == 2 and now.rep == 1 and now.mode == "playing":
            session.give("hurts", spoken=True)

    session.play(TestDevice(heard), no_other)
    assert words[0] == "I am listening. My name is Coach."
    assert "I cannot hear you. Keys and buttons still work." in words
    assert any(said.startswith("Say my name") for said in words)
    assert not any("press" in said.lower() for said in words)


def test_it_goes_on_at_the_same_rep_and_pace(coach: Coach) -> None:
    wishes = Wishes(speed=0.8)
    asked = Asked(session="two", wishes=wishes)
    session: LiveSession = coach.lead(coach.prepare("two", wishes), asked=asked)
    looked = threading.Event()

    def heard(_ms: int) -> None:
        now = session.now()
        if now.chapter == 1 and now.rep == 2:
            until(lambda: (found := coach.bookmark.read()) is not None and found.rep == 2)
            looked.set()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.play(TestDevice(heard), no_other)
    assert looked.is_set()
    left = coach.bookmark.read()
    assert left is not None
    assert (left.exercise, left.rep, left.wishes.speed) == ("bow", 2, 0.8)
    again = left.asked()
    assert again == asked
    seen: list[LiveStatus] = []
    resumed = coach.lead(coach.prepare(again.session, again.wishes), asked=again, resume=left)
    resumed.play(TestDevice(lambda _ms: seen.append(resumed.now())), no_other)
    assert (seen[0].chapter, seen[0].rep, seen[0].speed_percent) == (1, 2, 80)
    assert seen[0].saying == "We go on with Bow."
    assert coach.bookmark.read() is None  # heard to its end


def test_who_leaves_out_the_first_exercise_while_standing_is_led_down(coach: Coach) -> None:
    words: list[str] = []
    left_out = threading.Event()
    session: LiveSession = coach.lead(coach.prepare("lower-back-short"), waits=True)

    def heard(_ms: int) -> None:
        now = session.now()
        if left_out.is_set() and now.saying and now.saying not in words:
            words.append(now.saying)
        if now.mode == "waiting" and (now.chapter == 0 or now.saying == "Tell me when you are ready."):
            session.give("ready")
        elif now.chapter == 1 and not left_out.is_set():
            left_out.set()
            session.give("skip")
        elif now.chapter == 2 and now.mode == "playing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.play(TestDevice(heard), no_other)
    assert words == [
        "First, come into this position: on your stomach.",
        "Take your time.",
        "Tell me when you are ready.",
    ]
