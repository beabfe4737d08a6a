"""Play a session. Lie down and listen; what is said, what comes next and the time left are shown as well."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.cli.console import command, tell
from voice_coach.cli.display import Display, make_display
from voice_coach.cli.export import write
from voice_coach.cli.main import DONE
from voice_coach.cli.options import add_pacing, add_session, session_options
from voice_coach.coach import DEFAULT_SESSION, Coach
from voice_coach.core.errors import CoachError, DeviceError, OutputError, UsageError
from voice_coach.core.history import AUTO
from voice_coach.core.interrupts import defer_interrupt
from voice_coach.core.options import ExportOptions, FileOptions
from voice_coach.core.script import GUIDANCE_LEVELS
from voice_coach.core.units import format_clock
from voice_coach.paths import find_runtime
from voice_coach.rendering.performance import Performance

if TYPE_CHECKING:
    from voice_coach.coach import LiveOutput
    from voice_coach.controls.voice import VoiceControl
    from voice_coach.session.bookmark import Bookmark, SessionRequest


_DEAF_OUTPUT = (
    "--listen needs a sound device that tells what it plays, or the coach could not tell its own voice from "
    "yours; {output} does not. Leave out --listen or --output."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    add_session(parser)
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on where the last session was left, at the same rep and the same pace",
    )
    parser.add_argument(
        "--output",
        default="auto",
        metavar="OUTPUT",
        help="auto (the sound device), miniaudio, simpleaudio, none, or a file such as session.flac",
    )
    parser.add_argument("--force", action="store_true", help="replace the output if it is a file that exists")
    parser.add_argument("--quiet", action="store_true", help="show nothing while it plays")
    parser.add_argument(
        "--no-wait",
        action="store_true",
        help="never wait until you are ready: nothing to press is within reach",
    )
    parser.add_argument(
        "--bed",
        default="none",
        metavar="{none,tone,noise,FILE}",
        help="a quiet background, softer under words (none)",
    )
    parser.add_argument(
        "--listen",
        action="store_true",
        help="do what you say: “coach, pause”; see 'voice-coach listen'",
    )
    parser.add_argument(
        "--recogniser",
        default=None,
        metavar="NAME",
        help="who understands what you say, with --listen (the best that is installed)",
    )
    parser.add_argument(
        "--ask",
        action=argparse.BooleanOptionalAction,
        help="ask at the end how much it hurts (as long as it is answered now and then)",
    )
    add_pacing(parser, guidance=AUTO)
    parser.set_defaults(session=None)  # with --resume it matters whether one was named


def run(options: argparse.Namespace) -> int:
    if options.recogniser and not options.listen:
        raise UsageError("--recogniser goes with --listen: it says who understands what you say.")
    if options.ask and options.no_wait:
        raise UsageError("--ask waits for an answer, and --no-wait for none: leave one of them out.")
    if _is_file(options.output):
        if options.listen:
            raise UsageError(_DEAF_OUTPUT.format(output=options.output))
        if options.resume:
            raise UsageError(
                "--resume goes on by sound; a file is always the whole session: leave one of them out."
            )
        with defer_interrupt(), Coach(voice=options.voice, pacing=options.file, notify=tell) as coach:
            return write(
                coach,
                lambda: coach.prepare(options.session, session_options(options), start_at=options.start_at),
                Path(options.output),
                ExportOptions(file=FileOptions(force=options.force)),
            )
    return _Playing(options).run()


class _Playing:
    """Playback of one session on the sound device, from the command line to the last message."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._display: Display | None = None
        self._resume: Bookmark | None = None
        self._recognizer: str | None = None

    def run(self) -> int:
        options = self._options
        if options.listen:
            from voice_coach.controls import voice as ears

            self._recognizer = ears.choose_recognizer(options.recogniser)
        asked = self._request()
        coach = Coach(voice=asked.voice, pacing=asked.pacing, notify=self._notify)
        try:
            # The device opens while the session is prepared.
            with coach, self._device(coach) as device:
                if options.listen and not device.tells_taken:
                    raise UsageError(_DEAF_OUTPUT.format(output=options.output))
                performance = self._prepared(coach, asked)
                try:
                    device.ready()
                    if not options.quiet:
                        _say_what_fades(performance)
                    self._lead(coach, performance, device, asked)
                except DeviceError as error:  # there is none; one that is lost later on is waited for
                    return _write_instead(coach, performance, error)
        except KeyboardInterrupt as end:
            tell(end)
            self._say_how_to_go_on(coach)
            return DONE
        if self._display and self._display.was_left:
            self._say_how_to_go_on(coach)
        return DONE

    def _request(self) -> SessionRequest:
        """Return what is to be played; finds where the last session was left if that is where it goes on,
        or may."""
        from voice_coach.session.bookmark import SessionRequest

        options = self._options
        asked = SessionRequest(
            session=options.session or DEFAULT_SESSION,
            options=session_options(options),
            voice=options.voice,
            pacing=options.file,
            start_at=options.start_at,
            bed=options.bed,
        )
        with Coach(notify=self._notify) as coach:
            file, now_ms = coach.bookmark, coach.now_ms()
            found, is_there = file.read(), file.is_there
        if not options.resume:
            self._resume = found if found and found.may_be_offered(asked, now_ms) else None
            return asked
        if found is None and is_there:
            raise CoachError(
                f"Where the last session was left cannot be read ({file.path}), so it cannot be gone on "
                "with. Begin it anew."
            )
        if found is None:
            raise CoachError(
                "There is no session to go on with: none was begun, or the last one was heard to its end."
            )
        _refuse_other(options, found)
        self._resume = found
        again = found.as_request()
        return again if options.bed == "none" else replace(again, bed=options.bed)

    def _prepared(self, coach: Coach, asked: SessionRequest) -> Performance:
        if self._options.resume:
            from voice_coach.session.start import prepare_again

            return prepare_again(coach.prepare, asked, self._notify)
        performance = coach.prepare(asked.session, asked.options, start_at=asked.start_at)
        if self._resume is not None and self._resume.chapter_in(performance.exercises) is None:
            self._resume = None  # the script has changed
        return performance

    def _lead(
        self, coach: Coach, performance: Performance, device: LiveOutput, asked: SessionRequest
    ) -> None:
        from voice_coach.controls.base import PendingCommands
        from voice_coach.controls.registry import close_all, controls, start_all

        voice = None
        if self._recognizer is not None:
            from voice_coach.controls import voice as ears

            voice = ears.voice(coach.home, self._recognizer, self._notify)
        chosen = controls(
            find_runtime(), interactive=not self._options.quiet, notify=self._notify, voice=voice
        )
        remote = PendingCommands(performance.session.id, performance.session.title, performance.chapter_count)
        started = start_all(chosen, remote, self._notify)
        try:
            listens = voice is not None and voice in started and voice.listens()
            if voice is not None:
                voice.check()  # who asked for certain ears is not to lie down without them
            # What only other programs can reach is not within reach of somebody on the floor.
            is_anything = listens or any(control.is_at_hand for control in started)
            waits = not self._options.no_wait and is_anything
            resume = self._resume
            if resume is not None and not (self._options.resume or waits):
                self._say_where_it_was()
                resume = None
            from voice_coach.session.start import LiveOptions

            with make_display(performance.session.title, quiet=self._options.quiet) as self._display:
                session = coach.live_session(
                    performance,
                    LiveOptions(
                        request=asked,
                        waits=waits,
                        listens=listens,
                        asks_pain=self._options.ask,
                        resume=resume,
                        offer=not self._options.resume,
                        is_heard=device.is_heard,
                        bed=asked.bed,
                    ),
                    on_status=self._display.show,
                    controls=started,
                )
                remote.bind(session)
                session.play(
                    self._overheard(device, voice), lambda: self._overheard(self._device(coach), voice)
                )
        finally:
            close_all(started)

    def _device(self, coach: Coach) -> LiveOutput:
        return coach.device(self._options.output, live=True)

    def _overheard(self, device: LiveOutput, voice: VoiceControl | None) -> LiveOutput:
        """Return a device that passes its sound on to voice input, so that the coach does not hear itself."""
        if voice is not None:
            device.on_taken = voice.add_playback
        return device

    def _notify(self, sentence: str) -> None:
        self._display.note(sentence) if self._display else tell(sentence)

    def _say_how_to_go_on(self, coach: Coach) -> None:
        last = self._display.last.status if self._display and self._display.last else None
        tell(f"Stopped at {format_clock(last.position_ms if last else 0)}.")
        if coach.bookmark.is_own:
            tell(f"To go on from there: {command('play', '--resume')}", whole=True)
        elif self._resume is not None and coach.bookmark.read() == self._resume:
            self._say_where_it_was()

    def _say_where_it_was(self) -> None:
        tell(f"To go on where you were: {command('play', '--resume')}", whole=True)


