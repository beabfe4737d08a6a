"""The page about speaking to the coach says what the table of commands says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.support.command import voice_coach
from voice_coach.core.commands import COMMANDS
from voice_coach.voice_input.models import MODELS
from voice_coach.voice_input.recognizer import RECOGNIZERS

PAGE = (Path(__file__).parents[2] / "docs" / "voice-control.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_phrase_is_named_and_no_other() -> None:
    rows, said = PAGE.partition("After *that hurts*")[::2]
    named = set(re.findall(r"\*([a-z' ]+)\*", rows.partition("|---|---|")[2]))
    anywhere = {phrase for each in COMMANDS if not each.only_in for phrase in each.phrases}
    assert named == anywhere
    answers = {phrase for each in COMMANDS if each.only_in == "asking" for phrase in each.phrases}
    asked = {" ".join(words.split()) for words in re.findall(r"\*([a-z'\s]+)\*", said)}
    assert answers <= asked


def test_its_commands_work(coach_home: Path) -> None:
    for line in BLOCKS[0][1].splitlines():
        program, *arguments = shlex.split(line, comments=True)
        assert program == "voice-coach"
        ended = voice_coach(*arguments)
        assert ended.code == 0, ended.said
    assert voice_coach("listen", "--models").code == 0
    assert not (coach_home / "hearing.json").exists()


def test_the_names_of_other_ears_are_right() -> None:
    (block,) = (text for kind, text in BLOCKS if kind == "text")
    assert re.findall(r"--download (\S+)", block)[0] in MODELS
    assert set(re.findall(r"--recogniser (\S+)", block)) <= set(RECOGNIZERS)
