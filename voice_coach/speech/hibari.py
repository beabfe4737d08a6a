"""The hibari engine: a small neural voice inside this process, its model in the wheel."""

from __future__ import annotations

import importlib.util
import platform
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

import numpy as np

from voice_coach.core.interrupts import check_interrupt
from voice_coach.core.speech import Clip, duration_ms
from voice_coach.speech import hibari_model as model
from voice_coach.speech.engine import Engine, EngineError, VoiceInfo, time_words
from voice_coach.speech.hibari_text import Phonemes, Reader, close_sentence, is_count, name_characters, spread
from voice_coach.speech.hibari_text import pace as pace_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT_NAME: Final = "heart"
LICENCE: Final = "Apache-2.0"

_TUNING: Final = 1
"""Raise it when the same text gets other samples by what is done here."""

_AT_ONCE: Final = 140
"""Characters that are spoken at the same time, at most, in texts of which two are not longer: 0.3 MB each."""

_PATIENCE_S: Final = 3.0
"""Seconds that closing waits for an utterance that is being spoken; loading takes the longest."""

_MODEL: Final = "hibari.onnx"

_GAIN_DB: Final = 7.2
"""Measured; brings the voice to the speech level."""


class _Loaded(NamedTuple):
    reader: Reader
    model: model.HibariModel


