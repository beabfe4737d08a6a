"""One sentence as a session says it: heard at once, or in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.core.errors import SpeechError, UsageError, WrongOutputError, display_path
from voice_coach.core.options import LEAD_IN_MS, FileOptions
from voice_coach.core.speech import DEFAULT_VOICE, Utterance
from voice_coach.core.text import has_words
from voice_coach.formats.base import AUDIO, make_file_output
from voice_coach.pacing.layers import effective_pace
from voice_coach.pacing.options import SessionOptions
from voice_coach.rendering.performance import sound_alone
from voice_coach.rendering.voice import make_cache, make_speaker, silent_voice_error
from voice_coach.speech.engine import ENGINES, PromptTooLongError
from voice_coach.storage.atomic import check_free

if TYPE_CHECKING:
    from voice_coach.audio.mixer import Block
    from voice_coach.core.language import Language
    from voice_coach.core.speech import Clip
    from voice_coach.formats.base import LiveOutput


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text that has been spoken.

    Attributes:
        text: its words.
        clip: its samples as a session mixes them: 48 000 Hz, trimmed, at the speech level.
    """

    text: str
    clip: Clip

    @property
    def duration_ms(self) -> int:
        """Length in whole milliseconds."""
        return self.clip.duration_ms

    def play(self, device: LiveOutput) -> None:
        """Play it after half a second of silence, which a wireless headset swallows; returns when it is over.

        Raises:
            DeviceError: there is no sound device, or it was lost.
        """
        device.write(self._blocks(LEAD_IN_MS))

    def write(self, target: Path, *, force: bool = False) -> None:
        """Write it to a file, whole or not at all, with no silence around it.

        Raises:
            OutputError: it could not be written; nothing half-written was left behind.
        """
        check_sound_file(target, force=force)
        make_file_output(target, FileOptions(force=force)).write(sound_alone(self._blocks(0), self.text))

    def _blocks(self, lead_in_ms: int) -> Iterator[Block]:
        import numpy as np

        from voice_coach.audio.mixer import Block
        from voice_coach.core.units import FRAMES_PER_MS
        from voice_coach.speech.clip_cache import to_int16

        if lead_in_ms:
            yield Block(np.zeros(lead_in_ms * FRAMES_PER_MS, np.int16), silent=True)
        yield Block(to_int16(self.clip.samples), silent=False)


def check_sound_file(target: Path, *, force: bool) -> None:
    """Refuse a file that sound alone cannot be written to, before it is worth speaking anything.

    Raises:
        OutputError: the text says why and what to do.
    """
    if target.suffix.lower() not in AUDIO:
        *most, last = AUDIO
        raise WrongOutputError(
            f"{display_path(target)} is not what a file of sound is called. End its name in "
            f"{', '.join(most)} or {last}."
        )
    check_free(target, force=force)


def speak(
    text: str, voice: str | None, rate_wpm: int | None, cache: Path, notify: Callable[[str], None]
) -> Sentence:
    """Speak a sentence; blocks until it is made. ``Coach.make_sentence`` says what is raised.

    Args:
        text: the words.
        voice: the only one that may speak, as ``ENGINE:NAME``; None is the usual one with its fall-backs.
        rate_wpm: words per minute; None is the usual rate.
        cache: the folder in which clips are kept.
        notify: told, in a sentence, what did not go as asked but is no reason to stop.
    """
    rate_wpm = effective_pace({}, [SessionOptions(rate_wpm=rate_wpm).layer()]).rate_wpm
    if not has_words(text):
        raise UsageError(f"There are no words to say in “{text}”. Write some between quotation marks.")
    fall_back = () if voice else tuple(ENGINES)
    with make_speaker(make_cache(cache, notify), notify, fall_back) as speaker:
        try:
            return Sentence(text, speaker.clip(Utterance(text, voice or DEFAULT_VOICE, rate_wpm)))
        except PromptTooLongError as error:
            raise UsageError(str(error)) from None
        except SpeechError as error:
            if voice is None:
                raise
            raise silent_voice_error(voice, error.attempts[-1][1]) from None


def sample_text(language: Language) -> str:
    """Return a few of the coach's own words in a language, to try a voice with."""
    breath = language.breath
    return " ".join(
        f"{words.rstrip('.')}." for words in (breath["inhale"][0], breath["exhale"][0], language.opening[0])
    )
