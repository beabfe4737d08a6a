"""How to get from one position to another: the author's way, the coach's own, or a path through others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from voice_coach.model.problems import Problem, ScriptError, Where
from voice_coach.model.script import Move, Position


def route(
    origin: Position, to: Position, own: Sequence[Move], common: Sequence[Move], where: Where
) -> tuple[Move, ...]:
    """The moves from one position to another, none if they are the same.

    A direct move wins, the session's own before the language's; otherwise the path with the fewest moves, and
    of those the quickest.

    Raises:
        ScriptError: no path leads there; ``where`` is what asked for it.
    """
    if origin == to:
        return ()
    moves = {(move.origin, move.to): move for move in (*common, *own)}
    if direct := moves.get((origin, to)):
        return (direct,)
    path = _path(origin, to, moves.values())
    if path is None:
        message = f"nothing says how to get from {origin} to {to}"
        hint = f"add it to the session: transitions: [{{from: {origin}, to: {to}, say: […], time: 15s}}]"
        raise ScriptError([Problem(where, message, hint)])
    return path


def _path(origin: Position, to: Position, moves: Iterable[Move]) -> tuple[Move, ...] | None:
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
    return best.get(to)


def _time(path: Sequence[Move]) -> int:
    return sum(move.duration_ms for move in path)
