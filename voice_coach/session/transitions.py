"""Transitions of the live session's state machine, pure: commands, ends of chapters, announcements.

``commands.py`` has what commands make of a state. There is no clock in either: time is the stream's own.
The picture is in docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from voice_coach.core.status import Mode
from voice_coach.core.timeline import Chapter
from voice_coach.session import navigation as places
from voice_coach.session.body import Body, after_hearing, detour, needed, next_detour_ms
from voice_coach.session.navigation import next_wait, resume_ms
from voice_coach.session.state import SOUNDS, Answer, Aside, AsideName, Rules, Score, Segment, State

REMIND_MS: Final = 45_000
"""So often somebody who is waited for is reminded."""

WAIT_FACTOR: Final = 3
WAIT_LEAST_MS: Final = 60_000
"""A wait ends by itself after so many times its written length, but not before so long: nobody is to be left
lying there who has no key within reach."""

ASK_LIMIT_MS: Final = 180_000
"""Who has not said for so long how to go on after "that hurts" is left in peace: the session is paused."""

REST_LIMIT_MS: Final = 600_000
"""Likewise who rests after it."""

OFFER_MS: Final = 8_000
"""So long an offer stands; then it is made once more."""

SCORE_MS: Final = 15_000
"""So long an answer is waited for when it is asked how much pain there is; it is not asked again."""

SCORE_AGAIN_MS: Final = 8_000
"""So long after an answer another one takes its place."""

_MOVING: Final = ("lead_in", "way_out")
"""What is said besides and moves the body."""

BESIDES: Final = -1
"""Instead of a chapter's index, for what is said besides."""

_FOREVER_MS: Final = 1 << 50
_NOT_YET_MS: Final = 100
"""So soon it is looked again whether a chapter is compiled."""

_LOST_BACK_MS: Final = 10_000
"""The loss of the device is a pause at least so long: the last words may not have been heard."""


def segment(state: State, score: Score, rules: Rules) -> Segment | None:
    """What is heard from a state on, as long as no command comes; None at the end."""
    if state.asides:
        chapter = score.aside(state.asides[0])
        return Segment(chapter, state.aside_ms, chapter.duration_ms)
    if state.mode == "ended":
        return None
    if state.mode != "playing":
        return Segment(None, state.since_ms, _due_ms(state, score))
    chapter = here(state, score)
    if chapter is None:
        return Segment(None, 0, _NOT_YET_MS)
    if detour(state.body, chapter, state.chapter, state.at_ms):
        return Segment(chapter, state.at_ms, state.at_ms)  # first the body has to come there
    wait = next_wait(chapter, state.at_ms) if rules.waits else None
    until_ms = wait.start_ms if wait else chapter.duration_ms
    detour_ms = next_detour_ms(state.body, chapter, state.chapter, state.at_ms)
    return Segment(chapter, state.at_ms, until_ms if detour_ms is None else min(until_ms, detour_ms))


def moved(state: State, ms: int, score: Score) -> State:
    """The state so many milliseconds further on in its segment."""
    if state.asides:
        aside, aside_ms = state.asides[0], state.aside_ms + ms
        if aside.name not in _MOVING:
            return replace(state, aside_ms=aside_ms)
        body = after_hearing(state.body, score.aside(aside), BESIDES, state.aside_ms, aside_ms)
        return replace(state, aside_ms=aside_ms, body=body)
    if state.mode != "playing":
        return replace(state, since_ms=state.since_ms + ms)
    chapter = here(state, score)
    if chapter is None:
        return state
    at_ms = state.at_ms + ms
    body = after_hearing(state.body, chapter, state.chapter, state.at_ms, at_ms)
    return replace(state, at_ms=at_ms, body=body)


