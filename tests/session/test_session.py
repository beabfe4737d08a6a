"""A live session on a device that takes everything at once, and asks the test what happens at each moment."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.led import TestDevice, no_other, until
from tests.support.left import LEFT
from voice_coach.audio.mixer import Block
from voice_coach.coach import Coach, SessionOptions
from voice_coach.controls.base import Control, SessionRemote
from voice_coach.controls.mpris import MprisControl
from voice_coach.controls.socket_server import SocketControl
from voice_coach.controls.voice import VoiceControl
from voice_coach.core.commands import CommandName
from voice_coach.core.errors import CoachError, DeviceError
from voice_coach.core.status import LiveStatus
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.rendering.performance import Performance
from voice_coach.session.bookmark import SessionRequest
from voice_coach.session.controller import SessionController
from voice_coach.session.start import LiveOptions


def left_alone() -> set[str]:
    """The threads of a session that are still there."""
    return {"ahead", "status", "new pace"} & {thread.name for thread in threading.enumerate()}


class Recording(Control):
    """A control that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[LiveStatus] = []

    def start(self, remote: SessionRemote) -> None:
        del remote

    def on_change(self, status: LiveStatus) -> None:
        self.told.append(status)

    def close(self) -> None:
        pass


def test_controls_are_told_of_every_chapter_and_of_the_end(coach: Coach, performance: Performance) -> None:
    control = Recording()
    session = coach.live_session(performance, controls=[control])

    def is_told() -> bool:
        return bool(control.told) and control.told[-1].chapter == session.current_status().chapter

    session.play(TestDevice(lambda _ms: until(is_told)), no_other)
    assert {status.chapter for status in control.told} == set(range(performance.chapter_count))
    assert control.told[-1].mode == "ended"


@pytest.mark.parametrize("control", [MprisControl, SocketControl, VoiceControl])
def test_controls_that_show_the_session_take_its_changes(control: type[Control]) -> None:
    assert control.on_change is not Control.on_change


def test_it_is_told_to_its_end_and_then_lets_go_of_everything(coach: Coach, performance: Performance) -> None:
    told: list[LiveStatus] = []
    device = TestDevice()
    coach.live_session(performance, on_status=told.append).play(device, no_other)
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
        coach.live_session(performance).play(device, no_other)
    assert device.closed
    assert not left_alone()


def test_ctrl_c_ends_it_and_lets_go_of_everything(coach: Coach, performance: Performance) -> None:
    def heard(ms: int) -> None:
        if ms > 3_000:
            raise KeyboardInterrupt

    device = TestDevice(heard)
    with pytest.raises(KeyboardInterrupt):
        coach.live_session(performance).play(device, no_other)
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
        coach.live_session(performance).play(device, no_other)
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
        coach.live_session(performance, on_status=on_status).play(device, no_other)
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
    coach.live_session(performance, on_status=lambda live: modes.append(live.mode)).play(
        devices[0], lambda: next(coming)
    )
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

    session: SessionController = coach.live_session(performance)
    session.play(TestDevice(lost), Absent)
    assert session.current_status().mode == "ended"
    assert not left_alone()


def test_slower_compiles_what_is_left_anew(coach: Coach, performance: Performance) -> None:
    before_ms = performance.timeline().duration_ms
    session: SessionController = coach.live_session(performance)
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
    slower_ms = performance.with_tempo_factor(0.7).timeline().duration_ms
    assert slower_ms > before_ms
    # What came before was as fast as ever, and the coach has said three times that it goes slower.
    assert device.frames // FRAMES_PER_MS > before_ms + (slower_ms - before_ms) // 2


def test_what_hurts_is_remembered_with_its_rep(
    coach: Coach, performance: Performance, coach_home: Path
) -> None:
    session: SessionController = coach.live_session(performance, LiveOptions(waits=True))
    given: list[str] = []

    def heard(_ms: int) -> None:
        now = session.current_status()
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
    session: SessionController = coach.live_session(performance, LiveOptions(waits=True, listens=True))

    def heard(_ms: int) -> None:
        now = session.current_status()
        if now.saying and now.saying not in words:
            words.append(now.saying)
        if now.mode == "asking":
            session.give("leave-out", spoken=True)
        elif now.chapter == 1 and now.mode == "playing" and not words[-1].startswith("I cannot"):
            session.announce("deaf")
        elif now.chapter == 2 and now.rep == 1 and now.mode == "playing":
            session.give("hurts", spoken=True)

    session.play(TestDevice(heard), no_other)
    assert words[0] == "I am listening."
    assert "I cannot hear you. Keys and buttons still work." in words
    assert any(said.startswith("Say my name") for said in words)
    assert not any("press" in said.lower() for said in words)


def test_it_goes_on_at_the_same_rep_and_pace(coach: Coach) -> None:
    options = SessionOptions(speed=0.8)
    asked = SessionRequest(session="two", options=options)
    session: SessionController = coach.live_session(coach.prepare("two", options), LiveOptions(request=asked))
    looked = threading.Event()

    def heard(_ms: int) -> None:
        now = session.current_status()
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
    again = left.as_request()
    assert again == asked
    seen: list[LiveStatus] = []
    resumed = coach.live_session(
        coach.prepare(again.session, again.options), LiveOptions(request=again, resume=left)
    )
    resumed.play(TestDevice(lambda _ms: seen.append(resumed.current_status())), no_other)
    assert (seen[0].chapter, seen[0].rep, seen[0].speed_percent) == (1, 2, 80)
    assert seen[0].saying == "We go on with Bow."
    assert coach.bookmark.read() is None  # heard to its end


