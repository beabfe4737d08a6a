"""What controls that wait for others have in common: an asyncio loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voice_coach.model.live import LiveStatus


class LoopThread(ABC):
    """Runs ``_main`` in a thread of its own, which ends soon after ``_over`` was set."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()

    def start(self) -> None:
        """Begins; returns at once."""
        self._thread.start()

    def changed(self, status: LiveStatus) -> None:
        """Has the loop told what the session does now; any thread may call, also after the end."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._has_changed, status)

    def stop(self) -> None:
        """Ends it, and waits until it has ended; any other thread may call, and again."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    @abstractmethod
    async def _main(self) -> None:
        """All that it does, until ``_over`` is set."""

    @abstractmethod
    def _has_changed(self, status: LiveStatus) -> None:
        """The session does something else now; called in the loop."""

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._main())
        finally:
            self._loop.close()
