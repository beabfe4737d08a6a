"""What ``voice-coach export`` says where it does not write, or not all."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import PATIENCE_S, Ended, voice_coach, wait_until, words
from voice_coach.cli.export import StoppedError, stoppable
from voice_coach.core.errors import OutputError

THERE = "is there already. Use --force to replace it, or choose another name.\n"


def test_a_file_that_is_there_is_told_before_a_fit_is_looked_for(tiny: Path, tmp_path: Path) -> None:
    target = tmp_path / "tiny.m4b"
    target.write_bytes(b"precious")
    assert voice_coach("export", tiny, "-o", target, "--fit", "9s") == Ended(1, "", f"{target} {THERE}")
    beside = target.with_suffix(".vtt")
    target.rename(beside)
    refused = voice_coach("export", tiny, "-o", target, "--fit", "9s", "--captions", "srt,vtt")
    assert refused == Ended(1, "", f"{beside} {THERE}")
    assert list(tmp_path.glob("tiny.*")) == [beside]


def test_a_playlist_or_part_that_is_there_is_told_before_anything_is_written(
    tiny: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    for name in ("tiny-session.m3u8", "01-tiny-hold.mp3"):
        (folder / name).write_bytes(b"precious")
        refused = voice_coach("export", tiny, "-o", folder, "--split")
        assert refused == Ended(1, "", f"{folder / name} {THERE}")
        (folder / name).unlink()
    refused = voice_coach("export", tiny, "-o", tiny, "--split", "--fit", "9s")
    says = f"{tiny} cannot be made: there is something else of that name. Choose another folder.\n"
    assert refused == Ended(1, "", says)
    refused = voice_coach("export", tiny, "-o", tiny / "deep" / "parts", "--split", "--fit", "9s")
    says = f"{tiny / 'deep'} cannot be written: its folder is a file. Choose another folder.\n"
    assert refused == Ended(1, "", says)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "wish", "says"),
    [
        ("x.wav", ("--quality", "small"), "quality small has no meaning in a .wav file. Leave it out.\n"),
        ("x.wav", ("--chapters", "sets"), "chapters sets has no meaning in a .wav file. Leave it out.\n"),
        ("x.vtt", ("--bed", "noise"), "bed noise has no meaning in a .vtt file. Leave it out.\n"),
        ("x.pdf", ("--loudness", "aes"), "loudness aes has no meaning in a .pdf file. Leave it out.\n"),
        ("x.m4b", ("--paper", "letter"), "paper letter has no meaning in a .m4b file. Leave it out.\n"),
        (
            "x",
            ("--split", "--paper", "letter"),
            "paper letter has no meaning in a .mp3 file. Leave it out.\n",
        ),
    ],
)
def test_a_wish_without_meaning_is_refused(
    tiny: Path, tmp_path: Path, name: str, wish: tuple[str, ...], says: str
) -> None:
    assert voice_coach("export", tiny, "-o", name, *wish, cwd=tmp_path) == Ended(2, "", says)
    assert not list(tmp_path.glob("x*"))


def test_a_bed_that_is_not_there_is_told_at_once(tiny: Path, tmp_path: Path) -> None:
    refused = voice_coach("export", tiny, "-o", tmp_path / "x.wav", "--bed", "no.mp3", "--fit", "9s")
    assert refused.code == 2
    assert refused.err.startswith("The bed no.mp3 cannot be used: ")


def test_a_name_with_a_hyphen_before_it(tiny: Path, tmp_path: Path) -> None:
    refused = voice_coach("export", tiny, "-o", "-x.txt", cwd=tmp_path)
    assert refused.code == 2
    assert "one that begins with a hyphen is joined by =, as in --output=-x.wav" in refused.err
    assert voice_coach("export", tiny, "--output=-x.txt", cwd=tmp_path) == Ended(0, "", "Wrote -x.txt.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows forbids such names")
def test_a_name_that_would_garble_the_sentence_is_shown_plainly(tiny: Path, tmp_path: Path) -> None:
    name = "a\nb\x1b[2J\udcff.txt"
    assert voice_coach("export", tiny, "-o", name, cwd=tmp_path).err == "Wrote a\\nb\\x1b[2J\\udcff.txt.\n"
    assert (tmp_path / name).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("wish", [(), ("--captions", "vtt"), ("--bed", "noise"), ("--split",)])
def test_ctrl_c_tells_what_became_of_it(hours: Path, tmp_path: Path, wish: tuple[str, ...]) -> None:
    target = tmp_path / ("parts" if wish == ("--split",) else "hours.m4b")
    process = subprocess.Popen(
        words("export", hours, "-o", target, *wish), stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    wait_until(lambda: any(tmp_path.rglob("*.partial")) or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    became = "made" if wish == ("--split",) else "written"
    assert err == f"\nStopped: {target} was not {became}.\n"
    assert not target.exists()
    assert [path for path in tmp_path.rglob("*") if path.suffix in (".partial", ".m4b", ".vtt", ".mp3")] == []


def test_ctrl_c_at_any_moment_lets_an_export_end() -> None:
    """No lock may stay taken for which another thread waits: the process would wait for that one for ever."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.interrupted_export", "60"],
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE_S,
    )
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 30
    assert ended.stderr.count("Stopped") == int(ended.stdout)
    assert "Error" not in ended.stderr


def test_what_is_told_of_a_file_is_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "x.m4b"

    def stopped(rest: str, *, writing: bytes = b"") -> str:
        with pytest.raises(StoppedError) as raised, stoppable(target, rest):
            if writing:
                target.unlink(missing_ok=True)
                target.write_bytes(writing)
            raise KeyboardInterrupt
        return str(raised.value)

    assert stopped("") == f"\nStopped: {target} was not written."
    assert stopped("", writing=b"old") == f"\nStopped: {target} was written."
    assert stopped("its captions") == f"\nStopped: {target} is as it was."
    assert stopped("its captions", writing=b"newer") == (
        f"\nStopped: {target} was written, but not all of its captions."
    )
    with pytest.raises(OutputError), stoppable(target, "its captions"):
        target.write_bytes(b"newest")
        raise OutputError("x.vtt cannot be written: the disk is full.")
    assert capsys.readouterr().err == f"Wrote {target}, but not all of its captions:\n"
