"""The sample and the picture that the README opens with."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import av

from releasing import media
from tests.support.command import voice_coach
from voice_coach import Coach
from voice_coach.coach import SessionOptions

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def _written(svg: str) -> list[str]:
    """All that is written in a picture, line by line."""
    return [text for text in ElementTree.fromstring(svg).itertext() if text.strip()]


def test_the_readme_opens_with_the_sample_and_the_picture() -> None:
    opening = README.partition("make play")[0]
    for file in (media.SAMPLE, media.PICTURE):
        assert f"docs/media/{file.name}" in opening
        assert file.is_file()


def test_the_sample_lasts_about_twenty_seconds_and_is_small() -> None:
    assert media.SAMPLE.stat().st_size < 200_000
    with av.open(str(media.SAMPLE)) as file:
        assert file.duration is not None
        assert 17 < file.duration / 1_000_000 < 25


def test_the_picture_shows_what_the_sample_says() -> None:
    with Coach() as coach:
        performance = coach.prepare(str(media.SESSION), SessionOptions(guidance="full"), yours=False)
        made = coach.timeline_json(performance)
    # Its times are those of the voice that spoke when it was made; its words are the same with each.
    told = [event["text"] or event["sound"] or event["kind"] for event in made["events"]]
    drawn = " ".join(_written(media.PICTURE.read_text("utf-8")))
    assert {"Keep breathing.", "five", "one", "hold"} <= set(told)
    assert all(text in drawn for text in told)


def test_its_scripts_are_well() -> None:
    assert voice_coach("check", "--strict", media.FOLDER).code == 0
