"""Say a sentence as a session would: hear at once how a voice reads it, or write it to a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from voice_coach.cli.console import command, tell
from voice_coach.cli.export import stoppable
from voice_coach.cli.main import DONE, FAILED
from voice_coach.cli.options import add_speech
from voice_coach.coach import Coach
from voice_coach.core.errors import DeviceError, display_path
from voice_coach.session.sentence import check_sound_file


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="+", metavar="TEXT", help="what to say")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="write it to a file of sound, such as sentence.wav, instead of playing it",
    )
    parser.add_argument("--force", action="store_true", help="replace the file if there is one")
    add_speech(parser)


def run(options: argparse.Namespace) -> int:
    text = " ".join(options.text)
    if options.output:
        return _write(options, text)
    return say(text, options.voice, options.rate)


def say(text: str, voice: str | None, rate_wpm: int | None = None) -> int:
    """Play a sentence; the exit code. Without a sound device, tell how to write it to a file.

    Raises:
        CoachError: it cannot be spoken.
    """
    # The device opens while the sentence is spoken.
    with Coach(voice=voice, notify=tell) as coach, coach.device() as device:
        sentence = coach.make_sentence(text, rate_wpm=rate_wpm)
        try:
            sentence.play(device)
        except DeviceError as error:
            tell(error)
            chosen = [f"--voice={voice}"] if voice else []
            chosen += [f"--rate={rate_wpm}"] if rate_wpm else []
            tell(f"Or write it to a file: {command('say', text, *chosen, '-o', 'sentence.wav')}", whole=True)
            return FAILED
    return DONE


def _write(options: argparse.Namespace, text: str) -> int:
    target: Path = options.output
    with stoppable(target), Coach(voice=options.voice, notify=tell) as coach:
        check_sound_file(target, force=options.force)
        sentence = coach.make_sentence(text, rate_wpm=options.rate)
        sentence.write(target, force=options.force)
    tell(f"Wrote {display_path(target)} ({sentence.duration_ms / 1000:.1f} s).")
    return DONE
