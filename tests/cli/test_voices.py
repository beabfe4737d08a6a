"""``voices`` and ``say``: as whole processes, on a real terminal and through a real sound server."""

from __future__ import annotations

import errno
import json
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.command import Ended, voice_coach, words
from tests.support.sound_server import SoundServer
from tests.support.sounds import samples, sounding
from tests.support.terminal import terminal
from voice_coach.core.speech import DEFAULT_VOICE

SENTENCE = "Breathe in, and out."


def test_voices_lists_the_recommended_ones_with_language_licence_and_size() -> None:
    listed = voice_coach("voices")
    assert (listed.code, listed.err) == (0, "")
    assert listed.out.startswith("recommended:\n")
    entries = listed.out.partition("\n\n")[0].splitlines()[1:]
    assert len(entries) <= 20  # an answer that can be read
    default = next(at for at, line in enumerate(entries) if line.split()[0] == DEFAULT_VOICE)
    language, licence, size, note = entries[default + 1].strip().split(", ")
    assert language.startswith("en")
    assert licence[0].isupper()
    assert size.endswith(" MB")
    assert note == "the default"


def test_voices_fits_a_terminal_of_80_columns() -> None:
    with terminal(words("voices"), columns=80, lines=50) as shown:
        screen = shown.wait_for(r"\[exit 0\]")
    lines = screen.splitlines()
    assert lines[0] == "recommended:"  # nothing has scrolled away
    codes = [line for line in lines if line.startswith("  af ")]
    assert codes
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize("asked", ["de", "german", "DE"])
def test_voices_of_a_language_are_listed_one_a_line(asked: str) -> None:
    listed = voice_coach("voices", asked)
    assert (listed.code, listed.err) == (0, "")
    assert "  espeak:de  de  German\n" in listed.out
    assert "recommended:" not in listed.out


def test_voices_all_lists_no_voice_twice() -> None:
    listed = voice_coach("voices", "--all").out.partition("\nHear one")[0]
    names = [line.split("  ")[1] for line in listed.splitlines() if ":" in line.strip(": ")]
    names = [name for name in names if name.startswith("espeak:")]
    assert len(names) > 100
    assert len(names) == len(set(names))


