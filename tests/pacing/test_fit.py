"""Fitting a session to a time: what gives way first, what stays, and what is said about it."""

from __future__ import annotations

import re

import pytest

from tests.support.fake_clips import HERE, LENGTHS, exercise, library, session, tune
from tests.support.fits import Asked, Fits
from voice_coach.core.errors import CoachError
from voice_coach.core.script import (
    GUIDANCE_LEVELS,
    Hold,
    Param,
    Pause,
    Repeat,
    Rounds,
    Say,
    SessionEntry,
    Sets,
    Sides,
    Step,
    Variants,
)
from voice_coach.core.units import MS_PER_MINUTE, MS_PER_SECOND
from voice_coach.pacing.fit_search import AS_IT_IS, CannotFitError, Fitted

MINUTE, SECOND = MS_PER_MINUTE, MS_PER_SECOND


def _shipped(asked: Asked | None = None, name: str = "lower-back-relief") -> Fits:
    return Fits(library().session(name), LENGTHS, asked)


def _reps(*steps: Step, default: int = 5, most: int = 8) -> list[Step]:
    assert default <= most
    return [Repeat(where=HERE, times=Param("reps"), steps=steps)]


def _hold(ms: int) -> Hold:
    return Hold(where=HERE, duration=ms)


REPS = tune("reps", "count", 5, 2, 8)
REST = tune("rest", "duration", 10_000, 6_000, 30_000)


def test_doses_that_are_too_many_to_be_played_are_no_way_to_fill_a_time() -> None:
    """A session lasts a day at most."""
    hour = 60 * MINUTE
    steps = _reps(_hold(hour), default=2, most=99)
    fits = Fits(session(exercise(*steps, tune={"reps": tune("reps", "count", 2, 1, 99)})))
    assert abs(fits.duration_ms(fits.to(5 * hour)) - 5 * hour) <= SECOND
    with pytest.raises(CannotFitError, match="test can be 1:00:00 to 2[34]:00:00 long"):
        fits.to(30 * hour)


def test_rests_that_are_too_long_to_be_played_bound_the_times_that_can_be_had() -> None:
    """At their longest they would go on for more than a day."""
    hour = 60 * MINUTE
    rest = Hold(where=HERE, duration=Param("rest"), role="rest")
    steps = [Repeat(where=HERE, times=20, steps=(_hold(MINUTE), rest))]
    fits = Fits(
        session(exercise(*steps, tune={"rest": tune("rest", "duration", 30 * MINUTE, MINUTE, 2 * hour)}))
    )
    assert abs(fits.duration_ms(fits.to(15 * hour)) - 15 * hour) <= SECOND
    with pytest.raises(CannotFitError, match="test can be .* to 24:00:00 long"):
        fits.to(30 * hour)


@pytest.mark.parametrize("minutes", [9, 12, 15, 18, 20, 22, 24, 26, 27, 28, 30, 40, 50])
def test_the_shipped_session_ends_in_time(minutes: int) -> None:
    fits = _shipped()
    found = fits.to(minutes * MINUTE)
    assert abs(fits.duration_ms(found) - minutes * MINUTE) <= SECOND
    assert found.fitted.duration_ms == fits.duration_ms(found)


def test_what_is_trimmed_first_is_words_then_pauses_rests_moves_and_reps_last() -> None:
    fits = _shipped()
    stages: list[str] = []
    for target in (26 * MINUTE, *range(18 * MINUTE, 15 * MINUTE, -8 * SECOND)):
        fitted = fits.to(target).fitted
        for stage, begun in (
            ("words", fitted.words < 0),
            ("pauses", fitted.shift.pauses == -1),
            ("rests", fitted.shift.rests < 0),
            ("moves", fitted.shift.moves < 0),
            ("reps", bool(fitted.counts)),
        ):
            if begun and stage not in stages:
                stages.append(stage)
    assert stages == ["words", "pauses", "rests", "moves", "reps"]


