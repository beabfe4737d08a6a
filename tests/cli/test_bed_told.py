"""What is told of beds: in the folder of a podcast, by the feed, in the tags of files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.command import TINY, TINY_SESSION, Ended, voice_coach
from voice_coach.outputs.feed_episodes import read_episode

SAYS = (
    "Your podcast is in that folder, so soft noise lies under it, as many players skip silence. "
    "--bed none leaves it out.\n"
)


@pytest.fixture
def podcast(tiny: Path, tmp_path: Path) -> Path:
    """A folder with a feed of ours, over one episode that has no bed."""
    folder = tmp_path / "pod"
    folder.mkdir()
    assert voice_coach("export", tiny, "-o", folder / "old.mp3").err.startswith("Wrote ")
    made = voice_coach("feed", folder, "--url", "http://localhost/")
    assert (made.code, made.out) == (0, "")
    return folder


def bed(path: Path) -> str:
    return read_episode(path, {}).bed


def test_where_a_podcast_is_the_bed_is_noise(tiny: Path, podcast: Path) -> None:
    target = podcast / "new.m4b"
    made = voice_coach("export", tiny, "-o", target)
    assert made == Ended(0, "", f"{SAYS}Wrote {target} (0:07).\n")
    assert bed(target) == "noise"
    again = voice_coach("export", tiny, "-o", target, "--force", "--bed", "none")
    assert again.err == f"Wrote {target} (0:07).\n"
    assert bed(target) == "none"


def test_parts_too_and_text_not(tiny: Path, podcast: Path) -> None:
    assert voice_coach("export", tiny, "-o", podcast, "--split").err.startswith(SAYS)
    assert bed(next(podcast.glob("01-*.mp3"))) == "noise"
    assert voice_coach("export", tiny, "-o", podcast / "x.txt").err.startswith("Wrote ")


def test_a_feed_of_others_changes_nothing(tiny: Path, tmp_path: Path) -> None:
    target = tmp_path / "new.mp3"
    for feed in ("<rss><channel><generator>other</generator></channel></rss>", "damaged"):
        (tmp_path / "feed.xml").write_text(feed)
        made = voice_coach("export", tiny, "-o", target, "--force")
        assert (made.code, made.err[:6]) == (0, "Wrote ")
        assert bed(target) == "none"


@pytest.mark.parametrize("ending", ["mp3", "m4b", "m4a", "opus", "flac"])
def test_files_say_what_bed_they_have(tiny: Path, tmp_path: Path, ending: str) -> None:
    for name in ("none", "tone"):
        target = tmp_path / f"{name}.{ending}"
        assert voice_coach("export", tiny, "-o", target, "--bed", name).code == 0
        assert bed(target) == name


def test_what_a_bed_of_ones_own_is_called_stays_at_home(tiny: Path, tmp_path: Path) -> None:
    own, target = tmp_path / "secret.wav", tmp_path / "x.mp3"
    assert voice_coach("export", tiny, "-o", own, "--bed", "noise").code == 0
    assert voice_coach("export", tiny, "-o", target, "--bed", own).code == 0
    assert bed(target) == "file"
    assert b"secret" not in target.read_bytes()


def test_feed_tells_what_has_no_bed(tiny: Path, podcast: Path) -> None:
    assert voice_coach("export", tiny, "-o", podcast / "with.mp3").code == 0
    assert voice_coach("export", tiny, "-o", podcast / "unknown.wav").code == 0
    first, *rest = voice_coach("feed", podcast).err.splitlines()
    assert "with 3 episodes" in first
    assert rest == [
        "old.mp3 has no bed: players that skip silence skip the exercise there. "
        "Export again as before, with --bed noise --force."
    ]
    voice_coach("export", tiny, "-o", podcast / "old.mp3", "--bed", "noise", "--force")
    assert len(voice_coach("feed", podcast).err.splitlines()) == 1


def test_rows_of_a_manifest_too(podcast: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "tiny-session.yaml").write_text(TINY_SESSION)
    session = tmp_path / "tiny-session.yaml"
    rows = ("a.mp3,", "b.mp3,none", "deep/c.mp3,", "d.txt,")
    lines = (f"{row.partition(',')[0]},{session},{row.partition(',')[2]}" for row in rows)
    table = tmp_path / "table.csv"
    table.write_text("\n".join(["file,session,bed", *lines]) + "\n")
    made = voice_coach("export", "--manifest", table, "-o", podcast)
    assert made.code == 0, made.err
    assert [bed(podcast / name) for name in ("a.mp3", "b.mp3", "deep/c.mp3")] == ["noise", "none", "none"]
    assert os.fspath(podcast) in made.err.splitlines()[0]
    assert "holds your podcast" in made.err


def test_broadcast_with_a_bed_is_warned_of(tiny: Path, tmp_path: Path) -> None:
    warned = "With --loudness broadcast a bed is too soft"
    for bed_, loudness, is_warned in (
        ("noise", "broadcast", True),
        ("noise", "aes", False),
        ("none", "broadcast", False),
    ):
        made = voice_coach(
            "export", tiny, "-o", tmp_path / "x.wav", "--force", "--bed", bed_, "--loudness", loudness
        )
        assert made.code == 0
        assert (warned in made.err) == is_warned
