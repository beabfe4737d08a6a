"""A session made ready: chapters compiled one after the other, and one stream of blocks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from voice_coach.compiler.lint import SideBalance
from voice_coach.compiler.plan import ChapterPlan, SessionPlanner
from voice_coach.compiler.schedule import Scheduled, align_to_grid, schedule, utterances
from voice_coach.core.errors import Problem
from voice_coach.core.interrupts import check_interrupt, defer_interrupt
from voice_coach.core.options import About
from voice_coach.core.parameters import GENERAL, Pace, format_setting
from voice_coach.core.script import Guidance, ParameterType, Position, Session, Tunable
from voice_coach.core.speech import Clip, Utterance, Word
from voice_coach.core.timeline import Chapter, Cue, Timeline
from voice_coach.pacing.guidance import FADED
from voice_coach.pacing.layers import YOURS, session_layer_name

if TYPE_CHECKING:
    from voice_coach.audio.mixer import Block
    from voice_coach.core.speech import SoundSource


class Voice(Protocol):
    """Speaks utterances; ``prepare`` lets it begin before they are asked for."""

    def clip(self, utterance: Utterance) -> Clip: ...
    def duration_ms(self, utterance: Utterance) -> int: ...
    def words(self, utterance: Utterance) -> Sequence[Word]: ...
    def prepare(self, utterances: Iterable[Utterance]) -> None: ...


class Sounds(Protocol):
    """The sound cues: their samples, and their lengths without any sample."""

    def lengths_ms(self, name: str) -> tuple[int, int]: ...
    def source(self) -> SoundSource: ...


class ClipLengths:
    """Lengths of speech and sounds: all that the compiler may know of them."""

    def __init__(self, voice: Voice, sounds: Sounds) -> None:
        self._voice = voice
        self._sounds = sounds
        self._known_ms: dict[Utterance, int] = {}

    def expect(self, utterances: Iterable[Utterance]) -> None:
        """Have what was never measured spoken ahead."""
        if new := [utterance for utterance in utterances if utterance not in self._known_ms]:
            self._voice.prepare(new)

    def utterance_ms(self, utterance: Utterance) -> int:
        # Asked for several times for each prompt, while the clip may have had to make room in memory.
        if utterance not in self._known_ms:
            self._known_ms[utterance] = self._voice.duration_ms(utterance)
        return self._known_ms[utterance]

    def sound_ms(self, name: str) -> tuple[int, int]:
        return self._sounds.lengths_ms(name)


@dataclass(frozen=True, slots=True)
class SoundSources:
    """Sources of all sound in a session.

    Attributes:
        voice: speaks utterances.
        voice_name: the voice, as ``ENGINE:NAME``.
        sounds: the sound cues.
        lengths: what has been measured before; None for nothing.
    """

    voice: Voice
    voice_name: str
    sounds: Sounds
    lengths: ClipLengths | None = None


class Performance:
    """One session with its pace, voice and sounds chosen.

    Chapters are compiled anew each time they are iterated, so nothing of a long session is kept.

    Args:
        planner: the session, with the coach's own words.
        plans: its chapters.
        sources: the voice and the sound cues.
        speed: the tempo factor of it.
        again: prepares the same session with another tempo factor.
    """

    def __init__(
        self,
        planner: SessionPlanner,
        plans: Sequence[ChapterPlan],
        sources: SoundSources,
        speed: float = 1.0,
        again: Callable[[float], Performance] | None = None,
    ) -> None:
        self._planner = planner
        self.session = planner.session
        self.language = planner.language
        self.person = planner.person
        self.speed = speed
        self._again = again
        self._plans = plans
        self._voice = sources.voice
        self.voice_name = sources.voice_name
        self._sounds = sources.sounds
        self.lengths = sources.lengths or ClipLengths(sources.voice, sources.sounds)

    @property
    def chapter_count(self) -> int:
        """Return how many chapters there are."""
        return len(self._plans)

    @property
    def exercises(self) -> tuple[str, ...]:
        """The exercise's id of each chapter, in order; "" for the opening and closing."""
        return tuple(plan.exercise for plan in self._plans)

    @property
    def titles(self) -> tuple[str, ...]:
        """The title of each chapter, in order; nothing is spoken for it."""
        return tuple(plan.title for plan in self._plans)

    def paces(self) -> tuple[Pace, ...]:
        """The effective pace of each chapter, in order."""
        return tuple(plan.pace for plan in self._plans)

    def exercise_paces(self) -> Iterator[tuple[str, Pace]]:
        """The id of each exercise with its effective pace, in order; one that comes twice is there twice."""
        for plan in self._plans:
            if plan.exercise:
                yield plan.exercise, plan.pace

    def speech_clip(self, utterance: Utterance) -> Clip:
        """The clip of an utterance, as it is mixed."""
        return self._voice.clip(utterance)

    def sound_clip(self, name: str, duration_ms: int | None) -> Clip:
        """The clip of a sound cue at a length, or (None) at its own, as it is mixed."""
        return self._sounds.source().clip(name, duration_ms)

    def words(self, utterance: Utterance) -> Sequence[Word]:
        """Return when each word of an utterance is spoken, in milliseconds from the start of its clip."""
        return self._voice.words(utterance)

    @property
    def has_own_values(self) -> bool:
        """Return whether any value in force is one that the person has tuned."""
        origins = (origin for plan in self._plans for origin in plan.pace.origins.values())
        return any(origin.startswith(YOURS) for origin in origins)

    def faded_exercises(self) -> dict[str, Guidance]:
        """The exercises that are said with fewer words because they are known, by title."""
        return {
            plan.title: plan.pace.guidance
            for plan in self._plans
            if plan.exercise and plan.pace.origins.get("guidance") == FADED and plan.pace.guidance != "full"
        }

    def chapters(self, first: int = 0) -> Iterator[Chapter]:
        """The chapters in order, each compiled when it is reached, while the next one is prepared.

        Args:
            first: the index of the one to begin with.
        """
        for scheduled in self._scheduled(first):
            yield scheduled.chapter

    def way_out(self, chapter_index: int, *, own: bool = True) -> Chapter:
        """Compile what leads out of a chapter's position when something hurts; all of it is said.

        It has the chapter's title and exercise. Without an exercise, or where that has no way out of its own,
        it is the coach's general words. Blocks until the words have been spoken once, to measure them.

        Args:
            chapter_index: the chapter.
            own: False for the general words, which are safe wherever the body is.
        """
        plan = self._plans[chapter_index]
        return self._branch(plan, plan.branches.way_out(own)).chapter

    def lead_in(
        self, chapter_index: int, origin: Position, to: Position, *, is_there: bool, set_up: bool = False
    ) -> Chapter:
        """Compile what leads from where the body is to where a chapter goes on, as ``way_out``.

        Args:
            chapter_index: the chapter.
            origin: the position of the body.
            to: the position that the chapter goes on in.
            is_there: False where the body is asked to come into ``origin`` first.
            set_up: whether what the exercise says before its first rep comes too.
        """
        plan = self._plans[chapter_index]
        return self._branch(plan, plan.branches.lead_in(origin, to, is_there=is_there, set_up=set_up)).chapter

    def position(self, chapter_index: int) -> Position | None:
        """Return the position of a chapter's exercise; None if it has none."""
        return self._plans[chapter_index].position

    def easier(self, chapter_index: int) -> Chapter | None:
        """Something easier instead of what is left of a chapter, as ``way_out``; None if there is nothing."""
        plan = self._plans[chapter_index]
        return self._branch(plan, plan.branches.easier()).chapter if plan.branches.has_easier else None

    def has_easier(self, chapter_index: int) -> bool:
        """Return whether there is something easier instead of what is left of a chapter."""
        return self._plans[chapter_index].branches.has_easier

    def blocks(self, chapters: Iterable[Chapter] | None = None) -> Iterator[Block]:
        """The whole session as blocks of samples; playing and exporting pull the same."""
        from voice_coach.audio.mixer import render

        sounds = self._sounds.source()
        for chapter in self.chapters() if chapters is None else chapters:
            yield from render(chapter, self._voice, sounds)

    def render(
        self, chapter: Chapter, block_frames: int, start_ms: int, gain_db: float = 0.0
    ) -> Iterator[Block]:
        """The blocks of a chapter, of so many frames each, from a moment on, so many decibels louder."""
        from voice_coach.audio.mixer import render

        clips, sounds = self._voice, self._sounds.source()
        if gain_db:
            from voice_coach.audio.mixer import LouderClips, LouderSounds

            clips, sounds = LouderClips(clips, gain_db), LouderSounds(sounds, gain_db)
        return render(chapter, clips, sounds, block_frames=block_frames, start_ms=start_ms)

    def with_voice(self, voice: Voice, voice_name: str) -> Performance:
        """The same session, at this speed only, with another voice."""
        sources = SoundSources(voice, voice_name, self._sounds)
        return Performance(self._planner, self._plans, sources, self.speed)

    def with_tempo_factor(self, speed: float) -> Performance:
        """The same session at another tempo factor.

        Raises:
            CoachError: it cannot be as fast or slow as that.
        """
        return self if self._again is None else self._again(speed)

    @defer_interrupt()
    def timeline(self) -> Timeline:
        """The whole session with its times; speaks everything once to measure it."""
        return Timeline(
            session=self.session.id,
            title=self.session.title,
            language=self.session.language,
            chapters=tuple(each.chapter for each in self._scheduled(heard=False)),
        )

    @defer_interrupt()
    def warnings(self) -> tuple[Problem, ...]:
        """Advice about time for every chapter, and about what is never used; each piece once."""
        from voice_coach.compiler.lint import tune_problems
        from voice_coach.compiler.plan import way_out_problems

        found: list[Problem] = []
        balance = SideBalance()
        for scheduled, plan in zip(self._scheduled(heard=False), self._plans, strict=True):
            branches = [plan.branches.way_out(True)]
            if plan.branches.has_easier:
                branches.append(plan.branches.easier())
            beside = [problem for cues in branches for problem in self._branch(plan, cues).warnings]
            warnings = (*scheduled.warnings, *beside)
            own = self.session.where.file
            foreign = any(problem.where.file != own for problem in warnings)
            settings = self._settings(plan) if foreign else ""
            found += [
                problem if problem.where.file == own else replace(problem, settings=settings)
                for problem in warnings
            ]
            balance.add(scheduled.chapter)
        found += balance.problems()
        exercises = {id(entry.exercise): entry.exercise for entry in self.session.entries}
        for exercise in exercises.values():
            found += (*tune_problems(exercise), *way_out_problems(exercise))
        return tuple(dict.fromkeys(found))

    def _branch(self, plan: ChapterPlan, cues: Iterable[Cue]) -> Scheduled:
        """Return what comes beside a chapter, with its times."""
        expanded = list(cues)
        self.lengths.expect(utterances(expanded, self.voice_name, plan.pace.rate_wpm))
        return schedule(
            expanded,
            self.lengths,
            title=plan.title,
            exercise=plan.exercise,
            voice=self.voice_name,
            pace=plan.pace,
        )

    @cached_property
    def _tunes(self) -> dict[str, Mapping[str, Tunable]]:
        """Return what each exercise lets be tuned, by its id."""
        return {entry.exercise.id: entry.exercise.tune for entry in self.session.entries}

    def _settings(self, plan: ChapterPlan) -> str:
        """Return what the session sets for a chapter, in words: without it there may be no cause to warn."""
        layer = session_layer_name(self.session)
        general = {"gap": plan.pace.gap_ms, "rate": plan.pace.rate_wpm, "guidance": plan.pace.guidance}
        types: dict[str, ParameterType] = {name: limits.type for name, limits in GENERAL.items()}
        tune = self._tunes.get(plan.exercise, {})
        types.update({name: tune[name].type for name in plan.pace.values})
        values = {**plan.pace.values, **general}
        told = [
            f"{name} {value if isinstance(value, str) else format_setting(value, types[name])}"
            for name, value in values.items()
            if plan.pace.origins[name] == layer
        ]
        return f"{layer} sets it: {', '.join(told)}" if told else ""

    def _scheduled(self, first: int = 0, *, heard: bool = True) -> Iterator[Scheduled]:
        """The chapters with their times, each beginning on the grid."""
        return align_to_grid(self._compiled(self._plans[first:], heard=heard), len(self._plans) - first)

    def _compiled(self, plans: Sequence[ChapterPlan], *, heard: bool) -> Iterator[Scheduled]:
        """The chapters with their times; where they are not heard, only what was never measured is spoken."""
        expanded: deque[list[Cue]] = deque()
        for index, plan in enumerate(plans):
            check_interrupt()
            # One chapter ahead: its words are spoken in the background while this one is rendered.
            for ahead in plans[index + len(expanded) : index + 2]:
                cues = list(ahead.cues())
                prepare = self._voice.prepare if heard else self.lengths.expect
                prepare(utterances(cues, self.voice_name, ahead.pace.rate_wpm))
                expanded.append(cues)
            yield schedule(
                expanded.popleft(),
                self.lengths,
                title=plan.title,
                exercise=plan.exercise,
                voice=self.voice_name,
                pace=plan.pace,
            )


