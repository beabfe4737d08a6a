"""What a person can ask of a session while it is played: one table for every control.

A control (keyboard, headset, another program, the voice) turns what it gets into the name of a command, and
knows nothing of what comes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

CommandName = Literal[
    "toggle",
    "pause",
    "resume",
    "ready",
    "hurts",
    "repeat",
    "next",
    "previous",
    "next-rep",
    "previous-rep",
    "skip",
    "back",
    "slower",
    "faster",
    "louder",
    "quieter",
    "time-left",
    "where",
    "stop",
    "rest",
    "easier",
    "leave-out",
    "end",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One of them.

    Attributes:
        name: as other programs write it.
        does: what comes of it, as a sentence for help.
        keys: the keys that give it, as ``Keyboard`` names them; the first is the one that is shown.
        mpris: the method of ``org.mpris.MediaPlayer2.Player`` that gives it, if any.
        only_asked: whether it answers the question after "that hurts", and means nothing else.
    """

    name: CommandName
    does: str
    keys: tuple[str, ...] = ()
    mpris: str = ""
    only_asked: bool = False


COMMANDS: Final[tuple[Command, ...]] = (
    # Remotes for slides send page up and page down, "b" or "." for a black screen, and F5; most others Enter.
    Command(
        name="toggle",
        does="Pause, or go on; where the coach waits for you, you are ready.",
        keys=("space", "b", ".", "f5"),
        mpris="PlayPause",
    ),
    Command(name="pause", does="Pause.", mpris="Pause"),
    Command(name="resume", does="Go on.", mpris="Play"),
    Command(name="ready", does="You are ready: go on from a rest or a wait.", keys=("enter",)),
    Command(
        name="hurts",
        does="That hurts: stop, come out of the position safely, then choose how to go on.",
        keys=("h", "!"),
    ),
    Command(name="repeat", does="Say that again.", keys=("r",)),
    Command(name="next", does="On to what is said next.", keys=("right",)),
    Command(name="previous", does="Back to what was said before.", keys=("left",)),
    Command(name="next-rep", does="On to the next repetition.", keys=("]",)),
    Command(
        name="previous-rep", does="Back to the start of this repetition, or to the one before.", keys=("[",)
    ),
    Command(
        name="skip",
        does="Leave this exercise out: on to the next.",
        keys=("pagedown", "n", "s"),
        mpris="Next",
    ),
    Command(
        name="back",
        does="Back to the start of this exercise, or to the one before.",
        keys=("pageup", "p"),
        mpris="Previous",
    ),
    Command(name="slower", does="Slower from the next words on.", keys=("-",)),
    Command(name="faster", does="Faster from the next words on.", keys=("+", "=")),
    Command(name="louder", does="Louder.", keys=("up",)),
    Command(name="quieter", does="Quieter.", keys=("down",)),
    Command(name="time-left", does="How long it still goes on.", keys=("t",)),
    Command(name="where", does="Which exercise and repetition this is.", keys=("w", "?")),
    Command(
        name="stop", does="End the session; it can be gone on with later.", keys=("q", "escape"), mpris="Stop"
    ),
    Command(
        name="rest",
        does="After “that hurts”: rest, and go on when you are ready.",
        keys=("1",),
        only_asked=True,
    ),
    Command(
        name="easier", does="After “that hurts”: go on with something easier.", keys=("2",), only_asked=True
    ),
    Command(
        name="leave-out",
        does="After “that hurts”: leave this exercise out.",
        keys=("3",),
        only_asked=True,
    ),
    Command(name="end", does="After “that hurts”: end the session.", keys=("4",), only_asked=True),
)
"""Every command, in the order in which help lists them."""

BY_NAME: Final[Mapping[str, Command]] = {command.name: command for command in COMMANDS}

BY_KEY: Final[Mapping[str, Command]] = {key: command for command in COMMANDS for key in command.keys}
