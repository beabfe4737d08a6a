"""SRT (SubRip): captions for every player; there are no times inside a caption."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from voice_coach.model.units import format_timestamp
from voice_coach.outputs.captions import chapter_captions
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.spoken import placed_chapters
from voice_coach.outputs.text_file import TextFile

_NOT_MARKUP = str.maketrans({"<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", "{": "(", "}": ")"})
"""Players take these for markup, and there is no way to write them as they are."""


class SubRipFile(TextFile):
    """Writes captions numbered from 1."""

    def pieces(self, programme: Programme) -> Iterator[str]:
        numbers = count(1)
        for placed in placed_chapters(programme):
            yield "".join(
                f"{next(numbers)}\n{_time(caption.start_ms)} --> {_time(caption.end_ms)}\n"
                f"{_plain(caption.texts)}\n\n"
                for caption in chapter_captions(programme, placed)
            )


def _plain(lines: tuple[str, ...]) -> str:
    return "\n".join(line.replace("-->", "→").translate(_NOT_MARKUP) for line in lines)


def _time(ms: int) -> str:
    return format_timestamp(ms).replace(".", ",")
