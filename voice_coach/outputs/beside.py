"""Makes blocks in a thread of their own while others are being written, so that both cores have work."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread

from voice_coach.audio.block import Block

AHEAD = 16
"""How many blocks may wait to be written."""

PATIENCE_S = 0.5
"""How long the end waits for a block that is being made; a slow voice gives up when it is closed."""


@contextmanager
def beside(blocks: Iterable[Block]) -> Generator[Iterator[Block]]:
    """The same blocks, made up to ``AHEAD`` of them ahead by another thread, which begins at once.

    At the end of the ``with`` statement no more blocks are made, and the thread ends soon. What making a
    block raises comes out where the block would have.
    """
    waiting: deque[Block] = deque()
    raised: list[BaseException] = []
    changed = Condition()
    over = False

    def pull() -> None:
        nonlocal over
        try:
            for block in blocks:
                with changed:
                    changed.wait_for(lambda: len(waiting) < AHEAD or over)
                    if over:
                        return
                    waiting.append(block)
                    changed.notify()
        except BaseException as error:  # noqa: BLE001  (it is raised again in the thread that writes)
            raised.append(error)
        finally:
            with changed:
                over = True
                changed.notify()

    def pulled() -> Iterator[Block]:
        while True:
            with changed:
                changed.wait_for(lambda: bool(waiting) or over)
                if not waiting:
                    break
                block = waiting.popleft()
                changed.notify()
            yield block
        if raised:
            raise raised[0]

    # Not a daemon: one that still computes while Python ends can bring the process down.
    thread = Thread(target=pull, name="blocks")
    try:
        thread.start()
        yield pulled()
    finally:
        with changed:
            over = True
            changed.notify()
        if thread.ident is not None:  # Ctrl-C may come while it is started
            thread.join(PATIENCE_S)
