"""LRC: lyrics with the time of every word, for music players on phones and in cars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voice_coach.model.units import MS_PER_MINUTE
from voice_coach.model.words import written
from voice_coach.outputs.captions import Line, chapter_captions
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.spoken import placed_chapters
from voice_coach.outputs.text_file import TextFile

CLEAR_AFTER_MS = 1_000
"""A line stays until the next, so in a longer pause an empty one follows it."""

_NO_TAGS = str.maketrans("[]<>", "()\u2039\u203a")
"""There is no escaping in LRC: what looks like a time would be one."""


class LyricsFile(TextFile):
    """Writes LRC with the times of words in angle brackets, as first the A2 player read them.

    Players show one line at a time: it is the line of a caption. Times are in hundredths, rounded down.
    """

    def pieces(self, programme: Programme) -> Iterator[str]:
        about = programme.about
        tags = {"ti": about.full_title, "ar": about.author, "la": about.language, "re": "voice_coach"}
        yield "".join(f"[{tag}:{written(text).translate(_NO_TAGS)}]\n" for tag, text in tags.items() if text)
        for placed in placed_chapters(programme):
            lines = [line for each in chapter_captions(programme, placed) for line in each.lines]
            nexts = [*(line[0].start_ms for line in lines), placed.end_ms + CLEAR_AFTER_MS][1:]
            yield "".join(_written(lines, nexts))


def _written(lines: Sequence[Line], nexts: Sequence[int]) -> Iterator[str]:
    for line, following_ms in zip(lines, nexts, strict=True):
        words = " ".join(f"<{_time(word.start_ms)}>{word.text.translate(_NO_TAGS)}" for word in line)
        yield f"[{_time(line[0].start_ms)}]{words} <{_time(line[-1].end_ms)}>\n"
        if following_ms - line[-1].end_ms >= CLEAR_AFTER_MS:
            yield f"[{_time(line[-1].end_ms)}]\n"


def _time(ms: int) -> str:
    minutes, rest = divmod(ms, MS_PER_MINUTE)
    return f"{minutes:02}:{rest // 1000:02}.{rest % 1000 // 10:02}"
