"""The sample and the picture that the README opens with: ``make media`` makes both of one small session.

The voice is the usual one of the day, so they are made anew after it changes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from voice_coach import Coach
from voice_coach.coach import SessionOptions
from voice_coach.core.options import ExportOptions, FileOptions

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "media"
SESSION = FOLDER / "sample.yaml"
SAMPLE = FOLDER / "sample.mp3"
PICTURE = FOLDER / "sample.svg"

_WIDTH, _LEFT, _RIGHT = 1000, 84, 24
_LANES = {"speech": 40, "sound": 134, "action": 176}
_TALL = {"speech": 84, "sound": 32, "action": 40}
_AXIS = 224
_HEIGHT = 262
_LETTER = 6.6
"""About the width of a letter of 12 pixels."""

_COLOURS = {
    "prompt": "#2563c9",
    "countdown": "#b3470f",
    "sound": "#7a5d00",
    "hold": "#9d174d",
    "pause": "#64748b",
}
"""As the pages have them; all else is drawn as a pause."""
_PAPER, _LINE, _INK, _FAINT = "#ffffff", "#c9d1dc", "#18202c", "#505c6e"


def main() -> None:
    """Write the sample and the picture into the checkout."""
    with Coach() as coach:
        performance = coach.prepare(str(SESSION), SessionOptions(guidance="full"), yours=False)
        asked = ExportOptions(file=FileOptions(force=True, quality="small"))
        coach.export(performance, SAMPLE, asked)
        PICTURE.write_text(picture(coach.timeline_json(performance)), encoding="utf-8", newline="\n")


def picture(timeline: dict[str, Any]) -> str:
    """Return a drawing of a timeline as SVG: its words, sounds and holds in time.

    Args:
        timeline: as docs/timeline-json.md describes it.
    """
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    letters = 'font-family="sans-serif" font-size="12"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {letters}>',
            f"<title>{escape(timeline['title'])}: what is said, heard and done, in seconds</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="8" fill="{_PAPER}" stroke="{_LINE}"/>',
            *_axis(timeline["duration_ms"]),
            *(line for event in timeline["events"] for line in _event(event, timeline["duration_ms"])),
            "</svg>\n",
        ]
    )


def _axis(duration_ms: int) -> Iterator[str]:
    yield _text(_LEFT, 26, "One hold, as it is compiled: every word is measured, then placed.", _INK)
    for lane, top in _LANES.items():
        yield _text(16, top + _TALL[lane] / 2 + 4, lane, _FAINT)
    for second in range(0, duration_ms // 1000 + 1, 2):
        x = _x(second * 1000, duration_ms)
        yield f'<path d="M{x:.1f} 36V{_AXIS + 8}" stroke="{_LINE}" stroke-dasharray="1 4"/>'
        yield _text(x, _AXIS + 24, f"{second} s", _FAINT, middle=True)


def _event(event: dict[str, Any], duration_ms: int) -> Iterator[str]:
    left, right = (_x(event[key], duration_ms) for key in ("start_ms", "end_ms"))
    top, tall = _LANES[event["lane"]], _TALL[event["lane"]]
    colour = _COLOURS.get(event["kind"], _COLOURS["pause"])
    yield (
        f'<rect x="{left:.1f}" y="{top}" width="{right - left:.1f}" height="{tall}" rx="3" '
        f'fill="{colour}" fill-opacity=".14" stroke="{colour}"/>'
    )
    told = event["text"] or event["sound"] or event["kind"]
    lines = textwrap.wrap(told, max(int((right - left - 6) / _LETTER), 1), break_long_words=False)
    first = top + tall / 2 + 4 - 7.5 * (len(lines) - 1)
    for number, line in enumerate(lines):
        yield _text((left + right) / 2, first + 15 * number, line, colour, middle=True)


def _x(at_ms: int, duration_ms: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * at_ms / duration_ms


def _text(x: float, y: float, words: str, colour: str, *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}"{anchor}>{escape(words)}</text>'


if __name__ == "__main__":
    main()
