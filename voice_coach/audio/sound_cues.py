"""Sound cues ready to mix: each at its level, stretched to the millisecond, under a ceiling."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.cue_description import LONGEST_MS, SoundCue, SoundInfo
from voice_coach.audio.loudness import FULL_SCALE
from voice_coach.audio.mixer import fade_out
from voice_coach.audio.recording import load_recording
from voice_coach.audio.sound_catalogue import SoundCatalogue
from voice_coach.core.errors import CoachError
from voice_coach.core.speech import Clip
from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ, format_duration

SPEECH_LUFS = -19.0
"""Loudness that level 0 stands for: speech is calibrated to it (mono, for phones and podcasts)."""

PEAK_CEILING = 0.17
"""No sound cue's true peak is higher (−15.4 dBFS): with speech at −3 dBTP the mix stays under −1 dBTP."""

KEPT_BYTES = 24_000_000
"""Clips kept for the next breath: about two minutes of sound."""

# A waveform whose samples stay 6 dB under the ceiling does not reach it between them: no need to measure.
_NEAR_CEILING = PEAK_CEILING / 2
_MEASURING_MARGIN = 0.99  # two resamplers may differ by less than this
_CUT_FRAMES = 10 * FRAMES_PER_MS


_VERSION = "2"
"""Raise it when the same description gives other samples."""


class ClipStore(Protocol):
    """Keeps clips between runs, under what shaped them."""

    def get(self, *shaped_by: str) -> Clip | None: ...
    def keep(self, clip: Clip, *shaped_by: str) -> None: ...


class SoundCues:
    """A sound source (``model.speech.SoundSource``). Safe to use from several threads.

    Args:
        catalogue: the descriptions.
        store: where clips are kept; None keeps none. Recordings are not put there, they are files already.
    """

    def __init__(self, catalogue: SoundCatalogue, store: ClipStore | None = None) -> None:
        self._catalogue = catalogue
        self._store = store
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, int], Clip] = OrderedDict()
        self._kept_bytes = 0
        self._gains: dict[str, float] = {}

    @classmethod
    def load(cls, folders: Sequence[Path]) -> SoundCues:
        """Read `cues.yaml` in each folder that has one; a later folder changes and adds. Nothing is made yet.

        Raises:
            ScriptError: a file has problems.
            CoachError: no folder has the file, or it cannot be read.
        """
        return cls(SoundCatalogue.load(folders))

    def names(self) -> tuple[str, ...]:
        """The name of every cue."""
        return self._catalogue.names()

    def info(self, name: str) -> SoundInfo:
        """Length and lead of a cue, without making it.

        Raises:
            CoachError: there is no cue of that name.
        """
        return self._catalogue.info(name)

    def clip(self, name: str, duration_ms: int | None) -> Clip:
        """The sound of a cue: mono float32 at 48 000 Hz, read-only, of exactly ``duration_ms`` × 48 frames.

        Args:
            name: a cue in the files.
            duration_ms: how long; None is its natural length. A cue that does not stretch, as a recording, is
                cut short with a fade or followed by silence.

        Raises:
            CoachError: there is no such cue, it cannot be that long, or its recording is gone.
        """
        cue = self._catalogue.cue(name)
        length_ms = cue.length_ms if duration_ms is None else duration_ms
        if not 0 < length_ms <= LONGEST_MS:
            longest = format_duration(LONGEST_MS)
            asked = f"{length_ms} ms"
            raise CoachError(
                f'The sound cue "{name}" cannot last {asked}: more than nothing, at most {longest}.'
            )
        with self._lock:
            clip = self._kept.pop((name, length_ms), None)
            if clip is None:
                clip = self._kept_or_made(cue, length_ms)
                self._kept_bytes += clip.samples.nbytes
            self._kept[name, length_ms] = clip
            while self._kept_bytes > KEPT_BYTES:
                _, oldest = self._kept.popitem(last=False)
                self._kept_bytes -= oldest.samples.nbytes
        return clip

    def _kept_or_made(self, cue: SoundCue, length_ms: int) -> Clip:
        if self._store is None or cue.recording is not None:
            return Clip(self._make(cue, length_ms), SAMPLE_RATE_HZ)
        shaped_by = (
            "sound",
            _VERSION,
            repr(cue.layers),
            f"{cue.level_db} {cue.stretch} {cue.length_ms}",
            str(length_ms),
        )
        clip = self._store.get(*shaped_by)
        if clip is None:
            clip = Clip(self._make(cue, length_ms), SAMPLE_RATE_HZ)
            self._store.keep(clip, *shaped_by)
        return clip

    def _make(self, cue: SoundCue, length_ms: int) -> NDArray[np.float32]:
        from voice_coach.audio.cue_synthesis import synthesise
        from voice_coach.audio.loudness import true_peak

        natural = _natural(cue) if length_ms == cue.length_ms or not cue.stretch else None
        samples = synthesise(cue.layers, length_ms) if natural is None else _fitted(natural, length_ms)
        samples = samples * np.float32(self._gain(cue, natural))
        if (highest := float(max(samples.max(), -samples.min()))) > _NEAR_CEILING:
            highest = max(highest, true_peak(samples))
        if highest > PEAK_CEILING * _MEASURING_MARGIN:
            samples *= np.float32(PEAK_CEILING * _MEASURING_MARGIN / highest)
        samples *= FULL_SCALE  # on the grid of 16-bit integers, so that it is the same made anew or kept
        np.rint(samples, out=samples)
        samples /= FULL_SCALE
        samples.setflags(write=False)
        return samples

    def _gain(self, cue: SoundCue, natural: NDArray[np.float32] | None) -> float:
        """Return what brings the cue at its natural length to its level; the same gain serves every
        length."""
        if cue.name not in self._gains:
            from voice_coach.audio.loudness import loudest_lufs

            loudness = loudest_lufs(_natural(cue) if natural is None else natural)
            silent = loudness == float("-inf")
            self._gains[cue.name] = 0.0 if silent else 10 ** ((SPEECH_LUFS + cue.level_db - loudness) / 20)
        return self._gains[cue.name]


def _natural(cue: SoundCue) -> NDArray[np.float32]:
    if cue.recording is None:
        from voice_coach.audio.cue_synthesis import synthesise

        return synthesise(cue.layers, cue.length_ms)
    try:
        return load_recording(cue.recording)
    except (OSError, ValueError) as error:
        raise CoachError(f'The sound cue "{cue.name}" ({cue.where}) cannot be loaded: {error}') from error


def _fitted(samples: NDArray[np.float32], length_ms: int) -> NDArray[np.float32]:
    """Cut short with a fade, or followed by silence."""
    frames = length_ms * FRAMES_PER_MS
    if frames == len(samples):
        return samples
    fitted = np.zeros(frames, np.float32)
    kept = min(frames, len(samples))
    fitted[:kept] = samples[:kept]
    if kept < len(samples):
        fade_out(fitted, min(_CUT_FRAMES, frames))
    return fitted
