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
from voice_coach.session.body import Body, advance_body, detour, needed_position, next_detour_ms
from voice_coach.session.navigation import next_wait, resume_ms
from voice_coach.session.state import (
    SOUNDS,
    Announcement,
    AnnouncementName,
    Answer,
    PlayableContent,
    Rules,
    Segment,
    State,
)

REMIND_MS: Final = 45_000
"""Milliseconds between reminders while the user is waited for."""

WAIT_FACTOR: Final = 3
WAIT_LEAST_MS: Final = 60_000
"""Shortest time after which a wait ends by itself; longer waits end after ``WAIT_FACTOR`` times their
length. The user must not be left lying without a key within reach."""

ASK_LIMIT_MS: Final = 180_000
"""Milliseconds without an answer to "that hurts" after which the session is paused."""

REST_LIMIT_MS: Final = 600_000
"""Likewise who rests after it."""

OFFER_MS: Final = 8_000
"""Milliseconds before an offer is repeated once."""

SCORE_MS: Final = 15_000
"""Milliseconds that the answer about pain is waited for; it is not asked again."""

SCORE_AGAIN_MS: Final = 8_000
"""Milliseconds after an answer in which another one replaces it."""

_MOVING: Final = ("lead_in", "way_out")
"""Announcements that move the body."""

BESIDES: Final = -1
"""Instead of a chapter's index, for what is said besides."""

_FOREVER_MS: Final = 1 << 50
_NOT_YET_MS: Final = 100
"""Milliseconds before the next check whether a chapter is compiled."""

_LOST_BACK_MS: Final = 10_000
"""The loss of the device is a pause at least so long: the last words may not have been heard."""


def segment(state: State, content: PlayableContent, rules: Rules) -> Segment | None:
    """Return what is heard from a state on, as long as no command comes; None at the end."""
    if state.announcements:
        chapter = content.announcement(state.announcements[0])
        return Segment(chapter, state.announcement_ms, chapter.duration_ms)
    if state.mode == "ended":
        return None
    if state.mode != "playing":
        return Segment(None, state.since_ms, _due_ms(state, content))
    chapter = current_chapter(state, content)
    if chapter is None:
        return Segment(None, 0, _NOT_YET_MS)
    if detour(state.body, chapter, state.chapter, state.at_ms):
        return Segment(chapter, state.at_ms, state.at_ms)  # first the body has to come there
    wait = next_wait(chapter, state.at_ms) if rules.waits else None
    until_ms = wait.start_ms if wait else chapter.duration_ms
    detour_ms = next_detour_ms(state.body, chapter, state.chapter, state.at_ms)
    return Segment(chapter, state.at_ms, until_ms if detour_ms is None else min(until_ms, detour_ms))


def advance(state: State, ms: int, content: PlayableContent) -> State:
    """The state so many milliseconds further on in its segment."""
    if state.announcements:
        announcement, announcement_ms = state.announcements[0], state.announcement_ms + ms
        if announcement.name not in _MOVING:
            return replace(state, announcement_ms=announcement_ms)
        body = advance_body(
            state.body, content.announcement(announcement), BESIDES, state.announcement_ms, announcement_ms
        )
        return replace(state, announcement_ms=announcement_ms, body=body)
    if state.mode != "playing":
        return replace(state, since_ms=state.since_ms + ms)
    chapter = current_chapter(state, content)
    if chapter is None:
        return state
    at_ms = state.at_ms + ms
    body = advance_body(state.body, chapter, state.chapter, state.at_ms, at_ms)
    return replace(state, at_ms=at_ms, body=body)


def finish_segment(state: State, content: PlayableContent, rules: Rules) -> State:
    """The state that follows when a segment has been heard to its end."""
    if state.announcements:
        return _aside_over(state, content, rules)
    match state.mode:
        case "playing":
            return _stretch_over(state, content, rules)
        case "waiting":
            return _waited(state, content)
        case "asking":
            return _unanswered(state, ASK_LIMIT_MS, "hurts_ask")
        case "resting":
            return _unanswered(state, REST_LIMIT_MS, "rest_reminder")
        case "scoring":
            return answer_pain(state, rules)
        case "offering":
            return (
                decline_offer(state)
                if state.told
                else _reminded(state, *reentry_announcements(state, "offering", content))
            )
        case _:
            return state


