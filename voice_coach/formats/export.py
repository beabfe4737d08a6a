"""A prepared session as files: its programme, with the silence, loudness and bed of a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.core.errors import OutputError, WrongOutputError, display_path
from voice_coach.core.options import About, ExportOptions, Mastering
from voice_coach.core.parameters import Pace
from voice_coach.core.timeline import Chapter, Event
from voice_coach.formats.base import AUDIO, FILE_FORMATS, make_file_output
from voice_coach.rendering.performance import Performance, Programme, RestartExport
from voice_coach.storage.atomic import check_free

if TYPE_CHECKING:
    from voice_coach.rendering.mastering import Master

AUTHOR = "voice_coach"
"""Author in all files. The words are ours; where the exercises come from is named as their source."""

ProgressCallback = Callable[[int, float], None]
"""Told how many milliseconds are written, and about which share of the whole that is (0 to 1)."""


def export(
    performance: Performance, target: Path, options: ExportOptions, on_progress: ProgressCallback
) -> None:
    """Write one file, whole or not at all, then its captions.

    Raises:
        OutputError: it could not be written.
        SpeechError: no speech engine works.
    """
    check_export(target, options)
    output = make_file_output(target, options.file, format=options.format)
    beside = captions_beside(target, options.captions)
    whole = programme(performance, options.mastering, options.date, on_progress, trying=True)
    try:
        output.write(whole)
    except RestartExport:
        output.write(whole)
    for path in beside:
        make_file_output(path, options.file).write(whole)


def check_export(target: Path, options: ExportOptions) -> None:
    """Refuse what could not be written as things are, before it is worth making it.

    Raises:
        OutputError: it cannot be written; the text says why and what to do.
    """
    check_format(target, options)
    for path in (target, *captions_beside(target, options.captions)):
        check_free(path, force=options.file.force)
    check_bed_of(options)


def check_format(target: Path, options: ExportOptions) -> None:
    """Refuse a file that no format writes, and wishes that have no meaning in its format.

    Raises:
        WrongOutputError: the text says what, and what to do.
    """
    make_file_output(target, options.file, format=options.format)
    ending = options.format or target.suffix.lower()
    _check_meaning(ending, options)
    if options.captions:
        _check_captions(target, ending, options.captions)


def _check_meaning(ending: str, options: ExportOptions) -> None:
    kind, usual = FILE_FORMATS[ending], ExportOptions()
    file, mastering = options.file, options.mastering
    for name, wished, default, has_meaning in (
        ("quality", file.quality, usual.file.quality, kind.lossy),
        ("chapters", file.chapters, usual.file.chapters, kind.chapters),
        ("paper", file.paper, usual.file.paper, kind.paper),
        ("loudness", mastering.loudness, usual.mastering.loudness, kind.sound),
        ("bed", mastering.bed, usual.mastering.bed, kind.sound),
    ):
        if wished != default and not has_meaning:
            raise WrongOutputError(f"{name} {wished} has no meaning in a {ending} file. Leave it out.")


def _check_captions(target: Path, ending: str, captions: Sequence[str]) -> None:
    if ending not in AUDIO and ending.removeprefix(".") not in captions:
        raise WrongOutputError(
            f"{display_path(target)} is no file of sound, so captions cannot go with it. Leave them out, "
            f"or write sound: {', '.join(AUDIO)}."
        )


def check_bed_of(options: ExportOptions) -> None:
    """Refuse a bed whose file cannot be used.

    Raises:
        WrongOutputError: the text says why.
    """
    from voice_coach.audio.background import check_bed

    try:
        check_bed(options.mastering.bed)
    except OutputError as error:
        raise WrongOutputError(str(error)) from None


def captions_beside(target: Path, formats: Sequence[str]) -> list[Path]:
    """The files for captions of these formats beside a file: where players look for them.

    Raises:
        OutputError: the file itself is captions of such a format.
    """
    stem = target.stem if target.suffix.lower() in FILE_FORMATS else target.name
    paths = [target.with_name(f"{stem}.{format}") for format in formats]
    if target in paths:
        raise WrongOutputError(
            f"{display_path(target)} cannot lie beside itself. Leave {target.suffix[1:]} out of the captions."
        )
    return paths


def export_split(
    performance: Performance, folder: Path, options: ExportOptions, on_progress: ProgressCallback
) -> list[Path]:
    """Write a file and captions for each exercise, and a playlist; the sound in order, the playlist last.

    Raises:
        OutputError: one could not be written; what was made before it is removed.
        SpeechError: no speech engine works.
    """
    from voice_coach.formats.split import write_split

    check_export_split(folder, performance.session.id, options, performance.titles)
    whole = programme(performance, options.mastering, options.date, on_progress)
    return write_split(whole, folder, options.format, options.file, options.captions)


def check_export_split(
    folder: Path, session: str, options: ExportOptions, titles: Sequence[str] = ()
) -> None:
    """Refuse what could not be written as things are, before it is worth making it.

    Args:
        folder: where the files would go.
        session: the session's id.
        options: what is asked of the files.
        titles: of the chapters, where they are known.

    Raises:
        OutputError: it cannot be written; the text says why and what to do.
    """
    from voice_coach.formats.split import check_split

    check_split(folder, session, titles, options.format, options.file, options.captions)
    _check_meaning(options.format, options)
    check_bed_of(options)


def file_endings() -> tuple[str, ...]:
    """The endings of the names of files that can be written, such as ``.mp3``."""
    return tuple(FILE_FORMATS)


def programme(
    performance: Performance,
    mastering: Mastering,
    date: str = "",
    on_progress: ProgressCallback = lambda _ms, _share: None,
    *,
    trying: bool = False,
) -> Programme:
    """A session ready to be written.

    Args:
        performance: the session.
        mastering: its loudness, its bed, and the silence before it.
        date: the day to name in the file; "" names none.
        on_progress: told of each block.
        trying: the caller is ready for a :class:`RestartExport`. It is quicker where the session is at its
            loudness already, as it is then spoken, measured and written at the same time.
    """
    session = performance.session
    paces: dict[str, Pace] = {}
    for exercise, pace in performance.exercise_paces():
        paces.setdefault(exercise, pace)

    def chapters() -> Iterator[Chapter]:
        for index, chapter in enumerate(performance.chapters()):
            yield chapter if index else _later(chapter, mastering.lead_in_ms)

    @cache
    def master() -> Master:
        from voice_coach.rendering.mastering import Master

        return Master(performance, mastering, chapters, on_progress, trying=trying)

    return Programme(
        about=About(
            session=session.id,
            title=session.title,
            language=session.language,
            author=AUTHOR,
            description=session.goal,
            source=session.source,
            date=date,
            person=performance.person,
            bed=_kind_of_bed(mastering.bed),
        ),
        chapters=chapters,
        blocks=lambda: master().blocks(),
        words=performance.words,
        session=session,
        paces=paces,
    )


def _kind_of_bed(bed: str) -> str:
    """Return the bed as a file names it: names of files on the user's machine stay there."""
    from voice_coach.audio.background import MADE

    return bed if bed in MADE else "file"


def _later(chapter: Chapter, by_ms: int) -> Chapter:
    """A chapter that begins with a silence."""

    def later(event: Event) -> Event:
        return replace(event, start_ms=event.start_ms + by_ms, end_ms=event.end_ms + by_ms)

    return replace(
        chapter,
        duration_ms=chapter.duration_ms + by_ms,
        events=tuple(later(event) for event in chapter.events),
    )
