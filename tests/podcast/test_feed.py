"""A podcast feed, read back by programs that are not ours."""

from __future__ import annotations

import html
import json
import os
import subprocess
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import feedparser  # pyright: ignore[reportMissingTypeStubs]
import podcastparser  # pyright: ignore[reportMissingTypeStubs]
import pytest

from tests.real_parts import require_program
from tests.support.command import TINY, TINY_SESSION, Ended, voice_coach
from voice_coach.coach import Coach
from voice_coach.core.errors import OutputError
from voice_coach.formats.base import AUDIO
from voice_coach.formats.export import file_endings
from voice_coach.formats.tags import two_letters
from voice_coach.pacing.options import SessionOptions
from voice_coach.podcast.feed import write_feed

URL = "http://192.168.1.20:8000/pod"
CHAPTERS = """\
;FFMETADATA1
title=Lower back & <hips>
artist=voice_coach
description=For "in between" & after <work>.
language=en
[CHAPTER]
TIMEBASE=1/1000
START=0
END=1250
title=Welcome
[CHAPTER]
TIMEBASE=1/1000
START=1250
END=3000
title=Pelvic tuck
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An audio file with tags and chapters, one without, captions beside one, and what is no sound."""
    ffmpeg = require_program("ffmpeg")
    (tmp_path / "tags.txt").write_text(CHAPTERS)
    sound = ["-f", "lavfi", "-i", "sine=d=3:r=48000"]
    tagged = [*sound, "-i", str(tmp_path / "tags.txt"), "-map_metadata", "1", "-map_chapters", "1"]
    for name, arguments in (("a b&c.mp3", tagged), ("plain.flac", sound)):
        subprocess.run([ffmpeg, "-v", "error", *arguments, str(tmp_path / name)], check=True)
        os.utime(tmp_path / name, (1_700_000_000 + len(name), 1_700_000_000 + len(name)))
    (tmp_path / "plain.vtt").write_text("WEBVTT\n")
    (tmp_path / ".hidden.mp3").write_bytes(b"not ours to list")
    return tmp_path


def _feedparser(folder: Path) -> Any:
    parse = cast("Any", feedparser).parse
    found: Any = parse((folder / "feed.xml").read_bytes())
    assert not found.bozo, found.get("bozo_exception")
    return found


def _podcastparser(folder: Path) -> dict[str, Any]:
    parse = cast("Any", podcastparser).parse
    with (folder / "feed.xml").open("rb") as file:
        return cast("dict[str, Any]", parse(f"{URL}/feed.xml", file))


def test_players_find_every_episode_with_its_length_and_chapters(folder: Path) -> None:
    address, episodes = write_feed(folder, URL, "Anna's back")
    assert address == f"{URL}/feed.xml"
    assert [episode.name for episode in episodes] == ["plain.flac", "a b&c.mp3"]
    found = _podcastparser(folder)
    assert (found["title"], found["link"], found["language"]) == ("Anna's back", f"{URL}/", "en")
    assert found["cover_url"] == f"{URL}/cover.jpg"
    plain, tagged = found["episodes"]
    assert (plain["title"], plain["total_time"], "chapters" in plain) == ("plain", 3, False)
    assert tagged["title"] == "Lower back & <hips>"
    assert html.unescape(tagged["description"]) == 'For "in between" & after <work>.'
    assert tagged["published"] == 1_700_000_000 + len("a b&c.mp3")
    assert tagged["enclosures"] == [
        {
            "file_size": (folder / "a b&c.mp3").stat().st_size,
            "mime_type": "audio/mpeg",
            "url": f"{URL}/a%20b%26c.mp3",
        }
    ]
    marks = [(chapter["start"], chapter["title"]) for chapter in tagged["chapters"]]
    assert marks == [(0, "Welcome"), (1, "Pelvic tuck")]  # this reader keeps whole seconds
    beside = json.loads((folder / "a b&c.mp3.chapters.json").read_text())
    assert [(each["startTime"], each["title"]) for each in beside["chapters"]] == [
        (0, "Welcome"),
        (1.25, "Pelvic tuck"),
    ]
    assert 'start="00:00:01.250"' in (folder / "feed.xml").read_text()


def test_it_is_well_formed_rss_that_says_what_it_must(folder: Path) -> None:
    write_feed(folder, URL)
    found = _feedparser(folder)
    assert found.version == "rss20"
    assert {"title", "link", "language", "subtitle", "image", "author"} <= set(found.feed)
    assert found.feed.itunes_block == 1
    assert {link.rel: link.href for link in found.feed.links}["self"] == f"{URL}/feed.xml"
    guids = [entry.id for entry in found.entries]
    assert len(set(guids)) == 2
    top = ElementTree.parse(folder / "feed.xml").getroot()[0]
    for once in ("title", "link", "description", "language", "lastBuildDate"):
        assert len(top.findall(once)) == 1
    transcripts = top.findall(".//{https://podcastindex.org/namespace/1.0}transcript")
    assert [(each.get("url"), each.get("type")) for each in transcripts] == [(f"{URL}/plain.vtt", "text/vtt")]


