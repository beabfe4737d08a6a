"""The history's page in a real browser: light and dark, large and small, to axe; nothing is run or loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import PHONE, WIDE, Scheme, looked_at_by_axe, opened
from tests.support.made_past import TODAY, made_past
from voice_coach.history.queries import led_sessions
from voice_coach.reports.history_summary import pain, sentences, summarise
from voice_coach.reports.history_views import history_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.xdist_group("chromium")
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
HOSTILE = "</td><script>alert(1)</script><b onclick='x'>\"&"


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    made_past(folder / "history.db")
    page = folder / "went.html"
    page.write_text(history_page(summarise(led_sessions(folder / "history.db"), TODAY)), "utf-8")
    return page


@SIZES
@SCHEMES
def test_axe_finds_nothing_and_it_fits(
    browser: Browser, page_file: Path, size: tuple[int, int], scheme: Scheme
) -> None:
    with opened(browser, page_file, size, scheme, ready="footer") as page:
        page.locator("summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
        violations, passes = looked_at_by_axe(page)
        assert violations == []
        assert passes > 15


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_as_light_or_dark_as_all_else(browser: Browser, page_file: Path, scheme: Scheme) -> None:
    with opened(browser, page_file, scheme=scheme, ready="footer") as page:
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 29)"}[scheme]


def test_the_same_sentences_come_first(browser: Browser, page_file: Path) -> None:
    told = summarise(led_sessions(page_file.with_name("history.db")), TODAY)
    with opened(browser, page_file, script=False) as page:
        assert page.locator("main p").all_inner_texts()[:4] == list(sentences(told))
        assert page.locator("svg").get_attribute("aria-label") == pain(told)


def test_the_calendar_is_heard_day_by_day(browser: Browser, page_file: Path) -> None:
    with opened(browser, page_file, script=False) as page:
        cells = page.locator(".calendar td .hear").all_inner_texts()
        assert len(cells) == 21
        assert cells[:7] == [
            "16 November 2026: 0 sessions",
            "17 November 2026: 1 session",
            "18 November 2026: 0 sessions",
            "19 November 2026: 1 session",
            "20 November 2026: 1 session",
            "21 November 2026, today: 2 sessions",
            "22 November 2026, to come",
        ]


def test_the_chart_has_a_dot_at_each_answer(browser: Browser, page_file: Path) -> None:
    told = summarise(led_sessions(page_file.with_name("history.db")), TODAY)
    with opened(browser, page_file, script=False) as page:
        dots = [
            (float(dot.get_attribute("cx") or 0), float(dot.get_attribute("cy") or 0))
            for dot in page.locator("circle").all()
        ]
        rows = page.locator("#pain tbody td").all_text_contents()
    assert len(dots) == len(told.pains)
    assert [x for x, _ in dots] == sorted(x for x, _ in dots)
    assert all(0 <= x <= 420 and 0 <= y <= 200 for x, y in dots)
    # The more pain, the higher.
    assert sorted(range(9), key=lambda n: -dots[n][1]) == sorted(range(9), key=lambda n: told.pains[n].pain)
    assert rows == [str(each.pain) for each in reversed(told.pains)]


def test_what_scripts_say_stays_text(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    led = led_sessions(page_file.with_name("history.db"))[3]
    exercises = tuple(replace(each, title=HOSTILE) for each in led.exercises)
    hostile = replace(led, title=HOSTILE, exercises=exercises)
    path = tmp_path / "hostile.html"
    path.write_text(history_page(summarise([hostile], TODAY)), "utf-8")
    with opened(browser, path, ready="footer") as page:  # which fails where a script complains
        assert page.locator("script, b[onclick]").count() == 0
        assert HOSTILE in page.inner_text("#sessions")
        assert HOSTILE in page.inner_text("#hurts")


def test_of_many_years_the_last_weeks_are_shown(page_file: Path) -> None:
    led = led_sessions(page_file.with_name("history.db"))
    before_ms = round(timedelta(days=900).total_seconds() * 1000)
    long_ago = replace(led[0], pain=None, began_ms=led[0].began_ms - before_ms)
    page = history_page(summarise([long_ago, *led], TODAY))
    assert page.count('<tr><th scope="row">') - len(summarise(led, TODAY).pains) - 1 == 53
    assert "May 2024: 1 session" not in page
    assert "Thu 16 May 2024" in page
