"""What voice_coach uses of simpleaudio, which brings no types."""

from simpleaudio import _simpleaudio as _simpleaudio

class PlayObject:
    def is_playing(self) -> bool: ...
    def stop(self) -> None: ...

def play_buffer(
    audio_data: bytes, num_channels: int, bytes_per_sample: int, sample_rate: int
) -> PlayObject: ...