def test_written_again_it_is_the_same(folder: Path) -> None:
    write_feed(folder, URL)
    before = (folder / "feed.xml").read_bytes()
    write_feed(folder)
    assert (folder / "feed.xml").read_bytes() == before


def test_an_update_keeps_what_was_said_and_since_when(folder: Path) -> None:
    write_feed(folder, URL, "Anna's back")
    feed = folder / "feed.xml"
    feed.write_text(
        feed.read_text().replace("Voice-guided exercise sessions, made with voice_coach.", "Mine.")
    )
    first = {entry.id: entry.published for entry in _feedparser(folder).entries}
    (folder / "plain.flac").rename(folder / "other.flac")
    (folder / "a b&c.mp3").touch()  # made anew
    write_feed(folder, "https://example.org/moved/")
    found = _feedparser(folder)
    assert (found.feed.title, found.feed.subtitle) == ("Anna's back", "Mine.")
    second = {entry.id: entry.published for entry in found.entries}
    tagged = next(guid for guid in first if guid.endswith("a b&c.mp3"))
    assert second[tagged] == first[tagged]
    assert [entry.title for entry in found.entries] == ["other", "Lower back & <hips>"]
    assert found.entries[0].enclosures[0].href == "https://example.org/moved/other.flac"


FOREIGN = ("<rss><channel><title>Blog</title><generator>Hugo</generator></channel></rss>", "<feed/>")


@pytest.mark.parametrize("text", FOREIGN)
def test_a_feed_that_is_not_ours_is_kept_unless_forced(folder: Path, text: str) -> None:
    (folder / "feed.xml").write_text(text)
    refused = voice_coach("feed", folder, "--url", URL)
    assert refused == Ended(
        1,
        "",
        f"{folder / 'feed.xml'} was not written by voice_coach. "
        "Use --force to replace it, or choose another folder.\n",
    )
    assert (folder / "feed.xml").read_text() == text
    assert not (folder / "cover.jpg").exists()
    assert voice_coach("feed", folder, "--url", URL, "--force").code == 0
    assert _feedparser(folder).feed.title == "My exercises"


def test_our_own_exports_of_every_kind_tell_of_themselves(tmp_path: Path) -> None:
    scripts, pod = tmp_path / "scripts", tmp_path / "pod"
    scripts.mkdir()
    pod.mkdir()
    (scripts / "tiny.yaml").write_text(TINY)
    told = TINY_SESSION.replace("opening", "goal: It holds you.\nsource: A book.\nopening", 1)
    (scripts / "tiny-session.yaml").write_text(told)
    endings = [ending for ending in file_endings() if ending in AUDIO and ending != ".wav"]
    assert {".opus", ".m4b", ".m4a", ".mp3", ".flac"} <= set(endings)
    with Coach(notify=lambda _text: None) as coach:
        made = coach.prepare(str(scripts / "tiny-session.yaml"), SessionOptions(person="Anna"))
        for ending in endings:
            coach.export(made, pod / f"tiny{ending}")
    _, episodes = write_feed(pod, URL)
    assert len(episodes) == len(endings)
    for each in episodes:
        assert (each.title, each.description) == ("Tiny session (Anna)", "It holds you."), each.name
        assert (each.language, each.author) == ("en", "voice_coach"), each.name
        assert len(each.chapters) == len(made.titles), each.name
    assert _feedparser(pod).feed.language == "en"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("eng", "en"), ("deu", "de"), ("en-GB", "en-GB"), ("gsw", "gsw"), ("und", ""), ("ENG", "en"), ("", "")],
)
def test_languages_are_named_as_the_web_does(tag: str, language: str) -> None:
    assert two_letters(tag) == language


@pytest.mark.parametrize("url", ["ftp://x/", "192.168.1.20", "http://", "http://a b/", "http://[/"])
def test_an_address_that_is_none_is_refused(folder: Path, url: str) -> None:
    with pytest.raises(OutputError, match="is not an address on the web"):
        write_feed(folder, url)
    assert not (folder / "feed.xml").exists()


def test_what_is_missing_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="give it with --url"):
        write_feed(folder)
    empty = tmp_path / "empty"
    with pytest.raises(OutputError, match="empty is not a folder. Export sessions"):
        write_feed(empty, URL)
    empty.mkdir()
    with pytest.raises(OutputError, match="There are no audio files in .*empty. Export one"):
        write_feed(empty, URL)
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel>",
        '<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><rss><channel><title>&c;</title></channel></rss>',
        "\x00",
    ],
)
def test_a_damaged_feed_is_not_built_upon(folder: Path, text: str) -> None:
    (folder / "feed.xml").write_text(text)
    with pytest.raises(OutputError, match=r"feed\.xml is damaged .*Remove it, and it is written anew"):
        write_feed(folder, URL)
    assert (folder / "feed.xml").read_text() == text


def test_a_file_that_is_no_sound_is_named(folder: Path) -> None:
    (folder / "broken.mp3").write_bytes(b"no sound in here")
    with pytest.raises(OutputError, match=r"broken\.mp3 cannot be read as sound .* export it again"):
        write_feed(folder, URL)
    assert not (folder / "feed.xml").exists()
