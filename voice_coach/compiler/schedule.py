"""Second pass: cues get their times from the measured length of every clip. Nothing is estimated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from voice_coach.compiler.lint import misfit_problem, overrun_problem, wording_problems
from voice_coach.compiler.placing import place_sounds, place_speech
from voice_coach.core.errors import Problem
from voice_coach.core.parameters import Pace
from voice_coach.core.script import Guidance
from voice_coach.core.speech import Utterance
from voice_coach.core.timeline import (
    Chapter,
    Cue,
    Event,
    InPosition,
    Lane,
    Lasting,
    Mark,
    PositionSpan,
    Silence,
    Sound,
    Span,
    Speech,
)


class Lengths(Protocol):
    """Knows how long everything that can be heard takes, in milliseconds."""

    def utterance_ms(self, utterance: Utterance) -> int:
        """The measured length of an utterance's clip; blocks until it has been spoken."""
        ...

    def expect(self, utterances: Iterable[Utterance]) -> None:
        """Told what will be asked for next, in its order, so that it can be spoken ahead."""
        ...

    def sound_ms(self, name: str) -> tuple[int, int]:
        """A sound cue's own length, and its lead: how long until the next thing may begin."""
        ...


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A chapter with its times, and advice about what did not fit.

    ``cramped``: words had to be left out or said in fewer for want of time.
    """

    chapter: Chapter
    warnings: tuple[Problem, ...]
    cramped: bool = False


def schedule(
    cues: Sequence[Cue], lengths: Lengths, *, title: str, exercise: str, voice: str, pace: Pace
) -> Scheduled:
    """Place the cues of one chapter one after the other on the grid of milliseconds.

    A voice that was slowed costs no words: a chapter that has no room for them so is said as fast as before.

    Args:
        cues: from *expand*.
        lengths: measured lengths; asked for each text as it is reached.
        title: the chapter's title.
        exercise: the exercise's id, or "".
        voice: who speaks.
        pace: how fast.
    """
    done = _schedule(cues, lengths, title, exercise, voice, pace.rate_wpm)
    if done.cramped and pace.unslowed_wpm is not None:
        lengths.expect(utterances(cues, voice, pace.unslowed_wpm))
        unslowed = _schedule(cues, lengths, title, exercise, voice, pace.unslowed_wpm)
        if _letters(unslowed.chapter) > _letters(done.chapter):
            return unslowed
    return done


def _letters(chapter: Chapter) -> int:
    return sum(len(event.text) for event in chapter.events if event.lane == "speech")


def _schedule(
    cues: Iterable[Cue], lengths: Lengths, title: str, exercise: str, voice: str, rate_wpm: int
) -> Scheduled:
    scheduler = _Scheduler(lengths, voice, rate_wpm)
    for cue in cues:
        scheduler.add(cue)
        scheduler.warnings += wording_problems(cue)
    events = scheduler.finish()
    chapter = Chapter(
        title=title,
        exercise=exercise,
        duration_ms=scheduler.end_ms,
        events=events,
        positions=_position_spans(scheduler.positions, events),
    )
    return Scheduled(chapter, tuple(dict.fromkeys(scheduler.warnings)), scheduler.cramped)


def _position_spans(
    positions: Sequence[tuple[int, InPosition]], events: Sequence[Event]
) -> tuple[PositionSpan, ...]:
    """Return the spans that begin at these times; a way leaves a position after its first sentence."""
    spoken = [event for event in events if event.lane == "speech"]
    spans: list[PositionSpan] = []
    for number, (start_ms, cue) in enumerate(positions):
        leaves_ms = start_ms
        if cue.to is not None:
            ends_ms = (at_ms for at_ms, later in positions[number:] if later.to is None)
            way = range(start_ms, next(ends_ms, events[-1].end_ms if events else 0))
            leaves_ms = next((event.end_ms for event in spoken if event.start_ms in way), start_ms)
        spans.append(
            PositionSpan(
                start_ms=start_ms,
                position=cue.position,
                to=cue.to,
                leaves_ms=leaves_ms,
                anywhere=cue.anywhere,
            )
        )
    return tuple(spans)


def utterances(cues: Iterable[Cue], voice: str, rate_wpm: int) -> Iterable[Utterance]:
    """Every utterance that *schedule* will ask for, in its order, so that they can be prepared ahead."""
    for cue in cues:
        match cue:
            case Speech():
                yield from (Utterance(text, voice, rate_wpm) for text in cue.texts)
            case Lasting():
                yield from utterances(cue.cues, voice, rate_wpm)
            case Span():
                spoken = [overlay.cue for overlay in cue.overlays if isinstance(overlay.cue, Speech)]
                yield from utterances(spoken, voice, rate_wpm)
            case _:
                pass


_LANE_ORDER: dict[Lane, int] = {"action": 0, "sound": 1, "speech": 2}


class _Scheduler:
    def __init__(self, lengths: Lengths, voice: str, rate_wpm: int) -> None:
        self._lengths = lengths
        self._voice = voice
        self._rate_wpm = rate_wpm
        self._now = 0
        self._events: list[Event] = []
        self._last_sound: int | None = None
        self.positions: list[tuple[int, InPosition]] = []
        self.warnings: list[Problem] = []
        self.cramped = False

    @property
    def end_ms(self) -> int:
        """The end of the chapter: of its last cue, or of a sound that rings on."""
        ringing = self._events[self._last_sound].end_ms if self._last_sound is not None else 0
        return max(self._now, ringing)

    def add(self, cue: Cue) -> None:
        match cue:
            case Speech():
                self._now = self._speak(cue.texts[0], cue.kind, cue.guidance, cue.mark, self._now)
            case Sound():
                own, lead = self._lengths.sound_ms(cue.name)
                length = own if cue.duration_ms is None else cue.duration_ms
                self._sound(cue, self._now, self._now + length)
                self._now += min(lead, length)
            case Silence():
                if cue.kind != "gap":
                    self._act(cue.kind, self._now, self._now + cue.duration_ms, cue.mark)
                self._now += cue.duration_ms
            case Lasting():
                self._last(cue)
            case Span():
                self._span(cue)
            case InPosition():
                self.positions.append((self._now, cue))

    def finish(self) -> tuple[Event, ...]:
        """The events in order of start, then lane."""
        order = sorted(
            self._events, key=lambda event: (event.start_ms, _LANE_ORDER[event.lane], event.end_ms)
        )
        return tuple(order)

    def _speak(self, text: str, kind: str, guidance: Guidance, mark: Mark, start: int) -> int:
        utterance = Utterance(text, self._voice, self._rate_wpm)
        end = start + self._lengths.utterance_ms(utterance)
        self._events.append(
            Event(
                lane="speech",
                kind=kind,
                start_ms=start,
                end_ms=end,
                mark=mark,
                text=text,
                utterance=utterance,
                guidance=guidance,
            )
        )
        return end

    def _sound(self, cue: Sound, start: int, end: int) -> None:
        """Add a sound; the one before, if it still rings, ends here."""
        event = Event(
            lane="sound",
            kind="sound",
            start_ms=start,
            end_ms=end,
            mark=cue.mark,
            sound=cue.name,
            sound_ms=cue.duration_ms,
        )
        if self._last_sound is not None:
            last = self._events[self._last_sound]
            if last.start_ms >= start:  # nothing would be left of it
                self._events[self._last_sound] = event
                return
            if last.end_ms > start:
                self._events[self._last_sound] = replace(last, end_ms=start)
        self._last_sound = len(self._events)
        self._events.append(event)

    def _act(self, kind: str, start: int, end: int, mark: Mark, text: str = "") -> None:
        if end > start:
            self._events.append(
                Event(lane="action", kind=kind, start_ms=start, end_ms=end, mark=mark, text=text)
            )

    def _last(self, cue: Lasting) -> None:
        start = self._now
        words_ms = sum(self._text_ms(speech.texts[0]) for speech in cue.cues)
        parts = max(1, len(cue.cues))
        share = max(cue.gap_ms, (cue.minimum_ms - words_ms) // parts)
        for speech in cue.cues:
            self.add(speech)
            self._now += share
        self._now = max(self._now, start + cue.minimum_ms)
        self._act("move", start, self._now, cue.mark)

    def _span(self, span: Span) -> None:
        start = self._now
        for phase in span.phases:
            self._act(phase.kind, start + phase.start_ms, start + phase.end_ms, phase.mark, phase.label)
        for placed in place_sounds(span, self._span_sound_ms):
            if isinstance(placed.overlay.cue, Sound) and placed.end_ms > placed.start_ms:
                self._sound(placed.overlay.cue, start + placed.start_ms, start + placed.end_ms)
        spoken, misfits = place_speech(span, self._text_ms)
        for placed in spoken:
            cue = placed.overlay.cue
            if isinstance(cue, Speech):
                self.cramped = self.cramped or placed.text != cue.texts[0]
                if problem := overrun_problem(span, placed):
                    self.warnings.append(problem)
                self._speak(placed.text, cue.kind, cue.guidance, cue.mark, start + placed.start_ms)
        self.cramped = self.cramped or any(misfit.late_ms is None for misfit in misfits)
        self.warnings += [problem for misfit in misfits if (problem := misfit_problem(span, misfit))]
        self._now = start + span.duration_ms

    def _text_ms(self, text: str) -> int:
        return self._lengths.utterance_ms(Utterance(text, self._voice, self._rate_wpm))

    def _span_sound_ms(self, sound: Sound) -> int:
        return self._lengths.sound_ms(sound.name)[0] if sound.duration_ms is None else sound.duration_ms


GRID_MS = 960
"""The least that is a whole number of packets in MP3 (24 ms), AAC (64 ms are three) and Opus (20 ms)."""

_SHARE = 5
"""A pause at the end of a chapter gives this part of itself at most."""


def align_to_grid(chapters: Iterable[Scheduled], count: int) -> Iterator[Scheduled]:
    """The same chapters, beginning on the grid where they can; none begins half a step from its time or more.

    Args:
        chapters: in order; none is pulled before the one before it was taken.
        count: how many there are.
    """
    true_ms = placed_ms = 0
    for number, scheduled in enumerate(chapters, 1):
        chapter = scheduled.chapter
        true_ms += chapter.duration_ms
        over_ms = placed_ms + max(map(_needed_until, chapter.events), default=0)
        end_ms = round(true_ms / GRID_MS) * GRID_MS
        if number == count or end_ms < over_ms:
            end_ms = max(true_ms, over_ms)
        yield replace(scheduled, chapter=_lasting(chapter, end_ms - placed_ms))
        placed_ms = end_ms


def _needed_until(event: Event) -> int:
    """Until when a chapter lasts at least, for an event."""
    gives = event.kind == "pause" and event.mark.parameter is None
    return event.end_ms - (event.end_ms - event.start_ms) // _SHARE if gives else event.end_ms


def _lasting(chapter: Chapter, duration_ms: int) -> Chapter:
    """The chapter with more or less quiet at its end."""
    events = tuple(
        event if event.end_ms <= duration_ms else replace(event, end_ms=duration_ms)
        for event in chapter.events
    )
    positions = tuple(
        span if span.start_ms <= duration_ms else replace(span, start_ms=duration_ms, leaves_ms=duration_ms)
        for span in chapter.positions
    )
    return replace(chapter, duration_ms=duration_ms, events=events, positions=positions)
