"""Where the model of Moonshine is: in the wheel of moonshine-voice 0.1.0, the last release that brings it.

Its package is not imported, as it would bring much that nobody needs.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

ENCODER: Final = "encoder_model.ort"
DECODER: Final = "decoder_model_merged.ort"
TOKENS: Final = "tokenizer.bin"

_PACKAGE: Final = "moonshine_voice"
_FOLDER: Final = "assets/tiny-en"
_RUNTIME: Final = "onnxruntime"


def moonshine_folder() -> Path | None:
    """Where its files are; None where they, or what runs them, are not installed."""
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None or find_spec(_RUNTIME) is None:
        return None
    folder = Path(package.origin).parent / _FOLDER
    return folder if all((folder / name).is_file() for name in (ENCODER, DECODER, TOKENS)) else None
