"""Makes blocks in a thread of their own while others are being written, so that both cores have work."""

from __future__ import annotations

import _thread
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread

from voice_coach.audio.block import Block
from voice_coach.stopping import may_stop, taken

AHEAD = 16
"""How many blocks may wait to be written."""

PATIENCE_S = 0.5
"""How long the end waits for a block that is being made; a slow voice gives up when it is closed."""


@dataclass(frozen=True, slots=True)
class _End:
    """Comes after the last block.

    Attributes:
        error: what making the next one raised, if anything.
    """

    error: BaseException | None


@contextmanager
def beside(blocks: Iterable[Block]) -> Generator[Iterator[Block]]:
    """The same blocks, made up to ``AHEAD`` of them ahead by another thread, which begins at once.

    At the end of the ``with`` statement no more blocks are made, and the thread ends soon. What making a
    block raises comes out where the block would have.
    """
    # Ctrl-C may come between any two steps of the thread that writes. What waits for that thread here is
    # written in C: a Condition that is interrupted while it is entered stays locked, and its other thread
    # would keep the process from ever ending.
    waiting: SimpleQueue[Block | _End] = SimpleQueue()
    room: SimpleQueue[None] = SimpleQueue()
    for _ in range(AHEAD):
        room.put(None)
    over = False
    ended = _thread.allocate_lock()
    ended.acquire()

    def pull() -> None:
        error: BaseException | None = None
        try:
            for block in blocks:
                room.get()
                if over:
                    break
                waiting.put(block)
        except BaseException as raised:  # noqa: BLE001  (it is raised again in the thread that writes)
            error = raised
        waiting.put(_End(error))
        ended.release()

    def pulled() -> Iterator[Block]:
        while True:
            may_stop()
            block = taken(waiting)
            if isinstance(block, _End):
                break
            room.put(None)
            yield block
        if block.error is not None:
            raise block.error

    # Not a daemon: one that still computes while Python ends can bring the process down.
    thread = Thread(target=pull, name="blocks")
    try:
        # ``start`` waits on a Condition; in a thread of its own no Ctrl-C reaches it.
        _thread.start_new_thread(thread.start, ())
        yield pulled()
    finally:
        over = True
        room.put(None)
        ended.acquire(timeout=PATIENCE_S)
