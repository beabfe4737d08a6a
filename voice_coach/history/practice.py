"""History of completed exercises, and the layer of guidance ``auto`` that it makes: fewer words with
practice."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.core.errors import CoachError
from voice_coach.core.history import Practice
from voice_coach.core.script import GUIDANCE_LEVELS, Guidance, Session, SessionEntry
from voice_coach.core.timeline import Chapter, Mark
from voice_coach.pacing.guidance import FADED, fade_guidance
from voice_coach.pacing.layers import Layer

if TYPE_CHECKING:
    from voice_coach.history.log import History, SessionLog


class RunLog:
    """Keeps what comes of one playing of a session, if anything is to be remembered.

    Args:
        history: where; None to remember nothing.
        session: the session's id.
        now_ms: the clock.
    """

    def __init__(self, history: History | None, session: str, now_ms: Callable[[], int]) -> None:
        self._history = history
        self._now_ms = now_ms
        self.session = session
        self.run = uuid.uuid4().hex

    @property
    def log(self) -> SessionLog | None:
        """Return where led sessions are kept; None to remember nothing."""
        return self._history.sessions if self._history is not None else None

    def record_completed(self, chapter: Chapter, *, begun: bool) -> None:
        """A chapter was heard to its end: kept if it is an exercise.

        Args:
            chapter: which.
            begun: whether the log knows this playing; if it was forgotten since, nothing is kept.
        """
        if self._history is not None and chapter.exercise:
            self._history.add(
                chapter.exercise, session=self.session, run=self.run, at_ms=self._now_ms(), begun=begun
            )

    def record_pain_place(self, exercise: str, mark: Mark | None, *, begun: bool) -> None:
        """Record that something hurt, in this exercise or outside of all; ``begun`` as above."""
        if self._history is not None:
            self._history.add_hurt(
                exercise,
                session=self.session,
                run=self.run,
                at_ms=self._now_ms(),
                mark=mark,
                begun=begun,
            )


class PracticeHistory:
    """Looks up and keeps what was completed.

    Args:
        path: the file of the history.
        pacing: the person's own pacing file, which may say that nothing is to be remembered.
        notify: told, in a sentence, if it cannot be used; that is no reason not to play.
        now_ms: the clock.
    """

    def __init__(
        self, path: Path, pacing: Path, notify: Callable[[str], None], now_ms: Callable[[], int]
    ) -> None:
        self._path = path
        self._pacing = pacing
        self._notify = notify
        self._now_ms = now_ms

    @cached_property
    def _history(self) -> History:
        from voice_coach.history.log import History

        return History(self._path, self._notify)

    def layers(self, session: Session) -> Callable[[SessionEntry | None], Layer]:
        """For each entry how much is said by what is known of it, to be put below all other layers.

        The opening and closing, where the entry is None, are said as the exercise with the most words is.
        """
        exercises = {entry.exercise.id for entry in session.entries}
        past = (
            self._history.practice(exercises)
            if self._may_remember()
            else dict.fromkeys(exercises, Practice())
        )
        now_ms = self._now_ms()
        levels: dict[str, Guidance] = {
            name: fade_guidance(practice, now_ms) for name, practice in past.items()
        }
        # The levels stand in order, the one with the most words first.
        most: Guidance = GUIDANCE_LEVELS[min(map(GUIDANCE_LEVELS.index, levels.values()), default=0)]

        def layer(entry: SessionEntry | None) -> Layer:
            return Layer(FADED, guidance=levels[entry.exercise.id] if entry else most)

        return layer

    def run_log(self, session: Session) -> RunLog:
        """Keep what comes of one playing of a session."""
        return RunLog(self._history if self._may_remember() else None, session.id, self._now_ms)

    def _may_remember(self) -> bool:
        return may_remember(self._pacing)


def may_remember(pacing: Path) -> bool:
    """Return whether the person lets anything be remembered; a pacing file that cannot be read may say no."""
    if not os.path.lexists(pacing):
        return True
    from voice_coach.pacing.user_file import PacingFile

    try:
        own, problems = PacingFile(pacing).read()
    except CoachError:
        return False
    return own.history and bool(own.text or not problems)
