"""How to get from one position to another: the author's way, the coach's own, or a path through others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from voice_coach.model.problems import CoachError
from voice_coach.model.script import Move, Position


def route(origin: Position, to: Position, own: Sequence[Move], common: Sequence[Move]) -> tuple[Move, ...]:
    """The moves from one position to another, none if they are the same.

    A direct move wins, the session's own before the language's; otherwise the path with the fewest moves, and
    of those the quickest.

    Raises:
        CoachError: no path leads there.
    """
    if origin == to:
        return ()
    moves = {(move.origin, move.to): move for move in (*common, *own)}
    if direct := moves.get((origin, to)):
        return (direct,)
    return _path(origin, to, moves.values())


def _path(origin: Position, to: Position, moves: Iterable[Move]) -> tuple[Move, ...]:
    edges = sorted(moves, key=lambda move: (move.duration_ms, move.to))
    best: dict[Position, tuple[Move, ...]] = {origin: ()}
    waiting: deque[Position] = deque([origin])
    while waiting:
        here = waiting.popleft()
        for move in edges:
            if move.origin != here:
                continue
            path = (*best[here], move)
            known = best.get(move.to)
            if known is None:
                waiting.append(move.to)
            if known is None or (len(path) == len(known) and _time(path) < _time(known)):
                best[move.to] = path
    if to not in best:
        raise CoachError(
            f"Nothing says how to get from {origin} to {to}: "
            f"add it to the session's transitions: {{from: {origin}, to: {to}, say: […], time: 15s}}"
        )
    return best[to]


def _time(path: Sequence[Move]) -> int:
    return sum(move.duration_ms for move in path)
