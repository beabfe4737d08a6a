"""The one small file that keeps where a session was left; what it holds is checked when it is read."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final, cast

from voice_coach.bookmark import VERSION, Bookmark
from voice_coach.leftovers import clear, lock_new
from voice_coach.model.speed import FASTEST, SLOWEST
from voice_coach.model.steps import FASTEST_PERCENT, SLOWEST_PERCENT
from voice_coach.wishes import Wishes


class BookmarkFile:
    """Keeps the last one. It never fails: a session is played without it as well.

    Several programs may play at once; the bookmark is that of the one that wrote last.

    Args:
        path: the file.
        notify: told once, in a sentence, if it cannot be written.
    """

    def __init__(self, path: Path, notify: Callable[[str], None] = lambda _sentence: None) -> None:
        self.path = path
        self._notify = notify
        self._told = False
        self._runs: set[str] = set()

    def read(self) -> Bookmark | None:
        """The bookmark; None if there is none that this version understands."""
        try:
            found: object = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        with suppress(TypeError, ValueError, KeyError):
            return _bookmark(found)
        return None

    @property
    def is_there(self) -> bool:
        """Whether there is anything, even if it cannot be read."""
        return os.path.lexists(self.path)

    @property
    def is_own(self) -> bool:
        """Whether what is kept now was written here."""
        found = self.read()
        return found is not None and found.run in self._runs

    def write(self, bookmark: Bookmark) -> None:
        """Replaces it, whole or not at all."""
        try:
            if not self._runs:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                clear(self.path.parent.glob(f"{self.path.name}.*{_UNFINISHED}"))
            self._replace(json.dumps(asdict(bookmark)).encode("ascii"))
            self._runs.add(bookmark.run)
        except OSError as error:
            if not self._told:
                self._told = True
                self._notify(
                    f"Where you are cannot be kept ({self.path}: {error.strerror or error}), so this session "
                    "could not be gone on with later."
                )

    def clear(self, runs: Sequence[str]) -> None:
        """There is nothing to go on with, if what is kept is of one of these runs."""
        found = self.read()
        if found is not None and found.run in runs:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)

    def _replace(self, data: bytes) -> None:
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}-{os.urandom(4).hex()}{_UNFINISHED}")
        try:
            with io.FileIO(beside, "x") as file:
                if not lock_new(file, beside):
                    return  # another process took it for a leftover; the next place comes soon
                if file.write(data) < len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                if os.name == "posix":
                    beside.replace(self.path)
            if os.name != "posix":
                beside.replace(self.path)  # not while it is open
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise


_UNFINISHED: Final = ".partial"

_LONGEST_MS: Final = 7 * 24 * 3_600_000
_MANY: Final = 1_000_000

_TEXT: Final = (str,)
_MAYBE_TEXT: Final = (str, type(None))
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "session": _MAYBE_TEXT,
    "title": _TEXT,
    "voice": _MAYBE_TEXT,
    "pacing": _MAYBE_TEXT,
    "speed_percent": (int,),
    "exercise": _TEXT,
    "occurrence": (int,),
    "exercise_title": _TEXT,
    "chapter": (int,),
    "chapters": (int,),
    "at_ms": (int,),
    "set": (int, type(None)),
    "rep": (int, type(None)),
    "side": _MAYBE_TEXT,
    "easier": (bool,),
    "start_at": _TEXT,
    "bed": _TEXT,
    "saved_ms": (int,),
    "run": _TEXT,
}
_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "speed_percent": (SLOWEST_PERCENT, FASTEST_PERCENT),
    "occurrence": (0, _MANY),
    "chapter": (0, _MANY),
    "chapters": (1, _MANY),
    "at_ms": (0, _LONGEST_MS),
    "set": (1, _MANY),
    "rep": (1, _MANY),
    "saved_ms": (0, 1 << 53),
}

_WISH_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "guidance": _MAYBE_TEXT,
    "rate_wpm": (int, type(None)),
    "values": (dict,),
    "speed": (int, float, type(None)),
    "said": (dict,),
    "fit_ms": (int, type(None)),
    "lead_in_ms": (int,),
    "person": _TEXT,
}
_WISH_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "rate_wpm": (1, _MANY),
    "speed": (SLOWEST, FASTEST),
    "fit_ms": (1, _LONGEST_MS),
    "lead_in_ms": (0, _LONGEST_MS),
}


def _bookmark(found: object) -> Bookmark | None:
    """What was written, if it is of this version.

    Raises:
        TypeError, ValueError, KeyError: it is something else.
    """
    data = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if data.get("version") != VERSION:
        return None
    values = _checked(data, _TYPES, _BOUNDS)
    if values["chapter"] >= values["chapters"]:
        raise ValueError("chapter")
    return Bookmark(**values, wishes=_wishes(data["wishes"]))


def _wishes(found: Any) -> Wishes:
    known = {each.name for each in fields(Wishes)}
    values = _checked(found, {name: _WISH_TYPES[name] for name in known}, _WISH_BOUNDS)
    if not all(type(value) is str for value in values["said"].values()):
        raise TypeError("said")
    # JSON has no tuples.
    tuned: dict[str, int | list[int]] = values["values"]
    values["values"] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in tuned.items()
    }
    return Wishes(**values)


def _checked(
    data: Mapping[str, Any], types: Mapping[str, tuple[type, ...]], bounds: Mapping[str, tuple[float, float]]
) -> dict[str, Any]:
    """Those of the values that there are types for, each of its type and within its bounds.

    Raises:
        TypeError, ValueError, KeyError: they are not.
    """
    values = {name: data[name] for name in types}
    for name, value in values.items():
        if type(value) not in types[name]:
            raise TypeError(name)
        if isinstance(value, str) and "\0" in value:
            raise ValueError(name)
        if name in bounds and value is not None:
            low, high = bounds[name]
            if not low <= cast("float", value) <= high:
                raise ValueError(name)
    return values
