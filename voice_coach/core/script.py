"""Plain frozen data of a script. Durations are integer milliseconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import ClassVar, Literal

from voice_coach.core.errors import Where

Guidance = Literal["full", "key", "names"]
"""Level of guidance. A prompt marked ``full`` is heard only at full guidance, ``names`` always."""

GUIDANCE_LEVELS: tuple[Guidance, ...] = ("full", "key", "names")

Position = Literal["standing", "kneeling", "all fours", "seated", "side-lying", "prone", "supine"]
POSITIONS: tuple[Position, ...] = (
    "standing",
    "kneeling",
    "all fours",
    "seated",
    "side-lying",
    "prone",
    "supine",
)

Side = Literal["left", "right"]
BreathPhase = Literal["inhale", "top", "exhale", "bottom"]
BREATH_PHASES: tuple[BreathPhase, ...] = ("inhale", "top", "exhale", "bottom")

Only = Literal["always", "first", "later", "last"]
"""Turns of a loop in which a step is heard: all, the first time it is reached, each later time, or the
last rep."""

ParameterType = Literal["duration", "count", "breath", "tempo"]
Setting = int | tuple[int, ...]
"""A parameter's value: milliseconds, a count, or a pattern of milliseconds."""


@dataclass(frozen=True, slots=True)
class Param:
    """A value that stands for a parameter (or a fragment's argument) until the pace is known."""

    name: str


Amount = int | Param
Pattern = tuple[int, ...] | Param


@dataclass(frozen=True, slots=True)
class Tunable:
    """A parameter that a person may tune, its bounds (inclusive), and ``what`` its author says it does."""

    name: str
    type: ParameterType
    default: Setting
    minimum: Setting
    maximum: Setting
    where: Where
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Base of all steps: its place in the file, and the turns of a loop in which it is heard.

    A new step says which of its fields are amounts and which are texts, and what is done with them in general
    (checking names, advice, the rep that is tuned by ear) follows.
    """

    AMOUNTS: ClassVar[tuple[tuple[str, ParameterType], ...]] = ()
    """Fields that may stand for a parameter, with its type."""

    TEXTS: ClassVar[tuple[str, ...]] = ()
    """Fields with texts that may have names in braces."""

    where: Where
    only: Only = "always"

    def amounts(self) -> Iterator[tuple[Setting | Param | None, ParameterType]]:
        """Yield the amounts written in this step, not in those inside it, with their types."""
        for name, type_ in self.AMOUNTS:
            yield getattr(self, name), type_

    def texts_inside(self) -> Iterator[str]:
        """Yield the texts written in this step, not in those inside it, nor during it."""
        for name in self.TEXTS:
            found: tuple[str, ...] | Mapping[str, tuple[str, ...]] = getattr(self, name)
            yield from chain.from_iterable(found.values()) if isinstance(found, Mapping) else found

    def children(self) -> tuple[Step, ...]:
        """Return the steps written directly inside this one; of a fragment that it uses, none."""
        return ()

    def happens_during(self) -> tuple[During, ...]:
        """Return the prompts and sounds inside the time of this step."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Step):
    """Speak; each text is one prompt. ``then`` replaces the pace's gap after the last of them.

    What has ``paper`` False makes sense to the ear only, and does not stand on the printed sheet.
    """

    AMOUNTS = (("then", "duration"),)
    TEXTS = ("texts",)

    texts: tuple[str, ...]
    guidance: Guidance = "full"
    paper: bool = True
    then: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaySound(Step):
    """Play a sound cue by its name in ``audio_cues/cues.yaml``."""

    sound: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Step):
    """Silence."""

    AMOUNTS = (("duration", "duration"),)

    duration: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Step):
    """Wait until the user is ready; a fixed time in a file and where there is no control."""

    AMOUNTS = (("duration", "duration"),)

    duration: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class During:
    """A prompt or sound inside a hold, rest, breathing or count; which keys apply depends on the step.

    ``at`` is milliseconds from the start, or a fraction of the whole as a float. ``last`` counts back
    from the end, ``every`` is each so many milliseconds. ``on`` names a phase; ``turn`` is which cycle or rep
    (from 1), ``every_turns`` each so many of them.
    """

    where: Where
    say: tuple[str, ...] = ()
    sound: str = ""
    guidance: Guidance = "full"
    paper: bool = True
    at: Amount | float | None = None
    last: Amount | None = None
    every: Amount | None = None
    on: str = ""
    turn: int | None = None
    every_turns: int | None = None
    only: Only = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Step):
    """Stay for a time (``rest`` is the same in another role), with prompts and a spoken countdown."""

    AMOUNTS = (("duration", "duration"),)

    duration: Amount
    role: Literal["hold", "rest"] = "hold"
    countdown: int = 0
    during: tuple[During, ...] = ()

    def happens_during(self) -> tuple[During, ...]:
        return self.during


