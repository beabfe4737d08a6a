"""A whole session in real time, steered only by voices that speak into its microphone.

The room is a real sound server: what the coach plays comes to the microphone as well, somewhat softer than
the people. What is recorded of the coach must be, sample for sample, what the same session gives when the
commands that were carried out come at the same frames; and no command may come while nobody speaks. What is
not understood is said again, and how often that was is printed (``pytest -s``): how well each voice is
understood is for benchmarks/hearing.py to measure.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import voice_coach
from tests.support.own_scripts import write_scripts
from tests.support.replay import MOST_QUIET_MS, Pace, Silence, replayed, silences
from tests.support.sound_server import SPEAKERS, VOICES, Room
from tests.support.spoken import NotedSession, People
from tests.support.standstill import standstills
from voice_coach.coach import Coach
from voice_coach.core.commands import CommandName
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.history.queries import led_sessions
from voice_coach.session.state import Rules, State
from voice_coach.session.transitions import make_announcement

LONG = "VOICE_COACH_LONG" in os.environ
"""The whole of lower-back-short, ten minutes; otherwise a session of one or two."""

QUIET = "set VOICE_COACH_SPOKEN=1 on a quiet machine: three minutes (with VOICE_COACH_LONG=1 fifteen)"

MATTER_MOST: set[CommandName | Pace] = {
    "ready", "pause", "resume", "repeat", "slower", "time-left", "hurts", "easier", "rest", "score-3"
}  # fmt: skip
PATIENCE_S = 900

SESSION = """
kind: session
id: spoken-minute
title: A minute to speak in
start: standing
end: standing
opening:
  - Hello.
  - wait: 2s
exercises: [bow, nod]
closing:
  - That was all.
"""
EXERCISE = """
kind: exercise
id: {id}
title: {title}
position: standing
hurts: Stop. Stand still, and breathe.
easier:
  - Only a little this time, and only as far as it feels good.
  - pause: 12s
steps:
  - repeat: 2
    steps:
      - say: "{{rep}} of {{reps}}. Stand as tall as you can, and let both of your shoulders sink."
        guidance: names
      - hold: 8s
        countdown: 2
