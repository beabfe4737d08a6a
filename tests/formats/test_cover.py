"""Cover art, read back with Pillow."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops

from voice_coach.core.options import About
from voice_coach.formats.cover import CIRCLES, COLOURS, Colour, cover_jpeg

TITLES = (
    "Neck",
    "Lower back relief",
    "Lower back, the short way",
    "Beckenbodengymnastikübungsanleitung für Anfänger",
    "Ανακούφιση της μέσης",
    "Упражнения для поясницы и грудного отдела позвоночника",
    "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 9,
    "A long walk through the whole of the body " * 12,
)


def cover(title: str, session: str = "session", size_px: int = 700) -> Image.Image:
    image = Image.open(io.BytesIO(cover_jpeg(About(session=session, title=title), size_px)))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (size_px, size_px))
    return image


def lettering(title: str, size_px: int = 700) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of the letters: what a cover without a title does not have."""
    both = ImageChops.difference(cover(title, size_px=size_px), cover("", size_px=size_px))
    return both.convert("L").point([0] * 41 + [255] * 215).getbbox()


@pytest.mark.parametrize("title", TITLES)
def test_every_title_fits(title: str) -> None:
    found = lettering(title)
    assert found is not None
    left, top, right, bottom = found
    assert min(left, top, 700 - right) >= 50
    assert bottom <= 575


def test_it_tells_whom_it_is_for() -> None:
    about = About(session="session", title="Neck", person="Anna")
    assert cover_jpeg(about, 300) == cover_jpeg(About(session="session", title="Neck (Anna)"), 300)
    assert cover_jpeg(about, 300) != cover_jpeg(About(session="session", title="Neck"), 300)


def test_it_is_as_large_as_podcast_directories_ask_for() -> None:
    assert Image.open(io.BytesIO(cover_jpeg(About(session="s", title="Neck")))).size == (1400, 1400)


@pytest.mark.parametrize(("title", "lines"), [("Neck", 1), ("Lower back relief", 3)])
def test_it_can_be_read_at_100_pixels(title: str, lines: int) -> None:
    found = lettering(title, 100)
    assert found is not None
    assert found[3] - found[1] >= 13 + 20 * (lines - 1)  # capitals of 13 pixels


def test_letters_that_the_typeface_lacks_are_left_out() -> None:
    assert lettering("日本語") is None
    assert lettering("日本 Neck 語") == lettering("Neck")
    assert lettering("Ne\N{COMBINING ACUTE ACCENT}ck") == lettering("N\N{LATIN SMALL LETTER E WITH ACUTE}ck")


def test_the_same_session_gives_the_same_bytes_and_another_one_others() -> None:
    about = About(session="lower-back-relief", title="Lower back relief")
    assert cover_jpeg(about, 300) == cover_jpeg(about, 300)
    assert cover_jpeg(about, 300) != cover_jpeg(About(session="other", title="Lower back relief"), 300)


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [
        (each / 255) / 12.92 if each / 255 <= 0.04045 else ((each / 255 + 0.055) / 1.055) ** 2.4
        for each in colour
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(("ground", "light"), COLOURS)
def test_white_words_stand_out_on_every_ground(ground: Colour, light: Colour) -> None:
    assert 1.05 / (luminance(ground) + 0.05) >= 7
    lit = 0.0
    for _, share in CIRCLES[:4]:  # the fifth, the smallest, lies below the words
        lit += share * (1 - lit)
    under = tuple(base + lit * (up - base) for base, up in zip(ground, light, strict=True))
    assert 1.05 / (luminance(under) + 0.05) >= 4.5
