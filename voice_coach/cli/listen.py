"""Try your voice and your microphone, see what can be said, and download other ears."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from voice_coach.cli.console import command, says_yes, tell
from voice_coach.cli.main import DONE, FAILED, WRONG
from voice_coach.controls import voice as ears
from voice_coach.core.commands import COMMANDS
from voice_coach.paths import find_home

if TYPE_CHECKING:
    from voice_coach.voice_input.mic_test import Try, VoiceTrial

_TIMES: Final = 2
"""Number of times a phrase is asked for until it is understood."""

_OTHER_S: Final = 10.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--test", action="store_true", help="say a few phrases; what is understood is tuned to your voice"
    )
    parser.add_argument("--phrases", action="store_true", help="show everything that can be said")
    parser.add_argument("--recogniser", metavar="NAME", help="who understands (the best that is installed)")
    parser.add_argument(
        "--download", metavar="MODEL", help="get a model for the recognizer sherpa, over the network"
    )
    parser.add_argument("--models", action="store_true", help="list the models that can be downloaded")
    parser.add_argument(
        "--usual", action="store_true", help="forget what was tuned to your voice with --test"
    )


def run(options: argparse.Namespace) -> int:
    recognizer = ears.choose_recognizer(options.recogniser)
    given = [name for name in ("test", "phrases", "download", "models", "usual") if getattr(options, name)]
    if len(given) != 1:
        tell("Say one of --test, --phrases, --models, --download MODEL and --usual.")
        return WRONG
    match given[0]:
        case "phrases":
            return _phrases()
        case "models":
            return _models()
        case "download":
            return _download(options.download)
        case "usual":
            return _keep(recognizer, ears.USUAL_SENSITIVITY)
        case _:
            return _test(recognizer)


def _phrases() -> int:
    print("Say “coach”, and one of these:\n")
    told = [(" / ".join(each.phrases), each) for each in COMMANDS if each.phrases]
    width = max(len(phrases) for phrases, _command in told)
    for phrases, each in told:
        if each.only_in != "scoring":
            print(f"  {phrases:{width}}  {each.does}")
    print("\nWhen the coach asks how much it hurts, say a number from zero to ten, with or without “coach”.")
    return DONE


def _test(recognizer: str) -> int:
    from voice_coach.voice_input.mic_test import TRIED, VoiceTrial

    tell(
        "Sit or lie where you exercise, and say what is shown, as you would say it then. Ctrl-C ends this.\n"
    )
    before = ears.find_sensitivity(find_home(), recognizer)
    with VoiceTrial(recognizer, before) as trial:
        right = 0
        for phrase in TRIED:
            right += _ask(trial, phrase)
            if not any(each.was_heard for each in trial.tries):
                return _unheard(trial)
        tell(f"Now talk about something else for {_OTHER_S:.0f} seconds, or have the radio on.")
        other = trial.ask("", _OTHER_S)
        tell(
            f"  Understood though not meant: {_result_line(other)}."
            if other.understood
            else "  Good, nothing."
        )
        tell(f"\n{right} of {len(TRIED)} were understood at once.")
        best = trial.best_sensitivity()
    if best != before:
        return _keep(recognizer, best)
    if right < len(TRIED):
        tell("Nothing else would understand more, so nothing is changed. Closer to the microphone may help.")
    else:
        tell("Nothing needs to be changed.")
    return DONE


def _unheard(trial: VoiceTrial) -> int:
    """Say what to do about a microphone that hears no voice."""
    if any(each.sound.any() for each in trial.tries):
        tell("Nothing of you comes to the microphone. Look which one is chosen, and how loud it is set.")
    else:
        tell("The microphone gives nothing but silence: it is muted, or this program may not use it.")
    return FAILED


def _ask(trial: VoiceTrial, phrase: str) -> bool:
    """Return whether a phrase was understood at once."""
    wake, _, rest = phrase.partition(" ")
    for time in range(_TIMES):
        tell(f"Say: “{wake.capitalize()}, {rest}.”")
        tried = trial.ask(phrase)
        if tried.is_right:
            tell("  Understood.")
            return time == 0
        if not tried.was_heard:
            tell("  Nothing was heard.")
        else:
            tell(f"  Understood: {_result_line(tried)}." if tried.understood else "  Not understood.")
    return False


def _result_line(tried: Try) -> str:
    return ", ".join(f"“{phrase}”" for phrase in tried.understood)


def _keep(recognizer: str, sensitivity: int) -> int:
    ears.keep_sensitivity(find_home(), recognizer, sensitivity)
    told = {-1: "less easily than usual, since your voice is clear", 0: "as usual", 1: "more easily"}
    tell(f"From now on {recognizer} understands {told.get(sensitivity, 'as easily as it can')}.")
    if sensitivity > 0:
        back = command("listen", "--usual", "--recogniser", recognizer)
        tell(f"It may do something now and then that you did not say; back: {back}")
    return DONE


def _models() -> int:
    for model, is_used in ears.models(find_home()):
        print(f"{model.name}{'  (here)' if is_used else ''}\n  {model.says} {model.url}")
    return DONE


def _download(name: str) -> int:
    model = ears.model(name)

    def agreed(checksum: str) -> bool:
        tell(f"Its makers tell no checksum. The SHA-256 of what came is\n  {checksum}")
        if not sys.stdin.isatty():
            tell("Nobody is here to say whether that is right, so it is not kept.")
            return False
        tell("Keep it?")
        return says_yes()

    tell(f"From {model.url} ...")
    kept = ears.download(find_home(), model, agreed)
    tell(f"Kept in {kept}. Use it: {command('play', '--listen', '--recogniser', 'sherpa')}")
    return DONE
