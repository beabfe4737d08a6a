"""Plays a session on a device while later chapters are still being compiled, and tells where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from threading import Event as Flag
from threading import Thread

from voice_coach.audio.block import Block
from voice_coach.model.status import Status
from voice_coach.model.timeline import Chapter
from voice_coach.model.units import FRAMES_PER_MS
from voice_coach.outputs.output import LiveOutput
from voice_coach.player.ahead import Ahead
from voice_coach.player.status import Follower

STOP_PATIENCE_S = 0.5
"""How long the end of playing waits for a chapter that is being compiled; a slow voice may take longer, and
gives up when it is closed."""

TICK_S = 0.1
"""How often the status is told."""


def _tick(over: Flag) -> bool:
    return over.wait(TICK_S)


def play_live(
    chapters: Iterator[Chapter],
    render: Callable[[Iterable[Chapter]], Iterator[Block]],
    device: LiveOutput,
    on_status: Callable[[Status], None],
    *,
    on_end_of: Callable[[Chapter], None] = lambda _chapter: None,
    wait: Callable[[Flag], bool] = _tick,
) -> None:
    """Plays all chapters; returns when the last sound has been heard.

    Args:
        chapters: compiled as they are pulled; a background thread pulls them ahead of time.
        render: the blocks of chapters.
        device: opened, or opening.
        on_status: told about ten times a second, from a thread of its own, and once at the end. Once it has
            raised something it is told no more; the session goes on, and the exception comes out at its end.
        on_end_of: told of each chapter once the device has taken its last sound, from that thread too.
        wait: waits until the status is told again; true when playing is over, which its flag says.

    Raises:
        DeviceError: there is no device, or it was lost.
        CoachError: a chapter could not be compiled or spoken.
        KeyboardInterrupt: Ctrl-C; the device has been closed.
    """
    ahead = Ahead(chapters)
    over = Flag()
    troubles: list[Exception] = []

    def tell() -> None:
        try:
            _tell(ahead, device, on_status, on_end_of, lambda: wait(over))
        except Exception as error:  # noqa: BLE001  (it is raised again in the caller's thread)
            troubles.append(error)

    teller = Thread(target=tell, name="status", daemon=True)
    ahead.start()
    teller.start()
    try:
        device.write(render(ahead))
    finally:
        over.set()
        device.close()
        ahead.stop(STOP_PATIENCE_S)
        teller.join()
    if troubles:
        raise troubles[0]


def _tell(
    ahead: Ahead[Chapter],
    device: LiveOutput,
    on_status: Callable[[Status], None],
    on_end_of: Callable[[Chapter], None],
    wait: Callable[[], bool],
) -> None:
    follower = Follower()
    ended, end_ms = 0, 0
    while True:
        last = wait()
        # Complete is asked first: chapters that come in between only make the picture fuller.
        complete = ahead.is_complete()
        chapters = ahead.so_far()
        follower.learn(chapters)
        position_ms = device.position_frames // FRAMES_PER_MS
        while ended < len(chapters) and position_ms >= end_ms + chapters[ended].duration_ms:
            end_ms += chapters[ended].duration_ms
            on_end_of(chapters[ended])
            ended += 1
        status = follower.at(position_ms, complete=complete)
        if status is not None:
            on_status(status)
        if last:
            return
