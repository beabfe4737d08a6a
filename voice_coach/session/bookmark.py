"""The bookmark: where a session was left, kept in one small file and checked when it is read."""

from __future__ import annotations

import errno
import io
import json
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, cast

from voice_coach.core.parameters import FASTEST, FASTEST_PERCENT, SLOWEST, SLOWEST_PERCENT
from voice_coach.core.status import LiveStatus
from voice_coach.pacing.options import SessionOptions
from voice_coach.rendering.performance import Performance
from voice_coach.session.observer import SessionObserver, SessionPlace
from voice_coach.storage.locks import clear, lock_new

VERSION: Final = 1

OFFERED_MS: Final = 24 * 3_600_000
"""A session that was left longer ago is not offered again; ``play --resume`` still finds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRequest:
    """Request for a session: all that is needed to prepare it again.

    Attributes:
        session: its name or file; None for the default.
        options: what was wished for.
        voice: who speaks, if it was said.
        pacing: the pacing file, if one was named.
        start_at: the exercise to begin with.
        bed: what is heard under it.
    """

    session: str | None
    options: SessionOptions
    voice: str | None = None
    pacing: Path | None = None
    start_at: str = ""
    bed: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """The place, and everything that made the session what it was.

    Attributes:
        session: its name or file, as it was asked for; None for the default.
        title: its title.
        wishes: what was asked for, with the tempo factor as it was asked for.
        voice: who spoke, or None for the language's own voice.
        pacing: the pacing file that was named, or None.
        speed_percent: where the tempo factor stood in the end.
        exercise: the exercise's id, "" in the opening and closing.
        occurrence: the how manieth time it comes in the session that was, from 0.
        exercise_title: its title, or the chapter's.
        chapter: the chapter's index, of
        chapters: so many.
        at_ms: the place in it, in milliseconds.
        set: which set, rep and side that was, where there are any; likewise ``rep_compiler`` and ``side``.
        easier: whether it was the exercise's easier variant.
        start_at: the exercise that the session began with, "" for its beginning.
        bed: what was heard under it.
        saved_ms: when, in milliseconds since 1970, UTC.
        run: which playing of the session kept it.
    """

    session: str | None
    title: str
    wishes: SessionOptions
    voice: str | None
    pacing: str | None
    speed_percent: int
    exercise: str
    occurrence: int
    exercise_title: str
    chapter: int
    chapters: int
    at_ms: int
    set: int | None = None
    rep: int | None = None
    side: str | None = None
    easier: bool = False
    start_at: str = ""
    bed: str = "none"
    saved_ms: int = 0
    run: str = ""
    version: int = field(default=VERSION, init=False)

    def as_request(self) -> SessionRequest:
        """Return how the session is asked for once more."""
        pacing = Path(self.pacing) if self.pacing is not None else None
        return SessionRequest(
            session=self.session,
            options=self.wishes,
            voice=self.voice,
            pacing=pacing,
            start_at=self.start_at,
            bed=self.bed,
        )

    def may_be_offered(self, asked: SessionRequest, now_ms: int) -> bool:
        """Return whether a request is answered with an offer to resume: it is for the same session, and
        not long ago."""
        options = replace(asked.options, speed=self.wishes.speed)
        same = replace(asked, session=absolute_name(asked.session), options=options) == self.as_request()
        has_begun = self.chapter > 0 or self.at_ms > 0
        return same and has_begun and 0 <= now_ms - self.saved_ms <= OFFERED_MS

    def chapter_in(self, exercises: Sequence[str]) -> int | None:
        """The index of the same chapter in a session with these exercises; None if it is gone.

        Args:
            exercises: the exercise's id of each chapter, "" for the opening and closing.
        """
        if not self.exercise:
            index = len(exercises) - 1 if self.chapter else 0
            is_there = len(exercises) > (1 if self.chapter else 0) and not exercises[index]
            return index if is_there else None
        same = [index for index, exercise in enumerate(exercises) if exercise == self.exercise]
        return same[self.occurrence] if self.occurrence < len(same) else None

    def moved_to(self, exercises: Sequence[str]) -> Bookmark:
        """The bookmark at the nearest place there is where its own is gone: at the start of a chapter.

        That is the last time the same exercise comes, or what now stands where it stood.
        """
        same = [index for index, exercise in enumerate(exercises) if exercise and exercise == self.exercise]
        last = max((index for index, exercise in enumerate(exercises) if exercise), default=0)
        index = same[-1] if same else min(self.chapter, last)
        return replace(self, chapter=index, at_ms=0, set=None, rep=None, side=None, easier=False)


def absolute_name(session: str | None) -> str | None:
    """A session's file as it is found from every folder; a name stays a name."""
    if session is None or not (os.path.sep in session or Path(session).suffix):
        return session
    return str(Path(session).absolute())


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
        """Return whether there is anything, even if it cannot be read."""
        return os.path.lexists(self.path)

    @property
    def is_own(self) -> bool:
        """Return whether what is kept now was written here."""
        found = self.read()
        return found is not None and found.run in self._runs

    def write(self, bookmark: Bookmark) -> None:
        """Replace it, whole or not at all."""
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
    """Return what was written, if it is of this version.

    Raises:
        TypeError, ValueError, KeyError: it is something else.
    """
    data = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if data.get("version") != VERSION:
        return None
    values = _checked(data, _TYPES, _BOUNDS)
    if values["chapter"] >= values["chapters"]:
        raise ValueError("chapter")
    return Bookmark(**values, wishes=_options(data["wishes"]))