def test_no_rep_is_dropped_before_only_the_names_are_said() -> None:
    fits = _shipped()
    for target in range(17 * MINUTE, 9 * MINUTE, -30 * SECOND):
        found = fits.to(target)
        if found.fitted.counts:
            assert all(fits.pace(entry, found).guidance == "names" for entry in found.entries)


def test_stretching_begins_with_reps_and_ends_with_pauses() -> None:
    fits = _shipped()
    stages: list[str] = []
    for target in (29 * MINUTE, *range(40 * MINUTE, 55 * MINUTE, MINUTE)):
        fitted = fits.to(target).fitted
        assert fitted.words == 0
        for stage, begun in (
            ("reps", bool(fitted.counts)),
            ("moves", fitted.shift.moves == 1),
            ("rests", fitted.shift.rests > 0),
            ("pauses", fitted.shift.pauses > 0),
        ):
            if begun and stage not in stages:
                stages.append(stage)
    # Until a rep fits in, moves take what there is.
    assert stages == ["reps", "moves", "rests", "pauses"]


def test_words_are_given_when_everything_else_is_as_long_as_may_be_and_never_more_than_full() -> None:
    fits = _shipped(name="lower-back-short")
    with pytest.raises(CannotFitError) as caught:
        fits.to(10 * 60 * MINUTE)
    found = fits.to(caught.value.high_ms)
    assert found.fitted.words > 0
    assert all(fits.pace(entry, found).guidance == "full" for entry in found.entries)
    assert "More words (full), pauses twice as long" in found.report


def test_holds_and_author_named_times_stay() -> None:
    fits = _shipped()
    for target in (9 * MINUTE, 50 * MINUTE):
        found = fits.to(target)
        for entry in found.entries:
            before, after = fits.pace(entry), fits.pace(entry, found)
            for name in ("hold", "slide", "breath", "tempo"):
                assert before.values.get(name) == after.values.get(name)
            assert before.rate_wpm == after.rate_wpm


def test_reps_go_evenly_one_at_a_time() -> None:
    steps = _reps(_hold(20_000))
    three = [exercise(*steps, id=name, title=name, tune={"reps": REPS}) for name in ("one", "two", "three")]
    fits = Fits(session(*three))
    left: list[list[object]] = []
    for target in (300, 280, 260, 240, 220, 200, 180):
        found = fits.to(target * SECOND)
        left.append([fits.pace(entry, found).values["reps"] for entry in found.entries[1:]])
    assert left == [[5, 5, 5], [4, 5, 5], [4, 4, 5], [4, 4, 4], [3, 4, 4], [3, 3, 4], [3, 3, 3]]


def test_one_side_never_gets_less_where_each_side_is_an_exercise() -> None:
    def one(side: str) -> object:
        both = Sides(where=HERE, sides=(side,), steps=(_hold(10_000),), reps=Param("reps"))  # type: ignore[arg-type]
        return exercise(both, Pause(where=HERE, duration=20_000), id=side, title=side, tune={"reps": REPS})

    fits = Fits(session(one("left"), one("right")))  # type: ignore[arg-type]
    seen: set[tuple[object, ...]] = set()
    for target in range(70, 240, 3):
        try:
            found = fits.to(target * SECOND)
        except CannotFitError:
            continue
        reps = tuple(fits.pace(entry, found).values["reps"] for entry in found.entries[1:])
        assert reps[0] == reps[1]
        seen.add(reps)
    assert len(seen) == 7


def test_no_side_is_dropped_where_sides_take_turns() -> None:
    left, right = ((Sides(where=HERE, sides=(side,), steps=(_hold(10_000),)),) for side in ("left", "right"))
    steps = (
        Repeat(
            where=HERE,
            times=Param("reps"),
            steps=(Variants(where=HERE, choices=(left, right)), Pause(where=HERE, duration=9_000)),
        ),
    )
    fits = Fits(session(exercise(*steps, tune={"reps": tune("reps", "count", 6, 1, 9)})))
    found = fits.to(60 * SECOND)
    assert fits.pace(found.entries[1], found).values["reps"] == 4
    with pytest.raises(CannotFitError) as caught:
        fits.to(10 * SECOND)
    assert caught.value.low_ms == 29_000


