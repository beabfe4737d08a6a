"""The page of a timeline, as text: complete, escaped, small, written whole. See also test_page_in_browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest

from tests.support.paced_timelines import chapter, event, paced, shipped
from voice_coach.core.errors import OutputError
from voice_coach.reports.timeline_page import piece, timeline_page, write_page

HOSTILE = "</script></title></q><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;${title}\u2028"
CSS = piece("base.css", "page.css")


class _Elements(HTMLParser):
    """The elements of a page, their texts, and that each is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def count(self, tag: str) -> int:
        return sum(each == tag for each, _ in self.tags)


def test_every_event_is_there_with_its_words_source_and_what_set_its_length() -> None:
    made = shipped("lower-back-relief")
    page = timeline_page(made)
    elements = _Elements(page)
    events = [e for c in made.timeline.chapters for e in c.events]
    rows = [attributes for tag, attributes in elements.tags if tag == "li" and "data-t" in attributes]
    assert [row["data-t"] for row in rows] == [f"{e.start_ms} {e.end_ms}" for e in events]
    assert [row["data-k"] for row in rows] == [e.kind for e in events]
    assert elements.count("q") == sum(e.lane == "speech" for e in events)
    for e in events:
        assert f"{Path(e.mark.where.file).name}:{e.mark.where.line}</code>" in page
        assert not e.text or e.text.replace("'", "&#x27;") in page
    assert "hold 1m (script)" in page
    assert "breath 4-0-6-0 (script)" in page


def test_times_are_rounded_to_the_nearest_tenth() -> None:
    made = paced(
        chapter(
            "One",
            3_700_000,
            event("speech", "prompt", 7_260, 8_000, "Hi."),
            event("speech", "prompt", 59_960, 61_000, "Ho."),
            event("speech", "prompt", 3_661_949, 3_662_000, "End."),
        )
    )
    assert re.findall(r"<span class=t>([^<]+)<", timeline_page(made)) == ["0:07.3", "1:00.0", "1:01:01.9"]


def test_headings_for_each_part_and_unique_anchors_that_links_find() -> None:
    made = shipped("lower-back-relief")
    elements = _Elements(timeline_page(made, shipped("lower-back-relief", "key", called="guidance key")))
    anchors = [str(attributes["id"]) for _, attributes in elements.tags if "id" in attributes]
    assert len(anchors) == len(set(anchors))
    links = {str(a["href"])[1:] for tag, a in elements.tags if tag == "a" and str(a["href"]).startswith("#")}
    assert links <= set(anchors)
    assert elements.count("h1") == 1
    assert elements.count("h3") == len(made.timeline.chapters)


def test_the_page_is_small_and_names_no_place() -> None:
    made = shipped("lower-back-relief")
    one, two = timeline_page(made), timeline_page(made, shipped("lower-back-relief", "key", called="key"))
    assert len(one.encode()) < 250_000
    assert len(two.encode()) < 400_000
    for page in (one, two):
        assert "://" not in page
        assert not re.search(r"<(script|img|iframe|object|embed)[^>]* src|@import|url\(", page)


def test_hostile_texts_stay_text() -> None:
    made = paced(
        chapter(
            HOSTILE,
            9_000,
            event("speech", "prompt", 0, 900, HOSTILE, file=f"{HOSTILE}/x.yaml"),
            event("action", "part", 0, 900, HOSTILE),
            event("sound", "sound", 0, 900, HOSTILE),
        ),
        name=HOSTILE,
        title=HOSTILE,
    )
    harmless = paced(
        chapter(
            "T",
            9_000,
            event("speech", "prompt", 0, 900, "S"),
            event("action", "part", 0, 900, "S"),
            event("sound", "sound", 0, 900, "S"),
        )
    )
    for other in (None, paced(chapter("Other", 9_000), name=HOSTILE)):
        page, same = _Elements(timeline_page(made, other)), _Elements(timeline_page(harmless, other))
        assert [tag for tag, _ in page.tags] == [tag for tag, _ in same.tags]
        assert any(HOSTILE in text for text in page.texts)


def test_the_policy_names_the_only_script_and_style_by_their_hash() -> None:
    page = timeline_page(paced(chapter("A", 1_000)))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]


def test_half_a_character_does_not_stop_the_page(tmp_path: Path) -> None:
    made = paced(chapter("A", 1_000, event("speech", "prompt", 0, 900, "half \ud83d")))
    write_page(tmp_path / "page.html", made, None, force=False)
    assert "half ?" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path) -> None:
    target, made = tmp_path / "page.html", paced(chapter("A", 1_000))
    target.write_text("mine")
    with pytest.raises(OutputError, match="is there already"):
        write_page(target, made, None, force=False)
    assert target.read_text() == "mine"
    write_page(target, made, None, force=True)
    assert target.read_text(encoding="utf-8") == timeline_page(made)
    assert list(tmp_path.iterdir()) == [target]


def test_files_of_one_name_are_told_apart_by_their_folder() -> None:
    made = paced(
        chapter(
            "A",
            1_000,
            event("action", "pause", 0, 100, file="/home/anna/yours/a.yaml"),
            event("action", "pause", 100, 200, file="/usr/share/shipped/a.yaml"),
            event("action", "pause", 200, 300, file="/home/anna/b.yaml"),
        )
    )
    page = timeline_page(made)
    assert re.findall(r"<code>(.*?)</code>", page) == ["yours/a.yaml:7", "shipped/a.yaml:7", "b.yaml:7"]
    assert "anna" not in page


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", css))


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


LIGHT, DARK = (_colours(half) for half in CSS.split("prefers-color-scheme: dark", 1))
KINDS = re.findall(r"^\.([a-z]+) \{ --kind|(?<=\} )\.([a-z]+) \{ --kind", CSS, re.MULTILINE)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_are_told_apart_by_weak_eyes(theme: dict[str, str]) -> None:
    kinds = [one or other for one, other in KINDS]
    assert len(kinds) >= 15
    for kind, ground in product(kinds, ("page", "band", "raised")):
        assert _contrast(theme[kind], theme[ground]) >= 3, (kind, ground)
    for kind in kinds:
        assert _contrast(theme[kind], theme["on-bar"]) >= 4.5, kind
    for ink, ground in product(("ink", "soft", "accent"), ("page", "band", "raised")):
        assert _contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground)
    assert _contrast(theme["edge"], theme["page"]) >= 3


def test_every_kind_has_its_colour() -> None:
    kinds = {one or other for one, other in KINDS}
    made = [shipped("lower-back-relief"), shipped("lower-back-short")]
    assert {e.kind for each in made for c in each.timeline.chapters for e in c.events} <= kinds
    assert kinds <= set(LIGHT)
    assert set(LIGHT) == set(DARK)
