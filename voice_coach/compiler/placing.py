"""Placing of the overlays of a span: nothing overlaps, the important one wins, and what is left out is
reported."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from voice_coach.core.timeline import Overlay, Sound, Span, Speech

BREATHER_MS = 150
"""Silence between two prompts that were moved together."""

MAX_SHIFT_MS = 4_000
"""A prompt that would come later than this has lost its moment: it is left out."""


@dataclass(frozen=True, slots=True)
class PlacedOverlay:
    """An overlay with its times within the span, and the words that were chosen for it."""

    overlay: Overlay
    start_ms: int
    end_ms: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Misfit:
    """An overlay that could not be at its moment: moved by ``late_ms``, or left out (None).

    ``length_ms`` is how long its words take, ``room_ms`` the room there was at its moment.
    """

    overlay: Overlay
    length_ms: int
    room_ms: int
    late_ms: int | None


class _Taken:
    """Stretches that are spoken for already, in order."""

    def __init__(self) -> None:
        self._stretches: list[tuple[int, int]] = []

    def take(self, start: int, end: int) -> None:
        insort(self._stretches, (start, end))

    def is_free(self, start: int, end: int) -> bool:
        index = bisect_left(self._stretches, (start, start))
        if index and self._stretches[index - 1][1] > start:
            return False
        return index == len(self._stretches) or self._stretches[index][0] >= end

    def next_free(self, start: int, length: int, latest: int) -> int | None:
        """The earliest start from ``start`` on where ``length`` is free and ends by ``latest``."""
        index = bisect_left(self._stretches, (start, start))
        if index and self._stretches[index - 1][1] > start:
            start = self._stretches[index - 1][1] + BREATHER_MS
        for taken in range(index, len(self._stretches)):
            taken_start, taken_end = self._stretches[taken]
            if start + length + BREATHER_MS <= taken_start or start + length > latest:
                break
            start = max(start, taken_end + BREATHER_MS)
        return start if start + length <= latest else None

    def room(self, start: int, latest: int) -> int:
        """Return how long it is free from ``start`` on."""
        index = bisect_left(self._stretches, (start, start))
        if index and self._stretches[index - 1][1] > start:
            return 0
        end = self._stretches[index][0] if index < len(self._stretches) else latest
        return max(0, min(end, latest) - start)


def place_speech(span: Span, length_ms: Callable[[str], int]) -> tuple[list[PlacedOverlay], list[Misfit]]:
    """The spoken overlays of a span in order of time, and those that did not fit where they should be.

    Args:
        span: its overlays may be in any order.
        length_ms: the measured length of a text when spoken.
    """
    taken = _Taken()
    placed: list[PlacedOverlay] = []
    misfits: list[Misfit] = []
    spoken = [overlay for overlay in span.overlays if isinstance(overlay.cue, Speech)]
    for overlay in sorted(spoken, key=_turn):
        if not isinstance(overlay.cue, Speech):
            continue
        texts = overlay.cue.texts
        lengths = [length_ms(text) for text in texts]
        found = _at_its_moment(overlay, texts, lengths, taken)
        if found is None:
            room = taken.room(overlay.at_ms, min(overlay.latest_ms, span.duration_ms))
            found = _later(overlay, texts, lengths, taken)
            late = found.start_ms - overlay.at_ms if found else None
            misfits.append(Misfit(overlay, lengths[-1], room, late))
        if found is not None:
            taken.take(found.start_ms, found.end_ms)
            placed.append(found)
    return sorted(placed, key=lambda each: each.start_ms), misfits


def _turn(overlay: Overlay) -> tuple[int, int]:
    """The important first, then the earlier; a countdown from its end, where the last word counts most."""
    return -overlay.priority, overlay.at_ms if overlay.align == "start" else -overlay.at_ms


def _at_its_moment(
    overlay: Overlay, texts: tuple[str, ...], lengths: list[int], taken: _Taken
) -> PlacedOverlay | None:
    for text, length in zip(texts, lengths, strict=True):
        start = overlay.at_ms - length if overlay.align == "end" else overlay.at_ms
        if start >= 0 and start + length <= overlay.latest_ms and taken.is_free(start, start + length):
            return PlacedOverlay(overlay, start, start + length, text)
    return None


def _later(
    overlay: Overlay, texts: tuple[str, ...], lengths: list[int], taken: _Taken
) -> PlacedOverlay | None:
    """A prompt may come a little later; words that belong to a moment (countdown, breath, count) may not."""
    is_prompt = isinstance(overlay.cue, Speech) and overlay.cue.kind == "prompt"
    if overlay.exact or not is_prompt or overlay.at_ms < 0:
        return None
    latest = min(overlay.latest_ms, overlay.at_ms + MAX_SHIFT_MS + lengths[0])
    start = taken.next_free(overlay.at_ms, lengths[0], latest)
    return None if start is None else PlacedOverlay(overlay, start, start + lengths[0], texts[0])


def place_sounds(span: Span, length_ms: Callable[[Sound], int]) -> list[PlacedOverlay]:
    """The sound overlays of a span in order of time: one that rings into the next is cut short there,

    and of two that begin together only the higher priority sounds.
    """
    sounds = [overlay for overlay in span.overlays if isinstance(overlay.cue, Sound)]
    placed: list[PlacedOverlay] = []
    for overlay in sorted(sounds, key=lambda each: (each.at_ms, -each.priority)):
        if not isinstance(overlay.cue, Sound) or not 0 <= overlay.at_ms < span.duration_ms:
            continue
        last = placed[-1] if placed else None
        rings = last is not None and overlay.at_ms < last.end_ms
        if last and rings and (overlay.at_ms == last.start_ms or overlay.priority < last.overlay.priority):
            continue
        placed.append(PlacedOverlay(overlay, overlay.at_ms, overlay.at_ms + length_ms(overlay.cue)))
    cut = [
        PlacedOverlay(here.overlay, here.start_ms, min(here.end_ms, after.start_ms))
        for here, after in pairwise(placed)
    ]
    return cut + placed[-1:]
