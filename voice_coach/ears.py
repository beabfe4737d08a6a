"""What hears the person who speaks: the recognisers, how easily each understands them, and the models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.hearing.ease import USUAL_EASE, ease_text, kept_ease
from voice_coach.hearing.models import MODELS, Model, kept_model
from voice_coach.hearing.recogniser import RECOGNISERS, usual_recogniser
from voice_coach.model.problems import WishError
from voice_coach.model.words import nearest_word

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

if TYPE_CHECKING:
    from voice_coach.controls.voice import VoiceControl
    from voice_coach.home import Home


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
    from voice_coach.controls.voice import VoiceControl

    return VoiceControl(notify, name, ease(home, name))


def ease(home: Home, name: str) -> int:
    """How easily a recogniser understands this person, see ``hearing.ease``."""
    return kept_ease(home.hearing, name)


def keep_ease(home: Home, name: str, ease: int) -> None:
    """Sessions listen with this ease from now on.

    Raises:
        OutputError: it cannot be kept; the text says why.
    """
    from voice_coach.outputs.whole_file import whole_file

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
    from voice_coach.hearing.model_download import download_model

    return download_model(model, home.models, agreed)