class RestartExport(Exception):
    """The blocks of a programme so far are not what is to be written; the next call gives that.

    No output needs to know of it: one that is broken off leaves no file, and is then told to write again.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A session ready to be written.

    Attributes:
        about: title, author, language and the like.
        chapters: the chapters in order, compiled anew at each call, so that nothing of a long session is
            kept; their times are those of ``blocks``, the silence before the first sound counted.
        blocks: every sample from the start, at each call anew: 16-bit mono at 48 000 Hz. Of one that is
            tried, the first call may raise :class:`RestartExport` at any block.
        words: when each word of an utterance is spoken, in milliseconds from its start; () if nobody knows.
        session: the scripts behind it; None for sound alone.
        paces: the effective pace of each exercise, by its id; of one that comes twice, the first.
    """

    about: About
    chapters: Callable[[], Iterator[Chapter]]
    blocks: Callable[[], Iterator[Block]]
    words: Callable[[Utterance], Sequence[Word]]
    session: Session | None
    paces: Mapping[str, Pace]


def sound_alone(blocks: Iterable[Block], title: str = "") -> Programme:
    """A programme of nothing but sound, to be written once."""
    return Programme(
        about=About(session="", title=title),
        chapters=lambda: iter(()),
        blocks=lambda: iter(blocks),
        words=lambda _utterance: (),
        session=None,
        paces={},
    )
