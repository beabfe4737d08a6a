"""When each word is spoken: from what an engine tells, or else from where there is sound.

An engine that tells nothing leaves its sound: stretches of speech with pauses between. Where there are as
many pauses as there are commas and full stops between words, each pause is taken for one of them; then each
stretch is shared out among its words by their letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from voice_coach.model.speech import Clip, Word
from voice_coach.model.words import ends_phrase, shares, word_spans

_STEP_MS: Final = 10
_QUIET_DB: Final = -40.0  # below the clip's loudest step; what is softer is a pause
_PAUSE_MS: Final = 120
"""The shortest pause that may be a comma; the closures of ``p``, ``t`` and ``k`` last up to 100 ms."""


def timed(text: str, begins: Sequence[tuple[int, int]], duration_ms: int) -> tuple[Word, ...]:
    """The words of a text whose engine tells when words begin.

    Args:
        text: what was spoken.
        begins: index of a character in the text, and the millisecond at which the word there begins, in the
            order of the sound. Several may lie in one word (the parts of a number); a word without any is
            said as one with others, and shares the time with them by its letters.
        duration_ms: the length of the clip.
    """
    spans = word_spans(text)
    if not spans:
        return ()
    starts: list[int | None] = [None] * len(spans)
    told = iter(begins)
    at, ms = next(told, (len(text), duration_ms))
    latest = 0
    for number, (_, end) in enumerate(spans):
        while at < end:
            latest = max(latest, min(ms, duration_ms))
            if starts[number] is None:
                starts[number] = latest
            at, ms = next(told, (len(text), duration_ms))
    known = [number for number, start in enumerate(starts) if start is not None and number]
    words: list[Word] = []
    for first, stop in pairwise([0, *known, len(spans)]):
        begin = starts[first] or 0
        end = duration_ms if stop == len(spans) else starts[stop] or 0
        words += _shared(text, spans[first:stop], [(begin, end)])
    return tuple(words)


def aligned(text: str, clip: Clip) -> tuple[Word, ...]:
    """The words of a text whose engine tells nothing, placed by the sound and their letters."""
    spans = word_spans(text)
    stretches = _stretches(clip)
    marks = [number for number, (first, end) in enumerate(spans[:-1], 1) if ends_phrase(text[first:end])]
    if len(stretches) != len(marks) + 1:
        return tuple(_shared(text, spans, stretches))
    words: list[Word] = []
    for (first, stop), stretch in zip(pairwise([0, *marks, len(spans)]), stretches, strict=True):
        words += _shared(text, spans[first:stop], [stretch])
    return tuple(words)


def _shared(text: str, spans: Sequence[tuple[int, int]], stretches: Sequence[tuple[int, int]]) -> list[Word]:
    """Words that share stretches of time by their letters."""
    if len(spans) == 1:
        return [Word(*spans[0], stretches[0][0], stretches[-1][1])]
    times = shares([text[first:end] for first, end in spans], sum(end - begin for begin, end in stretches))
    return [
        Word(first, end, _clock_ms(begin, stretches), _clock_ms(stop, stretches, ends=True))
        for (first, end), begin, stop in zip(spans, times[:-1], times[1:], strict=True)
    ]


def _clock_ms(sounding_ms: int, stretches: Sequence[tuple[int, int]], *, ends: bool = False) -> int:
    """When so much has sounded; of a pause between stretches its end, or its beginning."""
    for begin, end in stretches:
        length = end - begin
        if sounding_ms < length or (ends and sounding_ms == length):
            return begin + sounding_ms
        sounding_ms -= length
    return stretches[-1][1]


def _stretches(clip: Clip) -> list[tuple[int, int]]:
    """Where there is sound, in milliseconds; pauses shorter than ``_PAUSE_MS`` count as sound."""
    step = clip.rate_hz * _STEP_MS // 1000
    count = max(1, len(clip.samples) // step)
    rows = clip.samples[: count * step].reshape(count, -1)
    level = np.abs(rows).max(axis=1)
    loud = np.flatnonzero(level > level.max() * 10 ** (_QUIET_DB / 20))
    if not len(loud):
        return [(0, clip.duration_ms)]
    gaps: list[int] = np.flatnonzero(np.diff(loud) * _STEP_MS > _PAUSE_MS).tolist()
    return [
        (int(loud[before + 1]) * _STEP_MS, (int(loud[last]) + 1) * _STEP_MS)
        for before, last in pairwise([-1, *gaps, len(loud) - 1])
    ]
