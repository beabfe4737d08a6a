"""What version 0.1.0 left in a user's folders is opened, gone on with and exported from by every later one.

``tests/home_0_1_0/make.py`` tells how it was written. It is never made again with a later version.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.test_play import playing
from tests.support.command import Ended, voice_coach
from tests.support.led import TestDevice, no_other
from tests.support.sound_server import SoundServer
from tests.support.sounds import samples
from voice_coach.audio.conditioning import CONDITIONING_VERSION
from voice_coach.coach import Coach
from voice_coach.controls import voice as ears
from voice_coach.core.status import LiveStatus
from voice_coach.history.view import HistoryView
from voice_coach.paths import home_in
from voice_coach.session.start import LiveOptions
from voice_coach.speech.engine import EngineError, make_engine

KEPT = Path(__file__).with_name("home_0_1_0")
MADE: dict[str, Any] = json.loads((KEPT / "made.json").read_text("utf-8"))
HOUR_MS = 3_600_000
LONG_AGO_S = 1_700_000_000


@dataclass(frozen=True, slots=True)
class Old:
    """A copy of what 0.1.0 wrote.

    Attributes:
        root: the folder that commands are run from.
        home: the user's own folder.
        files: what was written elsewhere.
    """

    root: Path
    home: Path
    files: Path

    def run(self, *arguments: str | Path) -> Ended:
        """Run ``voice-coach``, which must not fail."""
        ended = voice_coach(*arguments, cwd=self.root)
        assert ended.code == 0, ended.said
        return ended

    def contents(self) -> dict[str, bytes]:
        """Return every file of the user's own folder."""
        return {
            path.relative_to(self.home).as_posix(): path.read_bytes()
            for path in self.home.rglob("*")
            if path.is_file()
        }