def over(state: State, score: Score, rules: Rules) -> State:
    """The state that follows when a segment has been heard to its end."""
    if state.asides:
        return _aside_over(state, score, rules)
    match state.mode:
        case "playing":
            return _stretch_over(state, score, rules)
        case "waiting":
            return _waited(state, score)
        case "asking":
            return _unanswered(state, ASK_LIMIT_MS, "hurts_ask")
        case "resting":
            return _unanswered(state, REST_LIMIT_MS, "rest_reminder")
        case "scoring":
            return scored(state, rules)
        case "offering":
            return declined(state) if state.told else _reminded(state, *asked_in(state, "offering", score))
        case _:
            return state


def here(state: State, score: Score) -> Chapter | None:
    """The chapter that a state is in; None if it is not compiled yet."""
    return score.chapter(state.chapter, easier=state.easier)


def entered(state: State, mode: Mode, *asides: AsideName, left_ms: int | None = None) -> State:
    """The state in another mode, beginning with what is said then."""
    said = tuple(about(state, name, left_ms) for name in asides)
    return replace(state, mode=mode, asides=said, aside_ms=0, since_ms=0, told=0)


def about(state: State, name: AsideName, left_ms: int | None = None) -> Aside:
    """What is said about the place that a state has come to."""
    return Aside(name, state.chapter, state.at_ms, state.easier, left_ms)


def declined(state: State) -> State:
    """Nobody has taken up what was offered."""
    if state.offer == "keep":
        return entered(state, "ended")
    return entered(replace(state, chapter=0, at_ms=0, easier=False), "playing")


def ready(state: State, score: Score, *asides: AsideName) -> State:
    """The wait is over: the person is where the coach asked them to be."""
    wait = _wait(state, score)
    there = replace(state, at_ms=wait[1] if wait else state.at_ms, hurt=False)
    return entered(there, "playing", *asides)


def gone_on(state: State, score: Score, pause_ms: int, mode: Mode, aside: AsideName) -> State:
    """The state in the mode that it was held up in, after so long."""
    if mode == "playing":
        return entered(stepped_back(state, score, pause_ms), "playing", aside)
    return entered(state, mode, aside, *asked_in(state, mode, score))


def asked_in(state: State, mode: Mode, score: Score) -> tuple[AsideName, ...]:
    """What is said when a mode is entered again, so that nobody lies there without knowing why."""
    if mode == "waiting" and state.hurt:
        return (_back(state, score),)
    if mode == "hurting":
        return (way_out(state, score),)
    if mode == "offering":
        return ("resume_offer" if state.offer == "resume" else "keep_offer",)
    if mode == "scoring":
        return ("score_ask",) if state.score is None else ()
    return _ASKED.get(mode, ())


def way_out(state: State, score: Score) -> AsideName:
    """Return what is said when something hurts: the exercise's own words for who is in its position only."""
    body = state.body
    is_in_it = body.is_there and body.position == score.position(state.chapter)
    return "way_out" if is_in_it else "way_out_anywhere"


def _back(state: State, score: Score) -> AsideName:
    """Return what is asked after a rest: to take the position again, or to be ready to be led into it."""
    chapter = here(state, score)
    asked = needed(chapter, state.at_ms) if chapter else None
    return "back_to_exercise" if asked and state.body == Body(asked) else "ready_ask"


def stepped_back(state: State, score: Score, pause_ms: int) -> State:
    """The state at the place where one goes on after a pause."""
    chapter = here(state, score)
    if chapter is None:
        return state
    return replace(state, at_ms=resume_ms(chapter, state.at_ms, pause_ms))


def lost(state: State) -> State:
    """The sound device is gone. How long a pause has lasted is still known."""
    if state.mode in ("lost", "ended"):
        return state
    if state.is_asked_at_end:
        # All of it was heard, and whoever switches the headset off at the end has nothing to say to it.
        return entered(state, "ended")
    return replace(state, mode="lost", lost_in=state.mode, asides=(), aside_ms=0)


