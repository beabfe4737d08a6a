"""docs/reference/live-session.md: every way from one mode of a live session to another."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.fake_content import BOW, LIE, OPENING, FakeContent
from voice_coach.core.commands import COMMANDS, CommandName
from voice_coach.session.commands import apply_command
from voice_coach.session.state import PlayableContent, Rules, State
from voice_coach.session.transitions import (
    advance,
    enter_mode,
    finish_segment,
    lose_device,
    return_device,
    segment,
)

DIAGRAM = Path(__file__).parents[2] / "docs" / "reference" / "live-session.md"
NAMES: list[CommandName] = [command.name for command in COMMANDS]
SCORE = FakeContent()
HOLD = State(chapter=1, at_ms=6_700)


def stretch_on(state: State, rules: Rules, content: PlayableContent = SCORE) -> State:
    """The state after what is being heard, or waited for, is over."""
    stretch = segment(state, content, rules)
    if stretch is None:
        return state
    return finish_segment(advance(state, stretch.until_ms - stretch.from_ms, content), content, rules)


def alike(state: State) -> State:
    """A state that leads to the same modes; of those there are few enough to walk them all."""
    if state.mode == "ended":
        return State(mode="ended")
    needed = tuple(
        announcement for announcement in state.announcements if announcement.name.startswith("way_out")
    )
    is_held = state.mode in ("paused", "lost")
    return replace(
        state,
        announcements=tuple(replace(announcement, at_ms=0) for announcement in needed),
        announcement_ms=0,
        since_ms=0 if is_held else state.since_ms,
        told=0 if is_held else state.told,
        volume_db=0.0,
        score=None if state.score is None else 0,
        speed_percent=min(100, max(90, state.speed_percent)),
        body=replace(state.body, way=None, to=None),
        held=state.held if "paused" in (state.mode, state.lost_in) else "playing",
        lost_in=state.lost_in if state.mode == "lost" else "playing",
    )


def walked(rules: Rules, content: PlayableContent = SCORE) -> set[tuple[str, str, str]]:
    """Every way from one mode to another, by what leads there: found by trying everything everywhere."""
    steps: list[tuple[str, Callable[[State], State]]] = [
        *((name, lambda state, name=name: apply_command(state, name, content, rules)) for name in NAMES),
        ("by itself", lambda state: stretch_on(state, rules, content)),
        ("device lost", lose_device),
        ("device back", lambda state: return_device(state, content, 0)),
    ]
    offer = enter_mode(HOLD, "offering", "resume_offer")
    coming = deque([State(), HOLD, offer, replace(State(chapter=2, at_ms=11_000), speed_percent=90)])
    seen: set[State] = set(coming)
    ways: set[tuple[str, str, str]] = set()
    while coming:
        state = coming.popleft()
        for name, step in steps:
            there = step(state)
            if there.mode != state.mode:
                ways.add((state.mode, name, there.mode))
            there = alike(there)
            if there not in seen:
                seen.add(there)
                coming.append(there)
    return ways


def diagram(ways: set[tuple[str, str, str]]) -> str:
    """Return the ways as the body of a Mermaid state diagram, a line for each pair of modes."""
    causes: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for before, cause, after in sorted(ways):
        causes[before, after].append(cause)
    return "".join(f"    {one} --> {two} : {', '.join(how)}\n" for (one, two), how in sorted(causes.items()))


def test_state_diagram_shows_every_transition(pytestconfig: pytest.Config) -> None:
    led_in = FakeContent((OPENING, LIE, BOW), ready=3)
    expected = diagram(walked(Rules()) | walked(Rules(asks_pain=True)) | walked(Rules(), led_in))
    head, start, rest = DIAGRAM.read_text("utf-8").partition("stateDiagram-v2\n")
    drawn, end, tail = rest.partition("```")
    if pytestconfig.getoption("--regenerate-golden"):
        DIAGRAM.write_text(head + start + expected + end + tail, "utf-8")
        drawn = expected
    assert drawn == expected, "write it again: pytest tests/session/test_state_diagram.py --regenerate-golden"
