"""The player's page as a file: complete, the same each time, whole or not at all. See also
test_player_in_browser."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.real_parts import require_program
from tests.support.paced_timelines import chapter, event
from tests.support.player_pages import CHAPTERS, SECONDS, programme, said, tones
from voice_coach.audio.mixer import Block
from voice_coach.core.errors import OutputError
from voice_coach.core.options import FileOptions
from voice_coach.formats.base import make_file_output
from voice_coach.rendering.performance import sound_alone
from voice_coach.reports.player_page import PlayerPage, sections
from voice_coach.reports.timeline_page import policy_hash

SOUND = re.compile(r'src="data:audio/mpeg;base64,([^"]*)"')


def _sound(page: str) -> bytes:
    found = SOUND.search(page)
    assert found
    return base64.b64decode(found[1], validate=True)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("players") / "page.html"
    make_file_output(path).write(programme())
    return path.read_text(encoding="utf-8")


def test_the_sound_inside_is_all_of_the_session(page: str, tmp_path: Path) -> None:
    (tmp_path / "inside.mp3").write_bytes(_sound(page))
    command = [require_program("ffmpeg"), "-v", "error", "-i", str(tmp_path / "inside.mp3")]
    command += ["-f", "s16le", "-ac", "1", "-ar", "48000", "-"]
    decoded = subprocess.run(command, check=True, capture_output=True)
    assert decoded.stderr == b""
    assert abs(len(decoded.stdout) / 2 / 48_000 - SECONDS) < 0.1


def test_every_frame_is_as_long_as_the_others(page: str) -> None:
    """A browser finds a place in an MP3 by its share of the bytes."""
    sound = _sound(page)
    rate_bits = {sound[at + 2] & 0xF0 for at in _frames(sound)}
    assert len(rate_bits) == 1


def _frames(sound: bytes) -> Iterator[int]:
    at = 0
    if sound[:3] == b"ID3":
        at = 10 + sum(byte << shift for byte, shift in zip(sound[6:10], (21, 14, 7, 0), strict=True))
    kbits = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
    kbits_low = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
    rates = (44_100, 48_000, 32_000)
    while at + 4 <= len(sound):
        assert sound[at] == 0xFF
        assert sound[at + 1] & 0xE6 == 0xE2, "layer III"
        full = sound[at + 1] & 0x18 == 0x18
        rate = rates[(sound[at + 2] >> 2) & 3] // (1 if full else 2)
        bits = (kbits if full else kbits_low)[sound[at + 2] >> 4] * 1000
        yield at
        at += (144 if full else 72) * bits // rate + ((sound[at + 2] >> 1) & 1)


def test_nothing_is_loaded_and_only_our_own_script_runs(page: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["media-src"] == "blob: data:"
    assert rules["img-src"] == "data:"
    named = re.findall(r'\s(?:src|href|action|data|poster)="([^"]*)"', page)
    assert {name.partition(",")[0][:5] for name in named} == {"data:", "#word", "#part"}
    for tag in ("script", "style"):
        own = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert [f"'{policy_hash(text)}'" for text in own] == [rules[f"{tag}-src"]]


def test_the_same_programme_gives_the_same_bytes(page: str, tmp_path: Path) -> None:
    PlayerPage(tmp_path / "again.html", FileOptions()).write(programme())
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == page


def test_another_sound_is_another_place_to_remember(page: str, tmp_path: Path) -> None:
    other = replace(programme(), blocks=lambda: tones(3))
    PlayerPage(tmp_path / "other.html", FileOptions()).write(other)
    keys = re.findall(r'data-key="([0-9a-f]+)"', page + (tmp_path / "other.html").read_text(encoding="utf-8"))
    assert len(set(keys)) == 2


def test_short_words_stand_on_one_line_and_long_ones_on_their_own() -> None:
    made = "".join(sections(programme(CHAPTERS[1:2])))
    lines = [re.sub("<[^>]+>", "", line) for line in re.findall(r"<p>(.*?)</p>", made)]
    assert lines == ["Tuck it.", "Hold, 0:08", "three · two · one", "Let go."]


def test_places_of_words_count_as_the_browser_does() -> None:
    made = "".join(sections(programme(CHAPTERS[:1])))
    assert 'data-t="2000 6000" data-w="0 3 0 1000 4 6 1000 2000 7 9 2000 3000 10 15 3000 4000"' in made


def test_chapters_lie_one_after_the_other() -> None:
    made = "".join(sections(programme()))
    assert re.findall(r'data-ms="(.*?)"', made) == ["0 16000", "16000 16000", "32000 16000"]


def test_another_language_is_told_to_screen_readers_and_our_own_words_are_not() -> None:
    events = (said("prompt", 0, 1_000, "Lehněte si."), event("action", "hold", 1_000, 9_000))
    made = "".join(sections(programme([chapter("Pánev", 9_000, *events)], language="cs")))
    assert '<span class="name" lang="cs">Pánev</span>' in made
    assert '<span class="words prompt" lang="cs" data-t="0 1000" ' in made
    assert '<li class="hold" data-t="1000 9000" data-left>Hold</li>' in made


def test_parts_of_a_tempo_have_their_own_words() -> None:
    squats = chapter("Squats", 9_000, event("action", "part", 0, 3_000, "down & low"))
    made = "".join(sections(programme([squats])))
    assert '<li class="part" data-t="0 3000">down &amp; low</li>' in made


def test_sound_alone_is_a_page_too(tmp_path: Path) -> None:
    make_file_output(tmp_path / "sound.html").write(sound_alone(tones(1)))
    assert _sound((tmp_path / "sound.html").read_text(encoding="utf-8"))


def test_nothing_is_left_of_a_page_that_failed(tmp_path: Path) -> None:
    def broken() -> Iterator[Block]:
        yield from tones(1)
        raise PermissionError("the cache cannot be read")

    with pytest.raises(PermissionError, match="the cache cannot be read"):
        make_file_output(tmp_path / "page.html").write(replace(programme(), blocks=broken))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "page.html").write_text("precious")
    with pytest.raises(OutputError, match="is there already"):
        make_file_output(tmp_path / "page.html").write(programme())
    assert (tmp_path / "page.html").read_text() == "precious"