def returned(state: State, score: Score, away_ms: int) -> State:
    """There is a sound device again."""
    if state.mode != "lost":
        return state
    if state.lost_in == "paused":
        since_ms = state.since_ms + away_ms
        back = replace(entered(state, "paused", "device_back_paused"), since_ms=since_ms)
    else:
        back = gone_on(state, score, max(away_ms, _LOST_BACK_MS), state.lost_in, "device_back")
    # What was to be said meanwhile: whether the coach still hears.
    return replace(back, asides=(*state.asides, *back.asides))


def slept(state: State, score: Score, ms: int) -> State:
    """The machine has slept for so long in the middle of it."""
    match state.mode:
        case "playing":
            return gone_on(state, score, ms, "playing", "going_on")
        case "paused":
            return replace(state, since_ms=state.since_ms + ms)
        case "lost" | "ended":
            return state
        case _:
            return gone_on(state, score, ms, state.mode, "going_on")


_ASKED: Final[Mapping[Mode, tuple[AsideName, ...]]] = {
    "waiting": ("ready_ask",),
    "hurting": ("way_out_anywhere",),
    "asking": ("hurts_ask",),
    "resting": ("rest_reminder",),
}


def _due_ms(state: State, score: Score) -> int:
    """How long a silent mode goes on until something is due."""
    limit_ms = {
        "waiting": _wait_limit_ms(state, score),
        "asking": ASK_LIMIT_MS,
        "resting": REST_LIMIT_MS,
        "offering": OFFER_MS * (state.told + 1),
        "scoring": SCORE_MS if state.score is None else SCORE_AGAIN_MS,
    }.get(state.mode, _FOREVER_MS)
    if state.mode in _ASKED:
        limit_ms = min(limit_ms, REMIND_MS * (state.told + 1))
    return max(limit_ms, state.since_ms)


def answered(state: State, answer: Answer, score: Score, rules: Rules) -> State:
    """How it goes on after something has hurt; while the way out is said that is heard to its end first."""
    if state.mode == "hurting" and state.asides:
        return replace(state, answer=answer)
    state = replace(state, answer="")
    if answer == "rest":
        return entered(state, "resting", "rest_begins")
    if answer == "leave-out":
        return chapter_over(state, score, rules, "skipped")
    if state.easier or not score.has_easier(state.chapter):
        return entered(state, "asking", "no_easier", "hurts_ask")
    return entered(replace(state, at_ms=0, easier=True, hurt=False), "playing", "easier_begins")


def _aside_over(state: State, score: Score, rules: Rules) -> State:
    left = state.asides[1:]
    detour = state.asides[0].detour
    if detour is not None:
        state = replace(state, body=Body(detour.to))
        if detour.waits and rules.waits and not left:
            return entered(state, "waiting", "ready_ask")
    if not left and state.mode == "hurting":
        asking = entered(state, "asking", "hurts_ask")
        return answered(asking, state.answer, score, rules) if state.answer else asking
    return replace(state, asides=left, aside_ms=0)


def _stretch_over(state: State, score: Score, rules: Rules) -> State:
    chapter = here(state, score)
    if chapter is None:
        return state
    if state.at_ms >= chapter.duration_ms:
        return chapter_over(state, score, rules)
    if way := detour(state.body, chapter, state.chapter, state.at_ms):
        there = replace(state, at_ms=way.at_ms)
        if way.is_needless:
            return there
        return replace(there, asides=(replace(about(there, "lead_in"), detour=way),), aside_ms=0)
    return entered(state, "waiting", "ready_ask") if rules.waits and _wait(state, score) else state


def chapter_over(state: State, score: Score, rules: Rules, *asides: AsideName) -> State:
    """The state at the start of the next chapter, or at the end."""
    if state.chapter + 1 < score.count:
        there = replace(state, chapter=state.chapter + 1, at_ms=0, easier=False, hurt=False)
        return entered(there, "playing", *asides)
    if rules.asks_pain:
        return entered(state, "scoring", *asides, "score_ask")
    return scored(state, rules)


