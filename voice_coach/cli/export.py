"""Write a session to a file: sound with chapters for a phone, or whatever else its ending says."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from voice_coach.cli.console import ProgressBar, tell
from voice_coach.cli.main import DONE
from voice_coach.cli.options import add_pacing, add_session, one_of, session_options
from voice_coach.coach import Coach
from voice_coach.core.errors import CoachError, UsageError, display_path
from voice_coach.core.interrupts import defer_interrupt
from voice_coach.core.options import (
    CAPTION_FORMATS,
    CHAPTER_LEVELS,
    LEAD_IN_MS,
    LOUDNESS_LUFS,
    PAPERS,
    QUALITIES,
    ExportOptions,
    FileOptions,
    Mastering,
)
from voice_coach.formats.export import check_export, check_export_split, file_endings
from voice_coach.podcast.background import UsualBeds, bed_notes
from voice_coach.rendering.performance import Performance


class StoppedError(CoachError):
    """The person ended it; the text says what became of it."""


def write(coach: Coach, prepare: Callable[[], Performance], target: Path, options: ExportOptions) -> int:
    """Export and tells so; the exit code.

    Args:
        coach: exports.
        prepare: makes the session ready; not called where the file could not be written anyway.
        target: the file.
        wishes: what is asked of it.

    Raises:
        CoachError: it could not be written.
    """
    with stoppable(target, "its captions" if options.captions else ""):
        check_export(target, options)
        performance = prepare()
        with ProgressBar(f"Exporting {performance.session.title}") as progress:
            coach.export(performance, target, options, on_progress=progress.update)
    length = f" ({progress.clock})" if progress.clock else ""
    beside = f", and its captions as {' and '.join(options.captions)}" if options.captions else ""
    tell(f"Wrote {display_path(target)}{length}{beside}.")
    return DONE


def write_split(
    coach: Coach, prepare: Callable[[], Performance], folder: Path, session: str, options: ExportOptions
) -> int:
    """Export a file for each exercise and tells so; the exit code.

    Args:
        coach: exports.
        prepare: makes the session ready; not called where its files could not be written anyway.
        folder: where they go.
        session: the session's id.
        wishes: what is asked of each file.

    Raises:
        CoachError: one could not be written.
    """
    written: list[Path] = []
    try:
        with defer_interrupt():
            check_export_split(folder, session, options)
            performance = prepare()
            with ProgressBar(f"Exporting {performance.session.title}") as progress:
                written = coach.export_split(performance, folder, options, progress.update)
    except KeyboardInterrupt:
        name = display_path(folder)
        if written:
            became = f"{name} was made"
        elif not folder.is_dir():
            became = f"{name} was not made"
        elif options.file.force:
            became = f"what was replaced in {name} is whole, and nothing new is there"
        else:
            became = f"{name} is as it was"
        raise StoppedError(f"\nStopped: {became}.") from None
    *files, playlist = written
    beside = f", and captions of each as {' and '.join(options.captions)}" if options.captions else ""
    many = "s" if len(files) != 1 else ""
    tell(f"Wrote {len(files)} file{many} and {display_path(playlist)} ({progress.clock}){beside}.")
    return DONE


@contextmanager
def stoppable(target: Path, rest: str = "") -> Generator[None]:
    """Return where it is ended by Ctrl-C or an error, tells what became of the file.

    Args:
        target: the file.
        rest: what is written after it, if anything.
    """
    before = _identity(target)
    try:
        with defer_interrupt():
            yield
            rest = ""
    except KeyboardInterrupt:
        if _identity(target) != before:
            became = f"was written, but not all of {rest}" if rest else "was written"
        else:
            became = "is as it was" if before else "was not written"
        raise StoppedError(f"\nStopped: {display_path(target)} {became}.") from None
    except CoachError:
        if rest and _identity(target) != before:
            tell(f"Wrote {display_path(target)}, but not all of {rest}:")
        raise


def _identity(path: Path) -> tuple[int, ...]:
    """Return what tells a file from another that takes its name; () if there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


SPLIT_FORMAT = "mp3"
"""Format that every player plays as one file after the other."""

DEFAULT_FORMAT = "m4b"