def _options(found: Any) -> SessionOptions:
    known = {each.name for each in fields(SessionOptions)}
    values = _checked(found, {name: _WISH_TYPES[name] for name in known}, _WISH_BOUNDS)
    if not all(type(value) is str for value in values["said"].values()):
        raise TypeError("said")
    # JSON has no tuples.
    tuned: dict[str, int | list[int]] = values["values"]
    values["values"] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in tuned.items()
    }
    return SessionOptions(**values)


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


BEGUN_MS: Final = 10_000
"""Milliseconds of a session that are heard before its place replaces that of another one."""

_LOOK_MS: Final = 1_000
"""Looks further apart than this were not all playing."""


class BookmarkTracker(SessionObserver):
    """Keeps the place of one session.

    What was kept before stays until this session has been heard for a while: somebody who only looks in, or
    is asleep when something is offered, does not lose it.

    Args:
        performance: the session as it was asked for.
        file: where its place is kept.
        asked: how it was asked for.
        now_ms: the clock.
        left: where it goes on, or may.
        offer: whether that is only offered.
    """

    def __init__(
        self,
        performance: Performance,
        file: BookmarkFile,
        asked: SessionRequest,
        now_ms: Callable[[], int],
        left: Bookmark | None,
        offer: bool,
    ) -> None:
        self._performance = performance
        self._file = file
        self._asked = asked
        self._now_ms = now_ms
        self._offered = left if offer else None
        self._run = uuid.uuid4().hex
        self._runs = [self._run, left.run] if left and not offer else [self._run]
        self._looked_ms: int | None = None
        self._heard_ms = BEGUN_MS if file.read() is None else 0
        self._place: SessionPlace | None = None
        self._is_over = False

    def on_status(self, status: LiveStatus) -> None:
        if self._has_come_to_end(status):
            return
        now_ms, before_ms = self._now_ms(), self._looked_ms
        self._looked_ms = now_ms
        if before_ms is not None and status.mode == "playing":
            self._heard_ms += min(max(0, now_ms - before_ms), _LOOK_MS)
        if self._place is not None and self._heard_ms >= BEGUN_MS:
            self._keep(self._place)
            self._place = None

    def on_change(self, place: SessionPlace, status: LiveStatus) -> None:
        if self._has_come_to_end(status) or status.mode in ("offering", "ended"):
            return
        if self._offered is not None:
            # Whoever has not taken up the offer is at the very beginning.
            if place.chapter == self._offered.chapter:
                self._runs.append(self._offered.run)
            self._offered = None
        self._place = place
        self.on_status(status)

    def _has_come_to_end(self, status: LiveStatus) -> bool:
        """Return whether nothing is left but a question: after that there is nothing to resume."""
        if status.is_asked_at_end and not self._is_over:
            self._is_over, self._place = True, None
            self._file.clear(self._runs)
        return self._is_over

    def on_close(self, *, early: bool) -> None:
        if not early:  # a session that was heard to its end is not resumed
            self._file.clear(self._runs)

    def _keep(self, place: SessionPlace) -> None:
        asked, mark, exercises = self._asked, place.mark, self._performance.exercises
        self._file.write(
            Bookmark(
                session=absolute_name(asked.session),
                title=self._performance.session.title,
                wishes=asked.options,
                voice=asked.voice,
                pacing=str(asked.pacing.absolute()) if asked.pacing else None,
                speed_percent=place.speed_percent,
                exercise=place.exercise,
                occurrence=exercises[: place.chapter].count(place.exercise),
                exercise_title=place.title,
                chapter=place.chapter,
                chapters=self._performance.chapter_count,
                at_ms=place.at_ms,
                set=mark.set if mark else None,
                rep=mark.rep if mark else None,
                side=mark.side if mark else None,
                easier=place.easier,
                start_at=asked.start_at,
                bed=asked.bed,
                saved_ms=self._now_ms(),
                run=self._run,
            )
        )
