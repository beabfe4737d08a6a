"""Where a session was left, in one small file, so that it can be gone on with after anything."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, cast

from voice_coach.wishes import Wishes

VERSION: Final = 1

OFFERED_MS: Final = 24 * 3_600_000
"""A session that was left longer ago is not offered again; ``play --resume`` still finds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a session was asked for, so that it can be asked for again.

    Attributes:
        session: its name or file; None for the default.
        wishes: what was wished for.
        voice: who speaks, if it was said.
        pacing: the pacing file, if one was named.
        start_at: the exercise to begin with.
    """

    session: str | None
    wishes: Wishes
    voice: str | None = None
    pacing: Path | None = None
    start_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """The place, and everything that made the session what it was.

    Attributes:
        session: its name or file, as it was asked for; None for the default.
        title: its title.
        wishes: what was asked for, with the knob where it stood in the end.
        voice: who spoke, or None for the language's own voice.
        pacing: the pacing file that was named, or None.
        exercise: the exercise's id, "" in the opening and closing.
        exercise_title: its title, or the chapter's.
        chapter: the chapter's index, of
        chapters: so many.
        at_ms: the place in it, in milliseconds.
        set: which set, rep and side that was, where there are any; likewise ``rep`` and ``side``.
        easier: whether it was the exercise's easier variant.
        start_at: the exercise that the session began with, "" for its beginning.
        saved_ms: when, in milliseconds since 1970, UTC.
    """

    session: str | None
    title: str
    wishes: Wishes
    voice: str | None
    pacing: str | None
    exercise: str
    exercise_title: str
    chapter: int
    chapters: int
    at_ms: int
    set: int | None = None
    rep: int | None = None
    side: str | None = None
    easier: bool = False
    start_at: str = ""
    saved_ms: int = 0
    version: int = field(default=VERSION, init=False)

    def asked(self) -> Asked:
        """How the session is asked for once more."""
        pacing = Path(self.pacing) if self.pacing is not None else None
        return Asked(
            session=self.session, wishes=self.wishes, voice=self.voice, pacing=pacing, start_at=self.start_at
        )

    def may_be_offered(self, asked: Asked, now_ms: int) -> bool:
        """Whether somebody who asks for this is asked to go on instead: it is the same, and not long ago."""
        wishes = replace(asked.wishes, speed=self.wishes.speed)
        same = replace(asked, session=named(asked.session), wishes=wishes) == self.asked()
        has_begun = self.chapter > 0 or self.at_ms > 0
        return same and has_begun and 0 <= now_ms - self.saved_ms <= OFFERED_MS


def named(session: str | None) -> str | None:
    """A session's file as it is found from every folder; a name stays a name."""
    if session is None or not (os.path.sep in session or Path(session).suffix):
        return session
    return str(Path(session).absolute())


class BookmarkFile:
    """Keeps the last one. It never fails: a session is played without it as well.

    Args:
        path: the file.
        notify: told once, in a sentence, if it cannot be written.
    """

    def __init__(self, path: Path, notify: Callable[[str], None] = lambda _sentence: None) -> None:
        self.path = path
        self._notify = notify
        self._told = False

    def read(self) -> Bookmark | None:
        """The bookmark; None if there is none that this version understands."""
        try:
            found: object = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        with suppress(TypeError, ValueError, KeyError):
            return _bookmark(found)
        return None

    def write(self, bookmark: Bookmark) -> None:
        """Replaces it, whole or not at all."""
        beside = self.path.with_name(f"{self.path.name}.partial")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(asdict(bookmark), ensure_ascii=False), encoding="utf-8")
            beside.replace(self.path)
        except OSError as error:
            if not self._told:
                self._told = True
                self._notify(
                    f"Where you are cannot be kept ({self.path}: {error.strerror or error}), so this session "
                    "could not be gone on with later."
                )

    def clear(self) -> None:
        """There is nothing to go on with."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "session": (str, type(None)),
    "title": (str,),
    "voice": (str, type(None)),
    "pacing": (str, type(None)),
    "exercise": (str,),
    "exercise_title": (str,),
    "chapter": (int,),
    "chapters": (int,),
    "at_ms": (int,),
    "set": (int, type(None)),
    "rep": (int, type(None)),
    "side": (str, type(None)),
    "easier": (bool,),
    "start_at": (str,),
    "saved_ms": (int,),
}


def _bookmark(found: object) -> Bookmark | None:
    """What was written, if it is of this version.

    Raises:
        TypeError, ValueError, KeyError: it is something else.
    """
    data = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if data.get("version") != VERSION:
        return None
    values = {name: data[name] for name in _TYPES}
    for name, value in values.items():
        if type(value) not in _TYPES[name]:
            raise TypeError(name)
    return Bookmark(**values, wishes=_wishes(data["wishes"]))


def _wishes(found: Any) -> Wishes:
    known = {each.name for each in fields(Wishes)}
    values: dict[str, Any] = {name: value for name, value in dict(found).items() if name in known}
    # JSON has no tuples.
    tuned: dict[str, int | list[int]] = dict(values.get("values", {}))
    values["values"] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in tuned.items()
    }
    return Wishes(**values)
