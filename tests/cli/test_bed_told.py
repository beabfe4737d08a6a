"""What is told of beds: in the folder of a podcast, by the feed, in the tags of files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.command import TINY, TINY_SESSION, Ended, voice_coach
from voice_coach.podcast.background import UsualBeds
from voice_coach.podcast.episodes import read_episode

SAYS = (
    "Your podcast is in that folder, so soft noise lies under it, as many players skip silence. "
    "--bed none leaves it out.\n"
)

SAYS_OF_ROWS = (
    "Your podcast is in that folder, so soft noise lies under rows that name no bed, as many players skip "
    "silence. The bed none leaves it out.\n"
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
    assert made == Ended(0, "", f"{SAYS}Wrote {target} (0:06).\n")
    assert bed(target) == "noise"
    again = voice_coach("export", tiny, "-o", target, "--force", "--bed", "none")
    assert again.err == f"Wrote {target} (0:06).\n"
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


def table(folder: Path, columns: str, rows: Iterable[str]) -> Path:
    """A table of the tiny session; each row is a file, a comma, and the cells of the columns."""
    (folder / "tiny.yaml").write_text(TINY)
    (folder / "tiny-session.yaml").write_text(TINY_SESSION)
    lines = (f"{file},tiny-session.yaml,{cells}" for file, _, cells in (row.partition(",") for row in rows))
    path = folder / "table.csv"
    path.write_text("\n".join([f"file,session,{columns}", *lines]) + "\n")
    return path


def test_rows_of_a_manifest_too(podcast: Path, tmp_path: Path) -> None:
    rows = ("a.mp3,", "b.mp3,none", "deep/c.mp3,", "d.txt,")
    made = voice_coach("export", "--manifest", table(tmp_path, "bed", rows), "-o", podcast)
    assert made.code == 0, made.err
    assert [bed(podcast / name) for name in ("a.mp3", "b.mp3", "deep/c.mp3")] == ["noise", "none", "none"]
    assert made.err.startswith(SAYS_OF_ROWS)


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


def test_rows_of_a_manifest_are_warned_of_too(podcast: Path, tmp_path: Path) -> None:
    warned = "With the loudness broadcast a bed is too soft"
    folder = tmp_path / "files"
    rows = ("a.wav,noise,aes", "b.wav,none,broadcast", "c.txt,,")
    made = voice_coach("export", "--manifest", table(tmp_path, "bed,loudness", rows), "-o", folder)
    assert (made.code, made.err.splitlines()[0]) == (0, "3 made, 0 there already.")
    rows = ("b.wav,none,broadcast", "d.wav,noise,broadcast")
    made = voice_coach("export", "--manifest", table(tmp_path, "bed,loudness", rows), "-o", folder)
    assert made.err.startswith(warned)
    # The bed that nobody chose counts as well, and the sentence about it comes first.
    rows = ("a.mp3,,broadcast", "b.mp3,,broadcast")
    made = voice_coach("export", "--manifest", table(tmp_path, "bed,loudness", rows), "-o", podcast)
    assert made.err.startswith(f"{SAYS_OF_ROWS}{warned}")
    assert made.err.count(warned) == 1


def test_a_folder_is_looked_into_once(podcast: Path) -> None:
    beds = UsualBeds()
    assert (beds.of(podcast, ".mp3"), beds.of(podcast / "deep", ".mp3")) == ("noise", "none")
    (podcast / "feed.xml").unlink()
    assert (beds.of(podcast, ".m4b"), UsualBeds().of(podcast, ".m4b")) == ("noise", "none")
    assert beds.of(podcast, ".txt") == "none"
