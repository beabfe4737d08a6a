"""WebVTT (W3C): captions with the time of every word, for web pages and most players."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import count

from voice_coach.model.units import format_timestamp
from voice_coach.model.words import written
from voice_coach.outputs.captions import Caption, chapter_captions
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.spoken import placed_chapters
from voice_coach.outputs.text_file import TextFile


class WebVttFile(TextFile):
    """Writes captions numbered from 1, and a note with its title before each chapter."""

    def pieces(self, programme: Programme) -> Iterator[str]:
        yield f"WEBVTT {_note(programme.about.full_title)}".rstrip() + "\n"
        numbers = count(1)
        for placed in placed_chapters(programme):
            yield f"\nNOTE {_note(placed.chapter.title)}".rstrip() + "\n"
            yield "".join(
                f"\n{next(numbers)}\n"
                f"{format_timestamp(caption.start_ms)} --> {format_timestamp(caption.end_ms)}\n"
                f"{_timed(caption)}\n"
                for caption in chapter_captions(programme, placed)
            )


def _timed(caption: Caption) -> str:
    """The lines of a caption, each word but the first behind the time at which it is spoken.

    By the standard these times rise, and lie between the start and the end of the caption.
    """
    latest_ms = caption.start_ms
    lines: list[str] = []
    for line in caption.lines:
        words: list[str] = []
        for word in line:
            told = latest_ms < word.start_ms < caption.end_ms
            latest_ms = word.start_ms if told else latest_ms
            words.append(
                (f"<{format_timestamp(word.start_ms)}>" if told else "") + escape(word.text, quote=False)
            )
        lines.append(" ".join(words))
    return "\n".join(lines)


def _note(text: str) -> str:
    return written(text).replace("-->", "→")
