"""Tags, chapter marks and ID3 lyrics."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Final

from voice_coach.core.errors import OutputError
from voice_coach.core.options import About, ChapterLevel
from voice_coach.core.script import Side
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import format_timestamp
from voice_coach.encoding.muxing import ChapterMark, Label, Subtitle

_PAIRS = """
    ar=ara bg=bul ca=cat cs=ces cy=cym da=dan de=deu el=ell en=eng es=spa et=est eu=eus fa=fas fi=fin fr=fra
    ga=gle he=heb hi=hin hr=hrv hu=hun is=isl it=ita ja=jpn ko=kor lt=lit lv=lav nb=nob nl=nld no=nor pl=pol
    pt=por ro=ron ru=rus sk=slk sl=slv sr=srp sv=swe tr=tur uk=ukr vi=vie zh=zho
"""
_THREE_LETTERS = {two: three for two, _, three in (pair.partition("=") for pair in _PAIRS.split())}
"""ISO 639-1 to ISO 639-2, which MP4 and ID3 want; of languages that may have a voice."""
_TWO_LETTERS = {three: two for two, three in _THREE_LETTERS.items()}

_NO_LANGUAGE = ("", "und", "mul", "zxx", "mis", "xxx")
"""Code of ISO 639-2 and ID3 for other than one language."""


_BED = "bed "
"""Before the bed among the keywords: the one tag that every format keeps, and that no player shows."""


def tags(about: About) -> dict[str, str]:
    """The tags that every format has, by FFmpeg's names; what is not known is left out."""
    found = {
        "title": about.full_title,
        "artist": about.author,
        "album": about.album or about.full_title,
        "track": f"{about.track}/{about.tracks}" if about.track else "",
        "genre": "Exercise" if about.session else "",
        "description": about.description,
        "comment": about.source,
        "date": about.date,
        "keywords": f"{_BED}{about.bed}" if about.bed else "",
    }
    return {name: " ".join(words.split()) for name, words in found.items() if words.strip()}


def bed_of(keywords: str) -> str:
    """The bed that the keywords of a file of ours name, as ``tags`` wrote it; "" if they do not."""
    return keywords.removeprefix(_BED) if keywords.startswith(_BED) else ""


def three_letters(language: str) -> str:
    """The three letters (ISO 639-2) of a language, such as ``en`` or ``en-GB``; "" if not known."""
    first = language.partition("-")[0].lower()
    return first if len(first) == 3 else _THREE_LETTERS.get(first, "")


def two_letters(language: str) -> str:
    """A language as BCP 47 wants it, by its shortest name: ``en`` for ``eng``; "" for none."""
    first, hyphen, rest = language.strip().partition("-")
    first = first.lower()
    return "" if first in _NO_LANGUAGE else _TWO_LETTERS.get(first, first) + hyphen + rest


def vorbis_comments(label: Label) -> dict[str, str]:
    """The tags of FLAC and Opus, chapters among them.

    They are written as the Ogg world agreed (``CHAPTER001=00:00:57.788``), and not by FFmpeg, which is a
    second off for every chapter that begins in the latter half of one.

    In the file they are called DESCRIPTION and SOURCE. FFmpeg calls the first "comment" when it reads and
    when it writes, and so cannot write a COMMENT, which is what the source is called in MP3 and MP4.
    """
    tags = dict(label.tags)
    if source := tags.pop("comment", ""):
        tags["source"] = source
    if description := tags.pop("description", ""):
        tags["comment"] = description
    if label.language:
        tags["language"] = label.language
    for number, mark in enumerate(label.marks, 1):
        tags[f"CHAPTER{number:03}"] = format_timestamp(mark.start_ms)
        tags[f"CHAPTER{number:03}NAME"] = mark.title
    return tags


_HEAD: Final = 10
"""Bytes of the head of a tag, and of the head of a frame."""

_ID3_NO_LANGUAGE: Final = "XXX"
_MILLISECONDS, _LYRICS = b"\x02", b"\x01"
_LATIN_1, _UTF_16 = b"\x00", b"\x01"


def lyrics_frames(subtitles: Sequence[Subtitle], language: str) -> bytes:
    """The frames that tell the words of a file, as ID3 version 2.3 has them; b"" if there are none.

    Args:
        subtitles: the captions; each is a line.
        language: three letters (ISO 639-2), "" if it is not known.
    """
    if not subtitles:
        return b""
    lines = [(" ".join(text.split()), start_ms) for text, start_ms, _ in subtitles]
    encoding, name, end = _encoding("".join(text for text, _ in lines))
    head = encoding + (language or _ID3_NO_LANGUAGE).encode("ascii")
    # What stands here is a description, which there is none of; in UTF-16 each text has its byte order.
    nothing = "".encode(name) + end
    words = "\n".join(text for text, _ in lines).encode(name, "replace")
    timed = b"".join(
        f"\n{text}".encode(name, "replace") + end + start_ms.to_bytes(4, "big") for text, start_ms in lines
    )
    return _frame(b"USLT", head + nothing + words) + _frame(
        b"SYLT", head + _MILLISECONDS + _LYRICS + nothing + timed
    )