def current_chapter(state: State, content: PlayableContent) -> Chapter | None:
    """The chapter that a state is in; None if it is not compiled yet."""
    return content.chapter(state.chapter, easier=state.easier)


def enter_mode(
    state: State, mode: Mode, *announcements: AnnouncementName, left_ms: int | None = None
) -> State:
    """The state in another mode, beginning with what is said then."""
    said = tuple(make_announcement(state, name, left_ms) for name in announcements)
    return replace(state, mode=mode, announcements=said, announcement_ms=0, since_ms=0, told=0)


def make_announcement(state: State, name: AnnouncementName, left_ms: int | None = None) -> Announcement:
    """Return what is said about the place that a state has come to."""
    return Announcement(name, state.chapter, state.at_ms, state.easier, left_ms)


def decline_offer(state: State) -> State:
    """Return the state after an offer was not taken up."""
    if state.offer == "keep":
        return enter_mode(state, "ended")
    return enter_mode(replace(state, chapter=0, at_ms=0, easier=False), "playing")


def ready(state: State, content: PlayableContent, *announcements: AnnouncementName) -> State:
    """The wait is over: the person is where the coach asked them to be."""
    wait = _wait(state, content)
    there = replace(state, at_ms=wait[1] if wait else state.at_ms, hurt=False)
    return enter_mode(there, "playing", *announcements)


def resume_mode(
    state: State, content: PlayableContent, pause_ms: int, mode: Mode, announcement: AnnouncementName
) -> State:
    """The state in the mode that it was held up in, after so long."""
    if mode == "playing":
        return enter_mode(step_back(state, content, pause_ms), "playing", announcement)
    return enter_mode(state, mode, announcement, *reentry_announcements(state, mode, content))


def reentry_announcements(state: State, mode: Mode, content: PlayableContent) -> tuple[AnnouncementName, ...]:
    """Return the announcements when a mode is entered again, so that the user knows why it is quiet."""
    if mode == "waiting" and state.hurt:
        return (_back(state, content),)
    if mode == "hurting":
        return (way_out(state, content),)
    if mode == "offering":
        return ("resume_offer" if state.offer == "resume" else "keep_offer",)
    if mode == "scoring":
        return ("score_ask",) if state.score is None else ()
    return _ASKED.get(mode, ())


def way_out(state: State, content: PlayableContent) -> AnnouncementName:
    """Return what is said when something hurts: the exercise's own words for who is in its position only."""
    body = state.body
    is_in_it = body.is_there and body.position == content.position(state.chapter)
    return "way_out" if is_in_it else "way_out_anywhere"


def _back(state: State, content: PlayableContent) -> AnnouncementName:
    """Return what is asked after a rest: to take the position again, or to be ready to be led into it."""
    chapter = current_chapter(state, content)
    asked = needed_position(chapter, state.at_ms) if chapter else None
    return "back_to_exercise" if asked and state.body == Body(asked) else "ready_ask"


def step_back(state: State, content: PlayableContent, pause_ms: int) -> State:
    """The state at the place where one goes on after a pause."""
    chapter = current_chapter(state, content)
    if chapter is None:
        return state
    return replace(state, at_ms=resume_ms(chapter, state.at_ms, pause_ms))


def lose_device(state: State) -> State:
    """The sound device is gone. How long a pause has lasted is still known."""
    if state.mode in ("lost", "ended"):
        return state
    if state.is_asked_at_end:
        # All of it was heard, and whoever switches the headset off at the end has nothing to say to it.
        return enter_mode(state, "ended")
    return replace(state, mode="lost", lost_in=state.mode, announcements=(), announcement_ms=0)


