"""What those are told who show, steer or remember a live session: where it is, and what goes on there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_coach.live_score import LiveScore
from voice_coach.model.cue import Mark
from voice_coach.model.live import LiveStatus
from voice_coach.model.status import Status
from voice_coach.model.timeline import Chapter
from voice_coach.player.places import mark_at, sentence_ms
from voice_coach.player.state import State
from voice_coach.player.status import moment


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session is.

    Attributes:
        chapter: the index of the chapter.
        exercise: the exercise's id, or "".
        title: the chapter's title.
        at_ms: in the chapter.
        mark: which set, rep and side that is.
        easier: whether it is the exercise's easier variant.
        speed_percent: where the one knob stands.
    """

    chapter: int
    exercise: str
    title: str
    at_ms: int
    mark: Mark | None
    easier: bool
    speed_percent: int


class Here:
    """One state of a session, found in what can be heard.

    Args:
        score: what can be heard.
        state: the state.
    """

    def __init__(self, score: LiveScore, state: State) -> None:
        self._score = score
        self._state = state
        self._chapter = score.chapter(state.chapter, easier=state.easier)
        self._mark = mark_at(self._chapter, state.at_ms) if self._chapter else None

    @property
    def cue(self) -> tuple[object, ...]:
        """Another one at another sentence, step or rep, in another mode, and when something was turned."""
        state = self._state
        said_ms = sentence_ms(self._chapter, state.at_ms) if self._chapter else 0
        turned = (state.speed_percent, state.volume_db)
        return (state.mode, state.chapter, state.easier, self._mark, said_ms, turned)

    @property
    def place(self) -> Place:
        """Where that is."""
        state, performance = self._state, self._score.performance
        return Place(
            chapter=state.chapter,
            exercise=performance.exercises[state.chapter],
            title=performance.titles[state.chapter],
            at_ms=state.at_ms,
            mark=self._mark,
            easier=state.easier,
            speed_percent=state.speed_percent,
        )

    @property
    def status(self) -> LiveStatus:
        """What goes on there."""
        score, state, chapter, mark = self._score, self._state, self._chapter, self._mark
        session = score.performance.session
        return LiveStatus(
            mode=state.mode,
            status=self._moment(chapter) if chapter else None,
            session=session.id,
            title=session.title,
            chapter=state.chapter,
            chapters=score.count,
            position_ms=state.at_ms,
            duration_ms=chapter.duration_ms if chapter else 0,
            set=mark.set if mark else None,
            rep=mark.rep if mark else None,
            side=mark.side if mark else None,
            volume_db=state.volume_db,
            speed_percent=state.speed_percent,
            saying=self._saying(),
            has_easier=not state.easier and score.has_easier(state.chapter),
            offer=state.offer if state.mode == "offering" else "",
            score=state.score,
        )

    def _moment(self, chapter: Chapter) -> Status:
        state = self._state
        before = [self._score.chapter(index) for index in range(state.chapter)]
        before_ms = sum(each.duration_ms for each in before if each is not None)
        left_ms = self._score.left_ms(state.chapter, state.at_ms, easier=state.easier)
        now = moment(chapter, state.at_ms, position_ms=before_ms + state.at_ms, left_ms=left_ms)
        if not state.hurt and state.mode not in ("offering", "scoring", "ended"):
            return now
        # Whoever looks now shall not read what hurt, or what is not to be done.
        return replace(now, speech=None, speaking=False, action=None, action_left_ms=0, coming=None)

    def _saying(self) -> str:
        state = self._state
        chapter = self._score.said(state.asides[0]) if state.asides else None
        words = (event for event in (chapter.events if chapter else ()) if event.lane == "speech")
        return next((event.text for event in reversed([*words]) if event.start_ms <= state.aside_ms), "")
