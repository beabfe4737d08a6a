"""Events of a live session, and the interface of its observers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voice_coach.core.status import LiveStatus
    from voice_coach.core.timeline import Chapter, Mark


@dataclass(frozen=True, slots=True)
class SessionPlace:
    """A place in a session.

    Attributes:
        chapter: the index of the chapter.
        exercise: the exercise's id, or "".
        title: the chapter's title.
        at_ms: milliseconds from the start of the chapter.
        mark: the set, rep and side.
        easier: the place is in the exercise's easier variant.
        speed_percent: the tempo factor in percent.
    """

    chapter: int
    exercise: str
    title: str
    at_ms: int
    mark: Mark | None
    easier: bool
    speed_percent: int


class SessionObserver:
    """Base class of what follows a live session. Override the events that matter; the others do nothing.

    All events come from one thread, one after the other. An observer that raises an exception does not get
    that event again; the session goes on, and ``SessionController.play`` raises the exception at its end.
    """

    def on_status(self, status: LiveStatus) -> None:
        """Get the status that is heard, about ten times a second and once at the end."""

    def on_change(self, place: SessionPlace, status: LiveStatus) -> None:
        """Get the place whenever that is another sentence, rep or mode; always before ``on_status``."""

    def on_chapter_finished(self, chapter: Chapter) -> None:
        """Get a chapter that was heard to its end."""

    def on_pain(self, place: SessionPlace) -> None:
        """Get the place at which something hurts."""

    def on_pain_answered(self, pain: int) -> None:
        """Get the pain at the end, 0 to 10. A later answer replaces an earlier one."""

    def on_pace_kept(self, percent: int) -> None:
        """Get the tempo factor, in percent, that the user wants to keep for later sessions."""

    def on_problem(self, sentence: str) -> None:
        """Get a sentence about what went wrong and did not end the session."""

    def on_close(self, *, early: bool) -> None:
        """Get the end of the session: early by a command, Ctrl-C or an error, or heard to its end."""
