"""A person's own audio file as a loop without a seam, through PyAV: any format, rate and channels."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.model.problems import OutputError, shown
from voice_coach.model.units import SAMPLE_RATE_HZ

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


def opened(name: str) -> BinaryIO:
    """The file of a bed.

    Raises:
        OutputError: it cannot be read.
    """
    try:
        return Path(name).open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise _refused(name, f"{reason}. Use none, tone, noise, or the path of an audio file") from error
    except ValueError as error:  # a zero byte in the name
        raise _refused(name, f"{error}. Choose another file") from error


def _decoded(name: str) -> NDArray[np.float32]:
    # Opened here, so that a name is never taken for an address on the network.
    with opened(name) as file:
        pieces = _pieces(file, name)
    whole = np.concatenate([np.zeros(0, np.int16), *pieces])[: LONGEST_S * SAMPLE_RATE_HZ]
    return whole * _FULL_SCALE


def _pieces(file: BinaryIO, name: str) -> list[NDArray[np.int16]]:
    import av
    from av.error import FFmpegError

    pieces: list[NDArray[np.int16]] = []
    frames = 0
    try:
        with av.open(file, "r") as container:
            if not container.streams.audio:
                raise _refused(name, "there is no sound in it. Choose an audio file")
            resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)
            for decoded in container.decode(container.streams.audio[0]):
                for frame in resampler.resample(decoded):
                    pieces.append(frame.to_ndarray()[0])
                    frames += frame.samples
                if frames >= LONGEST_S * SAMPLE_RATE_HZ:
                    return pieces
            pieces.extend(frame.to_ndarray()[0] for frame in resampler.resample(None))
    except (
        FFmpegError,
        OSError,
    ) as error:  # OSError: where it wants to read before the start of a short file
        raise _refused(name, "it is not understood as audio. Choose another file") from error
    return pieces


def _refused(name: str, reason: str) -> OutputError:
    return OutputError(f"The bed {shown(name)} cannot be used: {reason}.")
