"""The page about voices: its commands work, and it names the voices that speak."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.support.command import voice_coach
from tests.support.sound_server import SoundServer

PAGE = (Path(__file__).parents[2] / "docs" / "voices.md").read_text("utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0].splitlines()


def test_its_commands_work(sound_server: SoundServer, tmp_path: Path) -> None:
    for line in COMMANDS:
        program, *arguments = shlex.split(line, comments=True)
        assert program == "voice-coach"
        ended = voice_coach(*arguments, cwd=tmp_path, environ=sound_server.environ)
        assert ended.code == 0, f"{line}\n{ended.said}"
    assert (tmp_path / "out.wav").is_file()


def test_it_names_every_recommended_voice() -> None:
    listed = voice_coach("voices").out.partition("\n\n")[0]
    for voice in re.findall(r"^  (\w+:[\w-]+)  ", listed, re.MULTILINE):
        engine = voice.partition(":")[0]
        assert f"| `{engine}:" in PAGE
