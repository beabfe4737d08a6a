"""The state of the first pass: names in scope, words, and how far the session has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from voice_coach.compiler.wording import CannotSay, TypedValue, Wording
from voice_coach.core.errors import Problem, ScriptError, TooMuchError, Where
from voice_coach.core.language import Language
from voice_coach.core.parameters import Pace, parse_setting
from voice_coach.core.script import (
    GUIDANCE_LEVELS,
    Amount,
    During,
    Guidance,
    Only,
    Param,
    ParameterType,
    Pattern,
    Position,
    Setting,
    Side,
    Step,
)
from voice_coach.core.timeline import Mark
from voice_coach.core.units import LONGEST_MS, MS_PER_HOUR, parse_duration


@dataclass(frozen=True, slots=True)
class Scope:
    """Immutable; inner steps get a changed copy."""

    known: Mapping[str, TypedValue]
    set: int | None = None
    rep: int | None = None
    side: Side | None = None
    is_last: bool = True

    def with_names(self, **names: TypedValue) -> Scope:
        return replace(self, known={**self.known, **names})

    def turn(self, counter: str, number: int, of: int) -> Scope:
        """Inside turn ``number`` of a loop: {counter} and {counter}s are known."""
        inner = self.with_names(
            **{counter: TypedValue("count", number), f"{counter}s": TypedValue("count", of)}
        )
        place = {"set": number} if counter == "set" else {"rep": number}
        return replace(inner, is_last=number == of, **place)

    def on_side(self, side: Side) -> Scope:
        return replace(self.with_names(side=TypedValue("side", side)), side=side)

    def mark(self, where: Where, parameter: Amount | Pattern | None = None) -> Mark:
        name = parameter.name if isinstance(parameter, Param) else None
        return Mark(where=where, set=self.set, rep=self.rep, side=self.side, parameter=name)

    def amount(self, value: Amount, type_: ParameterType) -> int:
        """Milliseconds or a count."""
        setting = self._setting(value, type_)
        if not isinstance(setting, int):
            raise TypeError(f"{value!r} is a pattern, not a {type_}")
        return setting

    def written_ms(self, value: Amount, stretch: float) -> int:
        """A duration; one that is no parameter is stretched here, the pace has done the others."""
        return round(self.amount(value, "duration") * (stretch if self.is_written(value) else 1))

    def is_written(self, value: Amount | Pattern) -> bool:
        """Return whether a value stands in the script itself, also as a fragment's argument."""
        return not isinstance(value, Param) or self.known[value.name].type == "text"

    def pattern(self, value: Pattern, type_: ParameterType) -> tuple[int, ...]:
        """Milliseconds of each part."""
        setting = self._setting(value, type_)
        if isinstance(setting, int):
            raise TypeError(f"{value!r} is a {type_} without parts")
        return setting

    def argument(self, text: str) -> TypedValue:
        """A fragment's argument: the value of a name known here, a duration with its unit, or text."""
        if known := self.known.get(text):
            return known
        plain = text.replace(".", "", 1).isdecimal()
        if text[:1].isdecimal() and not plain:
            try:
                return TypedValue("duration", parse_duration(text))
            except ValueError:
                return TypedValue("text", text)  # words that only begin like one
        return TypedValue("text", text)

    def _setting(self, value: Setting | Param, type_: ParameterType) -> Setting:
        if not isinstance(value, Param):
            return value
        found = self.known[value.name].value
        return parse_setting(found, type_) if isinstance(found, str) else found


MAX_STEPS = 100_000
"""Steps, turns, phases and what goes on inside them, in a whole session: a day of guided breathing fits."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A session between two of its chapters: the position, and how much may still come."""

    position: Position
    steps_left: int = MAX_STEPS
    ms_left: int = LONGEST_MS


