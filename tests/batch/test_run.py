"""Many files at once: on all cores, only what is missing or changed, whole whatever is killed."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import wave
from contextlib import suppress
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.support.command import TINY, TINY_SESSION, voice_coach
from voice_coach.batch.journal import NAME, Journal
from voice_coach.batch.manifest import ManifestError
from voice_coach.batch.run import BatchOptions, run
from voice_coach.core.errors import OutputError

TODAY = date(2026, 11, 21)
KILLS = int(os.environ.get("VOICE_COACH_KILLS", "6"))
"""How often a run is killed; `VOICE_COACH_KILLS=200` for a long evening."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a session of seven seconds, and a manifest for four people."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "tiny-session.yaml").write_text(TINY_SESSION)
    _manifest(tmp_path, "anna.wav,Anna,3s", "ben.flac,Ben,4s", "deep/carl.wav,Carl,", "anyone.flac,,5s")
    return tmp_path


def _manifest(place: Path, *rows: str) -> None:
    session = place / "tiny-session.yaml"
    lines = [f"{name},{session},{person},{hold}" for name, person, hold in (row.split(",") for row in rows)]
    (place / "p.csv").write_text("\n".join(["file,session,person,hold", *lines]) + "\n")


WORDS = ("is not an ending", "rate cannot be", "quality cannot be", "nosuch", "has no meaning", "nosie")


def _table(place: Path, *rows: list[str]) -> None:
    """A manifest of these cells, its scripts beside it."""
    with (place / "p.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [str(place / cell) if cell.endswith(".yaml") else cell for cell in row] for row in rows
        )


def hum(path: Path, pitch_hz: int) -> None:
    """Three seconds of a tone."""
    samples = (8_000 * np.sin(2 * np.pi * pitch_hz * np.arange(3 * 48_000) / 48_000)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


def _states(place: Path, *, force: bool = False) -> dict[str, str]:
    outcomes = run(place / "p.csv", place / "out", BatchOptions(today=TODAY, force=force, count=2))
    return {outcome.job.file: outcome.state for outcome in outcomes}


def _digests(place: Path) -> dict[str, str]:
    out = place / "out"
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.rglob("*")
        if path.is_file() and path.suffix in (".wav", ".flac")
    }


def test_only_what_is_missing_or_changed_is_made_again(place: Path) -> None:
    everything = {"anna.wav", "ben.flac", "deep/carl.wav", "anyone.flac"}
    assert _states(place) == dict.fromkeys(everything, "made")
    first = _digests(place)
    assert set(first) == everything
    assert _states(place) == dict.fromkeys(everything, "kept")

    (place / "out" / "ben.flac").unlink()
    _manifest(place, "anna.wav,Anna,3s", "ben.flac,Ben,4s", "deep/carl.wav,Dora,", "anyone.flac,,5s")
    assert _states(place) == {
        "anna.wav": "kept",
        "ben.flac": "made",
        "deep/carl.wav": "made",
        "anyone.flac": "kept",
    }
    second = _digests(place)
    assert second.pop("deep/carl.wav") != first.pop("deep/carl.wav")
    assert second == first

    script = place / "tiny.yaml"
    script.write_text(script.read_text().replace("Begin.", "Begin now."))
    assert set(_states(place).values()) == {"made"}


def test_on_another_day_what_is_there_is_kept(place: Path) -> None:
    _states(place)
    later = run(place / "p.csv", place / "out", BatchOptions(today=date(2027, 1, 1), count=1))
    assert {outcome.state for outcome in later} == {"kept"}


def test_a_file_that_was_touched_but_not_changed_is_kept(place: Path) -> None:
    _states(place)
    (place / "out" / "anna.wav").touch()
    assert _states(place)["anna.wav"] == "kept"


def test_what_is_not_ours_is_not_replaced_unasked(place: Path) -> None:
    (place / "out").mkdir()
    (place / "out" / "anna.wav").write_bytes(b"precious")
    with pytest.raises(
        OutputError, match=r"not made from this manifest, or changed since: anna\.wav\. Use --force"
    ):
        _states(place)
    assert _digests(place).keys() == {"anna.wav"}
    assert _states(place, force=True)["anna.wav"] == "made"
    (place / "out" / "anna.wav").write_bytes(b"changed by hand")
    with pytest.raises(OutputError, match="changed since"):
        _states(place)


