"""Works ahead: pulls from an iterator in the background, so that what comes next is ready in time."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Condition, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Prefetcher(Generic[T]):
    """The items of an iterator, pulled by one background thread and kept.

    May be iterated many times, also before all is there: an iteration waits for the next item. What the
    iterator raises comes out of every iteration at its place; after ``stop`` each ends with what is there.
    """

    def __init__(self, source: Iterator[T]) -> None:
        self._source = source
        self._items: list[T] = []
        self._error: BaseException | None = None
        self._ended = False
        self._stopping = False
        self._changed = Condition()
        self._thread = Thread(target=self._pull, name="ahead", daemon=True)

    def start(self) -> None:
        """Begin to pull."""
        self._thread.start()

    def stop(self, patience_s: float | None = None) -> None:
        """Pull no more after the item that is being made, and wait for that one, so long at most."""
        with self._changed:
            self._stopping = True
        if self._thread.is_alive():
            self._thread.join(patience_s)

    def peek(self, index: int) -> T | None:
        """One item, or None if it is not there; never waits."""
        with self._changed:
            return self._items[index] if index < len(self._items) else None

    def wait_for(self, index: int, timeout_s: float) -> None:
        """Wait for one item, so long at most; raises what the iterator raised before it."""
        with self._changed:
            self._changed.wait_for(lambda: index < len(self._items) or self._ended, timeout_s)
            if index >= len(self._items) and self._error is not None:
                raise self._error

    def __iter__(self) -> Iterator[T]:
        index = 0
        while True:
            with self._changed:
                while len(self._items) <= index and not self._ended:
                    self._changed.wait()
                if index >= len(self._items):
                    if self._error is not None:
                        raise self._error
                    return
                item = self._items[index]
            yield item
            index += 1

    def _pull(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._source:
                with self._changed:
                    self._items.append(item)
                    self._changed.notify_all()
                    if self._stopping:
                        break
        except BaseException as raised:  # noqa: BLE001  (it is raised again where the item would have come out)
            error = raised
        with self._changed:
            self._error = error
            self._ended = True
            self._changed.notify_all()
