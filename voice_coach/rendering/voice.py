"""Makes the voice: packs of clips, engines with their fall-backs, clips made ready to mix, and the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock

from voice_coach.audio.conditioning import CONDITIONING_VERSION, condition_prompt
from voice_coach.core.errors import UsageError
from voice_coach.core.speech import DEFAULT_RATE_WPM, Clip, Utterance
from voice_coach.paths import shipped_voices
from voice_coach.speech.clip_cache import ClipCache, GridClip, cache_key
from voice_coach.speech.clip_pack import ENDING, ClipPack, PackError
from voice_coach.speech.engine import ENGINES, EngineError, VoiceInfo, make_engine
from voice_coach.speech.synthesizer import Conditioning, Speaker, Voices

CLIPS = "clips"


class SoundStore:
    """Keeps sound cues in the cache that speech is kept in."""

    def __init__(self, cache: ClipCache) -> None:
        self._cache = cache

    def get(self, *shaped_by: str) -> Clip | None:
        kept = self._cache.get(cache_key(*shaped_by))
        return kept.clip() if kept else None

    def keep(self, clip: Clip, *shaped_by: str) -> None:
        self._cache.put(cache_key(*shaped_by), GridClip.of(clip))


def make_cache(folder: Path, notify: Callable[[str], None]) -> ClipCache:
    """The cache of clips in the person's cache folder; made when the first clip is kept."""
    return ClipCache(folder / CLIPS, notify=notify)


def make_speaker(
    cache: ClipCache, notify: Callable[[str], None], fall_back: Sequence[str] = tuple(ENGINES)
) -> Speaker:
    """A speaker that keeps its clips in a cache.

    Args:
        cache: closed with the speaker.
        notify: told, in a sentence, what did not go as asked but is no reason to stop.
        fall_back: the engines whose default voices speak instead of one that does not, in their order.
    """
    return Speaker(
        Voices(conditioning(), cache, packs=Packs(notify).load_pack, engines=fall_back, notify=notify)
    )


def conditioning() -> Conditioning:
    """Return how prompts are made ready to mix."""
    return Conditioning(condition=condition_prompt, gain_db=_measured_gain_db, version=CONDITIONING_VERSION)


class Packs:
    """The packs of clips that come with voice_coach, each opened when its voice is first asked for.

    Args:
        notify: told, in a sentence, of a pack that cannot be read: its voice speaks without.
    """

    def __init__(self, notify: Callable[[str], None]) -> None:
        self._notify = notify
        self._lock = Lock()
        self._opened: dict[str, ClipPack | None] = {}

    def load_pack(self, voice: str) -> ClipPack | None:
        """Return the pack of a voice; of an engine's default voice the one that the engine has."""
        with self._lock:
            if voice not in self._opened:
                self._opened[voice] = self._open(voice)
            return self._opened[voice]

    def _open(self, voice: str) -> ClipPack | None:
        path = pack_path(voice)
        if path is None:
            return None
        try:
            return ClipPack(path)
        except PackError as error:
            self._notify(f"{error}. The voice speaks without it, but later: install voice-coach again.")
            return None


def pack_path(voice: str) -> Path | None:
    """Return the file with a voice's pack, if there is one."""
    engine, _, name = voice.partition(":")
    if not engine.isidentifier() or (name and not name.isidentifier()):
        return None
    with suppress(FileNotFoundError):
        return next(iter(sorted(shipped_voices().glob(f"{engine}-{name or '*'}{ENDING}"))), None)
    return None


def working_voices(notify: Callable[[str], None]) -> Iterator[tuple[str, VoiceInfo]]:
    """Every voice that works here: its name as ``ENGINE:NAME``, and what is known of it.

    Args:
        notify: told of an engine that does not work, and why.
    """
    for name in ENGINES:
        try:
            engine = make_engine(name)
            for voice in engine.voices():
                yield f"{name}:{voice.name}", voice
            engine.close()
        except EngineError as error:
            notify(f"{name}: {error.reason}")


def check_voice(name: str) -> None:
    """Refuse a voice that does not speak here; let it say a word without sound.

    Raises:
        UsageError: the text says why.
    """
    voice = Utterance("one", name if ":" in name else f"{name}:", DEFAULT_RATE_WPM)
    try:
        with closing(make_engine(voice.engine)) as engine:
            engine.synthesise(voice)
    except EngineError as error:
        raise silent_voice_error(name, error.reason) from None


def silent_voice_error(name: str, reason: str) -> UsageError:
    """The error for a voice that was asked for and does not speak here."""
    return UsageError(f'The voice "{name}" does not speak here: {reason}.')


def _measured_gain_db(clip: Clip) -> float:
    from voice_coach.audio.loudness import gain_to_speech_level

    return gain_to_speech_level(clip)