def test_what_the_command_line_asks_for_stays() -> None:
    asked = Asked(guidance="full", values=(("reps", 5), ("rest", 15_000), ("gap", 900)))
    fits = _shipped(asked)
    for minutes in (22, 24, 40):
        found = fits.to(minutes * MINUTE)
        for entry in found.entries:
            pace = fits.pace(entry, found)
            assert (pace.guidance, pace.gap_ms) == ("full", 900)
            assert pace.values.get("reps", 5) == 5
            assert pace.values.get("rest", 15_000) == 15_000


def test_what_the_session_sets_is_where_the_fit_begins() -> None:
    fits = _shipped(name="lower-back-short")
    length = fits.duration_ms()
    found = fits.to(length + 500)
    assert all(not layer.values and layer.guidance is None for layer in found.fitted.layers)
    assert found.report == "It is 9:34 long as it is: nothing had to be changed."


def test_a_fit_comes_on_top_of_the_knob_and_goes_no_further_than_without() -> None:
    slow, fast = _shipped(Asked(speed=0.75)), _shipped(Asked(speed=1.25))
    for fits in (slow, fast):
        found = fits.to(14 * MINUTE)
        assert abs(fits.duration_ms(found) - 14 * MINUTE) <= SECOND
        for entry in found.entries:
            stretch = fits.pace(entry, found).stretch
            assert stretch.pauses >= 0.5 - 1e-9
            assert stretch.moves >= min(0.85, 1 / (fits.asked.speed or 1)) - 1e-9


def test_from_an_exercise_on_what_is_left_is_fitted() -> None:
    fits = _shipped(Asked(start_at="chair-breathing"))
    found = fits.to(6 * MINUTE)
    assert abs(fits.duration_ms(found) - 6 * MINUTE) <= SECOND
    assert [entry.exercise.id for entry in found.entries if entry] == ["chair-breathing"]


def test_a_circuit_keeps_its_rounds() -> None:
    steps = (_hold(30_000), Hold(where=HERE, duration=Param("rest"), role="rest"))
    one = SessionEntry(exercise=exercise(*steps, tune={"rest": REST}), where=HERE)
    fits = Fits(session(Rounds(times=3, entries=(one,), where=HERE)))
    found = fits.to(110 * SECOND)
    assert abs(fits.duration_ms(found) - 110 * SECOND) <= SECOND
    assert fits.pace(one, found).values["rest"] == pytest.approx(6_667, abs=40)
    assert found.report.endswith("Rests a third shorter.")


def test_a_spoken_time_that_makes_the_length_jump_is_met_all_the_same() -> None:
    rests = [
        Say(where=HERE, texts=("Rest for {rest}.",), then=500),
        Hold(where=HERE, duration=Param("rest"), role="rest"),
    ]
    rest = tune("rest", "duration", 12_000, 6_000, 30_000)
    fits = Fits(session(exercise(*rests * 8, tune={"rest": rest})), LENGTHS)
    for target in range(90, 130):
        assert abs(fits.duration_ms(fits.to(target * SECOND)) - target * SECOND) <= SECOND


def test_counts_that_change_nothing_are_left_alone_and_not_told() -> None:
    sets = Sets(
        where=HERE, times=2, each=({"reps": "6"}, {"reps": "4"}), steps=tuple(_reps(_hold(5_000))), between=()
    )
    fits = Fits(session(exercise(sets, Pause(where=HERE, duration=20_000), tune={"reps": REPS})))
    found = fits.to(62 * SECOND)
    assert found.fitted.counts == {}
    assert found.report.endswith("Pauses two fifths shorter.")


def test_the_range_that_is_told_can_be_reached() -> None:
    fits = _shipped()
    with pytest.raises(CannotFitError) as caught:
        fits.to(MINUTE)
    error = caught.value
    assert str(error).startswith("lower-back-relief can be ")
    assert error.what == "lower-back-relief"
    for target in (error.low_ms, error.high_ms):
        assert abs(fits.duration_ms(fits.to(target)) - target) <= SECOND
    for beyond in (error.low_ms - 1_001, error.high_ms + 1_001):
        with pytest.raises(CannotFitError):
            fits.to(beyond)


