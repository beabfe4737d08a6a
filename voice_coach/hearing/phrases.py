"""What can be said: every phrase of the table of commands, as it is expected and as it is understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from voice_coach.model.commands import COMMANDS, CommandName

WAKE_WORD: Final = "coach"
WAKE_FIRST: Final = f"{WAKE_WORD} "

COMMAND_PHRASES: Final[Mapping[str, CommandName]] = {
    WAKE_FIRST + phrase: command.name
    for command in COMMANDS
    if command.only_in != "scoring"
    for phrase in command.phrases
}
"""What is expected all the time."""

SCORE_PHRASES: Final[Mapping[str, CommandName]] = {
    said: command.name
    for command in COMMANDS
    if command.only_in == "scoring"
    for phrase in command.phrases
    for said in (phrase, WAKE_FIRST + phrase)
}
"""What is expected besides while the coach asks for a number, which needs no wake word then."""

MEANINGS: Final[Mapping[str, CommandName]] = {**COMMAND_PHRASES, **SCORE_PHRASES}
"""What every phrase means."""
