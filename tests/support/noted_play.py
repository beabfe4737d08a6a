"""``voice-coach`` as it is, which also notes what it was given, and at which frame it carried it out.

Run as a program; its first argument is the file descriptor to write to, one JSON object a line:

- ``given``: a command, ``spoken`` or not, at ``at_s``;
- ``done``: a command that was carried out, at a ``frame``;
- ``retimed``: the percent that the session is compiled at anew, from the chapter ``first`` on;
- ``exchanged``: the ``frame`` at which it went on so;
- ``announced``: what the session was told to say, from a ``frame`` on.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, Literal

from voice_coach.cli.main import main
from voice_coach.core.commands import CommandName
from voice_coach.session.controller import SessionController
from voice_coach.session.state import PlayableContent, State
from voice_coach.session.stream import LiveStream


def note_all(write: Callable[[dict[str, object]], None]) -> None:
    """Has everything noted."""
    make, exchange, adjust = LiveStream.__init__, LiveStream.exchange, LiveStream.adjust
    announcing: list[str] = []
    give, announce = SessionController.give, SessionController.announce
    compile_ = SessionController._compile  # pyright: ignore[reportPrivateUsage]

    def made(self: LiveStream, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        tell = self._on_command  # pyright: ignore[reportPrivateUsage]

        def obeyed(command: CommandName, before: State, after: State) -> None:
            write({"done": command, "frame": frame(self)})
            tell(command, before, after)

        self._on_command = obeyed  # pyright: ignore[reportPrivateUsage]

    def exchanged(self: LiveStream, content: Callable[[State], PlayableContent]) -> None:
        def goes_on(state: State) -> PlayableContent:
            write({"exchanged": True, "frame": frame(self)})
            return content(state)

        exchange(self, goes_on)

    def given(self: SessionController, command: CommandName, *, spoken: bool = False) -> None:
        write({"given": command, "spoken": spoken, "at_s": time.monotonic()})
        give(self, command, spoken=spoken)

    def announced(self: SessionController, what: Literal["deaf", "hears_again"]) -> None:
        announcing.append(what)
        announce(self, what)

    def adjusted(self: LiveStream, act: Callable[[State], State]) -> None:
        what = announcing.pop() if announcing else None

        def acted(state: State) -> State:
            if what:
                write({"announced": what, "frame": frame(self)})
            return act(state)

        adjust(self, acted)

    def retimed(self: SessionController, percent: int, first: int) -> None:
        write({"retimed": percent, "first": first})
        compile_(self, percent, first)

    LiveStream.__init__ = made
    LiveStream.exchange = exchanged
    LiveStream.adjust = adjusted
    SessionController.give = given
    SessionController.announce = announced
    SessionController._compile = retimed  # pyright: ignore[reportPrivateUsage]


def frame(stream: LiveStream) -> int:
    """How much of it was heard."""
    return stream._heard_frames()  # pyright: ignore[reportPrivateUsage]


if __name__ == "__main__":
    notes = os.fdopen(int(sys.argv.pop(1)), "w", buffering=1)
    note_all(lambda note: print(json.dumps(note), file=notes))
    sys.exit(main())
