"""Makes the pack of clips that comes with voice_coach: ``make pack``, or ``python -m releasing.packing``.

Everything that the shipped scripts can say is spoken by the engine, made ready to mix as it is when it is
spoken live, and encoded. The same engine on the same kind of processor gives the same bytes again.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from releasing.shipped_words import shipped_words
from voice_coach.audio.conditioning import CONDITIONING_VERSION
from voice_coach.audio.loudness import CEILING, CEILING_DBTP, alone_lufs, limit
from voice_coach.core.speech import Utterance
from voice_coach.core.units import SAMPLE_RATE_HZ
from voice_coach.paths import shipped_voices
from voice_coach.rendering.voice import conditioning
from voice_coach.speech.clip_cache import GridClip, to_int16
from voice_coach.speech.clip_pack import ENDING, RATE_HZ, Encoded, decode, write_pack
from voice_coach.speech.engine import make_engine
from voice_coach.speech.synthesizer import Voices

VOICE: Final = "hibari:heart"

KBPS: Final = 40
"""Less is heard, more is not: ``docs/decisions/0025-clip-pack.md``."""

_HIGHEST: Final = 10 ** ((CEILING_DBTP + 0.5) / 20)
_LOWEST: Final = CEILING / 2

_TOOLS: Final = ("lameenc", "miniaudio", "numpy", "soxr")


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a pack, and print how large it is."""
    parser = argparse.ArgumentParser(prog="releasing.packing", description=__doc__)
    parser.add_argument("--voice", default=VOICE, help="who speaks, as ENGINE:NAME (default: %(default)s)")
    parser.add_argument("-o", "--output", type=Path, help="the file (default: beside what comes here)")
    wanted = parser.parse_args(arguments)
    path = wanted.output or shipped_voices() / f"{wanted.voice.replace(':', '-')}{ENDING}"
    said = shipped_words(wanted.voice)
    make_pack(path, wanted.voice, said, lambda done: print(f"\r{done} of {len(said)}", end="", flush=True))
    print(f"\r{path}: {len(said)} clips, {path.stat().st_size / 1e6:.2f} MB")


def make_pack(
    path: Path,
    voice: str,
    utterances: Sequence[Utterance],
    on_progress: Callable[[int], None] = lambda _done: None,
) -> None:
    """Speak utterances with the engine of a voice, never from a pack, and write them.

    Raises:
        CoachError: the engine does not work, or cannot speak one of them.
        OSError: the file cannot be written.
    """
    engine, _, name = voice.partition(":")
    voices = Voices(conditioning(), engines=(engine,), make=make_engine)
    clips: list[Encoded] = []
    for utterance in sorted(utterances, key=lambda each: (each.rate_wpm, each.text)):
        clips.append(encoded(utterance, voices.clip(utterance)))
        on_progress(len(clips))
    voices.close()
    write_pack(path, header(voice, make_engine(engine).identity(name), utterances), clips)


def encoded(utterance: Utterance, clip: GridClip) -> Encoded:
    """Encode a clip, and measure what brings it back to its level when it is decoded.

    Encoding raises peaks; where they would rise too far they are pressed down before.
    """
    samples = clip.clip().samples
    level, ceiling = alone_lufs(samples), CEILING
    while True:
        sound = _mp3(limit(samples, ceiling))
        heard = decode(sound, len(samples))
        gain_db = level - alone_lufs(heard)
        above = float(np.abs(heard).max(initial=0.0)) * 10 ** (gain_db / 20) / _HIGHEST
        if above <= 1.0 or ceiling < _LOWEST:
            break
        ceiling /= above
    return Encoded(
        text=utterance.text,
        rate_wpm=utterance.rate_wpm,
        frames=len(clip.samples),
        gain_db=gain_db,
        words=clip.words(),
        sound=sound,
    )


def _mp3(samples: NDArray[np.float32]) -> bytes:
    import lameenc
    import soxr

    lame = lameenc.Encoder()
    lame.silence()  # tells nothing on the terminal
    lame.set_channels(1)
    lame.set_in_sample_rate(RATE_HZ)
    lame.set_bit_rate(KBPS)
    lame.set_quality(2)
    halves = soxr.resample(samples, SAMPLE_RATE_HZ, RATE_HZ, quality="HQ")
    return bytes(lame.encode(to_int16(halves.clip(-1, 1)).tobytes()) + lame.flush())


def header(voice: str, identity: str, utterances: Iterable[Utterance]) -> dict[str, Any]:
    """Return what a pack says of itself: of which words it is made, by what."""
    return {
        "made by": "make pack; do not edit",
        "voice": voice,
        "engine": identity,
        "conditioning": CONDITIONING_VERSION,
        "words": words_digest((each.text, each.rate_wpm) for each in utterances),
        "codec": f"MP3 {KBPS} kbit/s, {RATE_HZ} Hz",
        "tools": {name: version(name) for name in _TOOLS},
    }


def words_digest(contents: Iterable[tuple[str, int]]) -> str:
    """Return a hash of texts with their rates."""
    lines = "".join(f"{rate} {text}\n" for text, rate in sorted(contents))
    return hashlib.sha256(lines.encode()).hexdigest()


if __name__ == "__main__":
    main()
