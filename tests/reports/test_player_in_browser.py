"""The player's page in a real browser: it is heard, follows, is steered without looking, and keeps quiet."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.reports.test_timeline_page import HOSTILE
from tests.support.chromium import WIDE, Scheme, looked_at_by_axe, opened
from tests.support.paced_timelines import event
from tests.support.player_driver import heard_second, jump, now_s, play, until
from tests.support.player_pages import CHAPTERS, SECONDS, programme, said
from voice_coach.core.options import FileOptions
from voice_coach.reports.player_page import PlayerPage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.xdist_group("chromium")
PHONE, SMALL, ON_ITS_SIDE = (390, 844), (320, 568), (844, 390)
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
LEAST_PX = 72
SHOWN = HOSTILE.strip()
NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('refused'); }});"
NO_LOCK = "Object.defineProperty(Navigator.prototype, 'wakeLock', {value: undefined});"
LOCKS = """
    window.locks = [];
    const request = WakeLock.prototype.request;
    WakeLock.prototype.request = async function (kind) {
        const lock = await request.call(this, kind);
        window.locks.push(lock);
        return lock;
    };"""
HANDLERS = """
    window.keys = {};
    const set = MediaSession.prototype.setActionHandler;
    MediaSession.prototype.setActionHandler = function (action, handler) {
        window.keys[action] = handler;
        return set.call(this, action, handler);
    };
    const place = MediaSession.prototype.setPositionState;
    MediaSession.prototype.setPositionState = function (state) {
        window.told = state;
        return place.call(this, state);
    };"""


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("players") / "lower back.html"
    PlayerPage(path, FileOptions()).write(programme())
    return path


def _caption(page: Page) -> str | None:
    return page.locator("#caption").text_content()


def test_the_sound_is_heard_where_the_player_says_it_is(browser: Browser, player: Path) -> None:
    with opened(browser, player, PHONE) as page:
        until(page, f"Math.abs(sound.duration - {SECONDS}) < 0.1")
        play(page)
        heard, shown = heard_second(page)
        assert heard == shown
        jump(page, 41)
        heard, shown = heard_second(page)
        assert heard == shown >= 41
        page.click("#play")
        assert page.evaluate("sound.paused")


@SIZES
def test_exercises_are_jumped_to_and_heard(browser: Browser, player: Path, size: tuple[int, int]) -> None:
    with opened(browser, player, size) as page:
        rows = page.locator("#list button").all_inner_texts()
        assert [row.split("\n") for row in rows] == [
            ["1", "Welcome", "0:16"],
            ["2", "Pelvic tuck", "0:16"],
            ["3", "Chair breathing", "0:16"],
        ]
        page.click("#list button >> nth=2")
        until(page, "!sound.paused && sound.currentTime > 32")
        heard, shown = heard_second(page)
        assert 32 <= heard == shown <= 34
        assert page.locator("#list [aria-current]").inner_text().split("\n")[1] == "Chair breathing"
        assert page.locator("#play").is_visible()


def test_sets_are_jumped_to_if_wished(browser: Browser, tmp_path: Path) -> None:
    sets = (
        event("action", "hold", 0, 8_000, set=1, side="left"),
        event("action", "hold", 12_000, 24_000, set=1, side="right"),
        event("speech", "prompt", 25_000, 26_000, "Rest.", set=1, side="right"),
    )
    made = programme((CHAPTERS[0], replace(CHAPTERS[1], duration_ms=28_000, events=sets), CHAPTERS[2]))
    PlayerPage(tmp_path / "sets.html", FileOptions(chapters="sets")).write(made)
    with opened(browser, tmp_path / "sets.html", PHONE) as page:
        names = page.locator("#list .title").all_inner_texts()
        assert names == [
            "Welcome",
            "Pelvic tuck: set 1, left",
            "Pelvic tuck: set 1, right",
            "Chair breathing",
        ]
        for place in (16, 28, 44):
            page.tap("#after")
            assert now_s(page) == place
        jump(page, 41.5)
        assert _caption(page) == "Rest."


def test_buttons_lead_from_exercise_to_exercise(browser: Browser, player: Path) -> None:
    with opened(browser, player, PHONE) as page:
        for name, place in (("after", 16), ("after", 32), ("after", 32), ("before", 16)):
            page.tap(f"#{name}", force=True)  # after the last there is nothing; a finger does not know
            assert now_s(page) == place
        assert page.get_attribute("#after", "aria-disabled") == "false"
        assert page.inner_text("#live") == "Pelvic tuck"
        jump(page, 21)
        page.tap("#before")  # first this exercise again
        assert now_s(page) == 16
        page.tap("#back")
        assert now_s(page) == 1
        page.tap("#back")
        assert now_s(page) == 0


def test_captions_are_in_step(browser: Browser, player: Path) -> None:
    with opened(browser, player) as page:
        assert page.locator("#hint").is_visible()
        for seconds, shown, doing in (
            (2.5, "Lie on 𝄞 back.", ""),
            (7.9, "Lie on 𝄞 back.", ""),
            (8.1, "Listen.", ""),
            (16.2, "", ""),  # nothing was said in this exercise yet
            (17.5, "Tuck it.", ""),
            (20.5, "Tuck it.", "Hold 0:08"),
            (26.2, "two", "Hold 0:02"),
            (28.5, "Let go.", ""),
            (35.0, "", "Breathe in"),
            (39.0, "", "Breathe out"),
            (45.5, "Well done.", ""),
        ):
            jump(page, seconds)
            assert (_caption(page), page.inner_text("#doing")) == (shown, doing), seconds
        assert page.locator(".part li.now p").all_inner_texts() == ["Well done."]
        jump(page, 4.5)
        assert page.locator("#caption .now").all_inner_texts() == ["𝄞"]
        play(page)
        until(page, "caption.querySelector('.now')?.textContent === 'back.'")
        jump(page, 7.95)
        until(page, "live.textContent === 'Listen.'")
        assert _caption(page) == "Listen."


def test_keys_do_what_the_page_says(browser: Browser, player: Path) -> None:
    with opened(browser, player) as page:
        assert page.locator("dt").all_inner_texts() == ["Space", "← →", "n p", "Home"]
        keys = page.keyboard
        keys.press("Space")
        until(page, "!sound.paused")
        keys.press("Space")
        assert page.evaluate("sound.paused")
        jump(page, 20)
        for key, place in (
            ("ArrowRight", 35),
            ("ArrowLeft", 20),
            ("p", 16),
            ("p", 0),
            ("n", 16),
            ("N", 32),
            ("Control+n", 32),
            ("Home", 0),
        ):
            keys.press(key)
            assert now_s(page) == place, key
        page.uncheck("#letters")
        keys.press("n")
        assert now_s(page) == 0
        page.focus("#list button >> nth=1")
        keys.press("Space")  # a button that has the focus is pressed
        until(page, "!sound.paused && sound.currentTime >= 16")
        page.reload()
        assert not page.is_checked("#letters")


def test_the_place_is_remembered(browser: Browser, player: Path) -> None:
    with opened(browser, player) as page:
        jump(page, 21)
        page.click("#back")
        page.reload()
        until(page, "document.documentElement.dataset.ready && sound.readyState > 0")
        assert now_s(page) == 6
        assert page.inner_text("#name") == "Go on from 0:06"
        jump(page, SECONDS - 0.2)
        play(page)
        until(page, "sound.ended")
        assert page.inner_text("#name") == "Play again"
        page.reload()
        until(page, "document.documentElement.dataset.ready && sound.readyState > 0")
        assert now_s(page) == 0


def test_it_plays_where_nothing_may_be_stored_and_no_screen_kept_awake(
    browser: Browser, player: Path
) -> None:
    with opened(browser, player, before=NO_STORAGE + NO_LOCK) as page:
        jump(page, 20)
        play(page)
        until(page, "sound.currentTime > 20.1")


def test_headset_and_lock_screen(browser: Browser, player: Path) -> None:
    with opened(browser, player, before=HANDLERS) as page:
        play(page)
        until(page, "navigator.mediaSession.playbackState === 'playing'")
        told = page.evaluate(
            "(({title, artist, album, artwork}) => ({title, artist, album, artwork: [...artwork]}))"
            "(navigator.mediaSession.metadata)"
        )
        assert (told["title"], told["artist"], told["album"]) == ("Welcome", "Lower back", "voice_coach")
        assert told["artwork"][0]["src"].startswith("data:image/jpeg;base64,")
        assert told["artwork"][0]["sizes"] == "512x512"
        page.evaluate("keys.pause()")
        assert page.evaluate("sound.paused")
        page.evaluate("keys.nexttrack()")
        assert now_s(page) == 16
        assert page.evaluate("navigator.mediaSession.metadata.title") == "Pelvic tuck"
        page.evaluate("keys.seekto({seekTime: 40})")
        assert now_s(page) == 40
        until(page, "told.position === 40 && Math.abs(told.duration - 48) < 0.1")
        page.evaluate("keys.seekbackward({})")
        assert now_s(page) == 25
        page.evaluate("keys.seekforward({seekOffset: 10})")
        assert now_s(page) == 35
        page.evaluate("keys.previoustrack()")
        assert now_s(page) == 16
        page.evaluate("keys.play()")
        until(page, "!sound.paused")


def test_the_screen_stays_on_while_it_plays(browser: Browser, player: Path) -> None:
    with opened(browser, player, PHONE, before=LOCKS) as page:
        assert page.evaluate("locks.length") == 0
        play(page)
        until(page, "locks.length === 1 && !locks[0].released")
        page.click("#play")
        until(page, "locks[0].released")
        play(page)
        until(page, "locks.length === 2 && !locks[1].released")


@pytest.mark.parametrize("size", [PHONE, SMALL, ON_ITS_SIDE], ids=["phone", "small", "on its side"])
def test_it_is_steered_without_looking(browser: Browser, player: Path, size: tuple[int, int]) -> None:
    width, height = size
    with opened(browser, player, size) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        boxes = {
            name: page.locator(f"#{name}").bounding_box() for name in ("play", "before", "back", "after")
        }
        for name, box in boxes.items():
            assert box
            assert min(box["width"], box["height"]) >= LEAST_PX, name
            assert box["y"] + box["height"] <= height, name
        large = boxes["play"]
        assert large
        assert large["width"] * large["height"] > (0.5 if size != PHONE else 0.7) * width * height
        for box in page.locator("#list button").all():
            assert (box.bounding_box() or {"height": 0})["height"] >= LEAST_PX


@SIZES
@SCHEMES
def test_axe_finds_nothing(browser: Browser, player: Path, size: tuple[int, int], scheme: Scheme) -> None:
    with opened(browser, player, size, scheme) as page:
        for seconds in (0, 20.5):
            jump(page, seconds)
            violations, passes = looked_at_by_axe(page)
            assert violations == []
            assert passes > 25


def test_without_scripts_there_are_the_words_and_plain_controls(browser: Browser, player: Path) -> None:
    with opened(browser, player, PHONE, script=False) as page:
        assert page.locator("audio[controls]").is_visible()
        assert not page.locator("#player").is_visible()
        assert page.locator("h3").count() == len(CHAPTERS)
        assert "no scripts" in page.inner_text("noscript")


def test_print_shows_the_words_alone(browser: Browser, player: Path) -> None:
    with opened(browser, player) as page:
        page.emulate_media(media="print")
        assert not page.locator("#player").is_visible()
        assert not page.locator("#settings").is_visible()
        shown = page.inner_text("body")
        assert "Lower back" in shown
        assert "three · two · one" in shown
        assert "Hold, 0:08" in shown
        assert "♪ bell" in shown


def test_hostile_texts_run_nothing(browser: Browser, tmp_path: Path) -> None:
    first = replace(
        CHAPTERS[0],
        title=HOSTILE,
        events=(said("prompt", 0, 9_000, HOSTILE), said("breath", 9_000, 9_500, HOSTILE)),
    )
    made = programme((first, *CHAPTERS[1:]), title=HOSTILE, language='en" onclick="alert(1)')
    made = replace(made, about=replace(made.about, description=HOSTILE, source=HOSTILE, author=HOSTILE))
    PlayerPage(tmp_path / "page.html", FileOptions()).write(made)
    with opened(browser, tmp_path / "page.html", PHONE) as page:
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        page.click("#list button >> nth=0")
        until(page, "sound.currentTime > 0.1")
        assert _caption(page) == SHOWN
        assert page.title() == SHOWN
        assert page.evaluate("navigator.mediaSession.metadata.title") == SHOWN
        assert page.locator("img, script:not(:last-child)").count() == 0


def test_it_is_printed_dark_on_white_from_a_dark_screen(browser: Browser, player: Path) -> None:
    with opened(browser, player, scheme="dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        colours = "[...document.querySelectorAll('h1, h2, p, li')].map(one => getComputedStyle(one).color)"
        inks: set[str] = set(page.evaluate(f"[...new Set({colours})]"))
        assert inks
        for ink in inks:
            assert max(map(int, re.findall(r"\d+", ink)[:3])) < 128, ink
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
            "rgb(255, 255, 255)",
            "rgba(0, 0, 0, 0)",
        )
