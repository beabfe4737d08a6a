"""The printable sheet: a PDF with everything that is needed to do the session without sound.

It is set by Typst, which embeds what is used of the typeface, tags every heading and list for screen readers
(PDF/UA-1), and where the date is known makes a file for the archive (PDF/A-2a).
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, cast

from voice_coach.model.about import About
from voice_coach.model.problems import OutputError
from voice_coach.outputs.cover import colours
from voice_coach.outputs.output import FileOutput
from voice_coach.outputs.printed_content import Sheet, sheet
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.typeface import FAMILY, FONTS, SCRIPTS, composed
from voice_coach.outputs.whole_file import shown, whole_file

_TEMPLATE = Path(__file__).resolve().parent / "sheet" / "sheet.typ"

SIZES_PT = (8.75, 9.0, 9.25, 9.5, 9.75, 10.0, 10.5, 11.0, 11.5, 12.0)
"""The sizes of the letters that are tried: the largest that needs no more pages than the smallest.

Letters smaller than the smallest cannot be read at arm's length.
"""

_PAGES = re.compile(rb"/Type/Pages/Count (\d+)")
_PRIMARY = re.compile("[a-z]{2,3}")
_LACKING = re.compile(r"the text `?\"?(.*?)\"?`? could not be displayed")


class SheetFile(FileOutput):
    """Writes a PDF to print: what to do, how often, what to avoid, when to stop, and boxes to tick."""

    def write(self, programme: Programme) -> None:
        if programme.session is None:
            raise OutputError(f"{shown(self._target)} cannot be written: a sheet needs a session to tell of.")
        content = sheet(programme.session, programme.paces)
        with whole_file(self._target, force=self._wishes.force) as file:
            file.write(self._pdf(content, programme.about))

    def _pdf(self, content: Sheet, about: About) -> bytes:
        ground, light = colours(about.session or about.title)
        data: dict[str, Any] = {
            "sheet": _each_text(
                {
                    "title": about.full_title,
                    "goal": content.goal,
                    "groups": [asdict(group) for group in content.groups],
                    "advice": content.advice,
                    "source": content.source,
                },
                _written,
            ),
            "language": _language(content.language),
            "words_language": content.words_language,
            "labels": dict(content.words.labels),
            "caution": content.words.caution,
            "author": about.author,
            "date": _day(about.date),
            "paper": self._wishes.paper,
            "font": FAMILY,
            "ground": ground,
            "light": light,
        }
        made = dict.fromkeys(SIZES_PT, b"")

        def pages(size: float) -> int:
            made[size] = _set({**data, "size": size}, self._target)
            return _page_count(made[size])

        fewest = pages(SIZES_PT[0])
        larger = bisect_right(SIZES_PT, fewest, lo=1, key=pages)
        return made[SIZES_PT[larger - 1]]


def _set(data: dict[str, Any], target: Path) -> bytes:
    """The sheet in one size of letters."""
    import typst

    told = ""
    # Another script than ours is set in what the machine has; without that, the same on every machine.
    for others in (False, True):
        try:
            return typst.compile(
                str(_TEMPLATE),
                root=str(_TEMPLATE.parent),
                font_paths=[str(FONTS)],
                ignore_system_fonts=not others,
                sys_inputs={"data": json.dumps(data)},
                format="pdf",
                pdf_standards=["ua-1", "a-2a"] if data["date"] else ["ua-1"],
                timestamp=0,
            )
        except typst.TypstError as error:
            lacking = _LACKING.search(str(error))
            if lacking is None:
                raise
            told = lacking[1]
    bare = _without(data, told)
    if bare != data and not any(each.isalnum() for each in told):
        return _set(bare, target)  # what is a picture and no letter can be done without
    raise OutputError(
        f"{shown(target)} cannot be written: no typeface here has the letters of “{told}”. The sheet's own "
        f"has those of {SCRIPTS} script; install one for this script, and it is used."
    )


def _without(data: dict[str, Any], lacking: str) -> dict[str, Any]:
    """The same without some characters, in the sheet's words."""
    if not lacking:
        return data
    table = str.maketrans(dict.fromkeys(lacking, ""))
    return {**data, "sheet": _each_text(data["sheet"], lambda text: composed(text.translate(table)))}


def _page_count(pdf: bytes) -> int:
    found = _PAGES.search(pdf)
    return int(found[1]) if found else 0


def _written(text: str) -> str:
    # A script may spell half of a character that has two; no file can hold that.
    return composed(text).encode("utf-8", "replace").decode()


def _each_text(value: object, change: Callable[[str], str]) -> object:
    """The same with every text changed, and every tuple a list."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        found = cast("dict[str, object]", value)
        return {key: _each_text(each, change) for key, each in found.items()}
    if isinstance(value, list | tuple):
        return [_each_text(each, change) for each in cast("Sequence[object]", value)]
    return value


def _language(tag: str) -> str:
    """The primary subtag of a language tag; ``und`` for what cannot be one."""
    primary = tag.partition("-")[0].lower()
    return primary if _PRIMARY.fullmatch(primary) else "und"


def _day(text: str) -> list[int]:
    if not text:
        return []
    day = date.fromisoformat(text)
    return [day.year, day.month, day.day]
