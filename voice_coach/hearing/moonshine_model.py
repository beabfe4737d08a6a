"""Moonshine tiny, a small model of English speech (MIT), run by ONNX Runtime.

Jeffries et al., "Moonshine: Speech Recognition for Live Transcription and Voice Commands" (2024). Its files
come in the wheel of moonshine-voice, of which nothing else is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from voice_coach.hearing.moonshine_files import DECODER, ENCODER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_HEARD: Final = ".encoder."
_HEADS: Final = 8
_HEAD: Final = 36


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What the decoder has read of a text, for each of several texts.

    Attributes:
        states: what the encoder made of the sound.
        heard: the decoder's memory of the sound, by the names of its inputs; the first axis is 1.
        past: its memory of the texts, likewise; the first axis is the texts.
        logs: the log probability of each token to come next, shape (texts, tokens).
    """

    states: Floats
    heard: Mapping[str, Floats]
    past: Mapping[str, Floats]
    logs: Floats


class MoonshineModel:
    """Used by one thread, on one core.

    Args:
        folder: where its files are.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False
        self._encoder, self._decoder = (
            onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
            for name in (ENCODER, DECODER)
        )
        self._outputs = [each.name for each in self._decoder.get_outputs()]
        self._pasts = [each.name for each in self._decoder.get_inputs() if each.name.startswith("past")]

    def encoded(self, sound: Floats) -> Floats:
        """What the encoder makes of sound, shape (frames,), 16 000 Hz, full scale 1."""
        whole = {"input_values": sound[None], "attention_mask": np.ones((1, len(sound)), np.int64)}
        (states,) = self._encoder.run(None, whole)
        return states

    def begun(self, states: Floats, tokens: Sequence[int]) -> Read:
        """What comes after a text's first tokens."""
        nothing = np.zeros((1, _HEADS, 0, _HEAD), np.float32)
        out = self._run(states, [tokens], dict.fromkeys(self._pasts, nothing), is_first=True)
        heard = {name: out[_present(name)] for name in self._pasts if _HEARD in name}
        return self._read(states, heard, out)

    def next(self, read: Read, texts: Sequence[int], tokens: Sequence[int]) -> Read:
        """What comes after one more token of each of some texts.

        Args:
            read: what was read of them.
            texts: which of them, each as often as it goes on differently.
            tokens: how each goes on.
        """
        rows = list(texts)
        past = {name: memory[rows] for name, memory in read.past.items()}
        # What it knows of the sound is the same for all.
        past |= {name: _repeated(memory, len(rows)) for name, memory in read.heard.items()}
        out = self._run(read.states, [[token] for token in tokens], past, is_first=False)
        return self._read(read.states, read.heard, out)

    def _run(
        self, states: Floats, tokens: Sequence[Sequence[int]], past: Mapping[str, Floats], *, is_first: bool
    ) -> Mapping[str, Floats]:
        count = len(tokens)
        feed: dict[str, Any] = {
            "input_ids": np.array(tokens, np.int64),
            "encoder_hidden_states": _repeated(states, count),
            "encoder_attention_mask": np.ones((count, states.shape[1]), np.int64),
            "use_cache_branch": np.array([not is_first]),
            **past,
        }
        return dict(zip(self._outputs, self._decoder.run(None, feed), strict=True))

    def _read(self, states: Floats, heard: Mapping[str, Floats], out: Mapping[str, Floats]) -> Read:
        past = {name: out[_present(name)] for name in self._pasts if _HEARD not in name}
        scores = out["logits"][:, -1]
        scores -= scores.max(axis=-1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=-1, keepdims=True))
        return Read(states, heard, past, scores)


def _present(name: str) -> str:
    """What a memory is called as it comes out again."""
    return name.replace("past_key_values", "present")


def _repeated(memory: Floats, count: int) -> Floats:
    return memory if count == 1 else np.repeat(memory, count, 0)