def test_between_two_lengths_with_nothing_to_fill_it_the_nearest_are_told() -> None:
    fits = Fits(session(exercise(*_reps(_hold(60_000)), tune={"reps": REPS})))
    with pytest.raises(CannotFitError) as caught:
        fits.to(4 * MINUTE + 30 * SECOND)
    assert caught.value.nearest == (4 * MINUTE, 5 * MINUTE)
    assert str(caught.value) == (
        "test can be 2:00 to 8:00 long, but not 4:30: the nearest that it can be are 4:00 and 5:00."
    )


def test_own_values_that_keep_a_session_from_a_time_are_named_with_what_to_do() -> None:
    tuned = _shipped(Asked(own=(("hold", 70_000), ("rest", 20_000))))
    plain = _shipped()
    with pytest.raises(CannotFitError) as caught:
        plain.to(MINUTE)
    target = caught.value.low_ms + 5 * SECOND
    with pytest.raises(CannotFitError) as caught:
        tuned.to(target)
    assert str(caught.value).endswith(
        "Your own values make it longer: hold 1m10s in pelvic-tuck. "
        "Without them, for this time: --set pelvic-tuck.hold=1m"
    )
    assert plain.to(target)
    with pytest.raises(CannotFitError) as caught:
        tuned.to(3 * 60 * MINUTE)
    assert str(caught.value).endswith("Choose a time between.")
    with pytest.raises(CannotFitError) as caught:
        _shipped(Asked(own=(("hold", 30_000),))).to(3 * 60 * MINUTE)
    assert "make it shorter: hold 30s in pelvic-tuck" in str(caught.value)


def test_a_session_that_cannot_change_says_so() -> None:
    with pytest.raises(CoachError, match="test is 1:00 long, not 2:00"):
        Fits(session(exercise(_hold(60_000)))).to(2 * MINUTE)


@pytest.mark.parametrize(("name", "minutes"), [("lower-back-relief", 9), ("lower-back-short", 8)])
def test_a_shipped_session_promises_no_time_and_no_rest_that_a_fit_takes_away(
    name: str, minutes: int
) -> None:
    fits = _shipped(name=name)
    for chapter in fits.chapters(fits.to(minutes * MINUTE)):
        speech = [event for event in chapter.events if event.lane == "speech" and event.kind == "prompt"]
        for event, after in zip(speech, [*speech[1:], None], strict=True):
            if event.mark.parameter is None:
                assert not re.search(r"\b(seconds?|minutes?)\b", event.text) or "to go" in event.text
            if re.search(r"\bRest\.", event.text):
                assert (after.start_ms if after else chapter.duration_ms) - event.end_ms >= 3 * SECOND


def test_the_report_is_plain() -> None:
    assert _shipped().to(14 * MINUTE).report == "\n".join(
        (
            "Fitted to 14:00; without that it is 26:39 long.",
            "Fewer words (names), pauses a fifth shorter, two reps of Pelvic tuck fewer, one rep of "
            "Knee slide fewer, one round of Chair breathing fewer, one breath of Chair breathing "
            "fewer; both sides equal.",
        )
    )
    assert "Fewer words (key) in the opening and closing, pauses" in _shipped().to(26 * MINUTE).report


def test_words_are_asked_for_in_one_go_before_the_first_is_measured() -> None:
    fits = _shipped()
    fits.to(20 * MINUTE)
    assert len(fits.voice.prepared[0]) > 150
    asked = [text for words in fits.voice.prepared for text in set(words)]
    assert len(asked) == len(set(asked)), "what has been measured is not made again"


def test_the_same_twice_is_the_same() -> None:
    first, second = (_shipped().to(13 * MINUTE).fitted for _ in range(2))
    assert isinstance(first, Fitted)
    assert first == second
    assert first.shift != AS_IT_IS
    assert set(GUIDANCE_LEVELS) >= {layer.guidance for layer in first.layers}
