"""Mixes a chapter's clips into blocks of samples, the stream that playing and exporting both pull.

Every frame of the stream depends on the chapter alone, never on where a block begins or where it started, so
what is heard after a seek is what an export holds at that place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.loudness import CEILING, FULL_SCALE, limit
from voice_coach.core.speech import Clip, ClipSource, SoundSource, Utterance
from voice_coach.core.timeline import Chapter, Event
from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A stretch of finished sound.

    Attributes:
        samples: mono int16 at 48 000 Hz, shape (frames,), read-only. Blocks of silence share their samples.
        silent: every sample is 0 because nothing sounds here; an output may have a quicker way to write that.
    """

    samples: NDArray[np.int16]
    silent: bool


def fade_in(samples: NDArray[np.float32], frames: int) -> None:
    """Raise the first ``frames`` samples (at most all of them) from silence."""
    samples[:frames] *= fade_gains(frames)[::-1]


def fade_out(samples: NDArray[np.float32], frames: int) -> None:
    """Lower the last ``frames`` samples (at most all of them) to silence."""
    samples[len(samples) - frames :] *= fade_gains(frames)


@lru_cache(maxsize=8)
def fade_gains(frames: int) -> NDArray[np.float32]:
    """Gains from just under 1 to exactly 0, read-only, shape (frames,)."""
    steps = np.arange(1, frames + 1) / max(1, frames)
    gains = (0.5 + 0.5 * np.cos(np.pi * steps)).astype(np.float32)
    gains.setflags(write=False)
    return gains


CUT_FADE_MS = 10
"""A clip that is cut short by the end of its event fades out over this long."""


def render(
    chapter: Chapter,
    clips: ClipSource,
    sounds: SoundSource,
    *,
    block_frames: int = SAMPLE_RATE_HZ,
    start_ms: int = 0,
) -> Iterator[Block]:
    """Mix a chapter block by block, fetching each clip when it is first heard, dropping it when it is over.

    Args:
        chapter: its events sorted by start; each starts on its millisecond exactly, and is cut at its end.
        clips: gives the speech; may block until a clip is there.
        sounds: gives the sound cues.
        block_frames: frames in each block but the last.
        start_ms: where in the chapter to begin; the blocks add up to exactly the rest of it.

    Raises:
        ValueError: ``block_frames`` or ``start_ms`` is out of range, or a clip is not at 48 000 Hz.
        CoachError: whatever the sources raise, when the block with that clip is pulled.
    """
    if block_frames < 1 or not 0 <= start_ms <= chapter.duration_ms:
        raise ValueError(f"cannot render {chapter.title!r} in blocks of {block_frames} from {start_ms} ms")
    return _blocks(chapter, clips, sounds, block_frames, start_ms)


@dataclass(frozen=True, slots=True)
class _PlacedClip:
    """A clip with its place in the chapter, in frames; ``fade`` is where its cut begins, or ``end``."""

    samples: NDArray[np.float32]
    start: int
    end: int
    fade: int

    def mix_into(self, mix: NDArray[np.float32], first: int) -> tuple[int, int]:
        """Add what falls into the block that begins at frame ``first``; the span of the block it touched."""
        begin, stop = max(self.start, first), min(self.end, first + len(mix))
        plain = min(stop, self.fade)
        if begin < plain:
            mix[begin - first : plain - first] += self.samples[begin - self.start : plain - self.start]
        faded = max(begin, self.fade)
        if faded < stop:
            gains = fade_gains(self.end - self.fade)[faded - self.fade : stop - self.fade]
            mix[faded - first : stop - first] += self.samples[faded - self.start : stop - self.start] * gains
        return begin - first, max(begin, stop) - first