def walked(
    session: SessionController, step: Callable[[LiveStatus], CommandName | None], until_chapter: int
) -> list[str]:
    """All sentences from the first command that ``step`` gives until a chapter has come to its first rep."""
    words: list[str] = []
    begun = threading.Event()
    before = ""

    def heard(_ms: int) -> None:
        nonlocal before
        now = session.current_status()
        speech = now.status.speech if now.status and now.mode == "playing" else None
        text = now.saying or (speech.text if speech else "")
        if begun.is_set() and text and text == before and words[-1:] != [text]:
            words.append(text)  # heard for two blocks: on the border of two nothing is said yet
        before = text
        if now.mode == "waiting" and now.chapter == 0:
            session.give("ready")
        elif (command := step(now)) is not None:
            begun.set()
            session.give(command)
        if now.chapter == until_chapter and now.mode == "playing" and now.rep:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.play(TestDevice(heard), no_other)
    return words


def test_who_leaves_out_two_exercises_while_standing_is_led_straight_onto_the_back(coach: Coach) -> None:
    session = coach.live_session(
        coach.prepare("lower-back-short", SessionOptions(guidance="names")), LiveOptions(waits=True)
    )
    words = walked(session, lambda now: "skip" if now.chapter in (1, 2) else None, 3)
    way = [
        "Slowly come down onto your knees, one after the other.",
        "Put your hands on the mat, and let your hips sink to one side.",
        "Let your arms lower you, until you lie on your side.",
        "And roll softly onto your back.",
    ]
    first = words.index("Next, Chair breathing.")
    assert words[first + 1 : first + 6] == [*way, "Bend your knees, and put your feet on the mat."]
    assert not any("stomach" in text for text in words)


def test_pain_on_the_way_down_is_answered_with_words_that_are_safe_anywhere(coach: Coach) -> None:
    session = coach.live_session(coach.prepare("lower-back-short"), LiveOptions(waits=True))
    hurt = threading.Event()

    def step(now: LiveStatus) -> CommandName | None:
        speech = now.status.speech if now.status and now.mode == "playing" else None
        if speech and speech.text.startswith("Put your hands on the mat") and not hurt.is_set():
            hurt.set()
            return "hurts"
        if now.saying or not hurt.is_set():
            return None
        answers: dict[str, CommandName] = {"asking": "rest", "resting": "ready", "waiting": "ready"}
        return answers.get(now.mode)

    words = walked(session, step, 1)
    assert words[:3] == list(coach.prepare("lower-back-short").language.live.hurts_way_out)
    again = words.index("First, Pelvic tuck.")
    assert words[again + 1 : again + 4] == [
        "Slowly come into this position: on your hands and knees. Hold on to something, if you like.",
        "Walk your hands forward.",
        "Let your arms lower you, until you lie on your stomach.",
    ]
    assert not any("roll softly onto one side" in text for text in words)


def test_going_on_another_day_leads_into_the_position_and_waits_before_the_rep(coach: Coach) -> None:
    asked = SessionRequest(session="lower-back-short", options=SessionOptions())
    left = replace(
        LEFT,
        session=asked.session,
        exercise="knee-slide",
        exercise_title="Knee slide",
        chapter=2,
        chapters=5,
        rep=2,
        side="left",
    )
    performance = coach.prepare("lower-back-short")
    session = coach.live_session(performance, LiveOptions(request=asked, waits=True, resume=left))
    words: list[str] = []
    waits: list[tuple[int | None, str | None]] = []
    before = ""

    def heard(_ms: int) -> None:
        nonlocal before
        now = session.current_status()
        if now.saying and now.saying == before and words[-1:] != [now.saying]:
            words.append(now.saying)
        before = now.saying
        if now.mode == "waiting" and not now.saying:
            waits.append((now.rep, now.side))
            session.give("ready")
        elif waits and now.mode == "playing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.play(TestDevice(heard), no_other)
    assert words == [
        "We go on with Knee slide.",
        *performance.language.opening,
        "Slowly come down onto your knees, one after the other.",
        "Put your hands on the mat, and walk them forward.",
        "Let your arms lower you, until you lie on your stomach.",
        "Stretch your arms out to the sides, level with your shoulders.",
        "Take your time.",
        "Tell me when you are ready.",
    ]
    assert (waits[0], session.current_status().rep, session.current_status().side) == ((2, "left"), 2, "left")


def test_pain_before_the_first_exercise_is_remembered(coach: Coach) -> None:
    session = coach.live_session(
        coach.prepare("two"),
        LiveOptions(
            waits=True, is_heard=True, request=SessionRequest(session="two", options=SessionOptions())
        ),
    )

    def heard(_ms: int) -> None:
        now = session.current_status()
        if now.mode == "playing":
            session.give("hurts")
        elif now.mode == "asking":
            session.give("end")

    session.play(TestDevice(heard), no_other)
    with closing(sqlite3.connect(coach.home.history)) as database:
        assert database.execute("SELECT exercise FROM hurt").fetchall() == [("(opening)",)]


@pytest.mark.parametrize("start_at", ["", "knee-slide"])
def test_a_session_that_nobody_steers_is_its_timeline_to_the_millisecond(coach: Coach, start_at: str) -> None:
    performance = coach.prepare("lower-back-short", SessionOptions(guidance="key"), start_at=start_at)
    device = TestDevice()
    coach.live_session(performance).play(device, no_other)
    assert device.frames == performance.timeline().duration_ms * FRAMES_PER_MS
