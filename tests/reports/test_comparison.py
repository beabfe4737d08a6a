"""What differs between two pacings; how much is said; what set a length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from tests.support.paced_timelines import PACE, chapter, event, paced, shipped, timeline
from voice_coach.core.errors import Where
from voice_coach.core.parameters import Stretch
from voice_coach.core.script import Tunable
from voice_coach.core.timeline import Event, Timeline
from voice_coach.pacing.layers import Layer, effective_pace
from voice_coach.reports.comparison import (
    Tally,
    compare,
    effective_values,
    group_texts,
    length_reason,
    talk,
    values_by_origin,
)
from voice_coach.reports.timeline_view import comparison_lines, difference_clock

HOLD = Tunable("hold", "duration", 20_000, 5_000, 60_000, Where("x.yaml", 3))
REST = Tunable("rest", "duration", 10_000, 5_000, 12_000, Where("x.yaml", 4))
BREATH = Tunable("breath", "breath", (4000, 0, 6000, 0), (1000, 0, 1000, 0), (9000, 0, 9000, 0), HOLD.where)
TUNE = {"hold": HOLD, "rest": REST, "breath": BREATH}


def said(text: str, start_ms: int, **place: int) -> Event:
    return event("speech", "prompt", start_ms, start_ms + 500, text, **place)


def _prompts(made: Timeline) -> Counter[str]:
    return Counter(e.text for each in made.chapters for e in each.events if e.lane == "speech")


def _only(tallies: Iterable[Tally | None]) -> Counter[str]:
    return Counter(e.text for tally in tallies if tally for e in tally.only)


def test_two_equal_timelines_do_not_differ() -> None:
    made = shipped("lower-back-short").timeline
    pairs = compare(made, made)
    assert [pair.title for pair in pairs] == [each.title for each in made.chapters]
    assert all(pair.first == pair.second and pair.first and not pair.first.only for pair in pairs)


def test_what_only_one_says_and_what_both_say_are_all_that_is_said() -> None:
    full, key = shipped("lower-back-relief").timeline, shipped("lower-back-relief", "key").timeline
    pairs = compare(full, key)
    of_full, of_key = _only(pair.first for pair in pairs), _only(pair.second for pair in pairs)
    assert _prompts(full) - of_full == _prompts(key) - of_key
    assert (of_full.total() > 50, of_key.total()) == (True, 0)
    for pair, before, after in zip(pairs, full.chapters, key.chapters, strict=True):
        assert pair.first
        assert pair.second
        assert (pair.first.chapter, pair.second.chapter) == (before, after)
        assert pair.first.words == sum(len(e.text.split()) for e in before.events if e.lane == "speech")


def test_the_same_words_elsewhere_or_in_another_rep_are_another_prompt() -> None:
    first = chapter("One", 9_000, said("Breathe.", 0, rep=1), said("Breathe.", 3_000, rep=2), exercise="one")
    second = chapter("One", 9_000, said("Breathe.", 5_000, rep=2), said("Go.", 6_000), exercise="one")
    (pair,) = compare(timeline(first), timeline(second))
    assert pair.first
    assert pair.second
    assert pair.first.only == (first.events[0],)
    assert pair.second.only == (second.events[1],)


def test_a_part_that_only_one_has_stands_alone_and_the_others_find_each_other() -> None:
    one, two, three = (chapter(name, 1_000, said(name, 0), exercise=name) for name in ("one", "two", "three"))
    pairs = compare(timeline(one, two, three), timeline(two, three, one))
    assert [(pair.title, bool(pair.first), bool(pair.second)) for pair in pairs] == [
        ("one", True, False),
        ("two", True, True),
        ("three", True, True),
        ("one", False, True),
    ]
    assert [pair.first.start_ms for pair in pairs if pair.first] == [0, 1_000, 2_000]
    assert pairs[0].first
    assert pairs[0].first.only == one.events


def test_repeated_prompts_are_told_once_with_how_often() -> None:
    events = (said("Breathe.", 0), said("Go.", 1_000), said("Breathe.", 2_000))
    assert list(group_texts(events)) == [(events[0], 2), (events[1], 1)]


def test_differences_in_words() -> None:
    first = paced(
        chapter("Warm\x1b[2J up", 62_000, said("Breathe in.", 0), said("Breathe in.", 9_000, rep=2)),
        name="pace calm",
    )
    second = paced(chapter("Warm\x1b[2J up", 30_400, said("Breathe in.", 0)))
    assert list(comparison_lines(first, second)) == [
        "Session",
        "  A  pace calm  1:02",
        "  B  plain  0:30",
        "",
        "                 A      B  A to B   words A     B  prompts A     B",
        "Warm\ufffd[2J up   1:02   0:30   −0:32         4     2          2     1",
        "Together      1:02   0:30   −0:32         4     2          2     1",
        "",
        "Said in A only (1):",
        "     0:09  Breathe in.",
    ]


def test_of_many_prompts_the_rest_is_counted() -> None:
    prompts = [said(f"Word {n}.", 1_000 * n) for n in range(5)]
    made = list(comparison_lines(paced(chapter("A", 9_000, *prompts)), paced(chapter("A", 9_000)), 2))
    assert made[-3:] == ["     0:00  Word 0.", "     0:01  Word 1.", "  … and 3 more; --text shows all"]


@pytest.mark.parametrize(
    ("first_ms", "second_ms", "text"),
    [(0, 0, ""), (1_400, 600, ""), (1_499, 1_500, "+0:01"), (90_000, 30_000, "−1:00"), (0, 65_000, "+1:05")],
)
def test_differences_are_those_of_the_clocks_shown(first_ms: int, second_ms: int, text: str) -> None:
    assert difference_clock(first_ms, second_ms) == text


def test_where_it_is_quiet_and_where_full() -> None:
    made = chapter(
        "One",
        200_000,
        said("one two three", 1_000),
        event("sound", "sound", 20_000, 21_000, "bell"),
        said("four five six seven", 100_000),
        said("eight", 150_000),
        said("nine", 161_000),
    )
    found = talk(made)
    assert (found.words, found.prompts, found.speech_ms) == (9, 4, 2_000)
    assert found.quiet == (1_500, 100_000)
    assert found.fullest == (100_000, 5)
    assert talk(chapter("None", 5_000)).quiet == (0, 5_000)


@pytest.mark.parametrize(
    ("what", "layers", "reason"),
    [
        (event("speech", "prompt", 0, 900, "Hi."), [], "its words at 150 a minute (built-in)"),
        (
            event("speech", "countdown", 0, 900, "two", parameter="hold"),
            [Layer("command line", {"rate": 120})],
            "its words at 120 a minute (command line)",
        ),
        (event("sound", "sound", 0, 900, "bell"), [], "the sound's own length"),
        (event("action", "hold", 0, 20_000, parameter="hold"), [], "hold 20s (script)"),
        (
            event("action", "hold", 0, 45_000, parameter="hold"),
            [Layer("yours", {"hold": 45_000}), Layer("command line", speed=0.5)],
            "hold 45s (yours)",
        ),
        (
            event("action", "hold", 0, 30_000, parameter="hold"),
            [],
            "hold 30s (script, for this set)",
        ),
        (
            event("action", "rest", 0, 12_000, parameter="rest"),
            [Layer("command line", speed=0.5)],
            "rest 12s (script, then pace from command line)",
        ),
        (
            event("action", "rest", 0, 12_000, parameter="rest"),
            [Layer("command line", speed=0.75), Layer("fit", {"rest": 12_000})],
            "rest 12s (fit)",
        ),
        (
            event("action", "rest", 0, 10_000, parameter="rest"),
            [Layer("fit", stretch=Stretch(pauses=0.5)), Layer("yours", speed=1.0)],
            "rest 10s (script)",
        ),
        (event("action", "inhale", 0, 4_000, parameter="breath"), [], "breath 4-0-6-0 (script)"),
        (event("action", "pause", 0, 2_000), [], "2s in the script"),
        (event("action", "pause", 0, 4_000), [Layer("command line", speed=0.5)], "2s in the script × 2.00"),
        (event("action", "hold", 0, 4_000), [Layer("command line", speed=0.5)], "4s in the script"),
        (event("action", "pause", 0, 2_000, parameter="argument"), [], "2s in the script"),
        (event("action", "move", 0, 9_000), [], "time to get there, or as long as its words need"),
    ],
)
def test_what_set_a_length(what: Event, layers: list[Layer], reason: str) -> None:
    assert length_reason(what, effective_pace(TUNE, layers)) == reason


def test_a_stretch_that_is_no_knob_is_told_too() -> None:
    pace = effective_pace({}, [Layer("fit", stretch=Stretch(pauses=0.5))])
    assert length_reason(event("action", "pause", 0, 1_000), pace) == "2s in the script × 0.50"


def test_the_values_in_force_by_where_they_come_from() -> None:
    pace = effective_pace(TUNE, [Layer("yours", {"hold": 45_000}, "key")])
    assert list(values_by_origin(effective_values(pace, TUNE))) == [
        "hold 45s, guidance key (yours)",
        "rest 10s, breath 4-0-6-0 (script)",
        "gap 0.9s, rate 150 words a minute (built-in)",
    ]
    assert list(values_by_origin(effective_values(PACE, {}))) == [
        "gap 0.9s, rate 150 words a minute, guidance full (built-in)"
    ]
