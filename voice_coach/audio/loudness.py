"""How loud a voice is, by ITU-R BS.1770, and what brings it to the house level."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np

from voice_coach.model.speech import Clip

SPEECH_LUFS: Final = -19.0
"""The house level of speech: −19 LUFS in one channel, which is −16 when two loudspeakers play it."""

SILENT_LUFS: Final = -70.0
"""What is measured where nothing lies above the absolute gate of BS.1770."""

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
