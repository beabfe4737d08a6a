"""A programme cut into its chapters: a numbered file for each, and a playlist that plays them as one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.model.export import FileWishes
from voice_coach.model.problems import OutputError
from voice_coach.model.timeline import Chapter
from voice_coach.model.units import FRAMES_PER_MS, MS_PER_SECOND
from voice_coach.outputs.output import file_output
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.whole_file import shown, whole_file

if TYPE_CHECKING:
    from voice_coach.audio.block import Block


@dataclass(frozen=True, slots=True)
class Part:
    """One chapter as a programme of its own.

    Attributes:
        name: of its file, without ending: ``02-pelvic-tuck``.
        programme: what is written; its samples are those of the whole, cut at the chapter's bounds.
    """

    name: str
    programme: Programme


def write_split(programme: Programme, folder: Path, ending: str, wishes: FileWishes) -> list[Path]:
    """Writes a file for each chapter, then the playlist; each is there whole or not at all.

    Args:
        programme: the whole.
        folder: where they go; made if it is not there.
        ending: the format of the files, such as ``.mp3``.
        wishes: what is asked of each file.

    Returns:
        The files in order, the playlist last.

    Raises:
        OutputError: the folder cannot be made, a file is there already, or one cannot be written.
    """
    parts = split(programme)
    files = [folder / f"{part.name}{ending}" for part in parts]
    playlist = folder / f"{_name(programme.about.session) or 'session'}.m3u8"
    file_output(playlist, format=ending)  # refuses an ending that nothing writes, before anything is made
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{shown(folder)} cannot be made: {error.strerror or error}. Choose another folder."
        ) from None
    if not wishes.force and (there := [file for file in (*files, playlist) if file.exists()]):
        raise OutputError(
            f"{shown(there[0])} is there already. Use --force to replace it, or choose another folder."
        )
    for file, part in zip(files, parts, strict=True):
        file_output(file, wishes).write(part.programme)
    with whole_file(playlist, force=wishes.force) as list_file:
        list_file.write(_playlist(files, parts).encode())
    return [*files, playlist]


def split(programme: Programme) -> list[Part]:
    """The chapters of a programme, each as one of its own."""
    stream = _Stream(programme.blocks)
    lengths = [(chapter.title, chapter.duration_ms) for chapter in programme.chapters()]
    digits = max(2, len(str(len(lengths))))
    parts: list[Part] = []
    start_ms = 0
    for index, (title, duration_ms) in enumerate(lengths):
        about = replace(
            programme.about, title=title, album=programme.about.title, track=index + 1, tracks=len(lengths)
        )
        own = replace(
            programme,
            about=about,
            chapters=_Chapters(programme.chapters, index),
            blocks=_Blocks(stream, start_ms * FRAMES_PER_MS, (start_ms + duration_ms) * FRAMES_PER_MS),
        )
        parts.append(Part(f"{index + 1:0{digits}}-{_name(title) or 'chapter'}", own))
        start_ms += duration_ms
    return parts


@dataclass(frozen=True, slots=True)
class _Chapters:
    """The one chapter of a part."""

    all: Callable[[], Iterator[Chapter]]
    index: int

    def __call__(self) -> Iterator[Chapter]:
        for index, chapter in enumerate(self.all()):
            if index == self.index:
                yield chapter
                return


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The blocks of a part."""

    stream: _Stream
    first: int
    last: int

    def __call__(self) -> Iterator[Block]:
        return self.stream.cut(self.first, self.last)


class _Stream:
    """The blocks of the whole, made once while its parts are taken in order; else from the start again."""

    def __init__(self, blocks: Callable[[], Iterator[Block]]) -> None:
        self._blocks = blocks
        self._coming: Iterator[Block] = iter(())
        self._at = -1  # nowhere yet
        self._rest: Block | None = None

    def cut(self, first: int, last: int) -> Iterator[Block]:
        """The blocks from one frame to another (exclusive)."""
        if self._at != first:
            self._coming, self._at, self._rest = self._blocks(), 0, None
        while self._at < last:
            block = self._rest or next(self._coming, None)
            if block is None:
                return
            begin = max(0, min(first - self._at, len(block.samples)))
            end = min(last - self._at, len(block.samples))
            whole = begin == 0 and end == len(block.samples)
            self._rest = None if end == len(block.samples) else replace(block, samples=block.samples[end:])
            self._at += end
            if whole:
                yield block
            elif begin < end:
                yield replace(block, samples=block.samples[begin:end])


def _name(title: str) -> str:
    """A title as part of a file's name that works on every system: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    return re.sub(r"[\W_]+", "-", plain).strip("-")[:60].rstrip("-")


def _playlist(files: Sequence[Path], parts: Sequence[Part]) -> str:
    lines = ["#EXTM3U"]
    for file, part in zip(files, parts, strict=True):
        duration_ms = sum(chapter.duration_ms for chapter in part.programme.chapters())
        title = " ".join(part.programme.about.title.split())
        lines += [f"#EXTINF:{-(-duration_ms // MS_PER_SECOND)},{title}", file.name]
    return "\n".join(lines) + "\n"