def _expected(name: str) -> str:
    return (KEPT / "expected" / name).read_text("utf-8")


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Old]:
    """A copy of its own; after each test nothing in it has been damaged or set aside."""
    root = tmp_path / "old"
    for folder in ("home", "files"):
        shutil.copytree(KEPT / folder, root / folder)
    monkeypatch.setenv("VOICE_COACH_HOME", str(root / "home"))
    found = Old(root, root / "home", root / "files")
    before = found.contents()
    yield found
    after = found.contents()
    gone = {name for name in before if name not in after}
    assert gone <= {"bookmark.json"}  # of a session that was gone on with to its end
    may_change = {"bookmark.json", "history.db"}
    assert [name for name in before if name not in may_change and after.get(name) != before[name]] == []
    assert [name for name in after if any(each in name for each in ("damaged", ".partial", ".tmp"))] == []
    with closing(sqlite3.connect(found.home / "history.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_history_lists_every_session(old: Old) -> None:
    ended = old.run("history", "--csv", "-")
    assert (ended.out, ended.err) == (_expected("history.csv"), "")


def test_history_is_drawn(old: Old) -> None:
    past = HistoryView(home_in(old.home), date(2026, 11, 21))
    lines = ["".join(text for text, _ in line).rstrip() for line in past.lines(80, 12, drawn=False)]
    assert "\n".join([*lines, ""]) == _expected("history.txt")


def test_the_last_pain_is_corrected_and_a_session_forgotten(old: Old) -> None:
    assert old.run("history", "--pain", "3").err == "Abend of 2026-11-20 21:15: pain 3.\n"
    assert old.run("history", "--forget", "evening", "--yes").err == "Forgotten: 3 sessions of evening.\n"
    table = list(csv.DictReader(old.run("history", "--csv", "-").out.splitlines()))
    assert [(row["session"], row["pain"]) for row in table] == [("abend", "6"), ("abend", ""), ("abend", "3")]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system says where these folders are")
def test_it_is_found_where_the_system_keeps_such_files(
    old: Old, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VOICE_COACH_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data/voice-coach").symlink_to(old.home)
    assert old.run("history", "--csv", "-").out == _expected("history.csv")
    assert "  abend " in old.run("list").out


def test_play_goes_on_at_the_stored_place(old: Old, sound_server: SoundServer, tmp_path: Path) -> None:
    del sound_server
    with playing(tmp_path, "--resume") as session:
        session.wait_for("Weiter mit Kreis.")
        session.wait_for("Zwei.")
        session.process.send_signal(signal.SIGINT)
        ended = session.end()
    assert ended.code == 0
    assert "Eins." not in ended.said
    assert ended.said.endswith("-m voice_coach play --resume\n")
    found = json.loads((old.home / "bookmark.json").read_text())
    assert (found["session"], found["exercise"], found["speed_percent"]) == ("abend", "kreis", 90)


def _led(coach: Coach) -> list[LiveStatus]:
    """Go on with the bookmark, to the end; return each moment."""
    left = coach.bookmark.read()
    assert left is not None
    asked = left.as_request()
    performance = coach.prepare(asked.session, asked.options, start_at=asked.start_at)
    session = coach.live_session(performance, LiveOptions(request=asked, resume=left, bed=asked.bed))
    moments: list[LiveStatus] = []
    session.play(TestDevice(lambda _ms: moments.append(session.current_status())), no_other)
    return moments


def test_the_rest_is_led_and_remembered(old: Old) -> None:
    told: list[str] = []
    now_ms = json.loads((old.home / "bookmark.json").read_text())["saved_ms"] + HOUR_MS
    with Coach(notify=told.append, now_ms=lambda: now_ms) as coach:
        moments = _led(coach)
        first = moments[0]
        assert (first.session, first.chapter, first.chapters, first.rep) == ("abend", 2, 4, 2)
        assert (first.speed_percent, first.saying) == (90, "Weiter mit Kreis.")
        assert {each.chapter for each in moments} == {2, 3}
        assert not coach.bookmark.is_there
    assert told == []
    led = HistoryView(home_in(old.home), date(2026, 11, 21)).led
    assert len(led) == 7
    assert (led[-1].session, led[-1].to_end, led[-1].pacing.pace_percent) == ("abend", True, 90)


def test_a_session_and_a_pacing_file_that_were_named_are_gone_on_with(old: Old) -> None:
    """Their paths are the only ones that are kept; the bed is heard again, too."""
    kept = (old.home / "bookmark.json").read_text()
    text = (old.files / "bookmark.json").read_text().replace("{root}", json.dumps(str(old.root))[1:-1])
    (old.home / "bookmark.json").write_text(text)
    with Coach(pacing=old.files / "physio.yaml") as coach:
        first, *_ = moments = _led(coach)
    assert (first.session, first.chapter, first.rep, first.saying) == ("matte", 0, 2, "Weiter mit Wippe.")
    # Three reps of five seconds, as the pacing file has it, and as the user's own has not.
    assert max(each.rep or 0 for each in moments) == 3
    assert first.status is not None
    (old.home / "bookmark.json").write_text(kept)


def test_tune_shows_the_users_own_values(old: Old) -> None:
    values, _, places = old.run("tune").out.partition("\n\n")
    assert str(old.home / "pacing.yaml") in places
    shown = dict(line.split(maxsplit=1) for line in values.splitlines())
    assert {name: tuned for name, tuned in shown.items() if tuned != "-"} == {
        "all": "rate 260, gap 0.4s",
        "kreis": "in abend: reps 3",
        "wippe": "hold 4s",
    }
    assert {"lift", "sway", "morning-stretch"} <= set(shown)


def test_tune_changes_one_and_leaves_the_users_words(old: Old) -> None:
    pacing = old.home / "pacing.yaml"
    before = pacing.read_text("utf-8")
    assert old.run("tune", "wippe", "hold=6s").out == "wippe hold  4s (yours) -> 6s (yours)\n"
    changed = pacing.read_text("utf-8")
    assert changed == before.replace("hold: 4s", "hold: 6s") != before
    old.run("tune", "--import", "files/physio.yaml")
    assert "# Das linke Knie ist noch nicht gut." in pacing.read_text("utf-8")
    pacing.write_text(before, "utf-8")


def test_own_scripts_are_found_and_well(old: Old) -> None:
    listed = [line.split() for line in old.run("list").out.splitlines() if line.startswith("  ")]
    own = {
        path.stem for kind in ("exercises", "sessions") for path in (old.home / "scripts" / kind).iterdir()
    }
    assert own <= {name for name, *_ in listed}
    ended = old.run("check", "--strict")
    assert ended.err == ""
    assert f"(9 of yours in {old.home / 'scripts'}, " in ended.out
    assert ended.out.endswith(": all well.\n")


def test_export_speaks_nothing_anew(old: Old) -> None:
    """As long as the engine is the same: otherwise it does, and the old clips stay until room is needed."""
    cache = old.home / "cache" / "clips"
    before = _aged(cache)
    old.run("export", "abend", "-o", "abend.wav")
    assert samples(old.root / "abend.wav").any()
    if _speaks_as_then("espeak:de"):
        assert set(MADE["clips"]) <= _used(before)
        assert {path.name for path in cache.glob("*.gain")} == {
            path.name for path in before if path.suffix == ".gain"
        }


def test_export_takes_clips_of_the_natural_voice_from_a_processor_of_the_same_kind(old: Old) -> None:
    before = _aged(old.home / "cache" / "clips")
    old.run("export", "evening", "-o", "evening.wav")
    assert len(_used(before)) == _speaks_as_then("hibari:heart")


def _aged(folder: Path) -> dict[Path, int]:
    """Make the files in a folder last used long ago; return each with its inode."""
    for path in folder.iterdir():
        os.utime(path, (LONG_AGO_S, LONG_AGO_S))
    return {path: path.stat().st_ino for path in folder.iterdir()}


def _used(files: Mapping[Path, int]) -> set[str]:
    """Return the names of the files that were used since, and not written anew."""
    now = {path: path.stat() for path in files}
    return {
        path.name
        for path, inode in files.items()
        if now[path].st_ino == inode and now[path].st_mtime != LONG_AGO_S
    }


def _speaks_as_then(voice: str) -> bool:
    """Return whether a voice gives the same clips as then: by its engine's identity and what follows it."""
    engine, _, name = voice.partition(":")
    if MADE["conditioning"] != CONDITIONING_VERSION:
        return False
    try:
        with closing(make_engine(engine)) as made:
            return made.identity(name) == MADE["identities"][voice]
    except EngineError:
        return False


def test_export_with_packets_in_the_cache_gives_what_it_gives_without(old: Old) -> None:
    for folder in ("with", "without"):
        old.run("export", "abend", "--quality", "small", "-o", f"{folder}.opus")
        shutil.move(old.home / "cache" / "encoded", old.root / folder)
    assert (old.root / "with.opus").read_bytes() == (old.root / "without.opus").read_bytes()
    shutil.copytree(old.root / "with", old.home / "cache" / "encoded")


def test_many_exports_go_on(old: Old) -> None:
    out = old.files / "out"
    assert list(out.glob(".voice-coach-*.partial"))
    assert not (out / "carla.opus").exists()
    many = "export", "--manifest", "files/table.csv", "-o", "files/out"
    old.run(*many)
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert [row["file"] for row in report] == ["anna.srt", "ben.opus", "carla.opus"]
    assert [row["state"] for row in report[1:]] == ["made", "made"]
    for row in report:
        assert hashlib.sha256((out / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    assert list(out.glob("*.partial")) == []
    assert "0 made, 3 there already." in old.run(*many).err


def test_the_feed_goes_on(old: Old) -> None:
    podcast = old.files / "podcast"
    before = _feed(podcast)
    shutil.copyfile(podcast / "abend.opus", podcast / "neu.opus")
    old.run("feed", "files/podcast")
    after = _feed(podcast)
    assert after["title"] == before["title"] == "Mein Rücken"
    assert after["guid"] == before["guid"]
    assert set(after) - set(before) == {"neu.opus"}
    assert after["abend.opus"] == before["abend.opus"]


def _feed(folder: Path) -> dict[str, str]:
    """The feed's title and guid, and since when it lists each file."""
    channel = ElementTree.parse(folder / "feed.xml").getroot().find("channel")
    assert channel is not None
    guid = channel.findtext("{https://podcastindex.org/namespace/1.0}guid") or ""
    items = {
        (item.findtext("guid") or "").removeprefix(f"{guid}:"): item.findtext("pubDate") or ""
        for item in channel.findall("item")
    }
    return {"title": channel.findtext("title") or "", "guid": guid, **items}


def test_the_user_is_understood_as_before(old: Old) -> None:
    home = home_in(old.home)
    assert [ears.find_sensitivity(home, name) for name in ("pocketsphinx", "sherpa", "moonshine")] == [
        1,
        -1,
        0,
    ]
    assert [model.name for model, is_used in ears.models(home) if is_used] == ["gigaspeech-3.3M"]
