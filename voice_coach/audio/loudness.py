"""Loudness by ITU-R BS.1770-5, of clips and of whole programmes, and a limiter of true peaks."""

from __future__ import annotations

from fractions import Fraction
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from voice_coach.core.speech import Clip
from voice_coach.core.units import FRAMES_PER_MS, SAMPLE_RATE_HZ

SPEECH_LUFS: Final = -19.0
"""The speech level of speech: −19 LUFS in one channel, which is −16 when two loudspeakers play it."""

SILENT_LUFS: Final = -70.0
"""Result of a measurement where nothing lies above the absolute gate of BS.1770."""

_MOST_GAIN_DB: Final = 30.0  # more than this would lift noise, not a voice


def integrated_lufs(clip: Clip) -> float:
    """Gated loudness in LUFS; ``SILENT_LUFS`` for silence, or for less than the 400 ms that a gate needs."""
    import av
    from av.error import EOFError as EndOfStream
    from av.filter import Graph

    graph = Graph()
    source = graph.add_abuffer(
        format="flt", sample_rate=clip.rate_hz, layout="mono", time_base=Fraction(1, clip.rate_hz)
    )
    meter = graph.add("ebur128", "metadata=1:framelog=quiet")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()

    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(clip.samples)[None, :], "flt", "mono")
    frame.sample_rate = clip.rate_hz
    frame.pts = 0
    graph.push(frame)
    graph.push(None)
    loudness = SILENT_LUFS
    while True:
        try:
            measured = graph.pull()
        except EndOfStream:
            return loudness
        # The last frame is shorter than the meter's step and carries no reading.
        loudness = float(measured.metadata.get("lavfi.r128.I", loudness))


def gain_to_speech_level(clip: Clip) -> float:
    """The gain in dB that brings this clip to ``SPEECH_LUFS``; 0 for silence. Give it a long sentence.

    Rounded to a tenth, which nobody hears, so that the gain of a voice does not change with every library.
    """
    loudness = integrated_lufs(clip) if len(clip.samples) else SILENT_LUFS
    if loudness <= SILENT_LUFS:
        return 0.0
    return round(min(SPEECH_LUFS - loudness, _MOST_GAIN_DB), 1)


FULL_SCALE: Final = np.float32(32_768)
"""Samples lie on the grid of 16-bit integers: whole numbers divided by this."""

CEILING_DBTP: Final = -3.0
"""True peak at most, of a clip and of a recording. Leaves room for a breath tone beside a clip below −1 dBTP.
EBU Tech 3343 and AES TD1008 ask for −1 dBTP in the file that is heard, and an encoder for small files adds to
it: LAME up to 1 dB, Opus at 32 kbit/s up to 1.8."""

CEILING: Final = 10 ** (CEILING_DBTP / 20)
"""The same as a factor of full scale."""

STEP_MS = 100
"""From one block to the next."""

BLOCK_STEPS = 4
"""Steps in a block."""

OFFSET_LU = -0.691
"""Makes a full-scale 997 Hz sine in one channel −3.01 LUFS."""

# BS.1770 annex 1, tables 1 and 2: the two filters of the K-weighting at 48 kHz, as (b, a).
_K_FILTERS = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)

_OVERSAMPLING = 4
_PIECE_FRAMES = 10 * SAMPLE_RATE_HZ
_OVERLAP_FRAMES = 256  # longer than the resampler's edges


def true_peak(samples: NDArray[np.float32]) -> float:
    """The highest absolute value at four times the rate (BS.1770 annex 2); at least the highest sample."""
    import soxr

    highest = float(np.abs(samples).max(initial=0.0))
    for first in range(0, len(samples), _PIECE_FRAMES):
        piece = samples[max(0, first - _OVERLAP_FRAMES) : first + _PIECE_FRAMES + _OVERLAP_FRAMES]
        padded = np.pad(piece, _OVERLAP_FRAMES)
        finer = soxr.resample(padded, SAMPLE_RATE_HZ, _OVERSAMPLING * SAMPLE_RATE_HZ)
        highest = max(highest, float(np.abs(finer).max(initial=0.0)))
    return highest


