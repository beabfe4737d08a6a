"""The printable sheet: a PDF with everything that is needed to do the session without sound.

It is set by Typst, which embeds what is used of the typeface, tags every heading and list for screen readers
(PDF/UA-1), and where the date is known makes a file for the archive (PDF/A-2a).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from voice_coach.model.about import About
from voice_coach.model.problems import OutputError
from voice_coach.outputs.cover import colours
from voice_coach.outputs.output import FileOutput
from voice_coach.outputs.printed_content import Sheet, sheet
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.typeface import FAMILY, FONTS, SCRIPTS, composed
from voice_coach.outputs.whole_file import shown, whole_file

_TEMPLATE = Path(__file__).resolve().parent / "sheet" / "sheet.typ"

SIZES_PT = (12.0, 11.5, 11.0, 10.5, 10.0, 9.75, 9.5, 9.25, 9.0, 8.75)
"""The sizes of the letters that are tried: the largest that needs no more pages than the smallest.

Letters smaller than the smallest cannot be read at arm's length.
"""

_PAGES = re.compile(rb"/Type/Pages/Count (\d+)")
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
            "sheet": _composed(
                {
                    "title": content.title,
                    "goal": content.goal,
                    "groups": [asdict(group) for group in content.groups],
                    "advice": content.advice,
                    "source": content.source,
                }
            ),
            "language": content.language.partition("-")[0],
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
        pdfs = (_set({**data, "size": size}, self._target) for size in reversed(SIZES_PT))
        best = next(pdfs)
        fewest = _page_count(best)
        for pdf in pdfs:
            if _page_count(pdf) > fewest:
                break
            best = pdf
        return best


def _set(data: dict[str, Any], target: Path) -> bytes:
    """The sheet in one size of letters."""
    import typst

    standards: list[Literal["ua-1", "a-2a"]] = ["ua-1", "a-2a"] if data["date"] else ["ua-1"]
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
                pdf_standards=standards,
                timestamp=0,
            )
        except typst.TypstError as error:
            lacking = _LACKING.search(str(error))
            if lacking is None:
                raise
            told = lacking[1]
    raise OutputError(
        f"{shown(target)} cannot be written: no typeface here has the letters of “{told}”. The sheet's own "
        f"has those of {SCRIPTS} script; install one for this script, and it is used."
    )


def _page_count(pdf: bytes) -> int:
    found = _PAGES.search(pdf)
    return int(found[1]) if found else 0


def _composed(value: object) -> object:
    """The same with every text composed, and every tuple a list."""
    if isinstance(value, str):
        # A script may spell half of a character that has two; no file can hold that.
        return composed(value).encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _composed(each) for key, each in cast("dict[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_composed(each) for each in cast("Sequence[object]", value)]
    return value


def _day(text: str) -> list[int]:
    if not text:
        return []
    day = date.fromisoformat(text)
    return [day.year, day.month, day.day]
