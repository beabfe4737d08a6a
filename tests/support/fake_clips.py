"""Lengths without a voice, and shipped and example sessions compiled with them: the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from voice_coach.audio.sound_catalogue import SoundCatalogue
from voice_coach.compiler.lint import SideBalance, tune_problems
from voice_coach.compiler.plan import ChapterPlan, plan_session
from voice_coach.compiler.schedule import Scheduled, schedule
from voice_coach.core.errors import Problem, Where
from voice_coach.core.language import Language
from voice_coach.core.parameters import Pace
from voice_coach.core.script import (
    Exercise,
    Guidance,
    ParameterType,
    Rounds,
    Session,
    SessionEntry,
    Setting,
    Step,
    Tunable,
)
from voice_coach.core.speech import DEFAULT_RATE_WPM, DEFAULT_VOICE, Utterance
from voice_coach.core.timeline import Chapter, Cue, Event, Timeline
from voice_coach.pacing.layers import Layer, effective_pace
from voice_coach.paths import shipped_cues, shipped_scripts
from voice_coach.rendering.voice import pack_path
from voice_coach.script.library import ScriptLibrary
from voice_coach.speech.clip_pack import ClipPack

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
VOICE = "fake:letters"


class FakeLengths:
    """A prompt takes 330 ms and 62 ms for each letter at 150 words a minute, about what espeak takes.

    Args:
        stretch: every prompt takes so many times as long.
        sounds: the lengths and leads of sound cues; half a second, at once, if not given.
    """

    def __init__(
        self, stretch: float = 1, sounds: Callable[[str], tuple[int, int]] = lambda _name: (500, 0)
    ) -> None:
        self._stretch = stretch
        self._sounds = sounds

    def utterance_ms(self, utterance: Utterance) -> int:
        letters = len(utterance.text)
        return round((330 + 62 * letters) * self._stretch * 150 / utterance.rate_wpm)

    def expect(self, utterances: Iterable[Utterance]) -> None:
        """Nothing has to be spoken."""

    def sound_ms(self, name: str) -> tuple[int, int]:
        return self._sounds(name)


@lru_cache
def catalogue() -> SoundCatalogue:
    return SoundCatalogue.load([shipped_cues()])


def real_sounds(name: str) -> tuple[int, int]:
    """The lengths that the shipped sound cues really have."""
    info = catalogue().info(name)
    return info.duration_ms, info.lead_ms


class PackLengths(FakeLengths):
    """The lengths of the clips that come with voice_coach, which are the same on every machine.

    At another rate a prompt takes the length in the pack times the ratio of the rates.
    """

    def utterance_ms(self, utterance: Utterance) -> int:
        packed = pack().find(utterance.text, utterance.rate_wpm, any_rate=True)
        assert packed is not None, f"not in the pack: {utterance.text}; make pack"
        return round(packed.duration_ms * DEFAULT_RATE_WPM / utterance.rate_wpm)


@lru_cache
def pack() -> ClipPack:
    path = pack_path(DEFAULT_VOICE)
    assert path is not None
    return ClipPack(path)


PLAIN = effective_pace({}, [])
LENGTHS = FakeLengths(sounds=real_sounds)
FAKE = FakeLengths()
PACKED = PackLengths(sounds=real_sounds)


@lru_cache
def english() -> Language:
    return library().language("en")


def library() -> ScriptLibrary:
    return ScriptLibrary([shipped_scripts()], catalogue().names())


def plans(
    session: Session,
    guidance: Guidance | None = None,
    values: dict[str, Setting] | None = None,
    start_at: str = "",
    speed: float | None = None,
) -> tuple[ChapterPlan, ...]:
    """A session's chapters, paced as the coach does it."""

    def pace_of(entry: SessionEntry | None) -> Pace:
        layers = [Layer("session", session.settings)]
        if entry:
            layers.append(Layer("entry", entry.settings, entry.guidance))
        asked = Layer("command line", values or {}, guidance, speed)
        return effective_pace(entry.exercise.tune if entry else {}, [*layers, asked])

    return plan_session(session, english(), pace_of, start_at=start_at)


def compiled(plan: ChapterPlan, lengths: FakeLengths = LENGTHS) -> Scheduled:
    return scheduled(plan.cues(), lengths, plan.title, plan.exercise, plan.pace)


def scheduled(
    cues: Iterable[Cue],
    lengths: FakeLengths = LENGTHS,
    title: str = "Test",
    exercise: str = "test",
    pace: Pace = PLAIN,
) -> Scheduled:
    return schedule(list(cues), lengths, title=title, exercise=exercise, voice=VOICE, pace=pace)


def timeline(
    session: Session,
    guidance: Guidance | None = None,
    values: dict[str, Setting] | None = None,
    start_at: str = "",
    speed: float | None = None,
    lengths: FakeLengths = LENGTHS,
) -> Timeline:
    made = plans(session, guidance, values, start_at, speed)
    chapters = tuple(compiled(plan, lengths).chapter for plan in made)
    return Timeline(session=session.id, title=session.title, language="en", chapters=chapters)


def advice(
    session: Session, guidance: Guidance | None = None, lengths: FakeLengths = LENGTHS
) -> list[Problem]:
    """What lint says about a session."""
    found: list[Problem] = []
    balance = SideBalance()
    for plan in plans(session, guidance):
        done = compiled(plan, lengths)
        found += done.warnings
        balance.add(done.chapter)
    found += balance.problems()
    for entry in session.entries:
        found += tune_problems(entry.exercise)
    return found


HERE = Where("script.yaml", 1)


def exercise(*steps: Step, **more: Any) -> Exercise:
    """An exercise done standing."""
    given: dict[str, Any] = {"id": "test", "title": "Test", "position": "standing", "where": HERE, **more}
    return Exercise(steps=steps, **given)


def session(*exercises: Exercise | SessionEntry | Rounds, **more: Any) -> Session:
    """A session of exercises, from standing to standing, without opening and closing."""
    items = tuple(
        SessionEntry(exercise=item, where=HERE) if isinstance(item, Exercise) else item for item in exercises
    )
    given: dict[str, Any] = {"id": "test", "title": "Test", "where": HERE, **more}
    return Session(items=items, **given)


def tune(name: str, type_: ParameterType, default: Setting, minimum: Setting, maximum: Setting) -> Tunable:
    return Tunable(name, type_, default, minimum, maximum, HERE)


def play(
    *steps: Step,
    guidance: Guidance | None = None,
    lengths: FakeLengths = FAKE,
    values: dict[str, Setting] | None = None,
    **more: Any,
) -> Scheduled:
    """The one chapter of an exercise with these steps."""
    (plan,) = plans(session(exercise(*steps, **more)), guidance, values)
    return compiled(plan, lengths)


def said(done: Scheduled | Chapter, kind: str = "") -> list[str]:
    """What is said, in order; only of one kind if given."""
    chapter = done.chapter if isinstance(done, Scheduled) else done
    return [event.text for event in chapter.events if event.lane == "speech" and kind in ("", event.kind)]


def done(chapter: Chapter, *kinds: str) -> list[Event]:
    """What the body does, of these kinds, in order."""
    return [event for event in chapter.events if event.lane == "action" and event.kind in kinds]