def test_every_row_is_checked_before_anything_is_made(place: Path) -> None:
    session = place / "tiny-session.yaml"
    (place / "p.csv").write_text(
        "file,session,hold,rate,pace,fit,person\n"
        f"good.wav,{session},,,,,\n"
        f"bound.wav,{session},60s,,,,\n"
        f"rate.wav,{session},,fast,,,\n"
        f"pace.wav,{session},,,quick,,\n"
        f"fit.wav,{session},,,,9h,\n"
        f"name.wav,{session},,,,,{{hold}}\n"
        "none.wav,nosuch,,,,,\n"
        f"kind.xyz,{session},,,,,\n"
    )
    with pytest.raises(ManifestError) as raised:
        _states(place)
    lines = str(raised.value).replace(f"{place}/", "").splitlines()
    told = {line.partition("  ")[0]: line.partition("  ")[2] for line in reversed(lines)}
    assert sorted(told) == [f"p.csv:{line}" for line in range(3, 10)]
    assert "2s to 9s" in told["p.csv:3"]
    assert told["p.csv:4"] == 'rate cannot be "fast": a whole number.'
    assert told["p.csv:5"].startswith('pace cannot be "quick"')
    assert "can be" in told["p.csv:6"]
    assert "cannot be said as a name" in told["p.csv:7"]
    assert "nosuch" in told["p.csv:8"]
    assert "'.xyz' is not an ending" in told["p.csv:9"]
    assert _digests(place) == {}


def test_a_row_tells_all_its_mistakes_at_once_beside_those_of_other_rows(place: Path) -> None:
    (place / "p.csv").write_text(
        "file,session,rate,bed,quality\nb.xyz,nosuch,fast,,\nc.wav,nosuch,,nosie,\n"
        "d.wav,x,,,hihg\ne.txt,nosuch,,nosie,\n"
    )
    with pytest.raises(ManifestError) as raised:
        _states(place)
    lines = [told.replace(f"{place}/", "").partition("  ") for told in raised.value.problems]
    told = [(line, next(word for word in WORDS if word in rest)) for line, _, rest in lines]
    assert told == [
        ("p.csv:2", "is not an ending"),
        ("p.csv:2", "rate cannot be"),
        ("p.csv:2", "nosuch"),
        ("p.csv:3", "nosie"),
        ("p.csv:3", "nosuch"),
        ("p.csv:4", "quality cannot be"),
        ("p.csv:5", "has no meaning"),
        ("p.csv:5", "nosuch"),
    ]


def test_a_voice_that_does_not_speak_is_a_mistake_of_each_row_that_names_it(place: Path) -> None:
    rows = [
        [f"{number}.wav", "tiny-session.yaml", voice]
        for number, voice in enumerate(("espeak:nosuch", "robot:x", "espeak:en", "espeak:nosuch"))
    ]
    _table(place, ["file", "session", "voice"], *rows)
    with pytest.raises(ManifestError) as raised:
        _states(place)
    told = [
        each.replace(f"{place}/", "").partition(" does not speak here: ")[0] for each in raised.value.problems
    ]
    assert told == [
        'p.csv:2  The voice "espeak:nosuch"',
        'p.csv:3  The voice "robot:x"',
        'p.csv:5  The voice "espeak:nosuch"',
    ]
    assert not (place / "out").exists()


def test_a_table_with_mistakes_leaves_nothing_behind(place: Path) -> None:
    (place / "p.csv").write_text("file,session\ndeep/a.wav,nosuch\n")
    with pytest.raises(ManifestError):
        _states(place)
    assert not (place / "out").exists()


def test_what_is_printed_or_tagged_or_lies_under_the_words_is_noticed(place: Path) -> None:
    bed = place / "bed.wav"
    hum(bed, 1_000)
    session = "tiny-session.yaml"
    _table(place, ["file", "session", "bed"], ["a.pdf", session, ""], ["b.wav", session, str(bed)])
    assert set(_states(place).values()) == {"made"}
    assert set(_states(place).values()) == {"kept"}
    hum(bed, 2_000)
    assert _states(place) == {"a.pdf": "kept", "b.wav": "made"}
    script = place / "tiny.yaml"
    script.write_text(script.read_text() + "avoid: [Holding your breath.]\n")
    assert _states(place)["a.pdf"] == "made"


def test_a_file_of_somebody_that_lies_where_one_failed_is_not_replaced(place: Path) -> None:
    (place / "out" / "deep" / "carl.wav").mkdir(parents=True)
    assert _states(place, force=True)["deep/carl.wav"] == "failed"
    (place / "out" / "deep" / "carl.wav").rmdir()
    (place / "out" / "deep" / "carl.wav").write_bytes(b"precious")
    with pytest.raises(OutputError, match="changed since: deep/carl.wav"):
        _states(place)
    assert (place / "out" / "deep" / "carl.wav").read_bytes() == b"precious"


