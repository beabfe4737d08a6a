"""Table of the commands that a user can give while a session is played, for every control.

A control (keyboard, headset, another program, the voice) turns what it gets into the name of a command, and
knows nothing of what comes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from voice_coach.core.status import Mode

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
    "help",
    "score-0",
    "score-1",
    "score-2",
    "score-3",
    "score-4",
    "score-5",
    "score-6",
    "score-7",
    "score-8",
    "score-9",
    "score-10",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One of them.

    Attributes:
        name: as other programs write it.
        does: what comes of it, as a sentence for help.
        keys: the keys that give it, as ``Keyboard`` names them; the first is the one that is shown.
        mpris: the method of ``org.mpris.MediaPlayer2.Player`` that gives it, if any.
        phrases: what is said after the word "coach" to give it; the first is the one that is told. Written as
            it is spoken, without punctuation.
        only_in: it answers the question that is asked in this mode, and means nothing else.
    """

    name: CommandName
    does: str
    keys: tuple[str, ...] = ()
    mpris: str = ""
    phrases: tuple[str, ...] = ()
    only_in: Literal["", "asking", "scoring"] = ""


_POINTS: Final[tuple[tuple[CommandName, *tuple[str, ...]], ...]] = (
    ("score-0", "zero", "none", "not at all"),
    ("score-1", "one"),
    ("score-2", "two"),
    ("score-3", "three"),
    ("score-4", "four"),
    ("score-5", "five"),
    ("score-6", "six"),
    ("score-7", "seven"),
    ("score-8", "eight"),
    ("score-9", "nine"),
    ("score-10", "ten"),
)

COMMANDS: Final[tuple[Command, ...]] = (
    # Remotes for slides send page up and page down, "b" or "." for a black screen, and F5; most others Enter.
    Command(
        name="toggle",
        does="Pause, or go on; where the coach waits for you, you are ready.",
        keys=("space", "b", ".", "f5"),
        mpris="PlayPause",
    ),
    # Whoever calls "stop" wants it to stop at once, and perhaps not for good.
    Command(name="pause", does="Pause.", mpris="Pause", phrases=("pause", "stop")),
    Command(name="resume", does="Go on.", mpris="Play", phrases=("go on", "continue")),
    Command(
        name="ready",
        does="You are ready: go on from a rest or a wait.",
        keys=("enter",),
        phrases=("ready", "i'm ready"),
    ),
    Command(
        name="hurts",
        does="That hurts: stop, come out of the position safely, then choose how to go on.",
        keys=("h", "!"),
        phrases=("that hurts", "it hurts"),
    ),
    Command(name="repeat", does="Say that again.", keys=("r",), phrases=("repeat", "say that again")),
    Command(name="next", does="On to what is said next.", keys=("right",), phrases=("next",)),
    Command(name="previous", does="Back to what was said before.", keys=("left",), phrases=("go back",)),
    Command(name="next-rep", does="On to the next repetition.", keys=("]",), phrases=("next repetition",)),
    Command(
        name="previous-rep",
        does="Back to the start of this repetition, or to the one before.",
        keys=("[",),
        phrases=("previous repetition",),
    ),
    Command(
        name="skip",
        does="Leave this exercise out: on to the next.",
        keys=("pagedown", "n", "s"),
        mpris="Next",
        phrases=("next exercise", "skip this exercise"),
    ),
    Command(
        name="back",
        does="Back to the start of this exercise, or to the one before.",
        keys=("pageup", "p"),
        mpris="Previous",
        phrases=("previous exercise",),
    ),
    Command(name="slower", does="Slower from the next words on.", keys=("-",), phrases=("slower",)),
    Command(name="faster", does="Faster from the next words on.", keys=("+", "="), phrases=("faster",)),
    Command(name="louder", does="Louder.", keys=("up",), phrases=("louder",)),
    Command(name="quieter", does="Quieter.", keys=("down",), phrases=("quieter",)),
    Command(name="time-left", does="How long it still goes on.", keys=("t",), phrases=("how long",)),
    Command(
        name="where", does="Which exercise and repetition this is.", keys=("w",), phrases=("where am i",)
    ),
    Command(
        name="stop",
        does="End the session; it can be gone on with later.",
        keys=("q", "escape"),
        mpris="Stop",
        phrases=("end the session",),
    ),
    Command(
        name="rest",
        does="After “that hurts”: rest, and go on when you are ready.",
        keys=("1",),
        phrases=("take a rest",),
        only_in="asking",
    ),
    Command(
        name="easier",
        does="After “that hurts”: go on with something easier.",
        keys=("2",),
        phrases=("something easier",),
        only_in="asking",
    ),
    Command(
        name="leave-out",
        does="After “that hurts”: leave this exercise out.",
        keys=("3",),
        phrases=("leave it out",),
        only_in="asking",
    ),
    Command(
        name="end",
        does="After “that hurts”: end the session.",
        keys=("4",),
        phrases=("that is enough",),
        only_in="asking",
    ),
    Command(name="help", does="What you can ask for.", keys=("?",), phrases=("help", "what can i say")),
    *(
        Command(
            name=name,
            does=f"The pain is {points}, from 0 for none to 10 for the worst.",
            keys=(str(points),),
            phrases=tuple(said),
            only_in="scoring",
        )
        for points, (name, *said) in enumerate(_POINTS)
    ),
)
"""Every command, in the order in which help lists them. What a remote's one button does has no phrase."""

BY_NAME: Final[Mapping[str, Command]] = {command.name: command for command in COMMANDS}

BY_POINTS: Final[tuple[CommandName, ...]] = tuple(name for name, *_said in _POINTS)
"""The command that answers with so many points of pain."""

_ANYWHERE: Final = {key: each for each in COMMANDS if each.only_in != "scoring" for key in each.keys}
_SCORING: Final = _ANYWHERE | {
    key: each for each in COMMANDS if each.only_in == "scoring" for key in each.keys
}


def commands_by_key(mode: Mode) -> Mapping[str, Command]:
    """Return what each key gives in a mode: where a number is asked for, a digit is that number."""
    return _SCORING if mode == "scoring" else _ANYWHERE
