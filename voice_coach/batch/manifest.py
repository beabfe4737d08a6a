"""A manifest: a table in a CSV file, a row for each file that is to be made."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from voice_coach.batch.job import COLUMNS, Job
from voice_coach.core.errors import UsageError
from voice_coach.core.text import nearest_word
from voice_coach.script.library import is_file


class ManifestError(UsageError):
    """A manifest with problems, all of them at once.

    Attributes:
        problems: a sentence each, with file and line.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


LARGEST_BYTES = 16 * 1024 * 1024

_SEPARATORS = ",;\t"
"""Spreadsheets write semicolons where the comma is taken by numbers."""

_FILES = ("session", "bed", "pacing")
"""The columns that may hold the name of a file that is read."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Rows of a table, and their problems.

    Attributes:
        jobs: the line of each row that can be read, and its job.
        problems: what is wrong with the other rows, by line; a sentence each, with file and line.
    """

    jobs: list[tuple[int, Job]]
    problems: dict[int, list[str]]


def read_manifest(
    path: Path,
    known: Mapping[str, Iterable[str]],
    date: str = "",
    usual_bed: Callable[[str], str] = lambda _file: "none",
) -> Manifest:
    """The rows of a manifest.

    A cell that is empty, and a column that is not there, are as without it; ``file`` and ``session`` must be
    there. A column that is none of ours is a parameter, ``hold`` or ``pelvic-tuck.hold``.
    Scripts, beds and pacing files are looked for from the table's own folder, then from where we are.

    Args:
        path: a CSV file in UTF-8 with the names of the columns in its first line, separated by commas,
            semicolons or tabs.
        known: the words a column may hold, for the columns that hold one of some words.
        date: the day that the files will name.
        usual_bed: the bed of a file, by its name, whose row names none.

    Raises:
        ManifestError: it cannot be read, there is no row, or its first line has problems.
    """
    rows = _rows(path)
    _, first = next(rows, (1, list[str]()))
    names = [name.strip().lower() for name in first]
    if not any(names):
        raise ManifestError([f"{path}: this file is empty. Its first line names the columns: file,session"])
    if wrong := [f"{path}:1  {problem}" for problem in _of_columns(names)]:
        raise ManifestError(wrong)
    jobs: list[tuple[int, Job]] = []
    problems: dict[int, list[str]] = {}
    taken: dict[str, int] = {}
    empty = {name for name in names if name not in COLUMNS}
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}
        empty -= row.keys()
        found = list(_of_row(row, len(cells), len(names), known))
        name = row["file"] = _plain(row.get("file", ""))
        if name and (first := taken.setdefault(_same(name), line)) != line:
            found.append(f'"{name}" is the file of line {first} too: give each row its own')
        if found:
            problems[line] = [f"{path}:{line}  {problem}" for problem in found]
        said = {key: text for key, text in row.items() if key not in COLUMNS}
        ours = {key: _from_table(path, key, text) for key, text in row.items() if key in COLUMNS}
        if not found:
            ours.setdefault("bed", usual_bed(name))
            jobs.append((line, Job(**ours, said=said, date=date)))  # pyright: ignore[reportArgumentType]
    if not jobs and not problems:
        raise ManifestError([f"{path}: there is no row below the names of the columns"])
    if empty:
        # Whoever misspells the name of a column and fills it is told by the row; here nothing would tell.
        named = ", ".join(f'"{name}"' for name in names if name in empty)
        problems[1] = [f"{path}:1  nothing is in the column {named}: fill it, or take it out"]
    return Manifest(jobs, problems)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise ManifestError([f"{path} cannot be read: {error.strerror or error}."]) from None
    if len(data) > LARGEST_BYTES:
        raise ManifestError([f"{path} is larger than 16 MB: cut it into several."])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ManifestError([f'{path}:{line}  this is not UTF-8: save it as "CSV UTF-8"']) from None
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    return _lines(path, text, separator)


def _lines(path: Path, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = rows.line_num + 1
        try:
            yield line, next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise ManifestError([f"{path}:{line}  this is not CSV: {error}"]) from None


def _of_columns(names: list[str]) -> Iterator[str]:
    for name in ("file", "session"):
        if name not in names:
            close = nearest_word(name, names)
            hint = f'; did you mean it by "{close}"?' if close else ""
            yield f'there is no column "{name}"{hint}'
    for name in dict.fromkeys(names):
        if not name:
            yield "a column has no name"
        elif names.count(name) > 1:
            yield f'the column "{name}" is there {names.count(name)} times'


def _of_row(
    row: Mapping[str, str], cells: int, columns: int, known: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    if cells > columns:
        yield f"there are {cells} cells for {columns} columns: put a text that holds the separator in quotes"
    for name in ("file", "session"):
        if name not in row:
            yield f'"{name}" is empty'
    if problem := _of_name(row.get("file", "file")):
        yield problem
    for name, words in known.items():
        if name in row and row[name] not in words:
            close = nearest_word(row[name], words)
            hint = f'did you mean "{close}"?' if close else f"there are {', '.join(words)}"
            yield f'{name} cannot be "{row[name]}": {hint}'


def _of_name(name: str) -> str:
    """Return what keeps this from being a file's name below a folder, on any system."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name:
        return f'"{name}" lies outside the folder: write a name, or folder/name'
    if any(not char.isprintable() or char in '<>"|?*' for char in name):
        return f'"{ascii(name)[1:-1]}" holds a character that not every system allows in a name'
    if len(name) > 200 or any(part.startswith(".") or part.endswith((" ", ".")) for part in path.parts):
        return f'"{name}" is no good name for a file: up to 200 letters, no dot before it, none at the end'
    return ""


def _from_table(table: Path, column: str, cell: str) -> str:
    """The name of a file that is beside the table as it is called from here; any other cell as it is."""
    beside = table.parent / cell
    return str(beside) if column in _FILES and beside.suffix and is_file(beside) else cell


def _plain(name: str) -> str:
    """One way to write the name of a file, of the many that there are."""
    return PurePosixPath(unicodedata.normalize("NFC", name.replace("\\", "/"))).as_posix() if name else ""


def _same(name: str) -> str:
    """Two names with one of these are one file where case does not count."""
    return unicodedata.normalize("NFC", name.casefold())
