"""Backgrounds: tone, noise or a file of the user's, and how loud they are beneath words.

The timeline tells beforehand when that is, so the bed is down before the first word, and does not have to
follow the words to know: it stays down through a prompt, and over pauses too short to be worth coming up for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.loudness import OFFSET_LU, SPEECH_LUFS, UNHEARD_LUFS, gated_lufs, step_powers
from voice_coach.audio.recording import NotSoundError, check_layout, open_sound
from voice_coach.core.errors import OutputError, display_path
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ

LONGEST_S: Final = 120
"""More of a file is not used, so that it never takes more than about 70 MB."""

SHORTEST_S: Final = 2

_SEAM_S: Final = 3.0
"""The end of the file is blended into its beginning over this long, or a quarter of it if that is less."""

_FULL_SCALE: Final = np.float32(1 / 32_768)


def load_loop(name: str) -> NDArray[np.float32]:
    """The samples of a file, mono at 48 000 Hz, their end leading into their beginning.

    Raises:
        OutputError: it cannot be used; the text says why and what to do.
    """
    samples = _decoded(name)
    if len(samples) < SHORTEST_S * SAMPLE_RATE_HZ:
        raise _refused(name, f"it is shorter than {SHORTEST_S} seconds. Choose a longer file")
    return seamless(samples)


def seamless(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """A loop whose first frames are blended with the last ones, which are left out; equal power."""
    seam = min(round(_SEAM_S * SAMPLE_RATE_HZ), len(samples) // 4)
    loop = samples[: len(samples) - seam].copy()
    turns = (np.arange(seam, dtype=np.float32) + 0.5) * np.float32(np.pi / 2 / seam)
    loop[:seam] *= np.sin(turns)
    loop[:seam] += samples[len(loop) :] * np.cos(turns)
    return loop


def _decoded(name: str) -> NDArray[np.float32]:
    try:
        pieces = _pieces(Path(name))
    except NotSoundError as error:
        raise _refused(name, f"{error}. Choose another file") from error
    except (OSError, ValueError) as error:
        raise _unread(name, error) from error
    whole = np.concatenate([np.zeros(0, np.int16), *pieces])[: LONGEST_S * SAMPLE_RATE_HZ]
    return whole * _FULL_SCALE


def _pieces(path: Path) -> list[NDArray[np.int16]]:
    import av

    pieces: list[NDArray[np.int16]] = []
    frames = 0
    resampler: av.AudioResampler | None = None
    layout: tuple[object, ...] = ()
    with open_sound(path) as container:
        for decoded in container.decode(container.streams.audio[0]):
            here = decoded.rate, decoded.layout.name, decoded.format.name
            if resampler is None or here != layout:  # also in the middle of a file
                check_layout(decoded)
                if resampler is not None:
                    pieces.extend(frame.to_ndarray()[0] for frame in resampler.resample(None))
                layout = here
                resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)
            for frame in resampler.resample(decoded):
                pieces.append(frame.to_ndarray()[0])
                frames += frame.samples
            if frames >= LONGEST_S * SAMPLE_RATE_HZ:
                return pieces
        if resampler is not None:
            pieces.extend(frame.to_ndarray()[0] for frame in resampler.resample(None))
    return pieces


def _unread(name: str, error: Exception) -> OutputError:
    if isinstance(error, OSError):
        reason = f"{error.strerror or error}. Use none, tone, noise, or the path of an audio file"
    else:  # a zero byte in the name
        reason = f"{error}. Choose another file"
    return _refused(name, reason)


def _refused(name: str, reason: str) -> OutputError:
    return OutputError(f"The bed {display_path(name)} cannot be used: {reason}.")


DUCK_DB: Final = -5.0
"""Under speech and sound cues. Music is lowered by 6 to 12 dB; a bed is so soft that less will do."""

DOWN_MS: Final = 500
"""On the way down, done when the word begins. Half a second is what Audacity's Auto Duck takes."""

UP_MS: Final = 1_000
"""On the way up: nothing waits for it, and slower draws less attention."""

BRIDGE_MS: Final = 3_000
"""Over shorter pauses the bed stays down, or it would heave with each number of a count."""

FADE_IN_MS: Final = 1_000
FADE_OUT_MS: Final = 2_000

Spans = list[tuple[int, int]]
_FAR_MS: Final = 1 << 50