def scored(state: State, rules: Rules) -> State:
    """The pain was told, or was not going to be: what comes after that at the end."""
    if rules.waits and state.speed_percent != rules.speed_percent:
        return entered(replace(state, offer="keep"), "offering", "keep_offer")
    return entered(state, "ended")


def _wait(state: State, score: Score) -> tuple[int, int] | None:
    """Start and end of the wait that is being waited for."""
    chapter = here(state, score)
    wait = next_wait(chapter, state.at_ms) if chapter else None
    return (wait.start_ms, wait.end_ms) if wait and wait.start_ms == state.at_ms else None


def _wait_limit_ms(state: State, score: Score) -> int:
    if state.hurt:
        return REST_LIMIT_MS
    wait = _wait(state, score)
    return max(WAIT_LEAST_MS, WAIT_FACTOR * (wait[1] - wait[0]) if wait else 0)


def _waited(state: State, score: Score) -> State:
    if state.hurt:
        # Nobody who was hurt is led on without having said so.
        return _unanswered(state, REST_LIMIT_MS, _back(state, score))
    if state.since_ms >= _wait_limit_ms(state, score):
        return ready(state, score, "ready_limit")
    return _reminded(state, "ready_reminder")


def _unanswered(state: State, limit_ms: int, reminder: AsideName) -> State:
    if state.since_ms < limit_ms:
        return _reminded(state, reminder)
    return replace(entered(state, "paused", "hurts_limit"), held=state.mode)


def _reminded(state: State, reminder: AsideName) -> State:
    return replace(state, asides=(about(state, reminder),), aside_ms=0, told=state.told + 1)


_CONFIRMATIONS: Final = (
    "paused",
    "going_on",
    "tick",
    "slower",
    "faster",
    "slowest",
    "fastest",
    "loudest",
    "quietest",
    "time_left",
    "where",
    "nothing_before",
    "nothing_after",
    "heard",
    "not_now",
    "help",
)
"""What need not be said to its end when something else is asked for."""


_ANNOUNCED: Final = ("deaf", "hears_again")


def told(state: State, score: Score, name: AsideName) -> State:
    """Says something in between; what it interrupts comes again from the start of its sentence."""
    if state.mode == "lost":
        # Nothing can be heard; who listens and who does not is told when there is sound again.
        return replace(state, asides=(about(state, name),)) if name in _ANNOUNCED else state
    left_ms = score.left_ms(state.chapter, state.at_ms, easier=state.easier) if name == "time_left" else None
    said = about(state, name, left_ms)
    if state.mode == "playing" and not state.asides:
        state = stepped_back(state, score, 0)
    if state.mode == "hurting":
        # Nobody is held up who is half out of a position that hurts.
        return replace(state, asides=(*state.asides, said))
    # A way begins anew from where the body has come to meanwhile, so it is not kept.
    kept = (aside for aside in state.asides if aside.detour is None)
    waiting = (aside for aside in kept if aside.name not in _CONFIRMATIONS)
    return replace(state, asides=(said, *waiting), aside_ms=0)


def confirmed(before: State, after: State, score: Score) -> State:
    """The state after a command that was spoken, with a sound which tells what became of it.

    Where another sound tells it already, or the words that are being said are louder or softer now, it needs
    none.
    """
    if after.mode in ("lost", "ended") or (after.asides and after.asides[0].name in SOUNDS):
        return after
    if before.mode == after.mode == "hurting":
        return after  # what is said is not begun anew
    if after == before:
        return told(after, score, "not_now")
    if not after.asides and _at_place(after) == _at_place(before):
        return after
    return replace(after, asides=(about(after, "heard"), *after.asides), aside_ms=0)


def _at_place(state: State) -> tuple[object, ...]:
    return state.mode, state.chapter, state.at_ms, state.easier


def is_speaking(state: State, score: Score) -> bool:
    """Whether words are being said."""
    if state.asides:
        return state.asides[0].name not in SOUNDS
    chapter = here(state, score) if state.mode == "playing" else None
    return chapter is not None and places.is_speaking(chapter, state.at_ms)