@dataclass(frozen=True, slots=True, kw_only=True)
class Breathe(Step):
    """Guided breathing: whole cycles, as many as given or as fit best into a time."""

    AMOUNTS = (("pattern", "breath"), ("cycles", "count"), ("duration", "duration"))
    TEXTS = ("phrases",)

    pattern: Pattern
    cycles: Amount | None = None
    duration: Amount | None = None
    guide: Literal["words", "tones", "both"] = "both"
    word_cycles: int | None = None
    phrases: Mapping[BreathPhase, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    during: tuple[During, ...] = ()

    def happens_during(self) -> tuple[During, ...]:
        return self.during


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Step):
    """Count reps with a tempo; ``phases`` are the words for each part of the tempo, ``-`` for none."""

    AMOUNTS = (("reps", "count"), ("tempo", "tempo"))
    TEXTS = ("phases",)

    reps: Amount
    tempo: Pattern
    phases: tuple[str, ...] = ()
    speak: Literal["numbers", "phases", "both", "nothing"] = "both"
    ticks: bool = False
    during: tuple[During, ...] = ()

    def happens_during(self) -> tuple[During, ...]:
        return self.during


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Step):
    """Several steps under one condition."""

    steps: tuple[Step, ...]

    def children(self) -> tuple[Step, ...]:
        return self.steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat(Step):
    """Do the steps a number of times; ``counter`` names the turn in texts: {rep} of {reps}."""

    AMOUNTS = (("times", "count"),)

    times: Amount
    steps: tuple[Step, ...]
    between: tuple[Step, ...] = ()
    counter: str = "rep"

    def children(self) -> tuple[Step, ...]:
        return (*self.steps, *self.between)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets(Step):
    """Do the steps in sets; ``each`` holds what differs from set to set as written, or is empty."""

    AMOUNTS = (("times", "count"),)

    times: Amount
    steps: tuple[Step, ...]
    each: tuple[Mapping[str, str], ...] = ()
    between: tuple[Step, ...] = ()

    def children(self) -> tuple[Step, ...]:
        return (*self.steps, *self.between)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides(Step):
    """Do the steps on each side: one side's reps after the other's, or alternating."""

    AMOUNTS = (("reps", "count"),)

    sides: tuple[Side, ...]
    steps: tuple[Step, ...]
    reps: Amount = 1
    order: Literal["in turn", "alternating"] = "in turn"
    between: tuple[Step, ...] = ()
    change: tuple[Step, ...] | None = None

    def children(self) -> tuple[Step, ...]:
        return (*self.steps, *self.between, *(self.change or ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTo(Step):
    """Be led from the position before into this one."""

    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Variants(Step):
    """Take turns: the first time the first choice, then the next, round and round."""

    choices: tuple[tuple[Step, ...], ...]

    def children(self) -> tuple[Step, ...]:
        return tuple(chain.from_iterable(self.choices))


@dataclass(frozen=True, slots=True, kw_only=True)
class Use(Step):
    """Put a fragment's steps here, with its parameters filled in."""

    fragment: str
    arguments: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Fragment:
    """Reusable steps; ``parameters`` maps each name to its default text, or None if it must be given."""

    name: str
    parameters: Mapping[str, str | None]
    steps: tuple[Step, ...]
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One exercise as its author wrote it.

    ``hurts`` is the safe way out of its position when something hurts, and ``easier`` what may then be done
    instead of what is left of it. Both end in ``end_position``, or else in ``position``.
    """

    id: str
    title: str
    position: Position
    steps: tuple[Step, ...]
    where: Where
    language: str = "en"
    source: str = ""
    equipment: tuple[str, ...] = ()
    goal: str = ""
    feel: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    end_position: Position | None = None
    arrive: tuple[Step, ...] | None = None
    hurts: tuple[Step, ...] = ()
    easier: tuple[Step, ...] | None = None
    tune: Mapping[str, Tunable] = field(default_factory=lambda: MappingProxyType({}))
    fragments: Mapping[str, Fragment] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEntry:
    """One exercise in a session, with what the session sets for it."""

    exercise: Exercise
    where: Where
    settings: Mapping[str, Setting] = field(default_factory=lambda: MappingProxyType({}))
    guidance: Guidance | None = None
    arrive: tuple[Step, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Entries done several times over, with steps between the rounds."""

    times: int
    entries: tuple[SessionEntry, ...]
    where: Where
    between: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """Way from one position to another: its words, and its length in all."""

    origin: Position
    to: Position
    say: tuple[str, ...]
    duration_ms: int
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session as its author wrote it, its exercises looked up."""

    id: str
    title: str
    items: tuple[SessionEntry | Rounds, ...]
    where: Where
    language: str = "en"
    source: str = ""
    goal: str = ""
    start: Position = "standing"
    end: Position = "standing"
    opening: tuple[Step, ...] = ()
    closing: tuple[Step, ...] = ()
    between: tuple[Step, ...] = ()
    moves: tuple[Move, ...] = ()
    fragments: Mapping[str, Fragment] = field(default_factory=lambda: MappingProxyType({}))
    settings: Mapping[str, Setting] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def entries(self) -> tuple[SessionEntry, ...]:
        """The exercises in their order, those of rounds once."""
        several = ((item,) if isinstance(item, SessionEntry) else item.entries for item in self.items)
        return tuple(chain.from_iterable(several))
