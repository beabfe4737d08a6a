"""Looks at what works on this machine, and says what to do about what does not."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from voice_coach.coach import Coach
from voice_coach.core.errors import CoachError
from voice_coach.core.speech import DEFAULT_RATE_WPM, Utterance
from voice_coach.paths import shipped_cues
from voice_coach.storage.atomic import atomic_write


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        what: its name.
        state: ``well``; ``missing`` where something can be done without it; ``ill`` where it cannot.
        says: what was found, in a sentence.
        advice: what to do, or "".
    """

    what: str
    state: Literal["well", "missing", "ill"]
    says: str
    advice: str = ""


def examine(coach: Coach) -> Iterator[Finding]:
    """Look at one thing after the other; never raises for what it finds."""
    for what, look, remedy in _EXAMINATIONS:
        try:
            yield look(coach)
        except (CoachError, OSError, ImportError) as error:
            yield Finding(what, "ill", str(error), remedy)


def write_report(coach: Coach, path: Path, *, force: bool = False) -> None:
    """Write a text file about this machine to send to maintainers: versions, findings, the last log.

    The user's name, folders and scripts are not in it.

    Args:
        coach: examined.
        path: the file, written whole or not at all.
        force: whether a file that exists is replaced.

    Raises:
        OutputError: the file exists, or cannot be written.
    """
    lines = [*_versions(), "", *(_anonymous(each) for each in examine(coach))]
    try:
        log = coach.home.log.read_text("utf-8", "replace").splitlines()[-_LOG_LINES:]
    except OSError:
        log = ["There is no log. To write one: voice-coach --debug VERB"]
    text = "\n".join([*lines, "", "The last log:", *log, ""])
    with atomic_write(path, force=force) as file:
        file.write(_without_places(text, coach).encode())


_LOG_LINES: Final = 1_000


def _versions() -> Iterator[str]:
    from importlib.metadata import distributions
    from platform import machine, platform, python_version

    from voice_coach import __version__

    yield f"voice-coach {__version__}, Python {python_version()}, {platform()}, {machine()}"
    found = {each.metadata["Name"]: each.version for each in distributions()}
    yield ", ".join(f"{name} {found[name]}" for name in sorted(found, key=str.casefold))


def _anonymous(finding: Finding) -> str:
    is_personal = finding.what in ("scripts", "sounds") and finding.state != "well"
    says = "The user's own have problems." if is_personal else finding.says
    return f"{finding.what}: {finding.state}: {says}"


def _without_places(text: str, coach: Coach) -> str:
    """Return a text with the user's folders and name taken out."""
    home = coach.home
    folders = {
        home.scripts.parent: "DATA",
        home.cache: "CACHE",
        home.exports: "EXPORTS",
        home.log.parent: "LOG",
    }
    for folder in sorted(folders, key=lambda each: -len(str(each))):
        text = text.replace(str(folder), folders[folder])
    text = text.replace(str(Path.home()), "~")
    with suppress(OSError, KeyError, ImportError):
        import getpass
        import re

        text = re.sub(rf"\b{re.escape(getpass.getuser())}\b", "USER", text)
    return text


def _python(_coach: Coach) -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", "well", f"{version} at {sys.executable}")


def _scripts(coach: Coach) -> Finding:
    listed = list(coach.list_scripts())
    broken = [each for each in listed if not each.readable]
    if broken:
        names = ", ".join(each.id for each in broken)
        advice = f"Run: voice-coach check {broken[0].path}"
        return Finding("scripts", "ill", f"These have problems: {names}.", advice)
    own = coach.home.scripts
    return Finding("scripts", "well", f"{len(listed)} sessions and exercises; your own go into {own}")


def _sounds(coach: Coach) -> Finding:
    from voice_coach.audio.sound_catalogue import SoundCatalogue

    count = len(SoundCatalogue.load([shipped_cues(), coach.home.sounds]).names())
    return Finding("sounds", "well", f"{count} sound cues; your own go into {coach.home.sounds}")


_WITHOUT: dict[str, tuple[Literal["missing", "ill"], str]] = {
    "hibari": (
        "missing",
        "Without it the natural voice says only what comes with voice_coach, and espeak the rest. "
        "In a checkout: make hibari. Otherwise install voice-coach again.",
    ),
    "espeak": ("ill", "Install voice_coach again; it brings this engine along."),
    "pyttsx3": ("missing", "Only needed for the voices that Windows and macOS bring."),
}
"""Meaning of an engine that does not speak, and what to do."""


def _speech(coach: Coach, engine: str) -> Finding:
    from voice_coach.speech.engine import EngineError, make_engine

    what = f"speech, {engine}"
    began = time.monotonic()
    try:
        speaker = make_engine(engine)
        try:
            clip = speaker.synthesise(Utterance("Breathe in, and out.", f"{engine}:", DEFAULT_RATE_WPM))
            voices = len(speaker.voices())
        finally:
            speaker.close()
    except EngineError as error:
        state, advice = _WITHOUT[engine]
        return Finding(what, state, f"It does not speak: {error.reason}.", advice)
    took = (time.monotonic() - began) * 1000
    del coach
    return Finding(
        what,
        "well",
        f"It speaks ({voices} voice{'s' * (voices != 1)}; {clip.duration_ms} ms of speech in {took:.0f} ms).",
    )