def test_a_report_replaces_neither_the_table_nor_what_is_not_ours(place: Path) -> None:
    table = (place / "p.csv").read_bytes()
    (place / "report.csv").write_bytes(table)
    with pytest.raises(ManifestError, match="would be replaced by the report of the same name"):
        run(place / "report.csv", place, BatchOptions(today=TODAY, count=1))
    assert (place / "report.csv").read_bytes() == table
    (place / "out").mkdir()
    (place / "out" / "report.csv").write_text("my own notes")
    with pytest.raises(OutputError, match=r"changed since: report\.csv"):
        _states(place)
    assert set(_states(place, force=True).values()) == {"made"}
    assert set(_states(place).values()) == {"kept"}


def test_no_cell_of_the_report_is_a_formula(place: Path) -> None:
    _table(place, ["file", "session"], ["=1+1.txt", "tiny-session.yaml"])
    _states(place)
    with (place / "out" / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["file"], row["length"]) == ("'=1+1.txt", "")


@pytest.mark.parametrize(
    "extra", [["--fit", "8m"], ["--loudness", "aes"], ["--set", "hold=3s"], ["knee-slide"]]
)
def test_what_belongs_into_the_table_is_refused_beside_it(place: Path, extra: list[str]) -> None:
    ended = voice_coach("export", *extra, "--manifest", place / "p.csv", "-o", place / "out")
    assert ended.code == 2
    assert "does not go with --manifest" in ended.err
    assert voice_coach("export", "--manifest", place / "p.csv").code == 2
    assert not (place / "out").exists()


def test_one_that_fails_does_not_keep_the_others_from_being_made(place: Path) -> None:
    (place / "out" / "deep" / "carl.wav").mkdir(parents=True)
    with pytest.raises(OutputError, match="changed since: deep/carl.wav"):
        _states(place)
    assert _states(place, force=True) == {
        "anna.wav": "made",
        "ben.flac": "made",
        "deep/carl.wav": "failed",
        "anyone.flac": "made",
    }


def test_two_at_once_do_not_get_in_each_others_way(place: Path) -> None:
    (place / "out").mkdir()
    with Journal(place / "out"), pytest.raises(OutputError, match="Another voice-coach is writing into"):
        _states(place)


def test_a_journal_that_was_cut_off_or_damaged_costs_no_more_than_its_own_line(place: Path) -> None:
    _states(place)
    journal = place / "out" / NAME
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"file": "anna.wav", "iden')
    assert set(_states(place).values()) == {"kept"}
    journal.write_bytes(b"\xff\x00[]\nnull\n" + journal.read_bytes())
    assert set(_states(place).values()) == {"kept"}


def test_the_command_tells_and_reports(place: Path) -> None:
    out = place / "out"
    ended = voice_coach("export", "--manifest", place / "p.csv", "-o", out)
    assert ended.code == 0, ended.err
    assert ended.err == f"4 made, 0 there already.\nWhat each is: {out / 'report.csv'} and report.json.\n"
    with (out / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["person"], row["state"]) for row in rows] == [
        ("anna.wav", "Anna", "made"),
        ("ben.flac", "Ben", "made"),
        ("deep/carl.wav", "Carl", "made"),
        ("anyone.flac", "", "made"),
    ]
    assert {row["file"]: row["sha256"] for row in rows} == _digests(place)
    told = json.loads((out / "report.json").read_text())
    with wave.open(str(out / "anna.wav")) as file:
        assert told[0]["duration_ms"] == file.getnframes() // 48
    (place / "p.csv").write_text("file,session\na.wav,nosuch\n")
    ended = voice_coach("export", "--manifest", place / "p.csv", "-o", out)
    assert ended.code == 2
    assert f"{place / 'p.csv'}:2  " in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize(("number", "code"), [("SIGKILL", -9), ("SIGINT", 1), ("SIGTERM", 1)])
def test_ended_at_any_moment_it_leaves_no_broken_file_and_goes_on(
    place: Path, number: str, code: int
) -> None:
    command = [sys.executable, "-P", "-m", "voice_coach", "export"]
    command += ["--manifest", str(place / "p.csv"), "-o", str(place / "out")]
    subprocess.run(command, check=True, capture_output=True)
    whole = _digests(place)
    moments = random.Random(7)
    ended = 0
    for _ in range(KILLS):
        for name in whole:
            if moments.random() < 0.7:
                (place / "out" / name).unlink(missing_ok=True)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        with suppress(subprocess.TimeoutExpired):
            process.wait(moments.uniform(0.2, 2.0))
        process.send_signal(getattr(signal, number))
        _, told = process.communicate(timeout=60)
        assert process.returncode in (0, code), told
        assert "--force" not in told
        ended += process.returncode == code
        found = _digests(place)
        assert found.items() <= whole.items()
    assert ended
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert _digests(place) == whole
    assert sorted(path.name for path in (place / "out").iterdir() if path.is_file()) == [
        NAME,
        "anna.wav",
        "anyone.flac",
        "ben.flac",
        "report.csv",
        "report.json",
    ]
