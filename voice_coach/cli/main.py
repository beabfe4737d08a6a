"""The command line: finds the verb, lets its module do the work, turns errors into sentences and exit codes.

Exit codes: 0 done, 1 could not do it, 2 wrong usage or a script with problems.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:  # spares the import of typing, which --help would wait for
    from collections.abc import Sequence
    from typing import NoReturn

VERBS = {
    "play": "play a session (lower-back-relief if none is named)",
    "export": "write a session to an audio file",
    "show": "print a session's timeline",
    "list": "list the sessions and exercises there are",
    "check": "check scripts, and their timing",
    "new": "write a script to start from",
    "doctor": "tell what works on this machine, and what to do about what does not",
}

DONE, FAILED, WRONG = 0, 1, 2


class _OneSentence(argparse.ArgumentParser):
    """Says what is wrong in one sentence and names the nearest right word."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, f"{self.prog}: {message}\nTry '{self.prog} --help'.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = _OneSentence(
        prog="voice-coach",
        description="Leads you by voice through written exercise sessions.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="verbs:\n"
        + "\n".join(f"  {verb:<8} {what}" for verb, what in VERBS.items())
        + "\n\n'voice-coach VERB --help' tells more. Lie down and try: voice-coach play",
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.add_argument("verb", nargs="?", metavar="VERB", help="what to do, see below")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args(given)
    if options.version:
        from voice_coach import __version__

        print(f"voice-coach {__version__}")
        return DONE
    if options.verb is None:
        parser.print_help()
        return DONE
    if options.verb not in VERBS:
        from difflib import get_close_matches

        close = get_close_matches(options.verb, VERBS, n=1)
        hint = f" Did you mean '{close[0]}'?" if close else ""
        parser.error(f"there is no verb '{options.verb}'.{hint}")
    return _run(options.verb, options.rest)


def _run(verb: str, arguments: list[str]) -> int:
    from voice_coach.model.problems import CoachError, ScriptError

    # numpy would start a thread of linear algebra for each core, which doubles the time of its import.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Hardly anything here makes rings of references; looking for them while importing takes 15 ms.
    gc.set_threshold(50_000)
    module = import_module(f"voice_coach.cli.{verb}")
    parser = _OneSentence(prog=f"voice-coach {verb}", description=module.__doc__)
    module.arguments(parser)
    options = parser.parse_args(arguments)
    try:
        return int(module.run(options))
    except ScriptError as error:
        print(error, file=sys.stderr)
        return WRONG
    except CoachError as error:
        print(error, file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has gone: nothing is left to say, not even at exit from the buffer.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return FAILED
