"""``voice-coach doctor``: every line that is not well says what to do."""

from __future__ import annotations

from pathlib import Path

from tests.support.command import Ended, voice_coach
from tests.support.message_bus import running_bus
from tests.support.pseudo_terminal import terminal
from tests.support.sound_server import SoundServer


def _lines(ended: Ended) -> dict[str, tuple[str, str]]:
    """By what was looked at: its sign, and all that is said about it, advice on lines of its own."""
    found: dict[str, tuple[str, str]] = {}
    what = ""
    for line in ended.out.split("\n\n")[0].splitlines():
        if line[:2].strip():
            what = line[4:20].strip()
            found[what] = (line[:2], line[21:])
        else:
            sign, said = found[what]
            found[what] = (sign, f"{said}\n{line.strip()}")
    return found


def _every_lack_has_advice(lines: dict[str, tuple[str, str]]) -> bool:
    return all(sign == "ok" or "\n" in said for sign, said in lines.values())


def test_with_a_device(sound_server: SoundServer) -> None:
    ended = voice_coach("doctor", environ=sound_server.environ)
    lines = _lines(ended)
    assert (ended.code, ended.err) == (0, "")
    assert lines["sound device"] == ("ok", "The default device opens.")
    assert {lines[what][0] for what in ("Python", "scripts", "sounds", "speech, espeak", "FLAC files")} == {
        "ok"
    }
    assert _every_lack_has_advice(lines)
    assert ended.out.endswith("\nEverything that is needed works.\n")


def test_without_a_device() -> None:
    ended = voice_coach("doctor")
    lines = _lines(ended)
    assert ended.code == 0
    sign, said = lines["sound device"]
    assert sign == "--"
    assert "writes a file instead" in said
    assert _every_lack_has_advice(lines)


def test_with_everything_broken_that_a_person_can_break(coach_home: Path) -> None:
    (coach_home / "scripts" / "sessions").mkdir(parents=True)
    (coach_home / "scripts" / "sessions" / "broken.yaml").write_text("kind: session\n")
    (coach_home / "audio_cues").mkdir()
    (coach_home / "audio_cues" / "cues.yaml").write_text("bell: {nonsense: 1}\n")
    (coach_home / "cache").write_text("in the way")
    ended = voice_coach("doctor", environ={"PYTHONIOENCODING": "ascii"})
    lines = _lines(ended)
    assert ended.code == 1
    assert {what for what, (sign, _) in lines.items() if sign == "!!"} == {"scripts", "sounds"}
    assert "voice-coach check" in lines["scripts"][1]
    assert 'unknown key "nonsense"' in lines["sounds"][1]
    assert lines["clip cache"][0] == "--"
    assert _every_lack_has_advice(lines)
    assert ended.out.endswith("\nWhat is marked !! has to be put right.\n")


def test_the_controls_that_work(coach_home: Path) -> None:
    with running_bus() as bus:
        lines = _lines(voice_coach("doctor", environ=bus.environ))
    assert lines["media keys"][0] == "ok"
    assert lines["other programs"][0] == "ok"
    assert str(coach_home / "runtime") in lines["other programs"][1]
    assert lines["keyboard"][0] == "--"  # a test is no terminal
    assert "ssh -t" in lines["keyboard"][1]


def test_the_controls_that_do_not_work(coach_home: Path, tmp_path: Path) -> None:
    coach_home.mkdir()
    (coach_home / "runtime").symlink_to(tmp_path)
    ended = voice_coach("doctor", environ={"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"})
    lines = _lines(ended)
    assert ended.code == 0
    assert lines["media keys"][0] == lines["other programs"][0] == "--"
    assert "do not reach" in lines["media keys"][1]
    assert "belongs to somebody else" in lines["other programs"][1]
    assert _every_lack_has_advice(lines)


def test_a_terminal_has_keys() -> None:
    with terminal("doctor") as running:
        running.wait_for("space pauses")
