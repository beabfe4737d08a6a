"""What the command line says of itself, and of what was mistyped; exit codes; broken pipes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_parts import require_program
from tests.support.command import PATIENCE_S, Ended, voice_coach, words
from voice_coach import __version__
from voice_coach.cli.main import VERBS

HEAVY = ("av", "espeakng_loader", "miniaudio", "num2words", "numpy", "pyttsx3", "rich", "soxr", "yaml")


def test_version() -> None:
    assert voice_coach("--version") == Ended(0, f"voice-coach {__version__}\n", "")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_names_every_verb(arguments: list[str]) -> None:
    ended = voice_coach(*arguments)
    assert (ended.code, ended.err) == (0, "")
    for verb, what in VERBS.items():
        assert f"  {verb}" in ended.out
        assert what in ended.out


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_verb(verb: str) -> None:
    ended = voice_coach(verb, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"usage: voice-coach {verb} ")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["plya"]])
def test_what_needs_nothing_imports_nothing(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom voice_coach.cli.main import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["plya"], "voice-coach: there is no verb 'plya'. Did you mean 'play'?\n"),
        (["dance"], "voice-coach: there is no verb 'dance'.\n"),
        (["mine.yaml"], "voice-coach: there is no verb 'mine.yaml'. Did you mean 'play mine.yaml'?\n"),
        (["--verison"], "voice-coach: '--verison' is not expected here. Did you mean '--version'?\n"),
        (
            ["play", "--guidnce", "key"],
            "voice-coach play: '--guidnce' is not expected here. Did you mean '--guidance'?\n",
        ),
        (["play", "a", "b"], "voice-coach play: 'b' is not expected here.\n"),
        (
            ["play", "--guidance", "keys"],
            "voice-coach play: argument --guidance: 'keys' is not known; did you mean 'key'?\n",
        ),
        (
            ["show", "--guidance", "x"],
            "voice-coach show: argument --guidance: 'x' is not known; there are auto, full, key, names\n",
        ),
        (["show", "--rate", "fast"], "voice-coach show: argument --rate: 'fast' is not a whole number\n"),
        (
            ["new", "exercse", "x"],
            "voice-coach new: argument exercise|session: 'exercse' is not known; did you mean 'exercise'?\n",
        ),
    ],
)
def test_what_was_mistyped_is_wrong_usage(arguments: list[str], says: str) -> None:
    ended = voice_coach(*arguments)
    prog = says.partition(":")[0]
    assert ended == Ended(2, "", f"{says}Try '{prog} --help'.\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["play", "lower-back-releif"],
            'There is no session or exercise "lower-back-releif": did you mean "lower-back-relief"?',
        ),
        (["show", "none.yaml"], "There is no file none.yaml. Check the spelling, or run 'voice-coach list'."),
        (
            ["show", "--from", "nose", "knee-slide"],
            '"nose" is not in the session knee-slide. Its exercises are: knee-slide.',
        ),
        (
            ["show", "--rate", "20", "knee-slide"],
            "rate 20 is outside its bounds, 90 to 260. Choose a value between them.",
        ),
        (
            ["new", "exercise", "My Stretch"],
            '"My Stretch" cannot be an id: use small letters, digits and dashes, such as my-stretch.',
        ),
        (
            ["play", "--from", "nose"],
            '"nose" is not in the session lower-back-relief. '
            "Its exercises are: pelvic-tuck, knee-slide, chair-breathing.",
        ),
        (
            ["export", "nosuch", "-o", "x.wav"],
            'There is no session or exercise "nosuch": known here: ',
        ),
        (["tune", "pelvic-tukc"], 'There is no exercise "pelvic-tukc": did you mean "pelvic-tuck"?'),
        (
            ["check", "nosuch.yaml"],
            "There is no file nosuch.yaml. Check the spelling, or run 'voice-coach list'.",
        ),
        (["feed", "nosuch"], "nosuch is not a folder. Export sessions into one first."),
        (
            ["export", "knee-slide", "-o", "x.wav", "--captions", "vtt", "--format", "mp3"],
            "x.wav is not what a .mp3 file is called. Name it x.mp3, or leave out the format.",
        ),
    ],
)
def test_what_there_is_not_is_wrong_usage(arguments: list[str], says: str, tmp_path: Path) -> None:
    ended = voice_coach(*arguments, cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(says)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["new", "exercise", "x", "--folder", "none"],
            "none/x.yaml cannot be written: there is no such folder. Make it first, or choose another.",
        ),
    ],
)
def test_what_cannot_be_done_says_why(arguments: list[str], says: str, tmp_path: Path) -> None:
    assert voice_coach(*arguments, cwd=tmp_path) == Ended(1, "", f"{says}\n")


def test_a_voice_that_does_not_speak_gives_way(tiny: Path) -> None:
    ended = voice_coach("show", tiny, "--voice", "nobody:at-all")
    assert ended.code == 0
    assert ended.err.startswith("The voice nobody:at-all does not speak (")
    assert "Begin." in ended.out


@pytest.mark.parametrize(
    "arguments", [["--help"], ["list"], ["list", "--files"], ["show", "lower-back-short"], ["show", "--json"]]
)
def test_a_reader_that_leaves_is_no_error_to_see(arguments: list[str]) -> None:
    process = subprocess.Popen(words(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    process.stdout.close()  # before anything is written
    _, err = process.communicate(timeout=PATIENCE_S)
    assert err == b""
    assert process.returncode in (0, 1)  # Python's own help does not mind


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("arguments", [["list"], ["show", "lower-back-short"]])
def test_output_that_cannot_be_written(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(words(*arguments), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("The system refused something that is needed: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="closed by a POSIX shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_streams_that_are_closed(tiny: Path, tmp_path: Path, closed: str) -> None:
    shell = [require_program("sh", "dash"), "-c", f'"$@" {closed}', "sh"]
    target = tmp_path / "closed.wav"
    for command in (words("export", tiny, "-o", target), words("play", tiny, "--output", "none")):
        done = subprocess.run([*shell, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0
        assert "Traceback" not in done.stderr
    assert target.exists()


def test_letters_that_the_terminal_lacks(tiny: Path) -> None:
    tiny.write_text(tiny.read_text("utf-8").replace("Tiny", "Tiny Übung →"), "utf-8")
    ended = voice_coach("show", tiny, environ={"PYTHONIOENCODING": "ascii"})
    assert (ended.code, ended.out.splitlines()[0]) == (0, "Tiny ?bung ? session  0:06")
