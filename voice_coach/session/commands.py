"""Effects of commands on the state of a live session. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from voice_coach.core.commands import BY_POINTS, CommandName
from voice_coach.core.parameters import (
    FASTEST_PERCENT,
    LOUDEST_DB,
    QUIETEST_DB,
    SLOWEST_PERCENT,
    STEP_DB,
    STEP_PERCENT,
)
from voice_coach.core.timeline import Chapter
from voice_coach.session import navigation as places
from voice_coach.session.body import release_position
from voice_coach.session.state import AnnouncementName, Answer, PlayableContent, Rules, State
from voice_coach.session.transitions import (
    acknowledge,
    announce,
    answer_pain,
    apply_answer,
    current_chapter,
    decline_offer,
    enter_mode,
    finish_chapter,
    is_speaking,
    make_announcement,
    ready,
    reentry_announcements,
    resume_mode,
    way_out,
)


def apply_command(state: State, command: CommandName, content: PlayableContent, rules: Rules) -> State:
    """The state after a command; the same one where it means nothing."""
    if state.mode == "ended":
        return replace(state, announcements=()) if command in ("stop", "end") else state
    if state.is_asked_at_end and state.mode == "paused" and command not in _STAYS_PAUSED:
        return apply_command(replace(state, mode=state.held), command, content, rules)
    if state.is_asked_at_end and command == "hurts":
        # There is nothing left to come out of, and nowhere to go back to.
        if state.mode == "scoring":
            return enter_mode(state, "scoring", "score_ask")
        return enter_mode(state, "ended", "ended_after_pain")
    if state.mode == "offering" and command not in _BESIDES and command not in BY_POINTS:
        if command in _YES:
            return _taken_up(state)
        # Whoever asks for something else does not want it.
        return apply_command(decline_offer(state), command, content, rules)
    if state.mode == "scoring" and command == "stop":
        return enter_mode(state, "ended")
    if state.mode == "scoring" and command not in _BESIDES and command not in BY_POINTS:
        return answer_pain(state, rules)  # whoever asks for something else does not want to tell
    if command in _TO_PLACES and any(announcement.detour for announcement in state.announcements):
        # Who is being led into a position has no place in it yet: that can only be said again.
        return replace(state, announcements=(), announcement_ms=0) if command == "repeat" else state
    if state.mode == "asking" or (state.hurt and state.mode != "hurting" and command not in _YES):
        command = _ANSWERS.get(command, command)
    return _COMMANDS[command](state, content, rules)


def apply_spoken_command(state: State, command: CommandName, content: PlayableContent, rules: Rules) -> State:
    """The state after a command that was spoken, and a sound that tells what became of it.

    An answer to "how shall we go on?" that is given unasked means what comes nearest to it: whoever says
    "that is enough" in the middle of a hold is not to be led on.
    """
    meant = command if state.hurt else _UNASKED.get(command, command)
    return acknowledge(state, apply_command(state, meant, content, rules), content)


_UNASKED: Final[Mapping[CommandName, CommandName]] = {
    "rest": "pause",
    "easier": "hurts",
    "leave-out": "skip",
    "end": "stop",
}

_YES: Final = ("toggle", "resume", "ready")
"""Commands that take up an offer, and say that the user is ready."""

_BESIDES: Final = (
    "pause",
    "hurts",
    "louder",
    "quieter",
    "slower",
    "faster",
    "time-left",
    "where",
    "repeat",
    "help",
    "stop",
)
"""Commands that neither take up an offer nor decline it."""

_STAYS_PAUSED: Final = (*_YES, *(each for each in _BESIDES if each != "hurts"))
"""Commands that do not end a pause in which nothing is left but a question."""

_TO_PLACES: Final = ("repeat", "next", "previous", "next-rep", "previous-rep")
"""Commands that lead to another place in the same chapter."""

_ANSWERS: Final[Mapping[CommandName, CommandName]] = {
    "toggle": "rest",
    "resume": "rest",
    "ready": "rest",
    "previous": "easier",
    "previous-rep": "easier",
    "back": "easier",
    "next": "leave-out",
    "next-rep": "leave-out",
    "skip": "leave-out",
    "stop": "end",
}
"""What the commands that every control has mean once something has hurt: answers to "how shall we go on?"."""


def _toggle(state: State, content: PlayableContent, rules: Rules) -> State:
    if state.mode in ("playing", "hurting"):
        return _pause(state, content, rules)
    return _resume(state, content, rules)


def _pause(state: State, _content: PlayableContent, _rules: Rules) -> State:
    if state.mode == "lost":
        return replace(state, lost_in="paused", held=state.lost_in) if state.lost_in != "paused" else state
    return (
        state if state.mode == "paused" else replace(enter_mode(state, "paused", "paused"), held=state.mode)
    )


def _resume(state: State, content: PlayableContent, rules: Rules) -> State:
    return _ready(state, content, rules) if state.mode in ("paused", "waiting", "resting") else state


def _ready(state: State, content: PlayableContent, _rules: Rules) -> State:
    match state.mode:
        case "paused":
            return resume_mode(state, content, state.since_ms, state.held, "going_on")
        case "waiting":
            return ready(state, content)
        case "resting":
            # The person is ready to go on, and has yet to come back into the position.
            return enter_mode(state, "waiting", *reentry_announcements(state, "waiting", content))
        case "hurting":
            return enter_mode(state, "asking", "hurts_ask")
        case "playing":
            # In the middle of a rest: it is long enough.
            chapter = current_chapter(state, content)
            end_ms = places.rest_end_ms(chapter, state.at_ms) if chapter else None
            return state if end_ms is None else _go_to(state, end_ms)
        case _:
            return state


def _hurts(state: State, content: PlayableContent, _rules: Rules) -> State:
    if not state.hurt:
        # What is said is about the place that hurt; where it goes on is the start of that rep.
        chapter = current_chapter(state, content)
        begin_ms = places.rep_ms(chapter, state.at_ms) if chapter else state.at_ms
        state = replace(state, at_ms=begin_ms, hurt=True)
    words = way_out(state, content)
    body = state.body if words == "way_out" else release_position(state.body)
    state = replace(state, answer="", body=body)
    if state.mode == "lost":
        return replace(state, lost_in="hurting")
    return enter_mode(state, "hurting", words)


def _repeat(state: State, content: PlayableContent, _rules: Rules) -> State:
    chapter = current_chapter(state, content)
    if state.mode == "waiting" and not state.hurt and chapter is not None:
        # What there is to do before one is ready, not only that somebody waits for it.
        # What was done before that is not to be done again.
        place_ms = places.sentence_ms(chapter, state.at_ms)
        if places.done_ms(chapter, state.at_ms) <= place_ms < state.at_ms:
            return _go_to(state, place_ms)
    if asked := reentry_announcements(state, state.mode, content):
        return enter_mode(state, state.mode, *asked)
    if chapter is None or not _is_free(state):
        return state
    return _go_to(state, places.sentence_ms(chapter, state.at_ms))


def _on(starts: Callable[[Chapter], Sequence[int]]) -> Callable[[State, PlayableContent, Rules], State]:
    """On to the next of these places, or to the next chapter."""

    def go(state: State, content: PlayableContent, rules: Rules) -> State:
        if state.mode == "hurting":
            return enter_mode(state, "asking", "hurts_ask")
        if state.mode == "waiting":
            return ready(state, content)
        chapter = current_chapter(state, content)
        if chapter is None or not _is_free(state):
            return state
        place_ms = places.next_ms(starts(chapter), state.at_ms)
        return _skip(state, content, rules) if place_ms is None else _go_to(state, place_ms)

    return go


def _back_to(starts: Callable[[Chapter], Sequence[int]]) -> Callable[[State, PlayableContent, Rules], State]:
    """Back to the one of these places before, or to the last one in the chapter before."""

    def go(state: State, content: PlayableContent, _rules: Rules) -> State:
        chapter = current_chapter(state, content)
        if chapter is None or not _is_free(state):
            return state
        place_ms = places.previous_ms(starts(chapter), state.at_ms)
        if place_ms is not None:
            return _go_to(state, place_ms)
        if not state.chapter and not state.easier:
            return _go_to(state, 0, "nothing_before")
        before = None if state.easier else content.chapter(state.chapter - 1)
        if before is None:
            return _go_to(state, 0)
        last_ms = max(starts(before), default=0)
        return _go_to(replace(state, chapter=state.chapter - 1), last_ms)

    return go


def _skip(state: State, content: PlayableContent, rules: Rules) -> State:
    if not _is_free(state):
        return state
    if state.mode != "paused":
        return finish_chapter(state, content, rules)
    if state.chapter + 1 >= content.count:
        return replace(enter_mode(state, "paused", "nothing_after"), held=state.held)
    there = finish_chapter(state, content, rules)
    return replace(enter_mode(there, "paused", "where"), held=there.mode)


def _back(state: State, _content: PlayableContent, _rules: Rules) -> State:
    if not _is_free(state):
        return state
    if state.easier or state.at_ms > places.JUST_BEGUN_MS:
        return _go_to(state, 0)
    if not state.chapter:
        return _go_to(state, 0, "nothing_before")
    return _go_to(replace(state, chapter=state.chapter - 1), 0)


def _turn(
    step: int, said: AnnouncementName, at_bound: AnnouncementName
) -> Callable[[State, PlayableContent, Rules], State]:
    def go(state: State, content: PlayableContent, _rules: Rules) -> State:
        percent = min(max(state.speed_percent + step, SLOWEST_PERCENT), FASTEST_PERCENT)
        turned = replace(state, speed_percent=percent)
        return announce(turned, content, said if percent != state.speed_percent else at_bound)

    return go


def _volume(step_db: float, at_bound: AnnouncementName) -> Callable[[State, PlayableContent, Rules], State]:
    def go(state: State, content: PlayableContent, _rules: Rules) -> State:
        volume_db = min(max(state.volume_db + step_db, QUIETEST_DB), LOUDEST_DB)
        if volume_db == state.volume_db:
            return announce(state, content, at_bound)
        louder = replace(state, volume_db=volume_db)
        # Words that are being said tell it by themselves; in silence a short sound does.
        return louder if is_speaking(state, content) else announce(louder, content, "tick")

    return go


def _tell(name: AnnouncementName) -> Callable[[State, PlayableContent, Rules], State]:
    def go(state: State, content: PlayableContent, _rules: Rules) -> State:
        return announce(state, content, name)

    return go


def _stop(state: State, _content: PlayableContent, _rules: Rules) -> State:
    if state.mode == "lost":
        return enter_mode(state, "ended")
    return enter_mode(state, "ended", "ended_after_pain" if state.hurt else "ended")


def _answer(answer: Answer) -> Callable[[State, PlayableContent, Rules], State]:
    def go(state: State, content: PlayableContent, rules: Rules) -> State:
        return apply_answer(state, answer, content, rules) if state.hurt and state.mode != "lost" else state

    return go


def _end(state: State, content: PlayableContent, rules: Rules) -> State:
    return _stop(state, content, rules) if state.hurt else state


def _points(points: int) -> Callable[[State, PlayableContent, Rules], State]:
    def go(state: State, _content: PlayableContent, _rules: Rules) -> State:
        if state.mode != "scoring":
            return state
        thanks = replace(make_announcement(state, "score_thanks"), points=points)
        return replace(enter_mode(state, "scoring"), score=points, announcements=(thanks,))

    return go


_COMMANDS: Final[Mapping[CommandName, Callable[[State, PlayableContent, Rules], State]]] = {
    "toggle": _toggle,
    "pause": _pause,
    "resume": _resume,
    "ready": _ready,
    "hurts": _hurts,
    "repeat": _repeat,
    "next": _on(places.cues),
    "previous": _back_to(places.cues),
    "next-rep": _on(places.rep_starts),
    "previous-rep": _back_to(places.rep_starts),
    "skip": _skip,
    "back": _back,
    "slower": _turn(-STEP_PERCENT, "slower", "slowest"),
    "faster": _turn(STEP_PERCENT, "faster", "fastest"),
    "louder": _volume(STEP_DB, "loudest"),
    "quieter": _volume(-STEP_DB, "quietest"),
    "time-left": _tell("time_left"),
    "where": _tell("where"),
    "stop": _stop,
    "rest": _answer("rest"),
    "easier": _answer("easier"),
    "leave-out": _answer("leave-out"),
    "end": _end,
    "help": _tell("help"),
    **{command: _points(points) for points, command in enumerate(BY_POINTS)},
}


def _taken_up(state: State) -> State:
    if state.offer == "keep":
        return enter_mode(state, "ended", "kept")
    percent = state.speed_percent if state.offered_percent is None else state.offered_percent
    return enter_mode(replace(state, speed_percent=percent), "playing", "resumed", "caution")


def _is_free(state: State) -> bool:
    """Return whether one may go to another place: not before it is settled how to go on after something
    has hurt."""
    return not state.hurt and state.mode not in ("lost", "offering", "scoring")


def _go_to(state: State, at_ms: int, *said: AnnouncementName) -> State:
    """Return the state at another place: playing on there, or announcing it while paused."""
    there = replace(state, at_ms=at_ms)
    if state.mode == "paused":
        return replace(enter_mode(there, "paused", *(said or ("where",))), held="playing")
    return enter_mode(there, "playing", *said)
