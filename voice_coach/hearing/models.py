"""The models that recognisers can be given: which there are, and where they are kept once downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_RELEASE: Final = "https://github.com/k2-fsa/sherpa-onnx/releases/download/kws-models"


@dataclass(frozen=True, slots=True)
class Model:
    """One of them.

    Attributes:
        name: by which it is asked for, and the folder it is kept in.
        url: the archive that its makers publish (tar).
        says: what it is for, as a sentence.
        sha256: the checksum of that archive as its makers tell it, or "" where they tell none.
    """

    name: str
    url: str
    says: str
    sha256: str = ""


MODELS: Final[Mapping[str, Model]] = {
    model.name: model
    for model in (
        Model(
            "gigaspeech-3.3M",
            f"{_RELEASE}/sherpa-onnx-kws-zipformer-gigaspeech-3.3M-2024-01-01.tar.bz2",
            "English, for sherpa.",
        ),
        Model(
            "zh-en-3M",
            f"{_RELEASE}/sherpa-onnx-kws-zipformer-zh-en-3M-2025-12-20.tar.bz2",
            "Chinese and English, for sherpa.",
        ),
    )
}
"""Every model that can be asked for; of those that are there the first is used."""

NEEDED: Final = ("encoder*.onnx", "decoder*.onnx", "joiner*.onnx", "tokens.txt")
"""What has to be in every one of them."""


def kept_model(folder: Path) -> Path | None:
    """The folder of the model to use, below the one where all are kept; None if there is none."""
    return next((folder / name for name in MODELS if (folder / name).is_dir()), None)