class ChapterProgress:
    """Moves on with every step of one chapter.

    Args:
        begin: the session before the chapter.
        where: the chapter's place in the session, named where the session as a whole becomes too much.
        reached_before: how often a step was reached before the chapter, by its ``id``.
    """

    def __init__(self, begin: Milestone, where: Where, reached_before: Callable[[int], int]) -> None:
        self.position: Position = begin.position
        self._begin = begin
        self._where = where
        self._reached_before = reached_before
        self._reached: dict[int, int] = {}
        self._steps_left = begin.steps_left
        self._ms_left = begin.ms_left

    @property
    def reached(self) -> Mapping[int, int]:
        """Return how often each step that the chapter reached was reached by now, by its ``id``."""
        return self._reached

    def milestone(self) -> Milestone:
        """The session as it is now."""
        return Milestone(self.position, self._steps_left, self._ms_left)

    def reach(self, step: Step | During) -> int:
        """Count a step as reached; how often it was before, in this session."""
        key = id(step)
        before = self._reached.get(key)
        if before is None:
            before = self._reached_before(key)
        self._reached[key] = before + 1
        return before

    def take_time(self, ms: int, where: Where) -> int:
        """Take a duration from what a session may last; the same duration back.

        Raises:
            TooMuchError: there is not so much left.
        """
        self._ms_left -= ms
        if self._ms_left < 0:
            own_ms = self._begin.ms_left - self._ms_left
            hours = f"{LONGEST_MS // MS_PER_HOUR} hours"
            raise self._too_much(2 * own_ms > LONGEST_MS, where, f"goes on for more than {hours}")
        return ms

    def take_steps(self, count: int, where: Where) -> None:
        """Take steps from what a session may unfold into.

        Raises:
            TooMuchError: there are not so many left.
        """
        self._steps_left -= count
        if self._steps_left < 0:
            own = self._begin.steps_left - self._steps_left
            raise self._too_much(2 * own > MAX_STEPS, where, f"repeats into more than {MAX_STEPS:,} steps")

    def _too_much(self, by_itself: bool, where: Where, what: str) -> TooMuchError:
        """Names the step where its chapter takes most of it, else the chapter that is one too many."""
        if by_itself:
            problem = Problem(where, f"this {what}", "lower the counts, or shorten the durations")
        else:
            hint = "lower the counts, shorten the durations, or do fewer rounds and exercises"
            problem = Problem(self._where, f"with this the session {what}", hint)
        return TooMuchError([problem])


CHARACTERS_A_STEP = 200
"""Number of characters of assembled text that count as a step: a day of long texts fills the memory."""


NAMES_A_STEP = 100
"""Number of names known in a turn that count as a step, as each turn has its own list of them."""


class Unfolding:
    """One chapter, or a part of it, while it is expanded.

    Args:
        language: the coach's own words.
        pace: the effective pace.
        progress: how far the session has come; moved on in place.
    """

    def __init__(self, language: Language, pace: Pace, progress: ChapterProgress) -> None:
        self.language = language
        self.pace = pace
        self.progress = progress
        self._wording = Wording(language)

    def speaks(self, guidance: Guidance) -> bool:
        """Return whether a prompt of this level is heard at the pace's guidance."""
        return GUIDANCE_LEVELS.index(guidance) >= GUIDANCE_LEVELS.index(self.pace.guidance)

    def is_heard(self, only: Only, before: int, scope: Scope) -> bool:
        """Return whether a step is heard that was reached so often before."""
        match only:
            case "first":
                return before == 0
            case "later":
                return before > 0
            case "last":
                return scope.is_last
            case "always":
                return True

    def turn(self, scope: Scope, counter: str, number: int, of: int, where: Where) -> Scope:
        """The scope of a turn of a loop."""
        self.progress.take_steps(len(scope.known) // NAMES_A_STEP, where)
        return scope.turn(counter, number, of)

    def fill(self, text: str, scope: Scope, where: Where) -> str:
        """A text with the names in braces as they are spoken.

        Raises:
            ScriptError: it becomes too long, or a number cannot be said in this language.
        """
        if "{" not in text:
            return text
        self.progress.take_steps(text.count("{"), where)
        try:
            words = self._wording.fill(text, scope.known)
        except CannotSay as trouble:
            raise _unsaid(trouble, where) from trouble
        self.progress.take_steps(len(words) // CHARACTERS_A_STEP, where)
        return words

    def number(self, value: int, where: Where) -> str:
        """A count in words.

        Raises:
            ScriptError: it cannot be said in this language.
        """
        try:
            return self._wording.number(value)
        except CannotSay as trouble:
            raise _unsaid(trouble, where) from trouble


def _unsaid(trouble: CannotSay, where: Where) -> ScriptError:
    return ScriptError([Problem(where, trouble.message, trouble.hint)])
