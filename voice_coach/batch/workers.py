"""Processes that do jobs beside each other, each with a worker of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self, TypeVar

from voice_coach.batch.job import Job
from voice_coach.batch.work import Checked, Made, Worker
from voice_coach.home import Home
from voice_coach.model.problems import CoachError, OutputError
from voice_coach.stopping import held_up, may_stop, stop, taken

_T = TypeVar("_T")

_GRACE_S = 5.0
"""How long a process may take to put away what it was making."""


@dataclass(frozen=True, slots=True)
class Failed:
    """What could not be done, and why; a text, as not every error can be sent to another process."""

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
        """Breaks off what is being done; when this returns all processes are gone. May be called twice."""
        known = self._pool._processes or {}  # pyright: ignore[reportPrivateUsage]  (Python 3.14 has a method)
        processes = list(known.values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()  # as by Ctrl-C: what was half-written is removed
        for process in processes:
            process.join(_GRACE_S)
            process.kill()  # its leavings are cleared by the next run

    def check(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Checked | Failed]]:
        """Looks at every job; each as it is done, not in order."""
        return self._done({self._pool.submit(_check, job, self._folder): job for job in jobs})

    def make(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Made | Failed]]:
        """Makes every file; each as it is done, not in order. What fails does not keep the rest from it."""
        return self._done({self._pool.submit(_make, job, self._folder): job for job in jobs})

    def _done(self, futures: dict[Future[_T], Job]) -> Iterator[tuple[Job, _T]]:
        done: SimpleQueue[Future[_T]] = SimpleQueue()
        for future in futures:
            future.add_done_callback(done.put)
        for _ in futures:
            future = taken(done)  # Ctrl-C comes after all that are done
            try:
                yield futures[future], future.result()
            except BrokenProcessPool:
                may_stop()  # what ended it may have been for all
                raise OutputError(
                    "A process that made files was ended from outside, perhaps for want of memory. "
                    "Run the same command again: it goes on where this one stopped."
                ) from None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Here:
    """What a process of the pool has."""

    worker: Worker
    busy = False


def _begin(home: Home | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides
    signal.signal(signal.SIGTERM, _break_off)
    _Here.worker = Worker(home)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _break_off(_signal: int, _frame: object) -> None:
    if _Here.busy:
        stop()
        return
    os._exit(1)


def _end_with_parent() -> None:
    """Nobody is left to take what this process makes."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _check(job: Job, folder: Path) -> Checked | Failed:
    return _alone(lambda: _Here.worker.check(job, folder))


def _make(job: Job, folder: Path) -> Made | Failed:
    return _alone(lambda: _Here.worker.make(job, folder))


def _alone(do: Callable[[], _T]) -> _T | Failed:
    try:
        _Here.busy = True
        with held_up():
            return do()
    except CoachError as error:
        return Failed(str(error))
    except KeyboardInterrupt:
        os._exit(1)  # broken off and put away: nothing more is to be begun
    finally:
        _Here.busy = False