"""


@pytest.mark.skipif(not (LONG or "VOICE_COACH_SPOKEN" in os.environ), reason=QUIET)
def test_a_whole_session_steered_by_voices(room: Room, short_home: Path, tmp_path: Path) -> None:
    name = "lower-back-short"
    if not LONG:
        name = "spoken-minute"
        write_scripts(short_home, name, SESSION, EXERCISE, "bow", "nod")
    with (
        Coach() as coach,
        standstills() as standstill,
        room.record(SPEAKERS) as recording,
        room.record(VOICES) as voices,
        closing(NotedSession("play", name, "--listen", "--ask", "--quiet")) as session,
    ):
        performance = coach.prepare(name)
        people = People(room, session, recording, voices, tmp_path)
        try:
            (lead_long if LONG else lead_short)(people, session)
            assert session.end(PATIENCE_S) == 0
        finally:
            print(people.figures())
        recorded = recording.samples()[:, 0]
        _, unspoken = people.others()
        assert unspoken == []
        assert session.said == ""
        begin = State()
        expected = replayed(
            performance,
            session.deeds,
            rules=Rules(waits=True, asks_pain=True),
            state=State(announcements=(make_announcement(begin, "listen_begins"),)),
            spoken=True,
        )
        assert {deed.what for deed in session.deeds} >= MATTER_MOST
        assert any(isinstance(deed.what, Pace) for deed in session.deeds)
        found = silences(recorded, expected, session.deeds)
        quiet_ms = [_ms(each) for each in found if each.after_deed]
        broke = [each for each in found if not each.after_deed]
        # Where the whole machine stands still, the sound server may run dry.
        still = [each for each in broke if standstill.near(recording.came_s(each.recorded))]
    print(
        f"quiet after commands {quiet_ms} ms, broke off for {[_ms(each) for each in broke]} ms; "
        f"of that {[_ms(each) for each in still]} ms where the machine stood still"
    )
    assert max(quiet_ms, default=0) <= MOST_QUIET_MS
    assert broke == still
    (led,) = led_sessions(short_home / "history.db")
    assert led.pain == 3
    assert len(led.stops) == 2
    told = voice_coach("history").out
    assert ", to its end, pain 3" in told
    assert "What hurt" in told


def _ms(silence: Silence) -> float:
    return round(silence.frames / FRAMES_PER_MS, 1)


def lead_short(people: People, session: NotedSession) -> None:
    session.mode("waiting")
    people.say("slt", "Coach, ready.", "ready", over=False)
    people.say("awb", "Coach, pause.", "pause", over=True)
    session.mode("paused")
    people.say("rms", "Coach, where am I.", "where", over=False)
    people.say("slt", "Coach, go on.", "resume", over=False)
    people.say("rms", "Coach, how long.", "time-left", over=True)
    people.say("awb", "Coach, repeat.", "repeat", over=True)
    people.say("slt", "Coach, slower.", "slower", over=False)
    people.say("rms", "Coach, louder.", "louder", over=True)
    people.say("awb", "Coach, that hurts.", "hurts", over=True)
    session.mode("asking")
    people.say("slt", "Coach, something easier.", "easier", over=True)
    session.mode("playing")
    people.say("awb", "Coach, it hurts.", "hurts", over=False)
    rest(people, session)
    people.say("slt", "Coach, next exercise.", "skip", over=True)
    people.say("awb", "Coach, say that again.", "repeat", over=False)
    end(people, session)


def lead_long(people: People, session: NotedSession) -> None:
    session.mode("waiting", PATIENCE_S)
    people.say("awb", "Coach, I'm ready.", "ready", over=False)
    people.say("slt", "Coach, pause.", "pause", over=True)
    session.mode("paused")
    people.say("rms", "Coach, where am I.", "where", over=False)
    people.say("awb", "Coach, go on.", "resume", over=False)
    people.settle()
    session.reach(lambda status: status["action"] == "hold", PATIENCE_S)
    people.say("slt", "Coach, how long.", "time-left", over=False)
    people.say("rms", "Coach, slower.", "slower", over=False)
    people.say("awb", "Coach, louder.", "louder", over=True)
    people.say("slt", "Coach, that hurts.", "hurts", over=False)
    rest(people, session)
    people.say("rms", "Coach, repeat.", "repeat", over=True)
    people.say("awb", "Coach, next repetition.", "next-rep", over=False)
    people.say("slt", "Coach, faster.", "faster", over=True)
    people.settle()
    session.reach(lambda status: status["chapter_title"] == "Knee slide", PATIENCE_S)
    people.say("rms", "Coach, quieter.", "quieter", over=True)
    people.say("awb", "Coach, say that again.", "repeat", over=True)
    people.say("slt", "Coach, previous exercise.", "back", over=True)
    people.say("rms", "Coach, slower.", "slower", over=False)
    people.say("awb", "Coach, it hurts.", "hurts", over=True)
    session.mode("asking")
    people.say("slt", "Coach, something easier.", "easier", over=True)
    people.say("rms", "Coach, stop.", "pause", over=True)
    session.mode("paused")
    people.say("awb", "Coach, continue.", "resume", over=False)
    people.say("slt", "Coach, what can I say.", "help", over=True)
    people.settle()
    session.reach(lambda status: status["chapter_title"] == "Chair breathing", PATIENCE_S)
    people.say("rms", "Coach, next.", "next", over=True)
    people.say("awb", "Coach, go back.", "previous", over=True)
    people.say("slt", "Coach, where am I.", "where", over=False)
    people.settle()
    session.reach(lambda status: status["action"] == "inhale", PATIENCE_S)
    people.say("rms", "Coach, how long.", "time-left", over=False)
    people.say("awb", "Coach, skip this exercise.", "skip", over=True)
    end(people, session)


def rest(people: People, session: NotedSession) -> None:
    """A rest after something has hurt, and back."""
    session.mode("asking")
    people.say("rms", "Coach, take a rest.", "rest", over=False)
    session.mode("resting")
    people.say("slt", "Coach, ready.", "ready", over=False)
    session.mode("waiting")
    people.say("rms", "Coach, I'm ready.", "ready", over=False)
    session.mode("playing")


def end(people: People, session: NotedSession) -> None:
    """The pain is asked for and told; and the pace is kept."""
    people.settle()
    session.mode("scoring", PATIENCE_S)
    people.say("slt", "Three.", "score-3", over=False)
    session.mode("offering")
    people.say("rms", "Coach, go on.", "resume", over=False)
