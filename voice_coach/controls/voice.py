"""Voice control: the wake word and a phrase give a command; and its settings."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from voice_coach.controls.base import Control, Desk
from voice_coach.core.errors import CoachError, WishError
from voice_coach.core.text import nearest_word
from voice_coach.voice_input.models import MODELS, Model, kept_model
from voice_coach.voice_input.process import CHILD, Ear
from voice_coach.voice_input.recognizer import COMMAND_PHRASES, RECOGNISERS, SCORE_PHRASES, usual_recogniser
from voice_coach.voice_input.sensitivity import USUAL_EASE, ease_text, kept_ease

if TYPE_CHECKING:
    from voice_coach.core.commands import CommandName
    from voice_coach.core.status import LiveStatus, Mode
    from voice_coach.paths import Home
    from voice_coach.voice_input.recognizer import Heard

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


__all__ = [
    "USUAL_EASE",
    "download",
    "ease",
    "keep_ease",
    "model",
    "models",
    "recogniser",
    "voice",
]


def recogniser(name: str | None) -> str:
    """The recogniser of this name, or the best that is installed.

    Raises:
        WishError: there is none.
    """
    if name is not None and name not in RECOGNISERS:
        raise WishError(f"There is no recogniser '{name}'; there are {', '.join(RECOGNISERS)}.")
    return name or usual_recogniser()


def voice(home: Home, name: str, notify: Callable[[str], None]) -> VoiceControl:
    """What listens while a session is played, as easily as was found to be right for this person.

    Args:
        home: the person's own folders.
        name: the recogniser.
        notify: told in a sentence what goes wrong later on.
    """

    return VoiceControl(notify, name, ease(home, name))


def ease(home: Home, name: str) -> int:
    """How easily a recogniser understands this person, see ``hearing.ease``."""
    return kept_ease(home.hearing, name)


def keep_ease(home: Home, name: str, ease: int) -> None:
    """Sessions listen with this ease from now on.

    Raises:
        OutputError: it cannot be kept; the text says why.
    """
    from voice_coach.storage.atomic import whole_file

    text = ease_text(home.hearing, name, ease)
    home.hearing.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(home.hearing, force=True) as file:
        file.write(text.encode())


def models(home: Home) -> list[tuple[Model, bool]]:
    """Every model that can be downloaded, and whether it is the one that is used."""
    kept = kept_model(home.models)
    return [(model, kept is not None and kept.name == model.name) for model in MODELS.values()]


def model(name: str) -> Model:
    """The model of this name.

    Raises:
        WishError: there is none.
    """
    if name in MODELS:
        return MODELS[name]
    close = nearest_word(name, MODELS)
    hint = f"Did you mean '{close}'?" if close else f"There are {', '.join(MODELS)}."
    raise WishError(f"There is no model '{name}'. {hint}")


def download(home: Home, model: Model, agreed: Callable[[str], bool]) -> Path:
    """Gets a model over the network; blocks until then, see ``hearing.model_download``.

    Raises:
        CoachError: it could not be had; the text says why, and what to do.
    """
    from voice_coach.voice_input.models import download_model

    return download_model(model, home.models, agreed)
