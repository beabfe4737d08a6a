"""Hibari's model of the voice, run so that it also tells how long each phoneme is.

It makes a spectrum for each 12.5 ms, of which ``hibari.dsp`` makes sound. Each phoneme lasts whole steps of
25 ms, which the model works out inside: it is given one more output for them, and takes a speed for each
phoneme instead of one for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ: Final = 24_000
STEP_FRAMES: Final = 600
"""Audio frames of one step, 25 ms."""

SEED: Final = 0
"""Of the noise in breathy sounds."""

MODEL_SHA256: Final = "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8"
"""Of heart, as it comes with hibari 0.2.1."""

_EARLIER_FRAMES: Final = 900
_QUIET: Final = 10 ** (-55 / 20)

_STEPS_OF_EACH: Final = b"/Clip_output_0"
_GRAPH, _OUTPUT, _NAME = b"\x3a", b"\x62", b"\x0a"
"""Tags of fields that hold bytes: in onnx.proto 7 of ModelProto, 12 of GraphProto, 1 of ValueInfoProto."""


_SPEED: Final = b"\x0a\x05speed\x12\x0a\x0a\x08\x08\x01\x12\x04\x0a\x02"
"""Start of the input ``speed``: a tensor of float32 with one dimension, which follows in two bytes."""
_DIMENSION_OF_1, _ANY_DIMENSION = b"\x08\x01", b"\x12\x00"

_SCATTER: Final = 0.4
_GOLDEN: Final = 0.6180339887
_FIRST: Final = 0.2  # the first sound gains: a short “And” was heard as “End”
"""At the model's own pace most phonemes last 1, 2 or 3 steps. At one speed for all, those of the same length
would all get a step more at once: between 0.8 and 0.85 the voice would be 13 % quicker. So lengths are spread
by ±20 % before they are rounded, in an order that never repeats: so the rate grows as the speed does."""


@dataclass(frozen=True, slots=True, eq=False)
class Voiced:
    """Result of the model for phonemes.

    Attributes:
        samples: mono float32, shape (frames,), at ``RATE_HZ``.
        steps: of 25 ms that each phoneme lasts, shape (phonemes + 2,), with the silence before and after
            them; None where the model does not tell.
    """

    samples: NDArray[np.float32]
    steps: NDArray[np.intp] | None

    def starts(self, firsts: Sequence[int]) -> list[int]:
        """Return the frames at which words begin, given by the places of their phonemes; none if the model
        gives none.

        By measurement a word is heard from where the space before it begins, and a little earlier.
        """
        if self.steps is None:
            return []
        level = np.abs(self.samples)
        onset = int((level > level.max() * _QUIET).argmax())
        begins = (np.cumsum(self.steps) - self.steps) * STEP_FRAMES - _EARLIER_FRAMES
        return [max(onset, int(begins[first])) if first else onset for first in firsts]


class HibariModel:
    """May be used by several threads at once, each on one core.

    Args:
        path: of a model with hibari's interface.

    Raises:
        Exception: whatever onnxruntime has against the model, or the machine.
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False
        model = path.read_bytes()
        self.tells_steps = _sha256(model) == MODEL_SHA256
        if self.tells_steps:
            model = _telling_steps(model)
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def voiced(self, phonemes: Sequence[int], speed: float) -> Voiced:
        """Speak phonemes, given by their numbers, at a speed of 0.5 (half as quick) to 2."""
        from hibari import dsp

        ids = [0, *phonemes, 0]
        feed = {"ids": np.array([ids], np.int64), "speed": self._speeds(len(ids), speed)}
        out: list[Any] = self._session.run(None, feed)
        lh, th, ln, lr, phi, f0 = (each[0] for each in out[:6])
        samples = dsp.synth(lh, th, ln, lr, phi, f0, np.random.default_rng(SEED))
        steps = np.rint(out[6]).astype(np.intp).reshape(-1) if self.tells_steps else None
        return Voiced(samples, steps)

    def _speeds(self, count: int, speed: float) -> NDArray[np.float32]:
        """Return what the model takes as the speed of so many phonemes."""
        if not self.tells_steps:
            return np.array([speed], np.float32)
        spread = 0.0 if speed == 1 else _SCATTER  # its own lengths need no rounding
        scattered = spread * ((np.arange(count) * _GOLDEN + _FIRST) % 1 - 0.5)
        return (speed / (1 + scattered)).astype(np.float32)


def checksum(path: Path) -> str:
    """Of a model; 5 ms."""
    return _sha256(path.read_bytes())


def _sha256(model: bytes) -> str:
    return hashlib.sha256(model).hexdigest()


def _telling_steps(model: bytes) -> bytes:
    """The model with one more output, and an input ``speed`` of any length.

    Protobuf reads the graph and what follows it as one, so the output is written behind the model.
    """
    place = model.index(_SPEED + _DIMENSION_OF_1) + len(_SPEED)
    model = model[:place] + _ANY_DIMENSION + model[place + len(_ANY_DIMENSION) :]
    return model + _field(_GRAPH, _field(_OUTPUT, _field(_NAME, _STEPS_OF_EACH)))


def _field(tag: bytes, content: bytes) -> bytes:
    """A field of protobuf that holds up to 127 bytes."""
    return tag + bytes([len(content)]) + content
