"""A programme cut into its chapters: a numbered file for each, and a playlist that plays them as one."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.core.errors import OutputError, WrongOutputError, display_path
from voice_coach.core.options import FileOptions
from voice_coach.core.timeline import Chapter
from voice_coach.core.units import FRAMES_PER_MS, MS_PER_SECOND
from voice_coach.formats.base import AUDIO, FILE_FORMATS, make_file_output
from voice_coach.rendering.performance import Programme
from voice_coach.storage.atomic import atomic_write, check_free

if TYPE_CHECKING:
    from voice_coach.audio.mixer import Block


@dataclass(frozen=True, slots=True)
class SplitPart:
    """One chapter as a programme of its own.

    Attributes:
        name: of its file, without ending: ``02-pelvic-tuck``.
        programme: what is written; its samples are those of the whole, cut at the chapter's bounds.
        duration_ms: how long it is.
    """

    name: str
    programme: Programme
    duration_ms: int


def write_split(
    programme: Programme, folder: Path, ending: str, options: FileOptions, captions: Sequence[str] = ()
) -> list[Path]:
    """Write a file for each chapter, its captions beside it, then the playlist; all are there, or none.

    On any error, Ctrl-C included, the files and folders it made are removed; those that it replaced are the
    new ones, and whole.

    Args:
        programme: the whole.
        folder: where they go; made if it is not there.
        ending: the format of the files, such as ``.mp3``.
        options: what is asked of each file.
        captions: formats of captions, such as ``vtt``; times are from the start of the file that they are of.

    Returns:
        The files of sound in order, the playlist last.

    Raises:
        OutputError: the folder cannot be made, a file is there already, or one cannot be written.
    """
    parts = split(programme)
    session = programme.about.session
    check_split(folder, session, [part.programme.about.title for part in parts], ending, options, captions)
    files = [folder / f"{part.name}{ending}" for part in parts]
    playlist = folder / _playlist_name(session)
    with _removed_on_error() as made:
        _make(folder, made)
        for file, part in zip(files, parts, strict=True):
            with _new(file, made):
                make_file_output(file, options).write(part.programme)
            for format in captions:
                text = folder / f"{part.name}.{format}"
                with _new(text, made):
                    make_file_output(text, options).write(part.programme)
        with _new(playlist, made), atomic_write(playlist, force=options.force) as list_file:
            list_file.write(_playlist(files, parts).encode())
    return [*files, playlist]


@contextmanager
def _removed_on_error() -> Generator[list[Path]]:
    """Remove what is put into the list, the last first, if the block fails."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):  # somebody may have put something into a folder meanwhile
                path.rmdir() if path.is_dir() else path.unlink()
        raise


@contextmanager
def _new(file: Path, made: list[Path]) -> Generator[None]:
    """Put a file that the block writes into ``made``, unless it takes the place of another."""
    before = os.path.lexists(file)
    yield
    if not before:
        made.append(file)


def _make(folder: Path, made: list[Path]) -> None:
    """Make a folder and those it lies in, and puts the new ones into ``made``."""
    try:
        for each in (*reversed(folder.parents), folder):
            if not each.is_dir():
                each.mkdir(exist_ok=True)
                made.append(each)
    except OSError as error:
        raise OutputError(
            f"{display_path(folder)} cannot be made: {error.strerror or error}. Choose another folder."
        ) from None


def check_split(
    folder: Path,
    session: str,
    titles: Sequence[str],
    ending: str,
    options: FileOptions,
    captions: Sequence[str] = (),
) -> None:
    """Refuse what ``write_split`` could not write as things are, before it is worth making it.

    Args:
        folder: where the files would go.
        session: the session's id.
        titles: of the chapters; () where they are not known yet.
        ending: the format of the files.
        options: what is asked of each file.
        captions: formats of captions beside each file.

    Raises:
        OutputError: nothing writes sound of this ending, the folder is none, is called like a file or cannot
            be made, or a file is there.
    """
    playlist = folder / _playlist_name(session)
    make_file_output(playlist, format=ending)
    if ending not in AUDIO:
        raise WrongOutputError(
            f"A session is split into files of sound, and {ending} is none; use {', '.join(AUDIO)}."
        )
    if folder.is_dir():
        for name in names(titles):
            for each in (ending, *(f".{format}" for format in captions)):
                check_free(folder / f"{name}{each}", force=options.force)
        check_free(playlist, force=options.force)
        return
    if os.path.lexists(folder):
        raise OutputError(
            f"{display_path(folder)} cannot be made: there is something else of that name. "
            "Choose another folder."
        )
    if folder.suffix.lower() in FILE_FORMATS:
        raise WrongOutputError(
            f"{display_path(folder)} is what a file is called, and a split session needs a folder. "
            f"Call it {display_path(folder.with_suffix(''))}."
        )
    while folder != folder.parent and not os.path.lexists(folder.parent):
        folder = folder.parent
    check_free(folder)


def names(titles: Sequence[str]) -> list[str]:
    """Return what the files of chapters are called, without ending."""
    digits = max(2, len(str(len(titles))))
    return [f"{index:0{digits}}-{_name(title) or 'chapter'}" for index, title in enumerate(titles, 1)]


def split(programme: Programme) -> list[SplitPart]:
    """The chapters of a programme, each as one of its own."""
    stream, compiled = _Stream(programme.blocks), _Compiled(programme.chapters)
    lengths = [(chapter.title, chapter.duration_ms) for chapter in programme.chapters()]
    called = names([title for title, _ in lengths])
    parts: list[SplitPart] = []
    start_ms = 0
    for index, (title, duration_ms) in enumerate(lengths):
        about = replace(
            programme.about,
            title=title,
            person="",  # the album names them
            album=programme.about.full_title,
            track=index + 1,
            tracks=len(lengths),
        )
        own = replace(
            programme,
            about=about,
            chapters=_Chapters(compiled, index),
            blocks=_Blocks(stream, start_ms * FRAMES_PER_MS, (start_ms + duration_ms) * FRAMES_PER_MS),
        )
        parts.append(SplitPart(called[index], own, duration_ms))
        start_ms += duration_ms
    return parts


@dataclass(frozen=True, slots=True)
class _Chapters:
    """The one chapter of a part."""

    compiled: _Compiled
    index: int

    def __call__(self) -> Iterator[Chapter]:
        yield self.compiled.chapter(self.index)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The blocks of a part."""

    stream: _Stream
    first: int
    last: int

    def __call__(self) -> Iterator[Block]:
        return self.stream.cut(self.first, self.last)


class _Compiled:
    """The chapters, each compiled once while they are taken in order; only the last one taken is kept."""

    def __init__(self, chapters: Callable[[], Iterator[Chapter]]) -> None:
        self._chapters = chapters
        self._coming: Iterator[Chapter] = iter(())
        self._last: Chapter | None = None
        self._at = -1  # the index of the last

    def chapter(self, index: int) -> Chapter:
        """The chapter of an index."""
        if self._last is None or index < self._at:
            self._coming, self._last, self._at = self._chapters(), None, -1
        while self._last is None or self._at < index:
            self._last = next(self._coming)
            self._at += 1
        return self._last


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


def _playlist_name(session: str) -> str:
    return f"{_name(session) or 'session'}.m3u8"


def _playlist(files: Sequence[Path], parts: Sequence[SplitPart]) -> str:
    lines = ["#EXTM3U"]
    for file, part in zip(files, parts, strict=True):
        title = " ".join(part.programme.about.title.split())
        lines += [f"#EXTINF:{-(-part.duration_ms // MS_PER_SECOND)},{title}", file.name]
    return "\n".join(lines) + "\n"