def arguments(parser: argparse.ArgumentParser) -> None:
    formats = [ending.removeprefix(".") for ending in file_endings()]
    add_session(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help=f"the file to write; its ending says the format: .{', .'.join(formats)}. "
        f"If none is named, one with the session's name, here",
    )
    parser.add_argument("--force", action="store_true", help="replace the file if there is one")
    _add_choice(parser, "--format", formats, None, f"the format ({DEFAULT_FORMAT})")
    _add_choice(parser, "--quality", QUALITIES, "normal", "how much room the sound may take (normal)")
    _add_choice(parser, "--chapters", CHAPTER_LEVELS, "exercises", "what begins a chapter (exercises)")
    _add_choice(parser, "--paper", PAPERS, "a4", "the paper of a printed sheet (a4)")
    _add_choice(parser, "--loudness", tuple(LOUDNESS_LUFS), "phone", "how loud it is (phone)")
    parser.add_argument(
        "--bed",
        metavar="{none,tone,noise,FILE}",
        help="a quiet background, so that no player takes the pauses out (none; noise in a podcast's folder)",
    )
    parser.add_argument(
        "--captions",
        type=_captions,
        default=(),
        metavar=",".join(CAPTION_FORMATS),
        help="also write what is said, in one or more of these formats, beside each file and with its name",
    )
    parser.add_argument(
        "--split",
        action="store_true",
        help=f"a file for each exercise, and a playlist; -o is their folder ({SPLIT_FORMAT}, or --format)",
    )
    parser.add_argument("--name", default="", metavar="NAME", help="whom it is for; they are greeted by name")
    parser.add_argument(
        "--manifest",
        type=Path,
        metavar="CSV",
        help="make many files, one for each row of a table; -o is their folder, and all else is in the table",
    )
    add_pacing(parser)


def run(options: argparse.Namespace) -> int:
    if options.manifest:
        from voice_coach.cli.many import write_many

        _refuse_beside_manifest(options)
        return write_many(options.manifest, options.output, force=options.force)
    with defer_interrupt(), Coach(voice=options.voice, pacing=options.file, notify=tell) as coach:
        session = coach.load(options.session)
        folder = options.output or Path(session.id)
        target = options.output or Path(f"{session.id}.{options.format or DEFAULT_FORMAT}")
        asked = _bedded(
            export_options(options), folder if options.split else target.parent, target, options.bed
        )
        prepare = partial(
            coach.prepare,
            session,
            replace(session_options(options), person=options.name, lead_in_ms=LEAD_IN_MS),
            start_at=options.start_at,
        )
        if options.split:
            return write_split(coach, prepare, folder, session.id, asked)
        return write(coach, prepare, target, asked)


def _bedded(asked: ExportOptions, folder: Path, target: Path, bed: str | None) -> ExportOptions:
    """The wishes with the usual bed where none was chosen, and a sentence where a bed may surprise."""
    found = bed or UsualBeds().of(folder, asked.format or target.suffix.lower())
    under, loudness = found != "none", asked.mastering.loudness
    for sentence in bed_notes(in_podcast=under and bed is None, too_soft=under and loudness == "broadcast"):
        tell(sentence)
    return replace(asked, mastering=replace(asked.mastering, bed=found))


def _refuse_beside_manifest(options: argparse.Namespace) -> None:
    """Refuse options that a manifest would override without a word.

    Raises:
        UsageError: there is more than the table, its folder and --force, or no folder.
    """
    plain = argparse.ArgumentParser()
    arguments(plain)
    for name, default in vars(plain.parse_args([])).items():
        if name not in ("manifest", "output", "force") and getattr(options, name) != default:
            what = {"said": "--set", "start_at": "--from", "session": f"'{options.session}'"}.get(
                name, f"--{name}"
            )
            raise UsageError(
                f"{what} does not go with --manifest: all about a file is in its row of the table."
            )
    if options.output is None:
        raise UsageError("Say which folder the files go into: -o FOLDER.")


def export_options(options: argparse.Namespace) -> ExportOptions:
    """Return what is asked of the file."""
    return ExportOptions(
        file=FileOptions(
            force=options.force, quality=options.quality, chapters=options.chapters, paper=options.paper
        ),
        mastering=Mastering(loudness=options.loudness, bed=options.bed or "none"),
        format=f".{options.format or SPLIT_FORMAT}" if options.format or options.split else "",
        captions=options.captions,
        date=datetime.now(UTC).astimezone().date().isoformat(),
    )


def _captions(text: str) -> tuple[str, ...]:
    read = one_of(CAPTION_FORMATS)
    return tuple(dict.fromkeys(read(part.strip().removeprefix(".")) for part in text.split(",")))


def _add_choice(
    parser: argparse.ArgumentParser, name: str, words: Sequence[str], default: str | None, what: str
) -> None:
    parser.add_argument(
        name, type=one_of(words), default=default, metavar="{" + ",".join(words) + "}", help=what
    )
