"""The page of a timeline in a real browser: seen, touched, used by keys alone, and looked at by axe."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.outputs.chromium import PHONE, WIDE, Scheme, looked_at_by_axe, opened, running_chromium
from tests.outputs.paced_timelines import chapter, event, paced, shipped
from tests.outputs.test_timeline_page import DARK, HOSTILE, LIGHT
from voice_coach.outputs.paced import PacedTimeline
from voice_coach.outputs.timeline_page import write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.xdist_group("chromium")
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
LANE_Y = {"s": 42 + 32, "o": 42 + 46 + 18, "a": 42 + 46 + 28 + 35}
"""Where the lanes of the first pacing are drawn, from the top: below the words, where low events are too."""
KINDS_DRAWN = ("hold", "rest", "pause", "move", "prompt", "sound", "inhale", "exhale")


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    yield from running_chromium()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "alone.html"
    write_page(path, shipped("lower-back-short"), None, force=False)
    return path


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "beside one.html"
    other = shipped("lower-back-relief", "key", called="guidance key")
    write_page(path, shipped("lower-back-relief"), other, force=False)
    return path


def _beginnings(made: PacedTimeline) -> PacedTimeline:
    """A session with the first and last events of each chapter, of all kinds: axe looks long at each."""
    chapters = (replace(each, events=each.events[:12] + each.events[-4:]) for each in made.timeline.chapters)
    return replace(made, timeline=replace(made.timeline, chapters=tuple(chapters)))


def _scale(page: Page) -> float:
    return float(str(page.get_attribute("#scroller", "data-scale")))


def _shown_ms(page: Page) -> tuple[float, float]:
    left, width = page.eval_on_selector("#scroller", "e => [e.scrollLeft, e.clientWidth]")
    return left / _scale(page), (left + width) / _scale(page)


def _place(page: Page, row: str) -> tuple[float, float]:
    """Where in the window the middle of an event of the first pacing is drawn."""
    box = page.locator("#drawing").bounding_box()
    assert box
    middle, lane = page.eval_on_selector(
        f"#{row}",
        """row => {
            const before = (list, all) => all.slice(0, all.indexOf(list)).reduce((sum, each) =>
                sum + Number(each.dataset.ms.split(" ")[1]), 0);
            const lists = [...document.querySelectorAll("ol[data-view='0']")];
            const [start, end] = row.dataset.t.split(" ").map(Number);
            return [before(row.parentElement, lists) + (start + end) / 2, row.dataset.l];
        }""",
    )
    left = page.eval_on_selector("#scroller", "e => e.scrollLeft")
    return box["x"] + middle * _scale(page) - left, box["y"] + LANE_Y[lane]


def _drawn(page: Page) -> None:
    """Waits until what was asked for is drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def _colour(page: Page, x: float, y: float) -> str:
    """The colour of the drawing at a place of the window."""
    _drawn(page)
    red, green, blue = page.evaluate(
        """([x, y]) => {
            const canvas = document.getElementById("drawing"), box = canvas.getBoundingClientRect();
            const ratio = canvas.width / box.width;
            const pen = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
            pen.drawImage(canvas, (x - box.x) * ratio, (y - box.y) * ratio, 1, 1, 0, 0, 1, 1);
            return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        [x, y],
    )
    return f"#{red:02x}{green:02x}{blue:02x}"


@SIZES
@SCHEMES
def test_it_opens_without_network_and_fits(
    browser: Browser, beside: Path, size: tuple[int, int], scheme: Scheme
) -> None:
    with opened(browser, beside, size, scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
        assert page.locator("#drawing").is_visible()
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        expected = (LIGHT if scheme == "light" else DARK)["page"]
        assert ground == "rgb({}, {}, {})".format(*(int(expected[at : at + 2], 16) for at in (1, 3, 5)))


@SIZES
@SCHEMES
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, size: tuple[int, int], scheme: Scheme) -> None:
    first, second = (_beginnings(shipped("lower-back-short", level)) for level in ("key", "names"))
    for name, other in (("alone.html", None), ("beside.html", second)):
        write_page(tmp_path / name, first, other, force=False)
        with opened(browser, tmp_path / name, size, scheme) as page:
            page.locator("#after").click()
            for details in page.locator("details:not([open]) summary").all():
                details.click()
            violations, passes = looked_at_by_axe(page)
            assert violations == []
            assert passes > 15


def test_everything_is_read_without_the_script(browser: Browser, alone: Path) -> None:
    made = shipped("lower-back-short").timeline
    with opened(browser, alone, script=False) as page:
        assert not page.locator("#timeline").is_visible()
        assert page.locator("h3").all_inner_texts() == [each.title for each in made.chapters]
        rows = page.locator(".chapter li").all_inner_texts()
        assert len(rows) == sum(len(each.events) for each in made.chapters)


def test_buttons_and_keys_zoom_between_the_whole_and_moments(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        whole = _scale(page)
        assert page.locator("#out").is_disabled()
        page.click("#in")
        assert _scale(page) == pytest.approx(whole * 1.6)
        page.click("#out")
        assert _scale(page) == pytest.approx(whole)
        page.focus("#scroller")
        for _ in range(30):
            page.keyboard.press("+")
        assert _scale(page) == 0.25
        assert page.locator("#in").is_disabled()
        page.keyboard.press("-")
        assert _scale(page) == pytest.approx(0.25 / 1.6)
        page.keyboard.press("0")
        assert _scale(page) == pytest.approx(whole)
        assert _shown_ms(page)[1] == pytest.approx(shipped("lower-back-short").timeline.duration_ms)


def test_two_fingers_zoom_around_what_is_between_them(browser: Browser, alone: Path) -> None:
    with opened(browser, alone, PHONE) as page:
        box = page.locator("#drawing").bounding_box()
        assert box
        before, x, y = _scale(page), box["x"] + 100, box["y"] + 60
        fingers = page.context.new_cdp_session(page)

        def touch(kind: str, *apart: float) -> None:
            points = [
                {"x": x + sign * each / 2, "y": y, "id": n}
                for each in apart
                for n, sign in enumerate((-1, 1))
            ]
            fingers.send(  # pyright: ignore[reportUnknownMemberType]
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
            )

        under = 100 / before
        touch("touchStart", 40)
        for apart in (60, 80, 120):
            touch("touchMove", apart)
        touch("touchEnd")
        assert _scale(page) == pytest.approx(before * 3, rel=0.01)
        assert _shown_ms(page)[0] + 100 / _scale(page) == pytest.approx(under, abs=2 / _scale(page))
        assert page.evaluate("visualViewport.scale") == 1


def test_the_wheel_zooms_with_ctrl_only(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        before = _scale(page)
        page.locator("#scroller").hover()
        page.mouse.wheel(0, -100)
        _drawn(page)
        assert _scale(page) == before
        page.keyboard.down("Control")
        page.mouse.wheel(0, -100)
        page.wait_for_function("before => Number(scroller.dataset.scale) > before", arg=before)


@SIZES
def test_an_event_that_is_tapped_tells_its_words_its_source_and_what_set_it(
    browser: Browser, alone: Path, size: tuple[int, int]
) -> None:
    made = shipped("lower-back-short").timeline
    part = next(n for n, each in enumerate(made.chapters) if each.exercise == "pelvic-tuck")
    events = made.chapters[part].events
    hold = next(n for n, each in enumerate(events) if each.kind == "hold")
    prompt = next(n for n, each in enumerate(events) if each.kind == "prompt" and "breathe" in each.text)
    with opened(browser, alone, size) as page:
        page.select_option("#part", str(part))
        for number in (prompt, hold):
            x, y = _place(page, f"a{part}-{number}")
            if size == PHONE:
                page.touchscreen.tap(x, y)
            else:
                page.mouse.click(x, y)
            told, chosen = page.inner_text("#chosen"), events[number]
            assert chosen.text in told
            assert f"{chosen.mark.where.file.split('/')[-1]}:{chosen.mark.where.line}" in told
            assert page.locator(".chosen-row").get_attribute("id") == f"a{part}-{number}"
        assert "hold 30s (entry)" in page.inner_text("#chosen")
        page.click("text=show in the list")
        assert page.locator(f"#a{part}-{hold}").is_visible()


@SCHEMES
def test_it_is_drawn_in_the_colours_of_the_kinds(browser: Browser, alone: Path, scheme: Scheme) -> None:
    colours = LIGHT if scheme == "light" else DARK
    with opened(browser, alone, scheme=scheme) as page:
        for kind in KINDS_DRAWN:
            row = str(page.locator(f".chapter li[data-k={kind}]").first.get_attribute("id"))
            page.select_option("#part", row[1 : row.index("-")])
            assert _colour(page, *_place(page, row)) == colours[kind], kind


def test_a_theme_that_changes_is_followed(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        page.select_option("#part", "1")
        place = _place(page, str(page.locator("#part2 li[data-k=hold]").first.get_attribute("id")))
        assert _colour(page, *place) == LIGHT["hold"]
        page.emulate_media(color_scheme="dark")
        assert _colour(page, *place) == DARK["hold"]


def test_parts_are_jumped_to(browser: Browser, alone: Path) -> None:
    made = shipped("lower-back-short").timeline
    with opened(browser, alone) as page:
        for number, (each, start_ms) in enumerate(zip(made.chapters, made.starts_ms(), strict=True)):
            page.select_option("#part", str(number))
            shown = _shown_ms(page)
            assert shown[0] == pytest.approx(start_ms, abs=1_000)
            assert shown[1] == pytest.approx(start_ms + each.duration_ms, abs=1_000)
        page.click("table a:text-is('Knee slide')")
        assert page.locator("h3:text-is('Knee slide')").bounding_box()
        assert page.url.endswith("#part3")


def test_the_longest_quiet_and_the_fullest_minute_are_shown(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        links = page.locator("a[data-from]")
        assert links.count() == 2 * len(shipped("lower-back-short").timeline.chapters)
        for number in range(links.count()):
            _, part, start, end = (
                int(each) for each in str(links.nth(number).get_attribute("data-from")).split()
            )
            links.nth(number).click()
            first = shipped("lower-back-short").timeline.starts_ms()[part]
            shown = _shown_ms(page)
            pixel_ms = 1 / _scale(page)
            assert shown[0] <= first + start + 2 * pixel_ms
            assert shown[1] >= first + end - 2 * pixel_ms
            assert page.evaluate("document.activeElement.id") == "scroller"


def test_the_overview_is_dragged(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        page.select_option("#part", "0")
        box = page.locator("#overview").bounding_box()
        assert box
        duration = shipped("lower-back-short").timeline.duration_ms
        page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 20)
        page.mouse.down()
        assert sum(_shown_ms(page)) / 2 == pytest.approx(0.25 * duration, rel=0.02)
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20)
        page.mouse.up()
        assert sum(_shown_ms(page)) / 2 == pytest.approx(0.5 * duration, rel=0.02)


def test_keys_go_from_event_to_event_and_lane_to_lane(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        rows = [str(row.get_attribute("id")) for row in page.locator(".chapter li").all()]

        def chosen() -> str:
            return str(page.locator(".chosen-row").get_attribute("id"))

        page.focus("#scroller")
        page.keyboard.press("ArrowRight")
        assert chosen() == rows[0]
        for _ in range(40):
            page.keyboard.press("ArrowRight")
        assert chosen() == rows[40]
        page.keyboard.press("ArrowLeft")
        assert chosen() == rows[39]
        lanes = {"s": 0, "o": 1, "a": 2}
        lane = str(page.get_attribute(f"#{rows[39]}", "data-l"))
        for key, by in (("ArrowUp", -1), ("ArrowUp", -1), ("ArrowDown", 1), ("ArrowDown", 1)):
            page.keyboard.press(key)
            expected = max(0, min(2, lanes[lane] + by))
            lane = str(page.get_attribute(f"#{chosen()}", "data-l"))
            assert lanes[lane] == expected
        page.keyboard.press("End")
        assert chosen() == rows[-1]
        page.keyboard.press("Enter")
        assert page.url.endswith(f"#{rows[-1]}")
        page.focus("#scroller")
        page.keyboard.press("Home")
        assert chosen() == rows[0]
        page.click("#after")
        assert chosen() == rows[1]
        page.click("#before")
        assert chosen() == rows[0]


def test_all_that_is_used_can_be_reached_by_tab(browser: Browser, alone: Path) -> None:
    with opened(browser, alone) as page:
        reached: list[str] = []
        for _ in range(8):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
        assert reached[:6] == ["skip", "part", "in", "scroller", "before", "after"]


def test_both_pacings_are_drawn_and_told_apart(browser: Browser, beside: Path) -> None:
    with opened(browser, beside) as page:
        assert page.locator("h1 ~ .pacing").all_inner_texts()[1].startswith("B: guidance key · ")
        both = page.locator("#scroller").bounding_box()
        assert both
        assert both["height"] > 300
        only = page.locator("li.only").first
        only.click()
        assert "only in A: plain" in page.inner_text("#chosen")
        row = page.locator("#part2 ol[data-view='1'] li").first
        row.click()
        assert "B: guidance key" in page.inner_text("#chosen")
        page.select_option("#part", "1")
        x, y = _place(
            page, str(page.locator("#part2 ol[data-view='0'] li[data-k=hold]").first.get_attribute("id"))
        )
        assert _colour(page, x, y) == LIGHT["hold"]
        assert page.locator("tfoot td").all_inner_texts()[:3] == ["27:04", "21:42", "−5:22"]


@SIZES
def test_hostile_texts_run_nothing(browser: Browser, tmp_path: Path, size: tuple[int, int]) -> None:
    words = event("speech", "prompt", 0, 9_000, HOSTILE, file=f"{HOSTILE}.yaml")
    made = paced(chapter(HOSTILE, 9_000, words), title=HOSTILE, name=HOSTILE)
    write_page(tmp_path / "page.html", made, made, force=False)
    with opened(browser, tmp_path / "page.html", size) as page:
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        page.click("#after")
        assert page.locator("#chosen .said").text_content() == f"“{HOSTILE}”"
        assert page.title() == HOSTILE
        assert page.locator("img, script:not(:last-child)").count() == 0


def test_eight_hours_of_breath_are_drawn_at_once(browser: Browser, tmp_path: Path) -> None:
    breaths = [
        event("action", "inhale" if n % 2 == 0 else "exhale", n * 5_000, (n + 1) * 5_000)
        for n in range(5_760)
    ]
    write_page(tmp_path / "page.html", paced(chapter("Breath", 28_800_000, *breaths)), None, force=False)
    with opened(browser, tmp_path / "page.html") as page:
        page.focus("#scroller")
        page.keyboard.press("End")
        for _ in range(20):
            page.keyboard.press("+")
        assert _scale(page) == 0.25
        assert _shown_ms(page)[1] == pytest.approx(28_800_000, rel=0.001)


@pytest.mark.parametrize("many", [0, 1])
def test_next_to_nothing_is_drawn_too(browser: Browser, tmp_path: Path, many: int) -> None:
    made = paced(chapter("Nothing", 1, *[event("action", "pause", 0, 1)] * many))
    write_page(tmp_path / "page.html", made, None, force=False)
    with opened(browser, tmp_path / "page.html") as page:
        page.click("#after")
        page.focus("#scroller")
        for key in ("ArrowRight", "ArrowDown", "Enter", "+", "0", "End", "Home"):
            page.keyboard.press(key)
