"""What is said or sounded in between, and what it interrupts. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from voice_coach.player import places
from voice_coach.player.machine import about, here, stepped_back
from voice_coach.player.state import SOUNDS, AsideName, Score, State

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