def return_device(state: State, content: PlayableContent, away_ms: int) -> State:
    """There is a sound device again."""
    if state.mode != "lost":
        return state
    if state.lost_in == "paused":
        since_ms = state.since_ms + away_ms
        back = replace(enter_mode(state, "paused", "device_back_paused"), since_ms=since_ms)
    else:
        back = resume_mode(state, content, max(away_ms, _LOST_BACK_MS), state.lost_in, "device_back")
    # What was to be said meanwhile: whether the coach still hears.
    return replace(back, announcements=(*state.announcements, *back.announcements))


def pause_after_suspend(state: State, content: PlayableContent, ms: int) -> State:
    """The machine has slept for so long in the middle of it."""
    match state.mode:
        case "playing":
            return resume_mode(state, content, ms, "playing", "going_on")
        case "paused":
            return replace(state, since_ms=state.since_ms + ms)
        case "lost" | "ended":
            return state
        case _:
            return resume_mode(state, content, ms, state.mode, "going_on")


_ASKED: Final[Mapping[Mode, tuple[AnnouncementName, ...]]] = {
    "waiting": ("ready_ask",),
    "hurting": ("way_out_anywhere",),
    "asking": ("hurts_ask",),
    "resting": ("rest_reminder",),
}


def _due_ms(state: State, content: PlayableContent) -> int:
    """Return how long a silent mode goes on until something is due."""
    limit_ms = {
        "waiting": _wait_limit_ms(state, content),
        "asking": ASK_LIMIT_MS,
        "resting": REST_LIMIT_MS,
        "offering": OFFER_MS * (state.told + 1),
        "scoring": SCORE_MS if state.score is None else SCORE_AGAIN_MS,
    }.get(state.mode, _FOREVER_MS)
    if state.mode in _ASKED:
        limit_ms = min(limit_ms, REMIND_MS * (state.told + 1))
    return max(limit_ms, state.since_ms)


def apply_answer(state: State, answer: Answer, content: PlayableContent, rules: Rules) -> State:
    """Return how it goes on after something has hurt; while the way out is said that is heard to its end
    first."""
    if state.mode == "hurting" and state.announcements:
        return replace(state, answer=answer)
    state = replace(state, answer="")
    if answer == "rest":
        return enter_mode(state, "resting", "rest_begins")
    if answer == "leave-out":
        return finish_chapter(state, content, rules, "skipped")
    if state.easier or not content.has_easier(state.chapter):
        return enter_mode(state, "asking", "no_easier", "hurts_ask")
    return enter_mode(replace(state, at_ms=0, easier=True, hurt=False), "playing", "easier_begins")


def _aside_over(state: State, content: PlayableContent, rules: Rules) -> State:
    left = state.announcements[1:]
    detour = state.announcements[0].detour
    if detour is not None:
        state = replace(state, body=Body(detour.to))
        if detour.waits and rules.waits and not left:
            return enter_mode(state, "waiting", "ready_ask")
    if not left and state.mode == "hurting":
        asking = enter_mode(state, "asking", "hurts_ask")
        return apply_answer(asking, state.answer, content, rules) if state.answer else asking
    return replace(state, announcements=left, announcement_ms=0)


def _stretch_over(state: State, content: PlayableContent, rules: Rules) -> State:
    chapter = current_chapter(state, content)
    if chapter is None:
        return state
    if state.at_ms >= chapter.duration_ms:
        return finish_chapter(state, content, rules)
    if way := detour(state.body, chapter, state.chapter, state.at_ms):
        there = replace(state, at_ms=way.at_ms)
        if way.is_needless:
            return there
        return replace(
            there,
            announcements=(replace(make_announcement(there, "lead_in"), detour=way),),
            announcement_ms=0,
        )
    return enter_mode(state, "waiting", "ready_ask") if rules.waits and _wait(state, content) else state


def finish_chapter(
    state: State, content: PlayableContent, rules: Rules, *announcements: AnnouncementName
) -> State:
    """The state at the start of the next chapter, or at the end."""
    if state.chapter + 1 < content.count:
        there = replace(state, chapter=state.chapter + 1, at_ms=0, easier=False, hurt=False)
        return enter_mode(there, "playing", *announcements)
    if rules.asks_pain:
        return enter_mode(state, "scoring", *announcements, "score_ask")
    return answer_pain(state, rules)


