"""What the person says steers the session: the coach's name, and then what to do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from voice_coach.controls.control import Control, Desk
from voice_coach.hearing.ear import CHILD, Ear
from voice_coach.hearing.ease import USUAL_EASE
from voice_coach.hearing.phrases import COMMAND_PHRASES, SCORE_PHRASES
from voice_coach.model.problems import CoachError

if TYPE_CHECKING:
    from voice_coach.hearing.recogniser import Heard
    from voice_coach.model.commands import CommandName
    from voice_coach.model.live import LiveStatus, Mode


_BESIDES_NUMBERS: Final = ("repeat", "louder", "quieter", "pause", "stop")
"""What may be asked for instead of telling a number: nothing that is like an answer, such as "it hurts"."""

_WHILE_SCORING: Final[Mapping[str, CommandName]] = {
    **{phrase: command for phrase, command in COMMAND_PHRASES.items() if command in _BESIDES_NUMBERS},
    **SCORE_PHRASES,
}


def expected(mode: Mode) -> Mapping[str, CommandName]:
    """What can be said in a mode, and the command that it gives.

    It is the same in all of them but one: what is half said while the mode changes is not to be lost.
    """
    return _WHILE_SCORING if mode == "scoring" else COMMAND_PHRASES


LISTENING_PATIENCE_S: Final = 4.0
"""A recogniser loads its model in half a second; on a machine that is busy it takes longer."""


class VoiceControl(Control):
    """Listens to the default microphone, in a process of its own.

    ``played`` has to be told what the loudspeaker is given (``LiveOutput.on_taken``), so that the coach does
    not hear itself.

    Args:
        notify: told in a sentence what goes wrong later on.
        recogniser: who understands, see ``hearing.recogniser.RECOGNISERS``; the usual one if none is given.
        ease: how much more easily than usual, see ``hearing.ease``.
        child: the program that listens; another one in tests.
    """

    is_at_hand = False  # only once it listens, which is asked for by ``listens``

    def __init__(
        self,
        notify: Callable[[str], None],
        recogniser: str | None = None,
        ease: int = USUAL_EASE,
        *,
        child: Sequence[str] = CHILD,
    ) -> None:
        self._notify = notify
        self._recogniser = recogniser
        self._ease = ease
        self._child = child
        self._ear: Ear | None = None
        self._desk: Desk | None = None
        self._commands: Mapping[str, CommandName] = {}
        self._changing = threading.Lock()

    def start(self, desk: Desk) -> None:
        self._desk = desk
        ear = Ear(self._heard, self._notify, self._deaf, self._recogniser, self._ease, child=self._child)
        self._commands = expected(desk.now().mode)
        ear.expect(self._commands)
        ear.start()
        self._ear = ear

    def listens(self, patience_s: float = LISTENING_PATIENCE_S) -> bool:
        """Whether it listens by now; waits so long at most until that is known.

        One that does not yet goes on trying, and is of use once a microphone is plugged in.
        """
        if self._ear is None:
            return False
        self._ear.settled.wait(patience_s)
        return self._ear.listens.is_set()

    def check(self) -> None:
        """Whether the recogniser that was asked for can be used at all.

        Raises:
            CoachError: it cannot; the text says what to do.
        """
        if self._ear is not None and self._ear.refusal:
            raise CoachError(self._ear.refusal)

    def changed(self, status: LiveStatus) -> None:
        commands = expected(status.mode)
        with self._changing:
            if self._ear is not None and commands is not self._commands:
                self._commands = commands
                self._ear.expect(commands)

    def played(self, samples: bytes | bytearray) -> None:
        """What the loudspeaker is given at this moment, see ``Ear.played``; never waits, at any time."""
        if self._ear is not None:
            self._ear.played(samples)

    def close(self) -> None:
        ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()

    def _heard(self, heard: Heard) -> None:
        command = self._commands.get(heard.phrase)
        if command is not None and self._desk is not None:
            self._desk.give(command, spoken=True)

    def _deaf(self, is_deaf: bool) -> None:
        if self._desk is not None:
            self._desk.announce("deaf" if is_deaf else "hears_again")
