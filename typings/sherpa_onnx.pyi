"""What voice_coach uses of sherpa-onnx, an extra that brings no types."""

from numpy import float32
from numpy.typing import NDArray

class OnlineStream:
    def accept_waveform(self, sample_rate: float, waveform: NDArray[float32]) -> None: ...

class KeywordSpotter:
    def __init__(
        self,
        tokens: str,
        encoder: str,
        decoder: str,
        joiner: str,
        keywords_file: str,
        num_threads: int = ...,
        *,
        num_trailing_blanks: int = ...,
    ) -> None: ...
    def create_stream(self, keywords: str) -> OnlineStream: ...
    def is_ready(self, s: OnlineStream) -> bool: ...
    def decode_stream(self, s: OnlineStream) -> None: ...
    def get_result(self, s: OnlineStream) -> str: ...
    def reset_stream(self, s: OnlineStream) -> None: ...
