"""What every step leans on while it is expanded: the words, the pace, and how far the session has come."""

from __future__ import annotations

from voice_coach.compiler.progress import Progress
from voice_coach.compiler.scope import Scope
from voice_coach.compiler.wording import CannotSay, Wording
from voice_coach.model.language import Language
from voice_coach.model.pace import Pace
from voice_coach.model.problems import Problem, ScriptError, Where
from voice_coach.model.script import GUIDANCE_LEVELS, Guidance, Only

CHARACTERS_A_STEP = 200
"""So many characters of a text that is put together count as a step: a day of long texts fills the memory."""


NAMES_A_STEP = 100
"""So many names that a turn knows count as a step, as each turn has its own list of them."""


class Unfolding:
    """One chapter, or a part of it, while it is expanded.

    Args:
        language: the coach's own words.
        pace: the effective pace.
        progress: how far the session has come; moved on in place.
    """

    def __init__(self, language: Language, pace: Pace, progress: Progress) -> None:
        self.language = language
        self.pace = pace
        self.progress = progress
        self._wording = Wording(language)

    def speaks(self, guidance: Guidance) -> bool:
        """Whether a prompt of this level is heard at the pace's guidance."""
        return GUIDANCE_LEVELS.index(guidance) >= GUIDANCE_LEVELS.index(self.pace.guidance)

    def is_heard(self, only: Only, before: int, scope: Scope) -> bool:
        """Whether a step is heard that was reached so often before."""
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
