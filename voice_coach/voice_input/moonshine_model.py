"""The model Moonshine tiny (MIT) run by ONNX Runtime, and its tokens.

Jeffries et al., "Moonshine: Speech Recognition for Live Transcription and Voice Commands" (2024). Its files
come in the wheel of moonshine-voice, of which nothing else is used.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from voice_coach.voice_input.recognizer import DECODER, ENCODER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_HEARD: Final = ".encoder."
_HEADS: Final = 8
_HEAD: Final = 36


@dataclass(frozen=True, slots=True, eq=False)
class DecoderState:
    """State of the decoder after a text, for each of several texts.

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
        """Return what the encoder makes of sound, shape (frames,), 16 000 Hz, full scale 1."""
        whole = {"input_values": sound[None], "attention_mask": np.ones((1, len(sound)), np.int64)}
        (states,) = self._encoder.run(None, whole)
        return states

    def start_texts(self, states: Floats, tokens: Sequence[int]) -> DecoderState:
        """Return what comes after a text's first tokens."""
        nothing = np.zeros((1, _HEADS, 0, _HEAD), np.float32)
        out = self._run(states, [tokens], dict.fromkeys(self._pasts, nothing), is_first=True)
        heard = {name: out[_present(name)] for name in self._pasts if _HEARD in name}
        return self._read(states, heard, out)

    def next(self, read: DecoderState, texts: Sequence[int], tokens: Sequence[int]) -> DecoderState:
        """Return what comes after one more token of each of some texts.

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

    def _read(self, states: Floats, heard: Mapping[str, Floats], out: Mapping[str, Floats]) -> DecoderState:
        past = {name: out[_present(name)] for name in self._pasts if _HEARD not in name}
        scores = out["logits"][:, -1]
        scores -= scores.max(axis=-1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=-1, keepdims=True))
        return DecoderState(states, heard, past, scores)


def _present(name: str) -> str:
    """Return what a memory is called as it comes out again."""
    return name.replace("past_key_values", "present")


def _repeated(memory: Floats, count: int) -> Floats:
    return memory if count == 1 else np.repeat(memory, count, 0)


BEGIN: Final = 1
END: Final = 2

_BYTES_END: Final = 259
"""The tokens before it are special ones and single bytes."""
_SPACE: Final = "\u2581"
_LONG: Final = 128
"""From this on a length takes two bytes."""


class Vocabulary:
    """Every token there is.

    Args:
        content: of ``tokenizer.bin``: for each token its length, in one byte or two, and its bytes.
    """

    def __init__(self, content: bytes) -> None:
        # As they are, and in order: 32 768 objects of Python would take 7 MB.
        self._content = content
        self._places = array("i", _places(content))
        ordered = sorted(range(_BYTES_END, len(self._places) // 2), key=self._bytes)
        self._ordered = array("i", ordered)
        self._known: dict[str, int | None] = {}

    def of(self, text: str) -> list[int]:
        """The tokens of a text of letters and usual signs, as if it were the beginning of all.

        Raises:
            KeyError: it has a letter that has no token.
        """
        parts = list(_SPACE + text.replace(" ", _SPACE))
        while True:
            pairs = ((self._number(a + b), at) for at, (a, b) in enumerate(pairwise(parts)))
            # Pairs were learnt in the order of their numbers, and are joined in it.
            joined = min(((number, at) for number, at in pairs if number is not None), default=None)
            if joined is None:
                return [self._written(part) for part in parts]
            at = joined[1]
            parts[at : at + 2] = [parts[at] + parts[at + 1]]

    def text(self, tokens: Iterable[int]) -> str:
        """The text of tokens."""
        content = b"".join(self._bytes(token) for token in tokens)
        return content.decode(errors="replace").replace(_SPACE, " ").strip()

    def begins_word(self, token: int) -> bool:
        """Return whether a token is the beginning of a word, or the end of all."""
        return token == END or self._bytes(token).startswith(_SPACE.encode())

    def _bytes(self, token: int) -> bytes:
        begin, end = self._places[2 * token : 2 * token + 2]
        return self._content[begin:end]

    def _number(self, text: str) -> int | None:
        """The token of a text, if it has one."""
        if text not in self._known:
            wanted = text.encode()
            at = bisect_left(self._ordered, wanted, key=self._bytes)
            found = self._ordered[at] if at < len(self._ordered) else END
            self._known[text] = found if self._bytes(found) == wanted else None
        return self._known[text]

    def _written(self, text: str) -> int:
        number = self._number(text)
        if number is None:
            raise KeyError(text)
        return number


def _places(content: bytes) -> Iterator[int]:
    """Return where the bytes of each token begin and end, one after the other."""
    at = 0
    while at < len(content):
        length = content[at]
        at += 1
        if length >= _LONG:
            length += (content[at] - 1) * _LONG
            at += 1
        yield at
        at += length
        yield at
