"""Random valid steps for hypothesis: everything that the language has, nested, with lengths that collide."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.support.fake_clips import HERE
from voice_coach.core.script import (
    GUIDANCE_LEVELS,
    Breathe,
    Count,
    During,
    Group,
    Hold,
    Only,
    Pause,
    PlaySound,
    Repeat,
    Say,
    Sets,
    Side,
    Sides,
    Step,
    Variants,
    Wait,
)

Onlys = st.SearchStrategy[Only]

ALWAYS: Onlys = st.just("always")
SOMETIMES: Onlys = st.sampled_from(("always", "always", "first", "later", "last"))

here = st.just(HERE)
guidance = st.sampled_from(GUIDANCE_LEVELS)
words = st.text("abcde ", min_size=1, max_size=60).map(lambda text: f"x{text}.")
texts = st.lists(words, min_size=1, max_size=3).map(tuple)
short = st.integers(0, 16).map(lambda half: half * 500)
breaths = st.tuples(short, short, short, short).filter(any)
tempos = (
    st.lists(st.integers(0, 8).map(lambda half: half * 500), min_size=2, max_size=4).map(tuple).filter(any)
)


@st.composite
def during_hold(draw: st.DrawFn, only: Onlys) -> During:
    """Said or sounded at a moment that may lie outside the hold."""
    moment = draw(st.sampled_from(("at", "part", "last", "every")))
    speaks = draw(st.booleans())
    return During(
        where=HERE,
        only=draw(only),
        say=draw(st.one_of(texts, st.just(("{remaining} to go.",)))) if speaks else (),
        sound="" if speaks else "bell",
        guidance=draw(guidance),
        at=draw(st.floats(0, 1))
        if moment == "part"
        else draw(st.integers(0, 60_000))
        if moment == "at"
        else None,
        last=draw(st.integers(0, 60_000)) if moment == "last" else None,
        every=draw(st.integers(1_000, 20_000)) if moment == "every" else None,
    )


def during_turns(only: Onlys, phases: tuple[str, ...]) -> st.SearchStrategy[tuple[During, ...]]:
    turn = st.one_of(st.none(), st.integers(1, 4))
    on = st.sampled_from(phases)
    one = st.builds(During, where=here, say=texts, guidance=guidance, on=on, turn=turn, only=only)
    return st.lists(one, max_size=2).map(tuple)


def holds(only: Onlys = ALWAYS) -> st.SearchStrategy[Hold]:
    return st.builds(
        Hold,
        where=here,
        only=only,
        duration=st.integers(0, 90_000),
        role=st.sampled_from(("hold", "rest")),
        countdown=st.integers(0, 12),
        during=st.lists(during_hold(only), max_size=4).map(tuple),
    )


@st.composite
def breathings(draw: st.DrawFn, only: Onlys = ALWAYS) -> Breathe:
    counted = draw(st.booleans())
    return Breathe(
        where=HERE,
        only=draw(only),
        pattern=draw(breaths),
        cycles=draw(st.integers(1, 4)) if counted else None,
        duration=None if counted else draw(st.integers(0, 60_000)),
        guide=draw(st.sampled_from(("words", "tones", "both"))),
        word_cycles=draw(st.one_of(st.none(), st.integers(0, 3))),
        during=draw(during_turns(only, ("inhale", "top", "exhale", "bottom"))),
    )


def counts(only: Onlys = ALWAYS) -> st.SearchStrategy[Count]:
    return st.builds(
        Count,
        where=here,
        only=only,
        reps=st.integers(1, 12),
        tempo=tempos,
        phases=st.sampled_from(((), ("Down", "Up"), ("Down", "-", "Up", "Stay"))),
        speak=st.sampled_from(("numbers", "phases", "both", "nothing")),
        ticks=st.booleans(),
        during=during_turns(only, ("1", "2")),
    )


def says(only: Onlys) -> st.SearchStrategy[Say]:
    return st.builds(
        Say, where=here, only=only, texts=texts, guidance=guidance, then=st.one_of(st.none(), short)
    )


def _leaves(only: Onlys) -> st.SearchStrategy[Step]:
    return st.one_of(
        says(only),
        st.builds(Pause, where=here, only=only, duration=short),
        st.builds(Wait, where=here, only=only, duration=short),
        st.builds(PlaySound, where=here, only=only, sound=st.sampled_from(("bell", "tick"))),
        holds(only),
        breathings(only),
        counts(only),
    )


def _loops(only: Onlys, inner: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    few = st.integers(1, 3)
    orders: tuple[tuple[Side, ...], ...] = (("left", "right"), ("right", "left"))
    return st.one_of(
        st.builds(Group, where=here, only=only, steps=some),
        st.builds(Repeat, where=here, only=only, times=few, steps=some, between=some),
        st.builds(Sets, where=here, only=only, times=few, steps=some, between=some),
        st.builds(
            Sides,
            where=here,
            only=only,
            sides=st.sampled_from(orders),
            steps=some,
            reps=few,
            order=st.sampled_from(("in turn", "alternating")),
            between=st.lists(says(only), max_size=1).map(tuple),
        ),
    )


def _steps(only: Onlys, *, with_variants: bool) -> st.SearchStrategy[tuple[Step, ...]]:
    def nested(inner: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
        loops = _loops(only, inner)
        if not with_variants:
            return loops
        some = st.lists(inner, min_size=1, max_size=3).map(tuple)
        choices = st.lists(some, min_size=1, max_size=3).map(tuple)
        return st.one_of(loops, st.builds(Variants, where=here, only=only, choices=choices))

    step = st.recursive(_leaves(only), nested, max_leaves=5)
    return st.lists(step, min_size=1, max_size=3).map(tuple)


any_steps = _steps(SOMETIMES, with_variants=True)
plain_steps = _steps(ALWAYS, with_variants=False)
"""Without what is done on some turns only, so that both sides have to be equal."""
