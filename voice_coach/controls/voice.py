"""Voice control: the wake word and a phrase give a command; and its settings."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from voice_coach.controls.base import Control, SessionRemote
from voice_coach.core.errors import CoachError, UsageError
from voice_coach.core.text import nearest_word
from voice_coach.voice_input.models import MODELS, Model, installed_model
from voice_coach.voice_input.process import CHILD, RecognizerProcess
from voice_coach.voice_input.recognizer import (
    COMMAND_PHRASES,
    RECOGNIZERS,
    SCORE_PHRASES,
    usual_recognizer,
)
from voice_coach.voice_input.sensitivity import USUAL_SENSITIVITY, kept_sensitivity, sensitivity_text

if TYPE_CHECKING:
    from voice_coach.core.commands import CommandName
    from voice_coach.core.status import LiveStatus, Mode
    from voice_coach.paths import Home
    from voice_coach.voice_input.recognizer import RecognizedPhrase

_BESIDES_NUMBERS: Final = ("repeat", "louder", "quieter", "pause", "stop")
"""Commands that are understood while a number is asked for: none that is like an answer, such as "it
hurts"."""

_WHILE_SCORING: Final[Mapping[str, CommandName]] = {
    **{phrase: command for phrase, command in COMMAND_PHRASES.items() if command in _BESIDES_NUMBERS},
    **SCORE_PHRASES,
}


def expected_phrases(mode: Mode) -> Mapping[str, CommandName]:
    """Return what can be said in a mode, and the command that it gives.

    It is the same in all of them but one: what is half said while the mode changes is not to be lost.
    """
    return _WHILE_SCORING if mode == "scoring" else COMMAND_PHRASES


LISTENING_PATIENCE_S: Final = 4.0
"""A recognizer loads its model in half a second; on a machine that is busy it takes longer."""


class VoiceControl(Control):
    """Listens to the default microphone, in a process of its own.

    ``add_playback`` has to get what the loudspeaker is given (``LiveOutput.on_taken``), so that the coach
    does not hear itself.

    Args:
        notify: told in a sentence what goes wrong later on.
        recognizer: its name in ``RECOGNIZERS``; the usual one if none is given.
        sensitivity: how much more easily than usual, see ``voice_input.sensitivity``.
        child: the program that listens; another one in tests.
    """

    is_at_hand = False  # only once it listens, which is asked for by ``listens``

    def __init__(
        self,
        notify: Callable[[str], None],
        recognizer: str | None = None,
        sensitivity: int = USUAL_SENSITIVITY,
        *,
        child: Sequence[str] = CHILD,
    ) -> None:
        self._notify = notify
        self._recognizer = recognizer
        self._sensitivity = sensitivity
        self._child = child
        self._process: RecognizerProcess | None = None
        self._remote: SessionRemote | None = None
        self._commands: Mapping[str, CommandName] = {}
        self._changing = threading.Lock()

    def start(self, remote: SessionRemote) -> None:
        self._remote = remote
        process = RecognizerProcess(
            self._give, self._notify, self._deaf, self._recognizer, self._sensitivity, child=self._child
        )
        self._commands = expected_phrases(remote.current_status().mode)
        process.expect(self._commands)
        process.start()
        self._process = process

    def listens(self, patience_s: float = LISTENING_PATIENCE_S) -> bool:
        """Return whether it listens by now; waits so long at most until that is known.

        One that does not yet goes on trying, and is of use once a microphone is plugged in.
        """
        if self._process is None:
            return False
        self._process.settled.wait(patience_s)
        return self._process.listens.is_set()

    def check(self) -> None:
        """Check that the recognizer that was asked for can be used at all.

        Raises:
            CoachError: it cannot; the text says what to do.
        """
        if self._process is not None and self._process.refusal:
            raise CoachError(self._process.refusal)

    def on_change(self, status: LiveStatus) -> None:
        commands = expected_phrases(status.mode)
        with self._changing:
            if self._process is not None and commands is not self._commands:
                self._commands = commands
                self._process.expect(commands)

    def add_playback(self, samples: bytes | bytearray) -> None:
        """Pass on what the loudspeaker is given now, see ``RecognizerProcess.add_playback``; never waits."""
        if self._process is not None:
            self._process.add_playback(samples)

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def _give(self, heard: RecognizedPhrase) -> None:
        command = self._commands.get(heard.phrase)
        if command is not None and self._remote is not None:
            self._remote.give(command, spoken=True)

    def _deaf(self, is_deaf: bool) -> None:
        if self._remote is not None:
            self._remote.announce("deaf" if is_deaf else "hears_again")


__all__ = [
    "USUAL_SENSITIVITY",
    "choose_recognizer",
    "download",
    "find_sensitivity",
    "keep_sensitivity",
    "model",
    "models",
    "voice",
]


def choose_recognizer(name: str | None) -> str:
    """The recognizer of this name, or the best that is installed.

    Raises:
        UsageError: there is none.
    """
    if name is not None and name not in RECOGNIZERS:
        raise UsageError(f"There is no recognizer '{name}'; there are {', '.join(RECOGNIZERS)}.")
    return name or usual_recognizer()


def voice(home: Home, name: str, notify: Callable[[str], None]) -> VoiceControl:
    """Return what listens while a session is played, as easily as was found to be right for this person.

    Args:
        home: the person's own folders.
        name: the recognizer.
        notify: told in a sentence what goes wrong later on.
    """

    return VoiceControl(notify, name, find_sensitivity(home, name))


def find_sensitivity(home: Home, name: str) -> int:
    """Return how easily a recognizer understands this person, see ``voice_input.sensitivity``."""
    return kept_sensitivity(home.hearing, name)


def keep_sensitivity(home: Home, name: str, sensitivity: int) -> None:
    """Sessions listen with this ease from now on.

    Raises:
        OutputError: it cannot be kept; the text says why.
    """
    from voice_coach.storage.atomic import atomic_write

    text = sensitivity_text(home.hearing, name, sensitivity)
    home.hearing.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(home.hearing, force=True) as file:
        file.write(text.encode())


def models(home: Home) -> list[tuple[Model, bool]]:
    """Every model that can be downloaded, and whether it is the one that is used."""
    kept = installed_model(home.models)
    return [(model, kept is not None and kept.name == model.name) for model in MODELS.values()]


def model(name: str) -> Model:
    """The model of this name.

    Raises:
        UsageError: there is none.
    """
    if name in MODELS:
        return MODELS[name]
    close = nearest_word(name, MODELS)
    hint = f"Did you mean '{close}'?" if close else f"There are {', '.join(MODELS)}."
    raise UsageError(f"There is no model '{name}'. {hint}")


def download(home: Home, model: Model, agreed: Callable[[str], bool]) -> Path:
    """Get a model over the network; blocks until then, see ``voice_input.models``.

    Raises:
        CoachError: it could not be had; the text says why, and what to do.
    """
    from voice_coach.voice_input.models import download_model

    return download_model(model, home.models, agreed)
