"""What a recognizer makes of sound."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.real_parts import require_real
from voice_coach.voice_input.recognizer import (
    DECODER,
    ENCODER,
    TOKENS,
    RecognizedPhrase,
    Recognizer,
    moonshine_folder,
)


def require_recognizer(name: str) -> None:
    is_here = moonshine_folder() is not None if name == "moonshine" else find_spec(name) is not None
    require_real(name, is_here, f"pip install 'voice-coach[{name}]'")


def write_no_model(folder: Path) -> None:
    """Files called like those of Moonshine's model, which cannot be loaded."""
    for name in (ENCODER, DECODER, TOKENS):
        (folder / name).write_bytes(b"no model")


def hear(
    recognizer: Recognizer, sound: NDArray[np.int16], block: int = 320, *, coach: bool = False
) -> list[RecognizedPhrase]:
    return [
        heard
        for at in range(0, len(sound), block)
        for heard in recognizer.hear(sound[at : at + block], coach)
    ]


def phrases(heard: Iterable[RecognizedPhrase]) -> list[str]:
    return [one.phrase for one in heard]
