"""A person's own layers: each value comes from the last place that says it, and stays within its bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voice_coach.core.errors import CoachError, ScriptError, UsageError
from voice_coach.core.parameters import GENERAL, Pace, within
from voice_coach.core.script import Session, SessionEntry
from voice_coach.pacing.layers import Layer, effective_pace
from voice_coach.pacing.user_file import PacingFile
from voice_coach.pacing.user_layers import layers_of_file, no_layers, option_layers
from voice_coach.paths import shipped_cues, shipped_scripts
from voice_coach.script.library import ScriptLibrary


def _session() -> Session:
    from voice_coach.audio.sound_catalogue import SoundCatalogue

    return ScriptLibrary([shipped_scripts()], SoundCatalogue.load([shipped_cues()]).names()).session(
        "lower-back-short"
    )


SESSION = _session()
TUCK = next(entry for entry in SESSION.entries if entry.exercise.id == "pelvic-tuck")


def layers(text: str, tmp_path: Path, entry: SessionEntry | None = TUCK) -> tuple[list[Layer], list[str]]:
    path = tmp_path / "pacing.yaml"
    path.write_text(text, encoding="utf-8")
    told: list[str] = []
    of = layers_of_file(PacingFile(path), SESSION, told.append)
    return list(of(entry)), told


def pace(of: list[Layer]) -> Pace:
    return effective_pace(TUCK.exercise.tune, of)


# Where a value can be said, in their order, with what its origin is then called.
PLACES = {
    "session": "session lower-back-short",
    "all": "yours for all",
    "exercise": "yours",
    "session all": "yours for lower-back-short",
    "session exercise": "yours for lower-back-short",
    "command line": "command line",
}
RATES = st.integers(90, 260)
HOLDS = st.integers(30, 90)


@given(
    rates=st.fixed_dictionaries({}, optional=dict.fromkeys(PLACES, RATES)),
    holds=st.fixed_dictionaries({}, optional={place: HOLDS for place in PLACES if not place.endswith("all")}),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_last_place_that_says_a_value_wins(
    rates: dict[str, int], holds: dict[str, int], tmp_path: Path
) -> None:
    def written(place: str) -> str:
        parts = [f"rate: {rates[place]}"] if place in rates else []
        parts += [f"hold: {holds[place]}s"] if place in holds else []
        return "{" + ", ".join(parts) + "}"

    text = (
        f"kind: pacing\nall: {written('all')}\nexercises:\n  pelvic-tuck: {written('exercise')}\n"
        f"sessions:\n  lower-back-short:\n    all: {written('session all')}\n"
        f"    pelvic-tuck: {written('session exercise')}\n"
    )
    own, told = layers(text, tmp_path)
    assert told == []
    said = {"rate": str(rates["command line"])} if "command line" in rates else {}
    if "command line" in holds:
        said["pelvic-tuck.hold"] = f"{holds['command line']}s"
    before = {
        name: given_["session"] * scale
        for name, given_, scale in (("rate", rates, 1), ("hold", holds, 1000))
        if "session" in given_
    }
    merged = pace([Layer(PLACES["session"], before), *own, *option_layers(said, SESSION)(TUCK)])
    for given_, name, value, default in (
        (rates, "rate", merged.rate_wpm, ("built-in", GENERAL["rate"].default)),
        ({place: seconds * 1000 for place, seconds in holds.items()}, "hold", merged.values["hold"], None),
    ):
        last = next((place for place in reversed(PLACES) if place in given_), None)
        expected = (PLACES[last], given_[last]) if last else default or ("script", 60_000)
        assert (merged.origins[name], value) == expected
    hold = TUCK.exercise.tune["hold"]
    assert within(merged.values["hold"], hold.minimum, hold.maximum)


ANYTHING = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)


@given(
    values=st.dictionaries(
        st.sampled_from(["hold", "reps", "rest", "gap", "rate", "guidance", "pace", "breath", "hodl"]),
        st.one_of(
            ANYTHING, st.integers(-5, 400).map(str), st.sampled_from(["45s", "calm", "key", "6 per minute"])
        ),
    )
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_a_session_can_be_played_within_bounds(
    values: dict[str, str], tmp_path: Path
) -> None:
    lines = "".join(f"    {name}: {text}\n" for name, text in values.items())
    own, _ = layers(f"kind: pacing\nexercises:\n  pelvic-tuck:\n{lines}", tmp_path)
    merged = pace(own)
    for name, tunable in TUCK.exercise.tune.items():
        assert within(merged.values[name], tunable.minimum, tunable.maximum)
    assert 90 <= merged.rate_wpm <= 260
    assert 0 <= merged.gap_ms <= 10_000


def test_what_is_no_longer_possible_is_told_with_its_place_and_passed_over(tmp_path: Path) -> None:
    own, told = layers("kind: pacing\nexercises:\n  pelvic-tuck: {hold: 2m, hodl: 4, reps: 3}\n", tmp_path)
    assert pace(own).values == {"reps": 3, "hold": 60_000, "rest": 15_000}
    assert len(told) == 2
    assert "pacing.yaml:3:23  warning: hold 2m is outside its bounds, 30s to 1m30s" in told[0]
    assert "pacing.yaml:3:27" in told[1]
    assert 'did you mean "hold"?' in told[1]
    assert all(each.endswith("Going on without it.") for each in told)


@pytest.mark.parametrize("text", ["", "\n", "# For Ms Novak\n\n  # soon"])
def test_a_file_with_nothing_in_it_sets_nothing(text: str, tmp_path: Path) -> None:
    own, told = layers(text, tmp_path)
    assert pace(own).values["hold"] == 60_000
    assert told == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind: pacing\nexercises: [\n", "does not line up"),
        ("kind: session\n", '"session" is not expected here, but kind: pacing'),
        ("kind: pacing\nexercises:\n  pelvic-tukc: {hold: 45s}\n", 'did you mean "pelvic-tuck"?'),
        ("kind: pacing\nsessions:\n  lower-back-short:\n    squats: {reps: 3}\n", 'no exercise "squats" in'),
        ("kind: pacing\nall: {hold: 45s}\n", '"hold" cannot be tuned for all exercises at once'),
        ("kind: pacing\nexercises: {all: {rate: 140}}\n", '"all" stands at the top'),
        ("kind: pacing\ngeneral: {rate: 140}\n", 'did you mean "all"?'),
        ("kind: pacing\nall: {guidance: kye}\n", 'did you mean "key"?'),
        ("kind: pacing\nall: {pace: fast}\n", '"fast" is not calm, normal, brisk'),
    ],
)
def test_a_file_with_problems_is_told_and_stops_nobody(text: str, says: str, tmp_path: Path) -> None:
    own, told = layers(text, tmp_path)
    assert pace(own).values["hold"] == 60_000
    assert any(says in each for each in told), told


def test_values_for_other_sessions_are_none_of_ours(tmp_path: Path) -> None:
    text = "kind: pacing\nexercises:\n  squats: {reps: 99}\nsessions:\n  morning:\n    squats: {reps: 3}\n"
    assert layers(text, tmp_path) == ([], [])


def test_the_opening_has_what_holds_for_all(tmp_path: Path) -> None:
    own, _ = layers("kind: pacing\nall: {rate: 140, pace: calm}\n", tmp_path, None)
    assert [(layer.values, layer.speed) for layer in own] == [({"rate": 140}, 0.75)]


def test_a_file_that_cannot_be_opened_stops_nobody_unless_it_was_named(tmp_path: Path) -> None:
    told: list[str] = []
    assert layers_of_file(PacingFile(tmp_path / "none.yaml"), SESSION, told.append) is no_layers
    assert told == []
    with pytest.raises(CoachError, match="There is no file"):
        layers_of_file(PacingFile(tmp_path / "none.yaml", named=True), SESSION, told.append)
    (tmp_path / "bad.yaml").write_bytes(b"\xff")
    assert not layers_of_file(PacingFile(tmp_path / "bad.yaml"), SESSION, told.append)(TUCK)
    assert "not UTF-8" in told[0]
    with pytest.raises(ScriptError):
        layers_of_file(PacingFile(tmp_path / "bad.yaml", named=True), SESSION, told.append)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"hodl": "45s"}, 'No exercise here has "hodl" to tune: did you mean "hold"?'),
        ({"pelvic-tukc.hold": "45s"}, 'has no exercise "pelvic-tukc": did you mean "pelvic-tuck"?'),
        ({"pelvic-tuck.hodl": "45s"}, 'pelvic-tuck: "hodl" cannot be tuned here: did you mean "hold"?'),
        ({"pelvic-tuck.hold": "2m"}, "pelvic-tuck: hold 2m is outside its bounds, 30s to 1m30s"),
        ({"hold": "45s"}, "To set it in one exercise only, name that: EXERCISE.hold=45s"),
        ({"rate": "900"}, "rate 900 is outside its bounds, 90 to 260"),
        ({"guidance": "kye"}, 'did you mean "key"?'),
    ],
)
def test_what_is_said_wrongly_is_refused(said: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError) as refused:
        option_layers(said, SESSION)
    assert says in str(refused.value)


def test_what_is_said_goes_to_every_exercise_that_has_it() -> None:
    of = option_layers({"rest": "12s", "pelvic-tuck.hold": "40s", "rate": "150"}, SESSION)
    values = {entry.exercise.id: of(entry)[0].values for entry in SESSION.entries}
    assert values["pelvic-tuck"] == {"rest": 12_000, "hold": 40_000, "rate": 150}
    assert values["knee-slide"] == {"rest": 12_000, "rate": 150}
    assert of(None)[0].values == {"rate": 150}


def test_a_folder_of_that_name_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "pacing.yaml").mkdir()
    told: list[str] = []
    assert not layers_of_file(PacingFile(tmp_path / "pacing.yaml"), SESSION, told.append)(TUCK)
    assert "Going on without your own values." in told[0]
