"""List of the controls that can run here, and their start and end together."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.controls.base import Control, SessionRemote
from voice_coach.core.errors import CoachError

if TYPE_CHECKING:
    from voice_coach.controls.voice import VoiceControl

Notify = Callable[[str], None]


def controls(
    folder: Path, *, interactive: bool, notify: Notify, voice: VoiceControl | None = None
) -> list[Control]:
    """The controls that can work here, not yet started; the one that takes longest to start is the last.

    Args:
        folder: where other programs find running sessions, see ``home.find_runtime``.
        interactive: whether the terminal's keys may be read; they are only where there is a terminal.
        notify: told in a sentence what goes wrong later on; from any thread.
        voice: what listens to what is said, if that is to be listened to.
    """
    chosen: list[Control] = []
    if interactive and sys.stdin is not None and sys.stdin.isatty():
        from voice_coach.controls.keyboard import KeyboardControl

        chosen.append(KeyboardControl(notify))
    if voice is not None:
        chosen.append(voice)
    from voice_coach.controls.socket_server import SocketControl

    chosen.append(SocketControl(folder, notify))
    if sys.platform == "linux":
        from voice_coach.controls.mpris import MprisControl, bus_address

        # Where there is no desktop there is nothing to miss; doctor tells about it.
        if bus_address():
            chosen.append(MprisControl(notify))
    return chosen


def start_all(chosen: Sequence[Control], remote: SessionRemote, notify: Notify) -> list[Control]:
    """Start every control; report one that cannot be used, and go on without it.

    Returns:
        those that were started, for ``Control.on_status`` and ``close_all``.
    """
    started: list[Control] = []
    try:
        for control in chosen:
            try:
                control.start(remote)
            except CoachError as error:
                control.close()
                notify(str(error))
            else:
                started.append(control)
    except BaseException:  # Ctrl-C
        close_all(chosen)
        raise
    return started


def close_all(started: Sequence[Control]) -> None:
    """Close every control, the first of them first, since that may be the terminal."""
    for control in started:
        with suppress(OSError):
            control.close()