@lru_cache(maxsize=1)
def k_weights(frames: int) -> NDArray[np.float64]:
    """Return what each bin of a real spectrum of ``frames`` adds to the K-weighted mean square."""
    delay = np.exp(-2j * np.pi * np.arange(frames // 2 + 1) / frames)
    gain = np.ones_like(delay)
    for numerator, denominator in _K_FILTERS:
        gain *= np.polyval(numerator[::-1], delay) / np.polyval(denominator[::-1], delay)
    weights = np.abs(gain) ** 2 * (2.0 / frames**2)
    weights[0] /= 2
    weights[-1] /= 2
    return weights


Powers = NDArray[np.float64]
"""K-weighted mean square of each 100 ms; 0 is silence."""

UNHEARD_LUFS = -70.0
"""Absolute gate of BS.1770; reported for silence."""

_ABSOLUTE_GATE = 10 ** ((UNHEARD_LUFS - OFFSET_LU) / 10)
_RELATIVE_GATE = 0.1  # −10 LU
_STEP_FRAMES = STEP_MS * FRAMES_PER_MS
_METERED_FRAMES = 100 * _STEP_FRAMES  # worked on at once, so that long sounds take no more room


def step_powers(samples: NDArray[np.float32]) -> Powers:
    """The power of each 100 ms, the last one filled up with silence.

    Args:
        samples: mono at 48 000 Hz.
    """
    if len(samples) > _METERED_FRAMES:
        starts = range(0, len(samples), _METERED_FRAMES)
        return np.concatenate([step_powers(samples[at : at + _METERED_FRAMES]) for at in starts])
    steps = -(-len(samples) // _STEP_FRAMES)
    rows = np.zeros((steps, _STEP_FRAMES), np.float32)
    rows.reshape(-1)[: len(samples)] = samples
    # The filters' tails between steps are left out; their power is the spectrum's, by Parseval's theorem.
    # "forward": numpy works out a float32 spectrum in float64, at half the speed, where it need not scale it.
    spectrum = np.fft.rfft(rows, norm="forward")
    power = np.square(spectrum.real)
    power += np.square(spectrum.imag)
    return (power @ _scaled_weights()).astype(np.float64)


@cache
def _scaled_weights() -> NDArray[np.float32]:
    """The weights of a spectrum that is divided by the number of its samples."""
    return (k_weights(_STEP_FRAMES) * _STEP_FRAMES**2).astype(np.float32)


def loudest_lufs(samples: NDArray[np.float32]) -> float:
    """Momentary loudness (LUFS) of the loudest 400 ms; −inf for silence.

    A tick of 40 ms or a swelling tone has no meaningful integrated loudness; this tells how strong it seems.

    Args:
        samples: mono at 48 000 Hz; shorter than 400 ms counts as followed by silence.
    """
    powers = step_powers(samples)
    powers = np.pad(powers, (0, max(0, BLOCK_STEPS - len(powers))))
    loudest = float(np.convolve(powers, np.full(BLOCK_STEPS, 1 / BLOCK_STEPS), mode="valid").max())
    return OFFSET_LU + 10 * float(np.log10(loudest)) if loudest > 0 else float("-inf")


def gated_lufs(powers: Powers) -> float:
    """Integrated loudness in LUFS; ``UNHEARD_LUFS`` where nothing lies above the absolute gate."""
    if len(powers) < BLOCK_STEPS:
        return UNHEARD_LUFS
    blocks = np.convolve(powers, np.full(BLOCK_STEPS, 1 / BLOCK_STEPS), mode="valid")
    heard = blocks[blocks > _ABSOLUTE_GATE]
    if not len(heard):
        return UNHEARD_LUFS
    loud = heard[heard > heard.mean() * _RELATIVE_GATE]
    return OFFSET_LU + 10 * float(np.log10(loud.mean()))


def alone_lufs(samples: NDArray[np.float32]) -> float:
    """Integrated loudness of a clip with silence around it, as a prompt is heard; however short it is.

    Args:
        samples: mono at 48 000 Hz.
    """
    return gated_lufs(np.pad(step_powers(samples), BLOCK_STEPS - 1))


# ITU-R BS.1770-5, annex 2: the filter that finds the level between two samples, as its four phases.
_PHASES: Final = np.array(
    [
        [0.0017089843750, -0.0291748046875, -0.0189208984375, -0.0083007812500],
        [0.0109863281250, 0.0292968750000, 0.0330810546875, 0.0148925781250],
        [-0.0196533203125, -0.0517578125000, -0.0582275390625, -0.0266113281250],
        [0.0332031250000, 0.0891113281250, 0.1015625000000, 0.0476074218750],
        [-0.0594482421875, -0.1665039062500, -0.2003173828125, -0.1022949218750],
        [0.1373291015625, 0.4650878906250, 0.7797851562500, 0.9721679687500],
        [0.9721679687500, 0.7797851562500, 0.4650878906250, 0.1373291015625],
        [-0.1022949218750, -0.2003173828125, -0.1665039062500, -0.0594482421875],
        [0.0476074218750, 0.1015625000000, 0.0891113281250, 0.0332031250000],
        [-0.0266113281250, -0.0582275390625, -0.0517578125000, -0.0196533203125],
        [0.0148925781250, 0.0330810546875, 0.0292968750000, 0.0109863281250],
        [-0.0083007812500, -0.0189208984375, -0.0291748046875, 0.0017089843750],
    ],
    dtype=np.float32,
)
_TAPS: Final = len(_PHASES)

# Speech comes at 22 050 Hz or little more and is looked at at 48 000: between samples it then rises to at
# most 1 / cos(π · 11 025 / 48 000) = 1.33 times the highest; below 0.75 of the ceiling none needs a look.
_SAFE: Final = 0.75

_HOLD_MS: Final = (
    8  # longer than the pitch period of a low voice, so that the gain does not follow each pulse
)
_SMOOTH_MS: Final = 4
_AIM: Final = 0.99  # of the ceiling: room for what the change of gain itself adds between samples


def limit(samples: NDArray[np.float32], ceiling: float) -> NDArray[np.float32]:
    """The samples with no true peak above the ceiling; the same array if nothing rises above it.

    The gain is found for each millisecond, held for longer than a pitch period, and smoothed; so it is low
    enough before each peak comes and changes without a step.

    Args:
        samples: mono float32 at 48 000 Hz.
        ceiling: the highest level, as a factor of full scale.
    """
    near = np.flatnonzero(np.abs(samples) >= _SAFE * ceiling)
    if not len(near):
        return samples
    peaks = _peaks_around(samples, near)
    # Only what rises above it, so that a piece comes out the same with or without what lies far from it.
    too_high = peaks > ceiling
    if not too_high.any():
        return samples
    near, peaks = near[too_high], peaks[too_high]
    blocks = -(-len(samples) // FRAMES_PER_MS)
    gain = np.ones(blocks + 2, np.float32)  # a block of margin on either side
    np.minimum.at(gain, near // FRAMES_PER_MS + 1, ceiling * _AIM / peaks)
    reach = (
        _HOLD_MS + _SMOOTH_MS + 1
    )  # 1: the gain is a line from middle to middle, so both must be low enough
    # Rows as long as the gain itself, one for each place of the window: numpy is quick along long rows only.
    gain = sliding_window_view(np.pad(gain, reach, "edge"), len(gain)).min(axis=0)
    window = np.hanning(2 * _SMOOTH_MS + 3)[1:-1]
    # In float64, whose last digits depend on where the sum begins; they are gone when it is float32 again.
    gain = np.convolve(np.pad(gain, _SMOOTH_MS, "edge").astype(np.float64), window / window.sum(), "valid")
    return samples * _lines(gain.astype(np.float32))[: len(samples)]


def _peaks_around(samples: NDArray[np.float32], at: NDArray[np.intp]) -> NDArray[np.float32]:
    """The highest level on, just before and just after each sample whose index is in ``at``."""
    windows = sliding_window_view(np.pad(samples, _TAPS), _TAPS)
    # The filter looks at the middle of its window: between its sixth and seventh sample.
    before = np.abs(windows[at + _TAPS // 2] @ _PHASES).max(axis=1)
    after = np.abs(windows[at + _TAPS // 2 + 1] @ _PHASES).max(axis=1)
    return np.maximum(np.maximum(before, after), np.abs(samples[at]))


def _lines(gain: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lines from the middle of each block to the next; the first and last block lie outside the samples."""
    ramp = np.arange(FRAMES_PER_MS, dtype=np.float32) / FRAMES_PER_MS
    lines = gain[:-1, None] + np.diff(gain)[:, None] * ramp
    return lines.astype(np.float32).reshape(-1)[FRAMES_PER_MS // 2 :]
