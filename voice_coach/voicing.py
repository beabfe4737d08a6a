"""Makes the voice: engines with their fall-backs, clips made ready to mix, and the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from voice_coach.audio.conditioning import CONDITIONING_VERSION, condition_prompt
from voice_coach.model.problems import WishError
from voice_coach.model.speech import DEFAULT_RATE_WPM, Clip, Utterance
from voice_coach.speech.cache import ClipCache, cache_key
from voice_coach.speech.engine import ENGINES, EngineError, make_engine
from voice_coach.speech.fallback import Conditioning, Voices
from voice_coach.speech.grid import GridClip
from voice_coach.speech.speaker import Speaker

CLIPS = "clips"


class SoundStore:
    """Keeps sound cues in the cache that speech is kept in."""

    def __init__(self, cache: ClipCache) -> None:
        self._cache = cache

    def kept(self, *shaped_by: str) -> Clip | None:
        kept = self._cache.get(cache_key(*shaped_by))
        return kept.clip() if kept else None

    def keep(self, clip: Clip, *shaped_by: str) -> None:
        self._cache.put(cache_key(*shaped_by), GridClip.of(clip))


def make_cache(folder: Path, notify: Callable[[str], None]) -> ClipCache:
    """The cache of clips in the person's cache folder; made when the first clip is kept."""
    return ClipCache(folder / CLIPS, notify=notify)


def make_speaker(cache: ClipCache, notify: Callable[[str], None]) -> Speaker:
    """A speaker that keeps its clips in a cache.

    Args:
        cache: closed with the speaker.
        notify: told, in a sentence, what did not go as asked but is no reason to stop.
    """
    conditioning = Conditioning(
        condition=condition_prompt, gain_db=_measured_gain_db, version=CONDITIONING_VERSION
    )
    return Speaker(Voices(conditioning, cache, notify=notify))


def working_voices(notify: Callable[[str], None]) -> Iterator[tuple[str, str]]:
    """Every voice that works here: its name as ``ENGINE:NAME``, and a line about it.

    Args:
        notify: told of an engine that does not work, and why.
    """
    for name in ENGINES:
        try:
            engine = make_engine(name)
            for voice in engine.voices():
                yield f"{name}:{voice.name}", f"{voice.language}, {voice.description}"
            engine.close()
        except EngineError as error:
            notify(f"{name}: {error.reason}")


def check_voice(name: str) -> None:
    """Refuses a voice that does not speak here: it says a word, to nobody.

    Raises:
        WishError: the text says why.
    """
    voice = Utterance("one", name if ":" in name else f"{name}:", DEFAULT_RATE_WPM)
    try:
        with closing(make_engine(voice.engine)) as engine:
            engine.synthesise(voice)
    except EngineError as error:
        raise WishError(
            f'The voice "{name}" does not speak here: {error.reason}. See: voice-coach list --voices'
        ) from None


def _measured_gain_db(clip: Clip) -> float:
    from voice_coach.audio.loudness import gain_to_speech_level

    return gain_to_speech_level(clip)
