"""A small session for the state machine: chapters with reps, holds, a countdown, a breath and waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from voice_coach.core.errors import Where
from voice_coach.core.script import Position
from voice_coach.core.speech import Utterance
from voice_coach.core.timeline import Chapter, Event, Mark, PositionSpan
from voice_coach.session.state import Announcement, AnnouncementName, State

WHERE = Where("made.yaml", 1)
MARK = Mark(where=WHERE)
ASIDE_MS = 700


def mark(rep: int) -> Mark:
    """The mark of a rep."""
    return Mark(where=WHERE, rep=rep)


def says(start_ms: int, text: str, of: Mark = MARK, kind: str = "prompt") -> Event:
    """A sentence of half a second."""
    return Event(
        lane="speech",
        kind=kind,
        start_ms=start_ms,
        end_ms=start_ms + 500,
        mark=of,
        text=text,
        utterance=Utterance(text, "fake:tone", 150),
        guidance="names",
    )


def does(kind: str, start_ms: int, end_ms: int, of: Mark = MARK) -> Event:
    """What the body does."""
    return Event(lane="action", kind=kind, start_ms=start_ms, end_ms=end_ms, mark=of)


def stays(start_ms: int, position: Position, *, anywhere: bool = False) -> PositionSpan:
    """A span in which the body stays in a position."""
    return PositionSpan(start_ms=start_ms, position=position, to=None, leaves_ms=start_ms, anywhere=anywhere)


def goes(start_ms: int, position: Position, to: Position, leaves_ms: int) -> PositionSpan:
    """A way from one position into another."""
    return PositionSpan(start_ms=start_ms, position=position, to=to, leaves_ms=leaves_ms)


def chapter(
    title: str, duration_ms: int, *events: Event, exercise: str = "", positions: Sequence[PositionSpan] = ()
) -> Chapter:
    """A chapter of these events; without positions one that is done standing."""
    order = sorted(events, key=lambda event: (event.start_ms, event.lane, event.end_ms))
    return Chapter(
        title=title,
        exercise=exercise,
        duration_ms=duration_ms,
        events=tuple(order),
        positions=tuple(positions) or (stays(0, "standing"),),
    )


OPENING = chapter("Welcome", 8_000, says(0, "Hello."), says(1_000, "Lie down."), does("wait", 2_000, 7_000))

BOW = chapter(
    "Bow",
    30_000,
    says(0, "Bow comes next."),
    does("pause", 500, 3_000),
    says(3_000, "One of two.", mark(1)),
    says(4_000, "Now hold.", mark(1)),
    does("hold", 4_500, 14_500, mark(1)),
    says(6_000, "Breathe.", mark(1)),
    *(says(11_500 + 1_000 * n, word, mark(1), "countdown") for n, word in enumerate(("three", "two", "one"))),
    does("rest", 14_500, 20_000, mark(1)),
    says(20_000, "Two of two.", mark(2)),
    does("hold", 20_500, 26_000, mark(2)),
    says(27_000, "That was the last one."),
    exercise="bow",
)

LIE = chapter(
    "Lie",
    20_000,
    says(0, "Lie next.", kind="prompt"),
    says(1_000, "Come down onto your knees.", kind="move"),
    does("move", 1_000, 4_000),
    says(4_000, "Lie down.", kind="move"),
    does("move", 4_000, 7_000),
    does("hold", 8_000, 12_000, mark(1)),
    does("move", 12_000, 14_000, mark(1)),
    does("hold", 14_000, 18_000, mark(2)),
    exercise="lie",
    positions=(
        stays(0, "standing", anywhere=True),
        goes(1_000, "standing", "prone", leaves_ms=1_500),
        stays(7_000, "prone"),
    ),
)
BREATH = chapter(
    "Breath",
    12_000,
    says(0, "Breath comes last."),
    *(
        does(kind, 1_000 + 5_000 * (rep - 1) + at, 1_000 + 5_000 * (rep - 1) + at + long, mark(rep))
        for rep in (1, 2)
        for kind, at, long in (("inhale", 0, 2_000), ("exhale", 2_000, 3_000))
    ),
    does("wait", 11_000, 12_000),
    exercise="breath",
)

EASIER = chapter("Bow", 5_000, says(0, "Much smaller."), does("hold", 1_000, 4_000, mark(1)), exercise="bow")


def said(state: State) -> tuple[AnnouncementName, ...]:
    """What is said besides."""
    return tuple(announcement.name for announcement in state.announcements)


@dataclass
class FakeContent:
    """The session; ``ready`` says how many of its chapters are compiled."""

    chapters: tuple[Chapter, ...] = (OPENING, BOW, BREATH)
    ready: int = 3
    asked: list[Announcement] = field(default_factory=list[Announcement])

    @property
    def count(self) -> int:
        return len(self.chapters)

    def chapter(self, index: int, *, easier: bool = False) -> Chapter | None:
        if easier:
            return EASIER if self.has_easier(index) else None
        return self.chapters[index] if index < self.ready else None

    def expect(self, index: int, timeout_s: float) -> None:
        del timeout_s
        self.ready = max(self.ready, index + 1)

    def has_easier(self, index: int) -> bool:
        return self.chapters[index].exercise == "bow"

    def position(self, index: int) -> Position | None:
        chapter = self.chapters[index]
        return chapter.positions[-1].position if chapter.exercise else None

    def left_ms(self, index: int, at_ms: int, *, easier: bool = False) -> int | None:
        if self.ready < self.count:
            return None
        here = self.chapter(index, easier=easier)
        after = sum(each.duration_ms for each in self.chapters[index + 1 :])
        return (here.duration_ms - at_ms if here else 0) + after

    def announcement(self, what: Announcement) -> Chapter:
        self.asked.append(what)
        if what.detour is None:
            return chapter("aside", ASIDE_MS, says(0, what.name))
        way = what.detour
        spans = (stays(0, way.origin), goes(0, way.origin, way.to, 500), stays(ASIDE_MS, way.to))
        return chapter("aside", ASIDE_MS, says(0, what.name), positions=spans)
