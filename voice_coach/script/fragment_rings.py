"""Finds fragments that lead back to themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from voice_coach.model.script import Fragment, Step, Use, children


def rings(fragments: Mapping[str, Fragment]) -> Iterator[tuple[Use, tuple[str, ...]]]:
    """Each use that closes a ring, with the fragments on the way round.

    Keeps a path of its own instead of recursing, and follows each use once: a hostile file may hold a chain
    of thousands.
    """
    done: set[str] = set()
    for start in fragments:
        if start in done:
            continue
        path = {start: uses(fragments[start].steps)}
        while path:
            name, rest = next(reversed(path.items()))
            use = next(rest, None)
            if use is None:
                path.popitem()
                done.add(name)
            elif use.fragment in path:
                names = list(path)
                yield use, (*names[names.index(use.fragment) :], use.fragment)
            elif use.fragment in fragments and use.fragment not in done:
                path[use.fragment] = uses(fragments[use.fragment].steps)


def uses(steps: tuple[Step, ...]) -> Iterator[Use]:
    """The uses of fragments among steps and those inside them, without unfolding any."""
    for step in steps:
        if isinstance(step, Use):
            yield step
        else:
            yield from uses(children(step))