def _blocks(
    chapter: Chapter, clips: ClipSource, sounds: SoundSource, block_frames: int, start_ms: int
) -> Iterator[Block]:
    last = chapter.duration_ms * FRAMES_PER_MS
    coming = _audible(chapter, start_ms)
    following = next(coming, None)
    voices: list[_PlacedClip] = []
    mix = np.zeros(block_frames, np.float32)
    silence = _frozen(np.zeros(block_frames, np.int16))
    for first in range(start_ms * FRAMES_PER_MS, last, block_frames):
        frames = min(block_frames, last - first)
        while following is not None and following.start_ms * FRAMES_PER_MS < first + frames:
            voices.append(_voice(following, chapter, clips, sounds))
            following = next(coming, None)
        voices = [voice for voice in voices if voice.end > first]
        if not voices:
            yield Block(silence[:frames], silent=True)
            continue
        spans = [voice.mix_into(mix[:frames], first) for voice in voices]
        span = slice(min(begin for begin, _ in spans), max(stop for _, stop in spans))
        samples = np.zeros(frames, np.int16)
        _round(mix[span], samples[span])
        mix[span] = 0.0
        yield Block(_frozen(samples), silent=False)


def _audible(chapter: Chapter, start_ms: int) -> Iterator[Event]:
    """The events that can be heard from ``start_ms`` on, in order."""
    for event in chapter.events:
        ends = min(event.end_ms, chapter.duration_ms)
        if (event.utterance is not None or event.sound) and ends > max(start_ms, event.start_ms):
            yield event


def _voice(event: Event, chapter: Chapter, clips: ClipSource, sounds: SoundSource) -> _PlacedClip:
    if event.utterance is not None:
        clip = clips.clip(event.utterance)
    else:
        clip = sounds.clip(event.sound, event.sound_ms)
    start, end, whole = _place(event, chapter, clip)
    fade = end if whole else max(start, end - CUT_FADE_MS * FRAMES_PER_MS)
    return _PlacedClip(clip.samples, start, end, fade)


def _place(event: Event, chapter: Chapter, clip: Clip) -> tuple[int, int, bool]:
    """First frame, frame after the last, and whether the whole clip is heard."""
    if clip.rate_hz != SAMPLE_RATE_HZ:
        raise ValueError(
            f"the clip of {event.text or event.sound!r} has {clip.rate_hz} Hz, not {SAMPLE_RATE_HZ}"
        )
    start = event.start_ms * FRAMES_PER_MS
    room = min(event.end_ms, chapter.duration_ms) * FRAMES_PER_MS - start
    return start, start + min(room, len(clip.samples)), len(clip.samples) <= room


def _round(mix: NDArray[np.float32], samples: NDArray[np.int16]) -> None:
    """Full scale to int16, to the nearest; the one place where anything is rounded. Uses ``mix`` up.

    Clips lie on the same grid, so a clip heard alone comes out as it is.
    """
    mix *= FULL_SCALE
    np.rint(mix, out=mix)
    # Levels forbid more, but a sample that wraps round would be a bang.
    np.clip(mix, -FULL_SCALE, FULL_SCALE - 1, out=mix)
    np.copyto(samples, mix, casting="unsafe")


def _frozen(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    samples.setflags(write=False)
    return samples


class LouderClips:
    """The clips of another source, so many decibels louder (below 0: softer)."""

    def __init__(self, clips: ClipSource, gain_db: float) -> None:
        self._clips = clips
        self._gain_db = gain_db

    def clip(self, utterance: Utterance) -> Clip:
        return _louder(self._clips.clip(utterance), self._gain_db)


class LouderSounds:
    """The sound cues of another source, likewise."""

    def __init__(self, sounds: SoundSource, gain_db: float) -> None:
        self._sounds = sounds
        self._gain_db = gain_db

    def clip(self, name: str, duration_ms: int | None) -> Clip:
        return _louder(self._sounds.clip(name, duration_ms), self._gain_db)


def _louder(clip: Clip, gain_db: float) -> Clip:
    samples = clip.samples * np.float32(10 ** (gain_db / 20))
    return replace(clip, samples=limit(samples, CEILING) if gain_db > 0 else samples)
