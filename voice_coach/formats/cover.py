"""Cover art: the session's title over circles, set in the bundled typeface.

JPEG, as every player, car stereo and podcast directory shows it. The colours are chosen by the session's id,
so that two sessions are told apart in a list. The same session gives the same bytes, with the same Pillow.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.core.options import About

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

    Plane = NDArray[np.float32]

_SPACE = re.compile(r"[ \t\r\n\f\v]+")  # not the one that keeps words together
FONTS = Path(__file__).resolve().parents[1] / "reports" / "fonts"

FAMILY = "Open Sans"
REGULAR = FONTS / "OpenSans-Regular.ttf"
BOLD = FONTS / "OpenSans-Bold.ttf"
SCRIPTS = "Latin, Greek and Cyrillic"


def compose_accents(text: str) -> str:
    """A text on one line, with each accent on its letter where Unicode has such a letter."""
    return unicodedata.normalize("NFC", _SPACE.sub(" ", text).strip())


Colour = tuple[int, int, int]

SIZE_PX = 1400
"""The least that podcast directories take; more than any phone's lock screen shows."""

COLOURS: tuple[tuple[Colour, Colour], ...] = (
    ((21, 66, 82), (255, 214, 153)),
    ((33, 59, 97), (188, 220, 255)),
    ((28, 74, 62), (232, 226, 160)),
    ((66, 52, 94), (255, 205, 190)),
    ((92, 52, 62), (255, 222, 178)),
    ((52, 62, 70), (176, 226, 214)),
)
"""Ground and light. White words on the ground have a contrast of at least 7:1 (WCAG 2.2, 1.4.6), and of 4.5:1
where the light of a circle lies under them."""

CIRCLES = ((1.04, 0.07), (0.84, 0.08), (0.64, 0.10), (0.44, 0.14), (0.25, 0.85))
"""The radius of each, as a share of the side, and how much light it adds."""
_CENTRE = (0.5, 1.1)
_MARGIN = 0.08
_TEXT_HEIGHT = 0.70
_LARGEST, _UNBROKEN, _SMALLEST = 0.185, 0.11, 0.05
"""The size of the letters as a share of the side. Below the second, which can be read at 100 pixels, words
are rather broken than set smaller."""
_BREAK = "\u2010"
"""The sign of a broken word, told apart from a hyphen that was written."""
_LEADING = 1.16
_JPEG_QUALITY = 88


def cover_jpeg(about: About, size_px: int = SIZE_PX) -> bytes:
    """A square picture with the title and whom it is for, as the bytes of a JPEG file (RGB, baseline).

    Letters that the typeface lacks are left out: no title is better than a row of boxes.

    Args:
        about: whose title is shown, and whose id chooses the colours.
        size_px: the length of a side, in pixels.
    """
    from PIL import ImageDraw

    image = _ground(about.session or about.title, size_px)
    font, lines = _set(_drawable(compose_accents(about.full_title)), size_px)
    draw = ImageDraw.Draw(image)
    x = y = round(_MARGIN * size_px)
    for line in lines:
        draw.text((x, y), line, fill=(255, 255, 255), font=font, anchor="la")
        y += round(font.size * _LEADING)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return file.getvalue()


def colours(key: str) -> tuple[Colour, Colour]:
    """The ground and the light of a session, chosen by its id."""
    return COLOURS[hashlib.sha256(key.encode()).digest()[-1] % len(COLOURS)]


def _ground(key: str, size_px: int) -> Image:
    """The circles, with soft edges."""
    import numpy as np
    from PIL import Image

    ground, light = (np.array(colour, dtype=np.float32) for colour in colours(key))
    along: Plane = np.arange(size_px, dtype=np.float32) + np.float32(0.5)
    x, y = along - np.float32(_CENTRE[0] * size_px), along - np.float32(_CENTRE[1] * size_px)
    distance: Plane = np.sqrt(np.square(y)[:, None] + np.square(x)[None, :])
    lit: Plane = np.zeros_like(distance)
    for radius, share in CIRCLES:
        inside: Plane = np.clip(np.float32(radius * size_px + 0.5) - distance, 0, 1)
        lit += inside * np.float32(share) * (1 - lit)
    pixels = ground + lit[:, :, None] * (light - ground)
    return Image.fromarray(np.rint(pixels).astype(np.uint8))


def _drawable(title: str) -> str:
    """The title without the letters that the typeface lacks, which all look like one that cannot be."""
    font = _font(32)
    lacking = _picture("\uffff", font)
    return compose_accents("".join(each for each in title if _picture(each, font) != lacking))


def _picture(letter: str, font: FreeTypeFont) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("L", (96, 64))
    ImageDraw.Draw(image).text((16, 8), letter, fill=255, font=font)
    return image.tobytes()


def _set(title: str, size_px: int) -> tuple[FreeTypeFont, list[str]]:
    """The largest letters in which the title fits, and its lines; a title that never fits is cut short."""
    width, height = (1 - 2 * _MARGIN) * size_px, _TEXT_HEIGHT * size_px
    size = _LARGEST
    while True:
        font = _font(max(1, round(size * size_px)))
        most = max(1, int(height / (font.size * _LEADING)))
        words = title.split()
        if size < _UNBROKEN:
            words = [part for word in words for part in _broken(word, font, width)]
        lines = _wrapped(words, font, width)
        if len(lines) <= most and all(font.getlength(line) <= width for line in lines):
            return font, lines
        if size < _SMALLEST:
            return font, [*lines[: most - 1], _cut(lines[most - 1], font, width)]
        size *= 0.94


def _font(size_px: int) -> FreeTypeFont:
    """The bold typeface; its basic layout is in every Pillow, so that no machine sets it otherwise."""
    from PIL import ImageFont

    return ImageFont.truetype(BOLD, size_px, layout_engine=ImageFont.Layout.BASIC)


def _wrapped(words: list[str], font: FreeTypeFont, width: float) -> list[str]:
    """Lines of whole words; a word may be wider than a line."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else ""
        if longer and font.getlength(longer) <= width and not lines[-1].endswith(_BREAK):
            lines[-1] = longer
        else:
            lines.append(word)
    return [line.replace(_BREAK, "-") for line in lines]


def _broken(word: str, font: FreeTypeFont, width: float) -> list[str]:
    """A word in parts that are no wider than a line, each but the last with a hyphen."""
    parts: list[str] = []
    rest = word
    while rest and font.getlength(rest) > width:
        end = 1
        while font.getlength(rest[: end + 1] + _BREAK) <= width:
            end += 1
        parts.append(rest[:end] + _BREAK)
        rest = rest[end:]
    return [*parts, rest]


def _cut(line: str, font: FreeTypeFont, width: float) -> str:
    while line and font.getlength(line + "…") > width:
        line = line[:-1]
    return line + "…"