def test_voices_json_holds_all_that_is_known() -> None:
    listed = voice_coach("voices", "en", "--json")
    assert (listed.code, listed.err) == (0, "")
    voices = {each["voice"]: each for each in json.loads(listed.out)}
    default = voices[DEFAULT_VOICE]
    assert list(default) == [
        "voice", "language", "description", "licence", "size_bytes", "installed", "recommended",
    ]  # fmt: skip
    assert default["size_bytes"] > 1_000_000
    assert default["installed"]
    assert default["recommended"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["voices", "klingonish"], "No voice here speaks “klingonish”. There are: af am "),
        (["voices", "de", "--all"], "--all lists every language"),
        (["voices", "de", "--hear", "espeak:de"], "--hear goes by itself"),
        (
            ["voices", "--hear", "espeak:nobody"],
            'The voice "espeak:nobody" does not speak here: has no voice',
        ),
        (["say", SENTENCE, "--voice", "espeak:nobody"], 'The voice "espeak:nobody" does not speak here'),
        (["say", SENTENCE, "--voice", "nobody"], 'The voice "nobody" does not speak here: there is no such'),
        (["say", SENTENCE, "--rate", "20"], "rate 20 is outside its bounds, 90 to 260."),
        (["say", SENTENCE, "--rate", "fast"], "voice-coach say: argument --rate: 'fast' is not a whole"),
        (["say", ""], "There are no words to say in “”."),
        (["say", " … "], "There are no words to say in"),
        (["say", "all " * 2_000], "The prompt “all all"),
        (["say", SENTENCE, "-o", "x.vtt"], "x.vtt is not what a file of sound is called. End its name in"),
        (["say", SENTENCE, "-o", "x"], "x is not what a file of sound is called."),
        (["say"], "voice-coach say: the following arguments are required: TEXT"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(arguments: list[str], says: str, tmp_path: Path) -> None:
    ended = voice_coach(*arguments, cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert list(tmp_path.glob("x*")) == []


def test_a_voice_that_is_not_there_is_told_where_to_look() -> None:
    assert "voice-coach voices" in voice_coach("say", SENTENCE, "--voice", "espeak:nobody").err
    assert "voice-coach voices" in voice_coach("show", "knee-slide", "--voice", "espeak:nobody").err


def test_say_without_a_device_tells_how_to_write_a_file(tmp_path: Path) -> None:
    ended = voice_coach("say", "Breathe", "in.", "--voice", "espeak:en-gb", "--rate", "120")
    assert (ended.code, ended.out) == (1, "")
    sentence, advice = ended.err.splitlines()
    assert sentence.startswith("No sound device was found (")
    assert advice.endswith("say 'Breathe in.' --voice=espeak:en-gb --rate=120 -o sentence.wav")
    _, *arguments = shlex.split(advice[advice.index(" say ") :])
    written = voice_coach("say", *arguments, cwd=tmp_path)
    assert written.code == 0
    assert len(samples(tmp_path / "sentence.wav")) > 24_000


@pytest.mark.parametrize("ending", [".wav", ".flac", ".mp3", ".m4b", ".opus"])
def test_say_writes_a_file_of_sound(ending: str, tmp_path: Path) -> None:
    target = tmp_path / f"said{ending}"
    ended = voice_coach("say", SENTENCE, "-o", target)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith(f"Wrote {target} (")
    assert target.stat().st_size > 2_000


def test_say_takes_as_long_as_in_a_session(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(
        f"kind: exercise\nid: one\ntitle: One\nposition: standing\nsteps: ['{SENTENCE}']\nhurts: Stop.\n"
    )
    (tmp_path / "only.yaml").write_text(
        "kind: session\nid: only\ntitle: Only\nopening: []\nbetween: []\nclosing: []\n"
        "exercises:\n  - {exercise: one, arrive: []}\n"
    )
    assert voice_coach("say", SENTENCE, "-o", "said.wav", cwd=tmp_path).code == 0
    frames = len(samples(tmp_path / "said.wav"))
    timeline = json.loads(voice_coach("show", "--json", "only.yaml", cwd=tmp_path).out)
    (event,) = [each for each in timeline["events"] if each["text"] == SENTENCE]
    assert -(-frames // 48) == event["end_ms"] - event["start_ms"]


def test_say_with_another_rate_and_voice_is_another_sound(tmp_path: Path) -> None:
    said: dict[str, int] = {}
    for name, arguments in {
        "usual": [],
        "slow": ["--rate", "100"],
        "gb": ["--voice", "espeak:en-gb"],
    }.items():
        assert voice_coach("say", SENTENCE, *arguments, "-o", tmp_path / f"{name}.wav").code == 0
        said[name] = len(samples(tmp_path / f"{name}.wav"))
    assert said["slow"] > said["usual"]
    assert said["gb"] != said["usual"]


def test_say_plays_exactly_what_it_writes(sound_server: SoundServer, tmp_path: Path) -> None:
    assert voice_coach("say", SENTENCE, "-o", tmp_path / "said.wav").code == 0
    with sound_server.record() as recording:
        ended = voice_coach("say", SENTENCE, environ=sound_server.environ)
        heard = recording.samples()
    assert ended == Ended(0, "", "")
    assert np.array_equal(sounding(heard[:, 0]), sounding(samples(tmp_path / "said.wav")))


def test_hear_says_the_coach_s_own_words(sound_server: SoundServer) -> None:
    with sound_server.record() as recording:
        ended = voice_coach("voices", "--hear", "espeak:en-gb", environ=sound_server.environ)
        heard = recording.samples()
    assert ended.code == 0
    assert ended.err.startswith("espeak:en-gb: “Breathe in. Breathe out. ")
    assert len(sounding(heard[:, 0])) > 2 * 48_000


def test_say_keeps_a_file_that_is_there(tmp_path: Path) -> None:
    target = tmp_path / "said.wav"
    target.write_bytes(b"mine")
    refused = voice_coach("say", SENTENCE, "-o", target)
    assert (refused.code, target.read_bytes()) == (1, b"mine")
    assert "--force" in refused.err
    assert voice_coach("say", SENTENCE, "-o", target, "--force").code == 0
    assert target.read_bytes()[:4] == b"RIFF"


def test_say_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    ended = voice_coach("say", SENTENCE, "-o", tmp_path / "none" / "said.wav")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.endswith(
        "cannot be written: there is no such folder. Make it first, or choose another.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="only root of a POSIX system can make a disk")
def test_say_onto_a_full_disk_leaves_nothing(small_disk: Path) -> None:
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space") as full, filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    assert full.value.errno == errno.ENOSPC
    ended = voice_coach("say", SENTENCE, "-o", small_disk / "said.wav")
    assert ended.code == 1
    assert "the disk is full" in ended.err
    assert list(small_disk.iterdir()) == [filler]