def _cache(coach: Coach) -> Finding:
    folder = coach.home.cache
    probe = folder / ".probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        advice = "Sessions play all the same, each prompt being spoken anew. Make the folder writable."
        return Finding("clip cache", "missing", f"{folder} cannot be written: {error.strerror}.", advice)
    return Finding("clip cache", "well", f"in {folder}; it may be deleted at any time")


def _device(coach: Coach) -> Finding:
    device = coach.device("auto")
    try:
        device.ready()
    except CoachError as error:
        advice = "Without one, 'voice-coach play' writes a file instead."
        return Finding("sound device", "missing", str(error), advice)
    finally:
        device.close()
    return Finding("sound device", "well", "The default device opens.")


def _simpleaudio(coach: Coach) -> Finding:
    del coach
    from voice_coach.formats.base import make_device

    try:
        make_device("simpleaudio").ready()
    except CoachError as error:
        return Finding(
            "simpleaudio", "missing", str(error), "Not needed: the sound device is played without it."
        )
    return Finding("simpleaudio", "well", "It can be used: voice-coach play --output simpleaudio")


def _flac(coach: Coach) -> Finding:
    del coach
    import numpy as np

    from voice_coach.audio.mixer import Block
    from voice_coach.formats.base import make_file_output
    from voice_coach.rendering.performance import sound_alone
    from voice_coach.storage.locks import scratch_folder

    with scratch_folder("doctor") as folder:
        silence = sound_alone([Block(np.zeros(4800, np.int16), silent=True)])
        make_file_output(folder / "probe.flac").write(silence)
    return Finding("FLAC files", "well", "They can be written.")


def _keyboard(coach: Coach) -> Finding:
    del coach
    if sys.stdin is None or not sys.stdin.isatty():
        says = "Keys are not read here, since this is no terminal."
        return Finding("keyboard", "missing", says, "Play in a terminal to steer by keys (over ssh: ssh -t).")
    return Finding(
        "keyboard", "well", "Keys steer a session, also those of a Bluetooth remote: space pauses."
    )


def _media_keys(coach: Coach) -> Finding:
    del coach
    what, instead = "media keys", "Steer by keys, by a remote that is a keyboard, or by voice-coach control."
    if sys.platform != "linux":
        system = {"darwin": "macOS", "win32": "Windows"}.get(sys.platform, sys.platform)
        says = f"Headset buttons and media keys do not reach a session on {system}, only on Linux."
        return Finding(what, "missing", says, instead)
    from voice_coach.controls.mpris import reach_bus

    try:
        reach_bus()
    except CoachError as error:
        return Finding(what, "missing", str(error), instead)
    return Finding(what, "well", "Headset buttons and media keys reach a session (MPRIS over D-Bus).")


def _other_programs(coach: Coach) -> Finding:
    del coach
    from voice_coach.controls.endpoints import make_folder
    from voice_coach.paths import find_runtime

    folder = find_runtime()
    try:
        make_folder(folder)
    except CoachError as error:
        advice = "A session plays all the same. Make the folder yours alone, or move it: VOICE_COACH_HOME."
        return Finding("other programs", "missing", str(error), advice)
    way = "a local port with a secret token; not tried on Windows" if sys.platform == "win32" else "a socket"
    return Finding("other programs", "well", f"'voice-coach control pause' works, by {way} in {folder}")


def _spoken_commands(coach: Coach) -> Finding:
    from voice_coach.controls import voice as ears
    from voice_coach.voice_input.mic_test import VoiceTrial

    what, name = "spoken commands", ears.choose_recognizer(None)
    try:
        with VoiceTrial(name, ears.find_sensitivity(coach.home, name)):
            pass
    except CoachError as error:
        return Finding(what, "missing", str(error), "Only needed for --listen; all else steers as well.")
    better = "" if name == "moonshine" else "; pip install 'voice-coach[moonshine]' understands far more"
    return Finding(what, "well", f"{name} and the microphone open: voice-coach listen --test{better}")


_AGAIN = "Install voice_coach again: something that it needs is damaged or missing."

_EXAMINATIONS: tuple[tuple[str, Callable[[Coach], Finding], str], ...] = (
    ("Python", _python, _AGAIN),
    ("scripts", _scripts, _AGAIN),
    ("sounds", _sounds, "Put right what is said above; until then your own sounds are left out."),
    ("speech, hibari", lambda coach: _speech(coach, "hibari"), _AGAIN),
    ("speech, espeak", lambda coach: _speech(coach, "espeak"), _AGAIN),
    ("speech, pyttsx3", lambda coach: _speech(coach, "pyttsx3"), _AGAIN),
    ("clip cache", _cache, _AGAIN),
    ("sound device", _device, _AGAIN),
    ("simpleaudio", _simpleaudio, _AGAIN),
    ("keyboard", _keyboard, _AGAIN),
    ("media keys", _media_keys, f"{_AGAIN} Until then, steer by keys or by voice-coach control."),
    ("spoken commands", _spoken_commands, f"{_AGAIN} Until then, steer by keys."),
    ("other programs", _other_programs, "Until that is put right, steer by keys."),
    ("FLAC files", _flac, f"{_AGAIN} Until then, export to .wav."),
)
"""Examinations: name, function, and what to do where the function itself fails."""
