"""Tuning: what the table says, what is set and refused, and what is spoken again because of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_coach.coach import Coach, SessionOptions
from voice_coach.core.errors import CoachError, ScriptError, UsageError
from voice_coach.core.speech import Utterance
from voice_coach.core.timeline import Event, Timeline
from voice_coach.core.user_values import TuningRow
from voice_coach.script.yaml_edit import START

SESSION = "lower-back-short"


def row(coach: Coach, exercise: str, name: str, session: str | None = None) -> TuningRow:
    return next(row for row in coach.tuning_rows(exercise, session) if row.name == name)


def said(timeline: Timeline) -> set[Utterance]:
    return {
        event.utterance
        for chapter in timeline.chapters
        for event in chapter.events
        if event.utterance is not None
    }


def heard(timeline: Timeline, index: int) -> list[Event]:
    """What is heard in a chapter; how long the silence at its end is depends on the chapters before it."""
    return [event for event in timeline.chapters[index].events if event.lane != "action"]


def test_a_row_tells_all_about_a_value(coach_home: Path) -> None:
    with Coach() as coach:
        hold = row(coach, "pelvic-tuck", "hold")
        assert (hold.value, hold.default, hold.minimum, hold.maximum) == (60_000, 60_000, 30_000, 90_000)
        assert (hold.origin, hold.bounds, hold.doc) == ("script", "30s to 1m30s", "how long to stay")
        assert hold.written(hold.value) == "1m"
        assert [each.name for each in coach.tuning_rows("pelvic-tuck")] == [
            "reps",
            "hold",
            "rest",
            "gap",
            "rate",
            "guidance",
            "pace",
        ]
        assert [each.name for each in coach.tuning_rows("all")] == ["gap", "rate", "guidance", "pace"]
        assert row(coach, "pelvic-tuck", "rate").unit == "words per minute"
        assert row(coach, "pelvic-tuck", "reps", SESSION).origin == f"session {SESSION}"
        assert row(coach, "pelvic-tuck", "rest", SESSION).origin == f"session {SESSION}"
    assert not coach_home.exists()


def test_values_are_set_and_taken_back(coach_home: Path) -> None:
    with Coach() as coach:
        hold, reps = coach.tune("pelvic-tuck", {"hold": "45 s", "reps": "4"})
        assert (hold.before.value, hold.after.value, hold.after.origin) == (60_000, 45_000, "yours")
        assert reps.after.value == 4
        coach.tune("pelvic-tuck", {"reps": "3"}, SESSION)
        coach.tune("all", {"rate": "140", "pace": "calm"})
        assert row(coach, "pelvic-tuck", "reps", SESSION).origin == f"yours for {SESSION}"
        assert row(coach, "pelvic-tuck", "reps").value == 4
        assert row(coach, "knee-slide", "pace").value == 0.75
        assert row(coach, "knee-slide", "rate").origin == "yours for all"
        path = coach_home / "pacing.yaml"
        assert path.read_text(encoding="utf-8") == (
            f"{START}exercises:\n  pelvic-tuck: {{hold: 45 s, reps: 4}}\nsessions:\n"
            f"  {SESSION}:\n    pelvic-tuck: {{reps: 3}}\nall: {{rate: 140, pace: calm}}\n"
        )
        (back,) = coach.tuner.reset("pelvic-tuck", "hold")
        assert (back.after.value, back.after.origin) == (60_000, "script")
        coach.tuner.reset("pelvic-tuck", session=SESSION)
        coach.tuner.reset("pelvic-tuck")
        coach.tuner.reset("all")
        assert path.read_text(encoding="utf-8") == START
        assert coach.tuner.reset("all") == ()


@pytest.mark.parametrize(
    ("exercise", "values", "session", "says"),
    [
        ("pelvic-tuck", {"hodl": "45s", "reps": "3"}, None, 'did you mean "hold"?'),
        ("pelvic-tuck", {"hold": "2m"}, None, "outside its bounds, 30s to 1m30s"),
        ("pelvic-tuck", {"hold": "soon"}, None, 'hold "soon" is not a duration'),
        ("pelvic-tuck", {"hold": "soon"}, None, "(from 30s to 1m30s)."),
        ("pelvic-tuck", {"reps": "2.5"}, None, 'reps "2.5" is not a whole number from 2 to 6.'),
        ("all", {"rate": "14000"}, None, 'rate "14000" is not a whole number from 90 to 260.'),
        ("chair-breathing", {"breath": "1 per minute"}, None, "outside its bounds, 3-0-4-0 to 6-0-8-0"),
        (
            "all",
            {"hold": "45s"},
            None,
            '"hold" cannot be tuned here: there are only gap, rate, guidance, pace',
        ),
        ("pelvic-tuck", {"guidance": "kye"}, None, 'did you mean "key"?'),
        ("pelvic-tuck", {"pace": "2"}, None, "is not calm, normal, brisk"),
        ("squats", {"reps": "3"}, SESSION, f"The session {SESSION} has no exercise"),
    ],
)
def test_what_cannot_be_set_is_refused_and_nothing_is_written(
    exercise: str, values: dict[str, str], session: str | None, says: str, coach_home: Path
) -> None:
    with Coach() as coach, pytest.raises(UsageError) as refused:
        coach.tune(exercise, values, session)
    assert says in str(refused.value)
    assert not coach_home.exists()


def test_names_that_do_not_exist_are_refused() -> None:
    with Coach() as coach:
        with pytest.raises(
            CoachError, match='There is no exercise "pelvic-tukc": did you mean "pelvic-tuck"'
        ):
            coach.tuning_rows("pelvic-tukc")
        with pytest.raises(CoachError, match="is a session: name an exercise of it"):
            coach.tuning_rows("scripts/sessions/lower-back-short.yaml")
        coach.tune("pelvic-tuck", {"hold": "45s"})
        with pytest.raises(UsageError, match='"reps" is not tuned in pelvic-tuck. Yours are: hold.'):
            coach.tuner.reset("pelvic-tuck", "reps")


def test_breath_is_tuned_in_breaths_per_minute() -> None:
    with Coach() as coach:
        (breath,) = coach.tune("chair-breathing", {"breath": "5 per minute"})
        assert breath.after.value == (4_800, 0, 7_200, 0)
        assert breath.after.in_force == "4.8-0-7.2-0"
        assert (
            coach.tune("chair-breathing", {"breath": "5.5 per minute"})[0].after.in_force == "5.5 per minute"
        )
        assert coach.tune("chair-breathing", {"breath": "4.33-0-6.51-0"})[0].after.in_force == "4.33-0-6.51-0"


def test_what_is_yours_is_played_and_another_file_stands_in_for_it(tmp_path: Path) -> None:
    patient = tmp_path / "patient.yaml"
    with Coach() as coach:
        coach.tune("pelvic-tuck", {"hold": "45s"}, SESSION)
        coach.tune("pelvic-tuck", {"reps": "3"}, SESSION)
        mine = coach.prepare(SESSION).paces()[1]
        assert (mine.values["hold"], mine.values["reps"]) == (45_000, 3)
        assert mine.origins["hold"] == f"yours for {SESSION}"
        asked = coach.prepare(SESSION, SessionOptions(said={"pelvic-tuck.hold": "50s"})).paces()[1]
        assert (asked.values["hold"], asked.origins["hold"]) == (50_000, "command line")
        assert coach.prepare(SESSION, yours=False).paces()[1].values["hold"] == 30_000
    with Coach(pacing=patient) as coach:
        with pytest.raises(CoachError, match="There is no file"):
            coach.prepare(SESSION)
        coach.tune("pelvic-tuck", {"hold": "40s"})
        assert coach.prepare(SESSION).paces()[1].values["hold"] == 40_000
    assert patient.is_file()


def test_a_file_is_sent_and_taken_over(tmp_path: Path, coach_home: Path) -> None:
    sent = tmp_path / "sent.yaml"
    with Coach() as coach:
        with pytest.raises(CoachError, match="nothing to export"):
            coach.tuner.export(sent)
        sent.write_text(
            "# From Iva\nkind: pacing\nexercises:\n  pelvic-tuck: {hold: 45s}\n", encoding="utf-8"
        )
        (hold,) = coach.tuner.import_file(sent)
        assert (hold.exercise, hold.before.value, hold.after.value) == ("pelvic-tuck", 60_000, 45_000)
        assert (coach_home / "pacing.yaml").read_text(encoding="utf-8") == sent.read_text(encoding="utf-8")
        coach.tune("pelvic-tuck", {"hold": "50s", "reps": "3"})
        assert [change.after.value for change in coach.tuner.import_file(sent)] == [45_000]
        assert row(coach, "pelvic-tuck", "reps").value == 3
        coach.tuner.export(tmp_path / "copy.yaml")
        assert (tmp_path / "copy.yaml").read_text(encoding="utf-8").startswith("# From Iva\n")
        with pytest.raises(CoachError, match="is there already"):
            coach.tuner.export(tmp_path / "copy.yaml")


def test_notes_of_ones_own_stay_when_a_file_is_taken_over(tmp_path: Path, coach_home: Path) -> None:
    sent = tmp_path / "sent.yaml"
    sent.write_text("# From Iva\nkind: pacing\nexercises:\n  pelvic-tuck: {hold: 45s}\n", encoding="utf-8")
    coach_home.mkdir()
    mine = coach_home / "pacing.yaml"
    mine.write_text("# ask Dr. Huber first\nkind: pacing\n", encoding="utf-8")
    with Coach() as coach:
        coach.tuner.import_file(sent)
    assert mine.read_text(encoding="utf-8") == (
        "# ask Dr. Huber first\nkind: pacing\nexercises:\n  pelvic-tuck: {hold: 45s}\n"
    )


def test_nobody_else_says_what_is_remembered_of_a_person(tmp_path: Path, coach_home: Path) -> None:
    sent = tmp_path / "sent.yaml"
    sent.write_text("kind: pacing\nhistory: off\nall: {rate: 140}\n", encoding="utf-8")
    with Coach() as coach:
        coach.tuner.import_file(sent)
        coach.tuner.reset("all")
    assert (coach_home / "pacing.yaml").read_text(encoding="utf-8") == "kind: pacing\n"


@pytest.mark.parametrize("script", [None, "kind: exercise\ntitle: Broken\n"])
def test_values_of_a_script_that_is_gone_or_broken_are_told_and_can_be_taken_back(
    coach_home: Path, tmp_path: Path, script: str | None
) -> None:
    coach_home.mkdir()
    mine = coach_home / "pacing.yaml"
    mine.write_text(
        "kind: pacing\nexercises:\n  mine: {hold: 45s, reps: 3}\n  pelvic-tuck: {hold: 45s}\n",
        encoding="utf-8",
    )
    if script:
        (coach_home / "scripts").mkdir()
        (coach_home / "scripts" / "mine.yaml").write_text(script, encoding="utf-8")
    with Coach() as coach:
        own, (problem,) = coach.tuner.user_values()
        assert set(own.exercises) == {"mine", "pelvic-tuck"}
        assert problem.where.line == 3
        assert ("mine.yaml has problems" if script else 'There is no exercise "mine"') in problem.message
        with pytest.raises(ScriptError):
            coach.tuner.export(tmp_path / "copy.yaml")
        (one,) = coach.tuner.reset("mine", "reps")
        assert (one.before.in_force, one.before.origin) == ("3", "passed over")
        (other,) = coach.tuner.reset("mine")
        assert (other.exercise, other.before.in_force, other.after.in_force) == ("mine", "45s", "-")
        assert coach.tuner.user_values()[1] == []
    assert mine.read_text(encoding="utf-8") == "kind: pacing\nexercises:\n  pelvic-tuck: {hold: 45s}\n"


def test_an_exercise_that_a_session_has_twice_is_told_as_it_is_each_time(coach_home: Path) -> None:
    (coach_home / "scripts").mkdir(parents=True)
    (coach_home / "scripts" / "twice.yaml").write_text(
        "kind: session\nid: twice\ntitle: Twice\nexercises:\n"
        "- {exercise: knee-slide, set: {reps: 2}}\n- {exercise: knee-slide, set: {reps: 6}}\n",
        encoding="utf-8",
    )
    with Coach() as coach:
        reps = row(coach, "knee-slide", "reps", "twice")
        assert (reps.value, reps.later, reps.in_force) == (2, (6,), "2, then 6")
        assert row(coach, "knee-slide", "rest", "twice").later == ()
        (change,) = coach.tune("knee-slide", {"reps": "4"}, "twice")
        assert (change.before.in_force, change.after.in_force) == ("2, then 6", "4")


def test_what_cannot_all_be_taken_over_is_not_taken_over_at_all(tmp_path: Path, coach_home: Path) -> None:
    sent = tmp_path / "sent.yaml"
    sent.write_text(
        "kind: pacing\nexercises:\n  pelvic-tuck: {hold: 45s, reps: 40}\n  squats: {reps: 3}\n"
        f"sessions:\n  {SESSION}:\n    squats: {{reps: 3}}\n  morning: {{pelvic-tuck: {{reps: 3}}}}\n",
        encoding="utf-8",
    )
    with Coach() as coach:
        with pytest.raises(ScriptError) as refused:
            coach.tuner.import_file(sent)
        assert [(problem.where.line, problem.severity) for problem in refused.value.problems] == [
            (3, "error"),
            (4, "error"),
            (7, "error"),
            (8, "error"),
        ]
        assert len(coach.check(str(sent))) == 4
    assert not coach_home.exists()


@pytest.mark.parametrize(
    ("values", "again"),
    [
        ({"rest": "20s"}, 0),
        ({"gap": "1.5s"}, 0),
        ({"hold": "50s"}, 0),
        ({"reps": "4"}, 10),
        ({"rate": "120"}, 29),
    ],
)
def test_only_what_is_said_otherwise_is_spoken_again(values: dict[str, str], again: int) -> None:
    with Coach(voice="espeak:en-us") as coach:  # the natural voice has most of it in its pack
        before = coach.prepare(SESSION).timeline()
        speaker = coach.speaker()
        spoken = speaker.synthesised
        coach.tune("pelvic-tuck", values, SESSION)
        after = coach.prepare(SESSION).timeline()
        # Of words that take turns to fit into a time, some are measured and then not said.
        assert len(said(after) - said(before)) <= speaker.synthesised - spoken == again
        assert all(heard(after, index) == heard(before, index) for index in (0, 2, 3))
        assert after.chapters[1] != before.chapters[1]


def test_a_session_is_compiled_again_without_its_clips() -> None:
    with Coach() as coach:
        coach.prepare(SESSION).timeline()
        speaker = coach.speaker()
        asked = speaker.synthesised, speaker.from_cache
        again = coach.prepare(SESSION, SessionOptions(said={"gap": "1s"})).timeline()
        assert again.duration_ms > 0
        assert (speaker.synthesised, speaker.from_cache) == asked


def test_a_stale_value_is_told_once(coach_home: Path) -> None:
    coach_home.mkdir()
    (coach_home / "pacing.yaml").write_text("kind: pacing\nall: {rate: 900}\n", encoding="utf-8")
    told: list[str] = []
    with Coach(notify=told.append) as coach:
        coach.prepare(SESSION)
        coach.prepare(SESSION, SessionOptions(guidance="key"))
    assert len(told) == 1
    assert "rate 900 is outside its bounds" in told[0]
