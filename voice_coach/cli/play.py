"""Play a session. Lie down and listen; what is said, what comes next and the time left are shown as well."""

from __future__ import annotations

import argparse
from pathlib import Path

from voice_coach.cli.choices import add_pacing, add_session, wishes
from voice_coach.cli.display import Display, make_display
from voice_coach.cli.main import DONE, FAILED
from voice_coach.cli.telling import command, tell
from voice_coach.cli.writing import write
from voice_coach.coach import DEFAULT_SESSION, Coach
from voice_coach.model.export import ExportWishes, FileWishes
from voice_coach.model.practice import AUTO
from voice_coach.model.problems import DeviceError, OutputError
from voice_coach.model.script import GUIDANCE_LEVELS
from voice_coach.model.status import Status
from voice_coach.model.units import MS_PER_SECOND, format_clock, format_duration
from voice_coach.performance import Performance


def arguments(parser: argparse.ArgumentParser) -> None:
    add_session(parser)
    parser.add_argument(
        "--output",
        default="auto",
        metavar="OUTPUT",
        help="auto (the sound device), miniaudio, simpleaudio, none, or a file such as session.flac",
    )
    parser.add_argument("--force", action="store_true", help="replace the output if it is a file that exists")
    parser.add_argument("--quiet", action="store_true", help="show nothing while it plays")
    add_pacing(parser, guidance=AUTO)


def run(options: argparse.Namespace) -> int:
    display: Display | None = None

    def notify(sentence: str) -> None:
        display.note(sentence) if display else tell(sentence)

    with Coach(voice=options.voice, pacing=options.file, notify=notify) as coach:
        if _is_file(options.output):
            return write(
                coach,
                lambda: coach.prepare(options.session, wishes(options), start_at=options.start_at),
                Path(options.output),
                ExportWishes(file=FileWishes(force=options.force)),
            )
        try:
            # The device opens while the session is prepared.
            with coach.device(options.output) as device:
                performance = coach.prepare(options.session, wishes(options), start_at=options.start_at)
                try:
                    device.ready()
                    if not options.quiet:
                        _say_what_fades(performance)
                    with make_display(performance.session.title, quiet=options.quiet) as display:
                        coach.play(performance, device, display.show)
                except DeviceError as error:
                    if device.position_frames:
                        raise
                    return _write_instead(coach, performance, error)
        except (KeyboardInterrupt, DeviceError) as end:
            last = display.last if display else None
            tell(end)
            tell(f"Stopped after {format_clock(last.position_ms if last else 0)}.")
            _say_how_to_go_on(options, last)
            return FAILED if isinstance(end, DeviceError) else DONE
    return DONE


def _is_file(output: str) -> bool:
    return bool(Path(output).suffix) or Path(output).name != output


def _say_what_fades(performance: Performance) -> None:
    """Which exercises are said with fewer words, and how to have all of them back."""
    if faded := performance.faded():
        known = ", ".join(f"{title} ({guidance})" for title, guidance in faded.items())
        tell(f"You know these, so fewer words: {known}. All words: --guidance {GUIDANCE_LEVELS[0]}")


def _say_how_to_go_on(options: argparse.Namespace, last: Status | None) -> None:
    """The command that goes on: as given, from the exercise that was broken off, in the time that is left."""
    exercise = last.exercise if last else ""
    words: list[str] = []
    for option, given, default in (
        ("", options.session, DEFAULT_SESSION),
        ("--from", exercise or options.start_at, ""),
        ("--guidance", options.guidance, AUTO),
        ("--rate", options.rate, None),
        ("--pace", options.pace, None),
        ("--fit", _time_left(options.fit, last), None),
        ("--file", options.file, None),
        ("--voice", options.voice, None),
        ("--output", options.output, "auto"),
    ):
        if given != default:
            words += [option, str(given)] if option else [str(given)]
    for name, value in options.said:
        words += ["--set", f"{name}={value}"]
    what = "To go on with this exercise" if exercise else "To begin again"
    tell(f"{what}: {command('play', *words)}", whole=True)


def _time_left(fit_ms: int | None, last: Status | None) -> str | None:
    """What is left of the time that was asked for, if any was, in whole seconds."""
    if fit_ms is None:
        return None
    left_s = (fit_ms - (last.position_ms if last else 0)) // MS_PER_SECOND
    return format_duration(max(0, left_s) * MS_PER_SECOND)


def _write_instead(coach: Coach, performance: Performance, error: DeviceError) -> int:
    """Without a device the session becomes a file, so that it can be taken to one."""
    tell(f"{str(error).partition('. ')[0]}.")
    target = coach.home.exports / f"{performance.session.id}.flac"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise OutputError(
            f"{target.parent} cannot be made: {reason.strerror or reason}. "
            "Say where to write the session: voice-coach export SESSION -o FILE.flac"
        ) from None
    tell("Writing the session to a file instead ...")
    code = write(coach, lambda: performance, target, ExportWishes(file=FileWishes(force=True)))
    if code == DONE:
        tell("Play it on any device that has sound.")
    return code
