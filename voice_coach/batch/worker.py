"""Worker processes of a batch: a job in, one finished file out."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import voice_coach
from voice_coach.audio.background import MADE as BEDS
from voice_coach.batch.job import Job
from voice_coach.coach import Coach, SessionOptions, parse_pace
from voice_coach.core.errors import CoachError, OutputError, UsageError
from voice_coach.core.history import GuidanceOption
from voice_coach.core.interrupts import check_interrupt, defer_interrupt, get_or_interrupt, request_interrupt
from voice_coach.core.options import (
    LEAD_IN_MS,
    ChapterLevel,
    ExportOptions,
    FileOptions,
    Loudness,
    Mastering,
    Paper,
    Quality,
)
from voice_coach.core.script import Session
from voice_coach.core.speech import Clip, Utterance
from voice_coach.core.timeline import Timeline
from voice_coach.core.units import parse_duration
from voice_coach.formats.base import FILE_FORMATS
from voice_coach.formats.export import check_bed_of, check_format, export
from voice_coach.paths import Home
from voice_coach.rendering.performance import Performance
from voice_coach.rendering.voice import check_voice
from voice_coach.reports.timeline_view import timeline_json

_T = TypeVar("_T")

_MAKERS = ("av", "lameenc", "numpy", "pillow", "soxr", "typst")
"""Libraries whose next version may write other bytes."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A job that can be done.

    Attributes:
        identity: a hash of everything that shapes the file: the same file comes of the same identity.
        duration_ms: how long the session is.
        told: sentences about what did not go as asked, and what a fit changed.
    """

    identity: str
    duration_ms: int
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FinishedFile:
    """A finished file."""

    sha256: str
    size_bytes: int
    duration_ms: int


class Worker:
    """Does one job after the other, with one voice and one cache for all. Use it as a context manager.

    Args:
        home: the person's own folders; those of ``find_home`` if not given.
    """

    def __init__(self, home: Home | None = None) -> None:
        self._home = home
        self._coach: Coach | None = None
        self._speaks: tuple[str, str] = "", ""
        self._sessions: dict[str, Session] = {}
        self._digests = _Digests()
        self._told: list[str] = []
        self._speaking: set[str] = set()

    def close(self) -> None:
        """Let go of the voice."""
        if self._coach is not None:
            self._coach.close()
            self._coach = None

    def check(self, job: Job, folder: Path) -> Checked:
        """Return whether a job can be done, without making anything.

        Raises:
            CoachError: it cannot; the text says why.
        """
        self._told.clear()
        target = folder / job.file
        problems: list[str] = []
        kind = target.suffix.lower()
        has_sound = kind in FILE_FORMATS and FILE_FORMATS[kind].sound
        options = _export_wishes(job)
        for look in (
            lambda: check_format(target, options),
            lambda: check_bed_of(options) if has_sound else None,
            lambda: self._check_voice(job.voice),
            lambda: wishes_of(job),
            lambda: self._session(job),
        ):
            try:
                look()
            except CoachError as error:
                problems.append(str(error))
        if problems:
            raise UsageError("\n".join(problems))
        performance = self._prepared(job)
        identity = hashlib.blake2b(digest_size=16)
        identity.update(json.dumps({**job.plain(), "file": kind, "date": ""}, sort_keys=True).encode())
        identity.update(voice_coach.__version__.encode())
        for part in (_versions(), repr(performance.session), repr(performance.paces())):
            identity.update(part.encode("utf-8", "surrogatepass"))
        if has_sound and job.bed not in BEDS:
            with Path(job.bed).open("rb") as file:
                identity.update(hashlib.file_digest(file, "sha256").digest())
        timeline = performance.timeline()
        self._digests.add(performance, timeline, identity.update)
        return Checked(identity.hexdigest(), timeline.duration_ms, tuple(self._told))

    def make(self, job: Job, folder: Path) -> FinishedFile:
        """Make the file of a job, whole or not at all; one of that name is replaced.

        Raises:
            CoachError: it could not be made.
        """
        target = folder / job.file
        performance = self._prepared(job)
        options = _export_wishes(job, self._own_coach(job).home.cache)
        written_ms = 0

        def note_progress(ms: int, _share: float) -> None:
            nonlocal written_ms
            written_ms = ms

        export(performance, target, options, note_progress)
        with target.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FinishedFile(digest, target.stat().st_size, written_ms)

    def _prepared(self, job: Job) -> Performance:
        coach = self._own_coach(job)
        return coach.prepare(self._session(job), wishes_of(job), yours=bool(job.pacing))

    def _session(self, job: Job) -> Session:
        if job.session not in self._sessions:
            self._sessions[job.session] = self._own_coach(job).load(job.session)
        return self._sessions[job.session]

    def _check_voice(self, name: str) -> None:
        if name and name not in self._speaking:
            check_voice(name)
            self._speaking.add(name)

    def _own_coach(self, job: Job) -> Coach:
        if self._coach is None or self._speaks != (job.voice, job.pacing):
            self.close()
            self._speaks = job.voice, job.pacing
            self._coach = Coach(
                voice=job.voice or None,
                pacing=Path(job.pacing) if job.pacing else None,
                home=self._home,
                notify=self._told.append,
            )
        return self._coach


@cache
def _versions() -> str:
    """The versions of what turns a session into bytes."""
    return " ".join(f"{name} {version(name)}" for name in _MAKERS)


def wishes_of(job: Job) -> SessionOptions:
    """Return what a job asks for of the session.

    Raises:
        UsageError: a value cannot be read.
    """
    return SessionOptions(
        guidance=cast("GuidanceOption", job.guidance) if job.guidance else None,
        rate_wpm=_read("rate", int, job.rate, "a whole number"),
        speed=_read("pace", parse_pace, job.pace),
        said=job.said,
        fit_ms=_read("fit", parse_duration, job.fit),
        lead_in_ms=LEAD_IN_MS,
        person=job.person,
    )


def _export_wishes(job: Job, cache: Path | None = None) -> ExportOptions:
    """Return what a job asks for of the file."""
    return ExportOptions(
        file=FileOptions(
            force=True,
            quality=cast("Quality", job.quality),
            chapters=cast("ChapterLevel", job.chapters),
            paper=cast("Paper", job.paper),
            cache=cache,
        ),
        mastering=Mastering(loudness=cast("Loudness", job.loudness), bed=job.bed),
        date=job.date,
    )


def _read(name: str, read: Callable[[str], _T], text: str, expected: str = "") -> _T | None:
    if not text:
        return None
    try:
        return read(text)
    except ValueError as error:
        raise UsageError(f'{name} cannot be "{text}": {expected or error}.') from None


@dataclass(frozen=True, slots=True)
class _Digests:
    """Hashes of the clips that were looked at: sessions of many people share nearly all of them."""

    words: dict[Utterance, bytes] = field(default_factory=dict[Utterance, bytes])
    sounds: dict[tuple[str, int | None], bytes] = field(default_factory=dict[tuple[str, "int | None"], bytes])

    def add(self, performance: Performance, timeline: Timeline, update: Callable[[bytes], Any]) -> None:
        """Add what is heard and when to a hash."""
        update(json.dumps(timeline_json(timeline), sort_keys=True).encode())
        for chapter in timeline.chapters:
            for event in chapter.events:
                if event.utterance is not None:
                    if event.utterance not in self.words:
                        clip = performance.speech_clip(event.utterance)
                        self.words[event.utterance] = _digest(clip)
                    update(self.words[event.utterance])
                elif event.sound:
                    key = event.sound, event.sound_ms
                    if key not in self.sounds:
                        clip = performance.sound_clip(event.sound, event.sound_ms)
                        self.sounds[key] = _digest(clip)
                    update(self.sounds[key])


def _digest(clip: Clip) -> bytes:
    # A clip made anew may hold −0.0 where one that was kept has 0.0; both are heard alike.
    return hashlib.blake2b((clip.samples + 0.0).data).digest()


_GRACE_S = 5.0
"""Seconds that a process may take to remove what it was making."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that failed, with its reason; a text, as not every error can be sent to another process."""

    reason: str


