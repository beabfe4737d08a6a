"""Play a session. Lie down and listen; what is said, what comes next and the time left are shown as well."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from voice_coach.cli.choices import add_pacing, notify, wishes
from voice_coach.cli.display import make_display
from voice_coach.cli.main import DONE, FAILED
from voice_coach.coach import DEFAULT_SESSION, Coach
from voice_coach.model.problems import DeviceError, OutputError
from voice_coach.model.units import format_clock
from voice_coach.performance import Performance


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "session", nargs="?", default=DEFAULT_SESSION, metavar="SESSION|FILE", help="which one"
    )
    parser.add_argument(
        "--output",
        default="auto",
        metavar="OUTPUT",
        help="auto (the sound device), miniaudio, simpleaudio, none, or a .wav or .flac file",
    )
    parser.add_argument("--quiet", action="store_true", help="show nothing while it plays")
    add_pacing(parser)


def run(options: argparse.Namespace) -> int:
    with Coach(voice=options.voice, notify=notify) as coach:
        if Path(options.output).suffix:
            performance = coach.prepare(options.session, wishes(options), start_at=options.start_at)
            coach.export(performance, Path(options.output))
            print(f"Wrote {options.output}.")
            return DONE
        device = coach.device(options.output)
        performance = coach.prepare(options.session, wishes(options), start_at=options.start_at)
        try:
            device.ready()
        except DeviceError as error:
            return _write_instead(coach, performance, error)
        with make_display(performance.session.title, quiet=options.quiet) as display:
            try:
                coach.play(performance, device, display.show)
            except KeyboardInterrupt:
                stopped = display.last
            except DeviceError as error:
                print(error, file=sys.stderr)
                _say_how_to_go_on(options.session, display.last.exercise if display.last else "")
                return FAILED
            else:
                return DONE
    print(f"\nStopped after {format_clock(stopped.position_ms if stopped else 0)}.")
    _say_how_to_go_on(options.session, stopped.exercise if stopped else "")
    return DONE


def _say_how_to_go_on(session: str, exercise: str) -> None:
    if exercise:
        print(f"To go on with this exercise: voice-coach play {session} --from {exercise}")


def _write_instead(coach: Coach, performance: Performance, error: DeviceError) -> int:
    """Without a device the session becomes a file, so that it can be taken to one."""
    print(error)
    target = coach.home.exports / f"{performance.session.id}.flac"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise OutputError(f"{target.parent} cannot be made: {reason.strerror or reason}.") from None
    print("Writing the session to a file instead ...")
    coach.export(performance, target, force=True)
    print(f"Wrote {target}. Play it on any device that has sound.")
    return DONE
