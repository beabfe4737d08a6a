"""The command line: finds the verb, lets its module do the work, turns errors into sentences and exit codes.

Exit codes: 0 done, 1 could not do it, 2 wrong usage or a script with problems.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from contextlib import suppress
from importlib import import_module

from voice_coach.cli.console import mute, tell

TYPE_CHECKING = False
if TYPE_CHECKING:  # spares the import of typing, which --help would wait for
    from collections.abc import Callable, Iterable, Sequence
    from typing import NoReturn

    from voice_coach.core.errors import CoachError

VERBS = {
    "play": "play a session (lower-back-relief if none is named)",
    "export": "write a session to a file: for phones, players, printers",
    "feed": "make exported sessions a private podcast",
    "listen": "try your voice for play --listen, and see what can be said",
    "control": "pause or otherwise steer a session that is running",
    "show": "draw a session's timeline, or compare two pacings of it",
    "tune": "show and set the pace of an exercise",
    "history": "show how it went: days, minutes, pain",
    "remind": "write reminders for a phone's calendar",
    "list": "list the sessions and exercises there are",
    "voices": "list the voices there are, and hear one",
    "say": "hear a sentence at once, or write it to a file",
    "check": "check scripts, and their timing",
    "new": "write a script to start from",
    "doctor": "tell what works on this machine, and what to do about what does not",
}

DONE, FAILED, WRONG = 0, 1, 2


class _OneSentence(argparse.ArgumentParser):
    """Says what is wrong in one sentence and names the nearest right word."""

    def error(self, message: str) -> NoReturn:
        if message.endswith("expected one argument"):
            message += "; one that begins with a hyphen is joined by =, as in --output=-x.wav"
        tell(f"{self.prog}: {message}\nTry '{self.prog} --help'.")
        self.exit(WRONG)

    def read(self, arguments: Sequence[str], *, in_any_order: bool = False) -> argparse.Namespace:
        """The options in these arguments; exits where one of them is not known.

        ``in_any_order`` lets options stand between words, also between those of one list.
        """
        parse = self.parse_known_intermixed_args if in_any_order else self.parse_known_args
        options, unknown = parse(arguments)
        if unknown:
            known = re.findall(r"--[a-z]+", self.format_usage())
            self.error(f"'{unknown[0]}' is not expected here.{_did_you_mean(unknown[0], known)}")
        return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115, PTH123  (for as long as we run)
        with suppress(AttributeError):
            # A terminal or pipe that lacks a letter of a script shows a question mark instead of ending us.
            getattr(sys, name).reconfigure(errors="replace")
    try:
        try:
            return _command(list(sys.argv[1:] if arguments is None else arguments))
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        mute()
        return FAILED
    except KeyboardInterrupt:
        tell("\nStopped.")
        return FAILED
    except OSError as error:
        mute()
        tell(f"The system refused something that is needed: {error}. 'voice-coach doctor' may tell more.")
        return FAILED


def _command(given: list[str]) -> int:
    parser = _OneSentence(
        prog="voice-coach",
        description="Leads you by voice through written exercise sessions.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="verbs:\n"
        + "\n".join(f"  {verb:<8} {what}" for verb, what in VERBS.items())
        + "\n\n'voice-coach VERB --help' tells more. Lie down and try: voice-coach play",
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.add_argument("--debug", action="store_true", help="write a log of what the command does")
    parser.add_argument("verb", nargs="?", metavar="VERB", help="what to do, see below")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.read(given)
    if options.version:
        from voice_coach import __version__

        print(f"voice-coach {__version__}")
        return DONE
    if options.verb is None:
        parser.print_help()
        return DONE
    if options.verb not in VERBS:
        script = f"play {options.verb}" if options.verb.endswith(".yaml") else options.verb
        hint = _did_you_mean(script, [*VERBS, script] if script != options.verb else VERBS)
        parser.error(f"there is no verb '{options.verb}'.{hint}")
    return _logged(options.verb, options.rest) if options.debug else _run(options.verb, options.rest)


def _logged(verb: str, arguments: list[str]) -> int:
    from voice_coach.cli.process import log_failure, write_log
    from voice_coach.paths import find_home

    path = find_home().log
    write_log(path, verb)
    try:
        return _run(verb, arguments, failed=log_failure)
    except BaseException as error:
        log_failure(error)
        raise
    finally:
        tell(f"What it did is in {path}")


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    from voice_coach.core.text import nearest_word

    close = nearest_word(word, known)
    return f" Did you mean '{close}'?" if close else ""


def _run(verb: str, arguments: list[str], failed: Callable[[CoachError], None] = lambda _error: None) -> int:
    from voice_coach.cli.process import end_as_by_ctrl_c, forget_interrupted_text, set_up
    from voice_coach.core.errors import CoachError, ScriptError, UsageError
    from voice_coach.core.interrupts import defer_interrupt

    set_up()
    end_as_by_ctrl_c()
    with defer_interrupt():
        module = import_module(f"voice_coach.cli.{verb}")
        parser = _OneSentence(prog=f"voice-coach {verb}", description=module.__doc__)
        module.arguments(parser)
        options = parser.read(arguments, in_any_order=True)
    try:
        return int(module.run(options))
    except CoachError as error:
        failed(error)
        tell(error)
        return WRONG if isinstance(error, ScriptError | UsageError) else FAILED
    finally:
        forget_interrupted_text()