class Workers:
    """As many processes as there are cores. Use it as a context manager; at its end all are gone.

    Args:
        folder: where the files go.
        home: the person's own folders; those of ``find_home`` if not given.
        count: how many; as many as this process may use cores if not given.
    """

    def __init__(self, folder: Path, home: Home | None = None, count: int | None = None) -> None:
        self.count = count or _cores()
        self._folder = folder
        # Started anew rather than forked: the same on every system, and no lock is copied while it is held.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(self.count, context, _begin, (home,))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._pool.shutdown()
        else:
            self.end()

    def end(self) -> None:
        """Break off what is being done; when this returns all processes are gone. May be called twice."""
        known = self._pool._processes or {}  # pyright: ignore[reportPrivateUsage]  (Python 3.14 has a method)
        processes = list(known.values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()  # as by Ctrl-C: what was half-written is removed
        for process in processes:
            process.join(_GRACE_S)
            process.kill()  # its leavings are cleared by the next run

    def check(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Checked | Failed]]:
        """Look at every job; each as it is done, not in order."""
        return self._done({self._pool.submit(_check, job, self._folder): job for job in jobs})

    def make(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, FinishedFile | Failed]]:
        """Make every file; each as it is done, not in order. What fails does not keep the rest from it."""
        return self._done({self._pool.submit(_make, job, self._folder): job for job in jobs})

    def _done(self, futures: dict[Future[_T], Job]) -> Iterator[tuple[Job, _T]]:
        done: SimpleQueue[Future[_T]] = SimpleQueue()
        for future in futures:
            future.add_done_callback(done.put)
        for _ in futures:
            future = get_or_interrupt(done)  # Ctrl-C comes after all that are done
            try:
                yield futures[future], future.result()
            except BrokenProcessPool:
                check_interrupt()  # what ended it may have been for all
                raise OutputError(
                    "A process that made files was ended from outside, perhaps for want of memory. "
                    "Run the same command again: it goes on where this one stopped."
                ) from None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _WorkerState:
    """State of a process of the pool."""

    worker: Worker
    busy = False


def _begin(home: Home | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides
    signal.signal(signal.SIGTERM, _break_off)
    _WorkerState.worker = Worker(home)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _break_off(_signal: int, _frame: object) -> None:
    if _WorkerState.busy:
        request_interrupt()
        return
    os._exit(1)


def _end_with_parent() -> None:
    """End this process when its parent is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _check(job: Job, folder: Path) -> Checked | Failed:
    return _alone(lambda: _WorkerState.worker.check(job, folder))


def _make(job: Job, folder: Path) -> FinishedFile | Failed:
    return _alone(lambda: _WorkerState.worker.make(job, folder))


def _alone(do: Callable[[], _T]) -> _T | Failed:
    try:
        _WorkerState.busy = True
        with defer_interrupt():
            return do()
    except CoachError as error:
        return Failed(str(error))
    except KeyboardInterrupt:
        os._exit(1)  # broken off and put away: nothing more is to be begun
    finally:
        _WorkerState.busy = False