def answer_pain(state: State, rules: Rules) -> State:
    """The pain was told, or was not going to be: what comes after that at the end."""
    if rules.waits and state.speed_percent != rules.speed_percent:
        return enter_mode(replace(state, offer="keep"), "offering", "keep_offer")
    return enter_mode(state, "ended")


def _wait(state: State, content: PlayableContent) -> tuple[int, int] | None:
    """Start and end of the wait that is being waited for."""
    chapter = current_chapter(state, content)
    wait = next_wait(chapter, state.at_ms) if chapter else None
    return (wait.start_ms, wait.end_ms) if wait and wait.start_ms == state.at_ms else None


def _wait_limit_ms(state: State, content: PlayableContent) -> int:
    if state.hurt:
        return REST_LIMIT_MS
    wait = _wait(state, content)
    return max(WAIT_LEAST_MS, WAIT_FACTOR * (wait[1] - wait[0]) if wait else 0)


def _waited(state: State, content: PlayableContent) -> State:
    if state.hurt:
        # Nobody who was hurt is led on without having said so.
        return _unanswered(state, REST_LIMIT_MS, _back(state, content))
    if state.since_ms >= _wait_limit_ms(state, content):
        return ready(state, content, "ready_limit")
    return _reminded(state, "ready_reminder")


def _unanswered(state: State, limit_ms: int, reminder: AnnouncementName) -> State:
    if state.since_ms < limit_ms:
        return _reminded(state, reminder)
    return replace(enter_mode(state, "paused", "hurts_limit"), held=state.mode)


def _reminded(state: State, reminder: AnnouncementName) -> State:
    return replace(
        state, announcements=(make_announcement(state, reminder),), announcement_ms=0, told=state.told + 1
    )


CONFIRMATIONS: Final = (
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
"""Announcements that need not be finished when another one is asked for."""


_ANNOUNCED: Final = ("deaf", "hears_again")


def announce(state: State, content: PlayableContent, name: AnnouncementName) -> State:
    """Say something in between; what it interrupts comes again from the start of its sentence."""
    if state.mode == "lost":
        # Nothing can be heard; who listens and who does not is told when there is sound again.
        return (
            replace(state, announcements=(make_announcement(state, name),)) if name in _ANNOUNCED else state
        )
    left_ms = (
        content.left_ms(state.chapter, state.at_ms, easier=state.easier) if name == "time_left" else None
    )
    said = make_announcement(state, name, left_ms)
    if state.mode == "playing" and not state.announcements:
        state = step_back(state, content, 0)
    if state.mode == "hurting":
        # Nobody is held up who is half out of a position that hurts.
        return replace(state, announcements=(*state.announcements, said))
    # A way begins anew from where the body has come to meanwhile, so it is not kept.
    kept = (announcement for announcement in state.announcements if announcement.detour is None)
    waiting = (announcement for announcement in kept if announcement.name not in CONFIRMATIONS)
    return replace(state, announcements=(said, *waiting), announcement_ms=0)


def acknowledge(before: State, after: State, content: PlayableContent) -> State:
    """The state after a command that was spoken, with a sound which tells what became of it.

    Where another sound tells it already, or the words that are being said are louder or softer now, it needs
    none.
    """
    if after.mode in ("lost", "ended") or (after.announcements and after.announcements[0].name in SOUNDS):
        return after
    if before.mode == after.mode == "hurting":
        return after  # what is said is not begun anew
    if after == before:
        return announce(after, content, "not_now")
    if not after.announcements and _at_place(after) == _at_place(before):
        return after
    return replace(
        after, announcements=(make_announcement(after, "heard"), *after.announcements), announcement_ms=0
    )


def _at_place(state: State) -> tuple[object, ...]:
    return state.mode, state.chapter, state.at_ms, state.easier


def is_speaking(state: State, content: PlayableContent) -> bool:
    """Return whether words are being said."""
    if state.announcements:
        return state.announcements[0].name not in SOUNDS
    chapter = current_chapter(state, content) if state.mode == "playing" else None
    return chapter is not None and places.is_speaking(chapter, state.at_ms)
