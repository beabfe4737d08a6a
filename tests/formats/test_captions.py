"""Captions: every word once, in order, at its time, in lines that can be read."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.paced_timelines import chapter, event
from tests.support.programmes import LENGTHS, programme, shipped_programme, spoken
from voice_coach.core.text import clean_text
from voice_coach.core.timeline import Chapter
from voice_coach.formats.captions import (
    LINE_CHARACTERS,
    LONGEST_MS,
    SHORTEST_MS,
    Caption,
    PlacedChapter,
    captions,
    placed_chapters,
    spoken_words,
)
from voice_coach.rendering.performance import Programme

WORDS = st.text(st.sampled_from("abcdefg—–'’5é呼,.!?-"), min_size=1, max_size=12)
TEXTS = st.lists(WORDS, min_size=1, max_size=40).map(" ".join)
CHAPTERS = st.lists(
    st.lists(st.tuples(st.integers(0, 3_000), TEXTS), max_size=4).map(lambda said: spoken(*said)), max_size=3
)


def checked(whole: Programme) -> list[Caption]:
    """Its captions, after all that must hold for any."""
    made = list(captions(whole))
    said = [
        word
        for placed in placed_chapters(whole)
        for each in placed.chapter.events
        if each.lane == "speech"
        for word in spoken_words(whole, each, placed.start_ms)
    ]
    assert [word for caption in made for word in caption.words] == said
    assert said == sorted(said, key=lambda word: (word.start_ms, word.end_ms))
    for caption in made:
        assert caption.start_ms == caption.words[0].start_ms < caption.end_ms
        assert 1 <= len(caption.lines) <= 2
        if len(caption.words) > 1:
            assert max(map(len, caption.texts)) <= LINE_CHARACTERS
            assert caption.end_ms - caption.start_ms <= LONGEST_MS
    for caption, following in pairwise(made):
        assert caption.words[-1].end_ms <= caption.end_ms <= following.start_ms
        assert (
            caption.end_ms - caption.start_ms >= SHORTEST_MS
            or caption.end_ms == following.start_ms
            or (caption.end_ms in {placed.end_ms for placed in placed_chapters(whole)})
        )
    return made


@given(CHAPTERS)
def test_words_are_all_there_in_order_at_their_time(chapters: list[Chapter]) -> None:
    whole = programme(*chapters)
    texts = [each.text for part in chapters for each in part.events if each.lane == "speech"]
    assert " ".join(text for caption in checked(whole) for text in caption.texts).split() == [
        word for text in texts if _has_words(text) for word in clean_text(text).split()
    ]


@pytest.mark.parametrize("name", ["lower-back-relief", "lower-back-short"])
def test_shipped_sessions_read_well(name: str) -> None:
    made = checked(shipped_programme(name))
    assert len(made) > 50
    for caption in made:
        # Where there are two lines the upper one does not end in the middle of nowhere.
        if len(caption.lines) == 2 and not caption.texts[0].endswith((".", "?", "!")):
            assert max(map(len, caption.texts)) <= 2.5 * min(map(len, caption.texts))


def test_a_sentence_is_not_torn_where_another_ends() -> None:
    first = "Rest your forehead on the back of your hands, and breathe."
    second = "Let your shoulders sink towards the floor, and your neck be long."
    made = checked(programme(spoken((500, f"{first} {second}"))))
    assert [" ".join(caption.texts) for caption in made] == [first, second]
    assert made[0].texts == ("Rest your forehead on the back", "of your hands, and breathe.")


def test_a_short_word_stays_long_enough_to_be_read_unless_another_follows() -> None:
    part = spoken((0, "go"), (2_000, "up"), (100, "down"))
    go, up, _ = checked(programme(part))
    assert go.end_ms - go.start_ms == SHORTEST_MS > LENGTHS.utterance_ms(part.events[0].utterance)  # pyright: ignore[reportArgumentType]
    assert up.end_ms == part.events[2].start_ms


def test_where_nobody_knows_the_words_letters_share_the_time() -> None:
    said = event("speech", "prompt", 1_000, 3_000, "Breathe in")
    (caption,) = checked(programme(chapter("Part", 5_000, said)))
    assert [(word.text, word.start_ms, word.end_ms) for word in caption.words] == [
        ("Breathe", 1_000, 2_455),
        ("in", 2_455, 3_000),
    ]


def test_what_is_cut_off_has_no_time_but_is_not_lost() -> None:
    part = spoken((0, "Let your shoulders sink"))
    cut = chapter("Part", 1_000, part.events[0])
    words = spoken_words(programme(cut), cut.events[0], 0)
    assert [word.text for word in words] == ["Let", "your", "shoulders", "sink"]
    assert PlacedChapter(cut, 7).end_ms == 1_007


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


@pytest.mark.parametrize("characters", [42, 43, 85, 300])
def test_a_sentence_without_spaces_is_cut_to_lines(characters: int) -> None:
    text = ("慢慢地吸气然后再呼气" * 30)[:characters]
    made = list(captions(programme(spoken((0, text)))))
    lines = [line for caption in made for line in caption.texts]
    assert "".join(lines) == text
    assert max(map(len, lines)) <= LINE_CHARACTERS
    words = [word for caption in made for word in caption.words]
    assert words[0].start_ms == made[0].start_ms
    assert all(before.end_ms == after.start_ms for before, after in pairwise(words))