class HibariEngine(Engine):
    """Speaks with hibari-tts, whose voice heart is distilled from Kokoro-82M's.

    It is loaded when the first text is spoken, 0.6 s. The library needs numpy and onnxruntime only.
    """

    name: ClassVar[str] = "hibari"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spoken_now = 0
        self._changed = threading.Condition()
        self._kept: _Loaded | None = None
        self._closed = False

    def voices(self) -> list[VoiceInfo]:
        _ = self._identity
        size = sum(file.stat().st_size for file in (self._folder / "assets").iterdir())
        return [
            VoiceInfo(
                DEFAULT_NAME, "en-us", "American English, the natural one", LICENCE, size, is_recommended=True
            )
        ]

    def identity(self, voice_name: str) -> str:
        self._check(voice_name)
        return self._identity

    def trouble(self, voice_name: str) -> str:
        try:
            self._check(voice_name)
            _ = self._folder
        except EngineError as error:
            return error.reason
        return ""

    def gain_db(self, voice_name: str) -> float | None:
        self._check(voice_name)
        return _GAIN_DB

    def _speak(self, text: str, voice_name: str, rate_wpm: int) -> Clip:
        self._check(voice_name)
        with self._turn(len(text)):
            loaded = self._loaded()
            try:
                return self._voiced(loaded, text, rate_wpm)
            except EngineError:
                raise
            except Exception as error:
                reason = f"could not speak “{text[:40]}”: {_first_line(error)}"
                raise EngineError(self.name, reason, lasting=False) from error

    def close(self) -> None:
        self._closed = True
        # The process may end now, and would crash while another thread is inside of the library.
        with self._changed:
            self._changed.wait_for(lambda: not self._spoken_now, _PATIENCE_S)
        self._kept = None

    @contextmanager
    def _turn(self, characters: int) -> Generator[None]:
        """Wait until so many characters may be spoken besides the others; a longer text is spoken alone."""
        with self._changed:
            self._changed.wait_for(lambda: not self._spoken_now or self._spoken_now + characters <= _AT_ONCE)
            self._spoken_now += characters
        try:
            yield
        finally:
            with self._changed:
                self._spoken_now -= characters
                self._changed.notify_all()

    def _voiced(self, loaded: _Loaded, text: str, rate_wpm: int) -> Clip:
        pace = pace_of(text, rate_wpm)
        gap = round(pace.gap_s * model.RATE_HZ)
        parts = self._read(loaded, text)
        pieces: list[NDArray[np.float32]] = []
        begins: list[tuple[int, int]] = []
        done = 0
        for number, part in enumerate(parts):
            check_interrupt()
            if self._closed:
                raise EngineError(self.name, "has been closed", lasting=False)
            voiced = loaded.model.voiced([loaded.reader.numbers[each] for each in part.text], pace.speed)
            samples = voiced.samples
            starts = voiced.starts([first for _, first in part.words])
            if gap and starts:
                inner = starts[1:] if number == 0 else starts
                samples, moved = spread(samples, inner, gap, model.RATE_HZ)
                starts = starts[: len(starts) - len(moved)] + moved
            told = zip(part.words, starts, strict=False)  # no starts where the model does not tell
            begins += [(char, (done + start) * 1000 // model.RATE_HZ) for (char, _), start in told]
            pieces.append(samples)
            done += len(samples)
        whole = np.concatenate(pieces)
        whole *= np.float32(pace.level)
        np.clip(whole, -1.0, 1.0, out=whole)
        words = time_words(text, begins, duration_ms(done, model.RATE_HZ)) if begins else ()
        return Clip(whole, model.RATE_HZ, words)

    def _read(self, loaded: _Loaded, text: str) -> Sequence[Phonemes]:
        """Return what is to be spoken of a text."""
        with self._lock:
            # A count goes on until it ends: with full stops, each number would sound like the last one.
            if parts := loaded.reader.phonemes(close_sentence(text, "," if is_count(text) else ".")):
                return parts
            parts = loaded.reader.phonemes(close_sentence(name_characters(text)))
        if not parts:
            raise EngineError(self.name, f"has no sounds for “{text[:40]}”", lasting=False)
        return [Phonemes(part.text, ()) for part in parts]

    def _check(self, voice_name: str) -> None:
        if voice_name not in ("", DEFAULT_NAME):
            raise EngineError(self.name, f"has no voice {voice_name!r}; there is {DEFAULT_NAME}")

    def _loaded(self) -> _Loaded:
        with self._lock:
            if self._closed:
                raise EngineError(self.name, "has been closed", lasting=False)
            if self._kept is None:
                self._kept = self._load()
            return self._kept

    def _load(self) -> _Loaded:
        folder = self._folder / "assets"
        try:
            from hibari import dsp

            # Where scipy is installed hibari uses it, and gives other samples.
            dsp.rfft, dsp.irfft, dsp.FFT_BACKEND = _rfft, _irfft, "numpy"
            return _Loaded(Reader(folder), model.HibariModel(folder / _MODEL))
        except Exception as error:
            raise EngineError(self.name, f"cannot be loaded: {_first_line(error)}") from error

    @cached_property
    def _folder(self) -> Path:
        """Return where hibari is installed, found without importing it."""
        spec = importlib.util.find_spec("hibari")
        if spec is None or spec.origin is None or importlib.util.find_spec("onnxruntime") is None:
            raise EngineError(self.name, "is not installed: pip install hibari-tts==0.2.1")
        return Path(spec.origin).parent

    @cached_property
    def _identity(self) -> str:
        """All that shapes the samples, found without loading the model.

        Processors with other instructions give other samples, and now and then another length.
        """
        import importlib.metadata  # 25 ms

        folder = self._folder
        try:
            versions = [
                f"{name} {importlib.metadata.version(name)}" for name in ("hibari-tts", "onnxruntime")
            ]
            checksum = model.checksum(folder / "assets" / _MODEL)
        except (importlib.metadata.PackageNotFoundError, OSError) as error:
            raise EngineError(self.name, f"is not installed well: {error}") from error
        parts = [*versions, f"numpy {np.__version__}", checksum, _instructions(), model.SEED, _TUNING]
        return " ".join(map(str, parts))


def _instructions() -> str:
    """The processor's instruction sets beyond the oldest, as numpy knows them; there may be none."""
    config: Any = np.show_config(mode="dicts") or {}
    sets: list[str] = config.get("SIMD Extensions", {}).get("found", [])
    return "-".join([platform.machine(), *sets])


def _rfft(frames: Any, axis: int) -> Any:
    return np.fft.rfft(frames, axis=axis).astype(np.complex64)


def _irfft(spectrum: Any, n: int, axis: int) -> Any:
    return np.fft.irfft(spectrum, n=n, axis=axis).astype(np.float32)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
