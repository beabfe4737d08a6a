"""How a command is ended from outside: by Ctrl-C, by another program, by closing its terminal."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from voice_coach.stopping import begin, stop

_AGAIN_S = 0.02


def end_as_by_ctrl_c() -> None:
    """What ends this process tidies up as Ctrl-C does, and is heard whenever it comes."""
    begin()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # What ignores a signal, as under nohup, goes on ignoring it.
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)
    sys.unraisablehook = _unraisable


def forget_interrupted_text() -> None:
    """Lets Python end with our exit code where Ctrl-C came while it ran a text.

    Dataclasses and named tuples run texts as they are imported. Python remembers that the last one was
    interrupted, though the interrupt has been caught, and would kill itself as by Ctrl-C at its end.
    """
    exec("")


def _end(_number: int, _frame: FrameType | None) -> None:
    stop()


def _unraisable(what: sys.UnraisableHookArgs) -> None:
    """A Ctrl-C that comes while a ``__del__`` or a callback of C runs is dropped; it has to come again."""
    if not issubclass(what.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(what)
        return
    from _thread import interrupt_main
    from threading import Timer

    again = Timer(_AGAIN_S, interrupt_main)  # here it would be dropped too
    again.daemon = True
    again.start()
