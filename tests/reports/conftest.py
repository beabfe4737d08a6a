"""A browser, and pages of shipped sessions."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import running_chromium
from tests.support.paced_timelines import shipped
from voice_coach.reports.timeline_page import write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser


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