def put_frames(file: io.RawIOBase, frames: bytes) -> None:
    """Write frames into the room at the end of a file's tag; what is left of the room stays.

    Args:
        file: an MP3 file that begins with a tag of ID3 version 2.3; may be read, written and sought in.
        frames: what is written.

    Raises:
        OutputError: what the file raises, or there is no such room.
    """
    file.seek(0)
    head = file.read(_HEAD) or b""
    size = sum(part << shift for part, shift in zip(head[6:], (21, 14, 7, 0), strict=False))
    body = file.read(size) or b""
    at = 0
    while body[at : at + 1].strip(b"\0"):
        at += _HEAD + int.from_bytes(body[at + 4 : at + 8], "big")
    if at + len(frames) > len(body):
        raise OutputError("The words of this session are too long for an MP3 file. Choose another format.")
    file.seek(_HEAD + at)
    file.write(frames)


def _encoding(text: str) -> tuple[bytes, str, bytes]:
    """Return ID3's mark for the smallest encoding of a text, Python's name for it, and the end of a text
    in it."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return _UTF_16, "utf-16", b"\0\0"
    return _LATIN_1, "latin-1", b"\0"


def _frame(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "big") + b"\0\0" + data


SHORTEST_MS = 10_000
"""Shortest part to skip to: sides that alternate faster stay together."""

_MarkKey = tuple[int | None, Side | None]


@dataclass(frozen=True, slots=True)
class _ChapterSection:
    """A part of a chapter, in milliseconds from its start; ``place`` is None before the first set."""

    start_ms: int
    end_ms: int
    place: _MarkKey | None

    @property
    def is_short(self) -> bool:
        return self.end_ms - self.start_ms < SHORTEST_MS


def chapter_marks(chapters: Iterable[Chapter], level: ChapterLevel) -> list[ChapterMark]:
    """The marks of a whole file, without gaps, in milliseconds from its start.

    Args:
        chapters: in order.
        level: what begins a mark.
    """
    marks: list[ChapterMark] = []
    start_ms = 0
    for chapter in chapters:
        ends = start_ms + chapter.duration_ms
        marks += _sets(chapter, start_ms) if level == "sets" else [_mark(chapter.title, start_ms, ends)]
        start_ms = ends
    return [mark for mark in marks if mark.end_ms > mark.start_ms]


def _sets(chapter: Chapter, start_ms: int) -> Iterator[ChapterMark]:
    """Return what comes before the first set, then each set and side, to where the next one begins."""
    starts: list[tuple[int, _MarkKey | None]] = [(0, None), *_places(chapter)]
    ends = [*(at for at, _ in starts[1:]), chapter.duration_ms]
    pieces = [
        _ChapterSection(at, end, place) for (at, place), end in zip(starts, ends, strict=True) if end > at
    ]
    # Sides rather join with those of their own set.
    sets = [_long_enough(run) for _, run in groupby(pieces, lambda each: each.place and each.place[:1])]
    named = [(_named(chapter.title, each.place), each) for each in _long_enough(chain.from_iterable(sets))]
    for title, same in groupby(named, lambda each: each[0]):
        run = [piece for _, piece in same]
        yield _mark(title, start_ms + run[0].start_ms, start_ms + run[-1].end_ms)


def _long_enough(pieces: Iterable[_ChapterSection]) -> list[_ChapterSection]:
    """The pieces, those that are too short joined with what comes, and the last with what came."""
    found: list[_ChapterSection] = []
    for piece in pieces:
        if found and found[-1].is_short:
            first = found.pop()
            # What comes before the first set is no place of its own.
            place = _shared(first.place, piece.place) if first.place else piece.place
            found.append(_ChapterSection(first.start_ms, piece.end_ms, place))
        else:
            found.append(piece)
    if len(found) > 1 and found[-1].is_short:
        last = found.pop()
        before = found.pop()
        found.append(_ChapterSection(before.start_ms, last.end_ms, _shared(before.place, last.place)))
    return found


def _shared(one: _MarkKey | None, other: _MarkKey | None) -> _MarkKey:
    """Return what two places have in common: the set, if sides of it are joined."""
    if one is None or other is None:
        return None, None
    return one[0] if one[0] == other[0] else None, one[1] if one[1] == other[1] else None


def _places(chapter: Chapter) -> Iterator[tuple[int, _MarkKey]]:
    """Return when each set or side begins, in milliseconds from the start of the chapter."""
    last: _MarkKey = (None, None)
    for event in chapter.events:
        place = (event.mark.set, event.mark.side)
        if place not in ((None, None), last):
            yield event.start_ms, place
            last = place


def _named(title: str, place: _MarkKey | None) -> str:
    number, side = place or (None, None)
    parts = [*([f"set {number}"] if number is not None else []), *([side] if side else [])]
    return f"{title}: {', '.join(parts)}" if parts else title


def _mark(title: str, start_ms: int, end_ms: int) -> ChapterMark:
    return ChapterMark(title=title, start_ms=start_ms, end_ms=end_ms)