@dataclass(frozen=True, slots=True, eq=False)
class DuckingCurve:
    """The course of the bed through one chapter, in milliseconds from the start of the session.

    Attributes:
        start_ms: where the chapter begins.
        starts: where something begins to be heard, ascending; the first and last are far away.
        ends: where each of these ends, before the next one starts.
        session_end_ms: the end of the whole, in its last chapter; else far away.
        fade_in_ms: how long it comes up at the start of the session.
    """

    start_ms: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    session_end_ms: int
    fade_in_ms: int = FADE_IN_MS

    def gains(self, at_ms: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return factors of amplitude at these moments: 1 where nothing is heard."""
        here = np.searchsorted(self.starts, at_ms, "right") - 1
        since, until = at_ms - self.ends[here], self.starts[here + 1] - at_ms
        down = np.maximum(_smooth(1 - since / UP_MS), _smooth(1 - until / DOWN_MS))
        faded = _smooth((self.session_end_ms - at_ms) / FADE_OUT_MS)
        if self.fade_in_ms:
            faded = faded * _smooth(at_ms / self.fade_in_ms)
        return (10 ** (DUCK_DB / 20 * down) * faded).astype(np.float32)

    def is_steady(self, first_ms: int, last_ms: int) -> bool:
        """Return whether the level stays the same from one moment to another."""
        if first_ms < self.fade_in_ms or last_ms > self.session_end_ms - FADE_OUT_MS:
            return False
        here = int(np.searchsorted(self.starts, first_ms, "right")) - 1
        down_until_ms, next_ms = int(self.ends[here]), int(self.starts[here + 1])
        return last_ms <= down_until_ms or (
            first_ms >= down_until_ms + UP_MS and last_ms <= next_ms - DOWN_MS
        )


def courses(chapters: Iterable[Chapter]) -> Iterator[tuple[Chapter, DuckingCurve]]:
    """Each chapter with the course of the bed through it.

    Chapters are pulled until one has something to hear and the end is far enough: one ahead, as a rule.
    """
    waiting: deque[tuple[Chapter, int, Spans]] = deque()
    coming = iter(chapters)
    end_ms = 0
    last_span = (-_FAR_MS, -_FAR_MS)
    more = True
    while True:
        while more and not _far_enough(waiting, end_ms):
            chapter = next(coming, None)
            if chapter is None:
                more = False
                break
            waiting.append((chapter, end_ms, _audible_spans(chapter, end_ms)))
            end_ms += chapter.duration_ms
        if not waiting:
            return
        chapter, start_ms, spans = waiting.popleft()
        following = next((later[0] for _, _, later in waiting if later), (_FAR_MS, _FAR_MS))
        joined = _join([last_span, *spans, following])
        starts, ends = zip(*joined, strict=True)
        yield (
            chapter,
            DuckingCurve(
                start_ms=start_ms,
                starts=np.array([*starts, 2 * _FAR_MS], np.int64),
                ends=np.array([*ends, 2 * _FAR_MS], np.int64),
                session_end_ms=_FAR_MS if more else end_ms,
            ),
        )
        if spans:
            last_span = spans[-1]


def chapter_ducking(chapter: Chapter) -> DuckingCurve:
    """The course through a chapter that is heard by itself, in milliseconds from its start; nothing fades."""
    starts, ends = zip((-_FAR_MS, -_FAR_MS), *_audible_spans(chapter, 0), (_FAR_MS, _FAR_MS), strict=True)
    return DuckingCurve(
        start_ms=0,
        starts=np.array([*starts, 2 * _FAR_MS], np.int64),
        ends=np.array([*ends, 2 * _FAR_MS], np.int64),
        session_end_ms=_FAR_MS,
        fade_in_ms=0,
    )


def _far_enough(waiting: Sequence[tuple[Chapter, int, Spans]], end_ms: int) -> bool:
    """Return whether what is known after the first chapter says all about the bed in it."""
    if len(waiting) < 2:
        return False
    second_ms = waiting[1][1]
    return end_ms - second_ms >= FADE_OUT_MS and any(spans for _, _, spans in islice(waiting, 1, None))


def _audible_spans(chapter: Chapter, start_ms: int) -> Spans:
    """Return when something is heard in a chapter, in order; what overlaps or nearly touches is one."""
    return _join(
        [
            (start_ms + event.start_ms, start_ms + min(event.end_ms, chapter.duration_ms))
            for event in chapter.events
            if event.utterance is not None or event.sound
        ]
    )


def _join(spans: Spans) -> Spans:
    joined: Spans = []
    for start, end in spans:
        if joined and start - joined[-1][1] < BRIDGE_MS:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _smooth(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 0 to 1 without a corner; what lies outside stays there."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0.0, 1.0))


UNDER_SPEECH_LU: Final = 22.0
"""Distance of the ducked bed below speech. WCAG 2.2, success criterion 1.4.7 (Low or No Background Audio),
asks for 20 dB; the rest is for softer prompts."""

_STEP_MS: Final = 960
"""A whole number of packets in each codec (see ``encoding/segments.py``), to repeat with the loop."""

LOOP_MS: Final = 10 * _STEP_MS

MADE: Final = ("none", "tone", "noise")
"""Beds that need no file."""

_TONE_PERIODS: Final = 94  # in a step: 97.9 Hz, as good as G2 (98.0), the key of the sound cues
_TONE_PARTIALS: Final = 14
_TONE_SLOPE: Final = 1.0  # strength of the nth partial: n to the power of minus this

_NOISE_SEED: Final = 20_261
_NOISE_BAND_HZ: Final = (60.0, 3_000.0)
_NOISE_SLOPE: Final = 0.75  # between pink (0.5) and brown (1): distant surf, not a hiss
_NOISE_PEAKINESS: Final = 1.5  # its samples, to this power
_EVEN_MS: Final = 50  # any 100 ms hold one of these whole
_EVEN_TIMES: Final = 8

_GRID: Final = 32_767


@dataclass(frozen=True, slots=True, eq=False)
class Bed:
    """A loop without a seam, beside speech at the speech level.

    Attributes:
        loop: 16-bit mono at 48 000 Hz.
        scale: what brings it to full scale ±1 at the level of a pause.
        power: its K-weighted mean square at that level.
    """

    loop: NDArray[np.int16]
    scale: float
    power: float

    def samples(self, first: int, frames: int) -> NDArray[np.float32]:
        """Return what lies from frame ``first`` of the session on, as in a pause; the same however it is
        cut."""
        at = first % len(self.loop)
        pieces = [self.loop[at : at + frames]]
        missing = frames - len(pieces[0])
        while missing > 0:
            pieces.append(self.loop[:missing])
            missing -= len(pieces[-1])
        looped = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        return looped * np.float32(self.scale)


def check_bed(name: str) -> None:
    """Refuse a bed whose file is not there, before it is worth reading it.

    Raises:
        OutputError: it cannot be read; the text says why.
    """
    if name in MADE:
        return
    try:
        Path(name).open("rb").close()
    except (OSError, ValueError) as error:
        raise _unread(name, error) from error


def make_bed(name: str) -> Bed | None:
    """The bed of that name.

    Args:
        name: ``none``, ``tone``, ``noise``, or the path of an audio file.

    Raises:
        OutputError: the file cannot be used; the text says why.
    """
    if name == "none":
        return None
    if name == "tone":
        return level_bed(_tone(), name)
    if name == "noise":
        return level_bed(_noise(), name)

    return level_bed(load_loop(name), name)


def level_bed(samples: NDArray[np.float32], name: str) -> Bed:
    """A bed of these samples that lies, ducked, ``UNDER_SPEECH_LU`` below speech.

    Raises:
        OutputError: they are silent.
    """
    loudness = gated_lufs(np.concatenate([powers := step_powers(samples), powers[:4]]))
    if loudness <= UNHEARD_LUFS:
        raise OutputError(f"The bed {name} cannot be used: it is silent. Choose another file.")
    level = SPEECH_LUFS - UNDER_SPEECH_LU - DUCK_DB
    highest = float(np.abs(samples).max())
    return Bed(
        loop=np.rint(samples * (_GRID / highest)).astype(np.int16),
        scale=highest / _GRID * 10 ** ((level - loudness) / 20),
        power=10 ** ((level - OFFSET_LU) / 10),
    )


def _tone() -> NDArray[np.float32]:
    """A hum whose partials all swing together once in each of its periods, so that it is peaky."""
    frames = _STEP_MS * FRAMES_PER_MS
    turns = np.arange(frames) * (2 * np.pi * _TONE_PERIODS / frames)
    partials = range(1, _TONE_PARTIALS + 1)
    step = sum((n**-_TONE_SLOPE * np.cos(n * turns) for n in partials), np.zeros(1))
    return np.tile(step.astype(np.float32), LOOP_MS // _STEP_MS)


def _noise() -> NDArray[np.float32]:
    """Soft noise, its strength so evened out that each 50 ms peak at the same height."""
    frames = LOOP_MS * FRAMES_PER_MS
    pitch_hz = np.fft.rfftfreq(frames, 1 / SAMPLE_RATE_HZ)
    pitch_hz[0] = 1.0
    low_hz, high_hz = _NOISE_BAND_HZ
    strength = pitch_hz**-_NOISE_SLOPE
    strength /= np.sqrt((1 + (low_hz / pitch_hz) ** 4) * (1 + (pitch_hz / high_hz) ** 8))
    strength[0] = 0.0
    angles = np.random.default_rng(_NOISE_SEED).uniform(0, 2 * np.pi, len(strength))
    samples = np.fft.irfft(strength * np.exp(1j * angles), frames)
    samples = np.copysign(np.abs(samples / samples.std()) ** _NOISE_PEAKINESS, samples)
    for _ in range(_EVEN_TIMES):
        peaks = np.abs(samples).reshape(-1, _EVEN_MS * FRAMES_PER_MS).max(axis=1)
        gains = 1 / peaks
        edges = (gains + np.roll(gains, 1)) / 2
        edges = np.append(edges, edges[0])  # the loop's end is its start
        samples *= np.interp(np.arange(frames), np.arange(len(edges)) * (_EVEN_MS * FRAMES_PER_MS), edges)
    return samples.astype(np.float32)