def _refuse_other(options: argparse.Namespace, found: Bookmark) -> None:
    """Refuse options that differ from those of the session that is resumed.

    Raises:
        UsageError: it is asked for otherwise.
    """
    from voice_coach.session.bookmark import absolute_name

    file = str(options.file.absolute()) if options.file else None
    percent = None if options.pace is None else round(options.pace * 100)
    guidance = None if options.guidance == AUTO else options.guidance
    wishes = found.wishes
    given = {
        str(options.session): (absolute_name(options.session), found.session or DEFAULT_SESSION),
        "--voice": (options.voice, found.voice),
        "--rate": (options.rate, wishes.rate_wpm),
        "--guidance": (guidance, wishes.guidance),
        "--pace": (percent, found.speed_percent),
        "--fit": (options.fit, wishes.fit_ms),
        "--set": (dict(options.said) or None, wishes.said),
        "--file": (file, found.pacing),
        "--from": (options.start_at or None, found.start_at),
    }
    other = [name for name, (asked, left) in given.items() if asked is not None and asked != left]
    if other:
        raise UsageError(
            f"--resume goes on with {found.title} just as it was left. Leave out {', '.join(other)}, or "
            "leave out --resume to begin anew."
        )


def _is_file(output: str) -> bool:
    return bool(Path(output).suffix) or Path(output).name != output


def _say_what_fades(performance: Performance) -> None:
    """Tell which exercises are said with fewer words, and how to have all of them back."""
    if faded := performance.faded_exercises():
        known = ", ".join(f"{title} ({guidance})" for title, guidance in faded.items())
        tell(f"You know these, so fewer words: {known}. All words: --guidance {GUIDANCE_LEVELS[0]}")


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
    code = write(coach, lambda: performance, target, ExportOptions(file=FileOptions(force=True)))
    if code == DONE:
        tell("Play it on any device that has sound.")
    return code
