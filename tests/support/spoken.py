"""A session in a process of its own that listens, and people who speak to it in a real room."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from tests.real_parts import require_program
from tests.support.command import PATIENCE_S, wait_until
from tests.support.replay import Deed, Pace
from tests.support.sound_server import RATE_HZ, Recording, Room
from voice_coach.controls.socket_client import ask
from voice_coach.core.commands import CommandName
from voice_coach.core.errors import CoachError
from voice_coach.paths import find_runtime

if TYPE_CHECKING:
    from numpy.typing import NDArray

AGAIN_AFTER_S = 2.0
"""Who is not understood for so long says it again, as a person would."""

_TRIES = 2
_FLITE_VOICES = ("slt", "rms", "awb")
_LOUD = 32_768 * 10 ** (-40 / 20)
_PIECE = RATE_HZ // 100
_MOSTLY = 0.5
_ENDS_AT = 0.02
"""Of its loudest moment: where a phrase is that soft it is over."""


class NotedSession:
    """``voice-coach`` in a process of its own, and what it notes."""

    def __init__(self, *arguments: str) -> None:
        self.notes: list[dict[str, Any]] = []
        read, write = os.pipe()
        program = str(Path(__file__).with_name("noted_play.py"))
        self.process = subprocess.Popen(
            [sys.executable, program, str(write), *arguments],
            pass_fds=[write],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.close(write)
        self._said: list[str] = []
        self._grown = threading.Condition()
        assert self.process.stderr
        self._threads = [
            threading.Thread(target=self._read, args=(os.fdopen(read),)),
            threading.Thread(target=self._said.extend, args=(self.process.stderr,)),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def said(self) -> str:
        """What it told the person in writing."""
        return " ".join("".join(self._said).split())

    @property
    def deeds(self) -> list[Deed]:
        """What was done, and at which frame."""
        deeds: list[Deed] = []
        pace = Pace(100, 0)
        for note in self.notes:
            if "retimed" in note:
                pace = Pace(note["retimed"], note["first"])
            elif "frame" in note:
                deeds.append(Deed(note["frame"], note.get("done") or note.get("announced", pace)))
        return deeds

    def given(self) -> list[tuple[CommandName, float]]:
        """The commands that were given to it, and when."""
        return [(note["given"], note["at_s"]) for note in self.notes if "given" in note]

    def wait(self, what: Callable[[], bool], patience_s: float = PATIENCE_S) -> bool:
        """Wait until something is noted; whether it was."""
        with self._grown:
            return self._grown.wait_for(what, patience_s)

    def status(self) -> dict[str, Any]:
        """Its status as other programs see it; empty before its beginning and after its end."""
        try:
            return ask(find_runtime(), {"v": 1, "status": True}, self.process.pid)["status"]
        except CoachError:
            return {}

    def reach(self, what: Callable[[dict[str, Any]], bool], patience_s: float = PATIENCE_S) -> None:
        """Wait until its status is so."""
        last: dict[str, Any] = {}

        def reached() -> bool:
            last.update(self.status())
            assert self.process.poll() is None, (self.said, last)
            return what(last)

        wait_until(reached, lambda: (last, self.notes[-5:], self.said), patience_s=patience_s)

    def mode(self, mode: str, patience_s: float = PATIENCE_S) -> None:
        """Wait until it is in a mode."""
        self.reach(lambda status: status.get("mode") == mode, patience_s)

    def end(self, patience_s: float = PATIENCE_S) -> int:
        """Wait until it has ended; its exit code."""
        code = self.process.wait(patience_s)
        self._join()
        return code

    def close(self) -> None:
        """End it, if it has not."""
        self.process.kill()
        self.process.wait()
        self._join()

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()
        if self.process.stderr:
            self.process.stderr.close()

    def _read(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                with self._grown:
                    self.notes.append(json.loads(line))
                    self._grown.notify_all()


@dataclass(frozen=True, slots=True)
class Uttered:
    """One thing that was said by a person.

    Attributes:
        words: what.
        voice: who.
        wanted: the command that it is.
        is_first: whether it was not said just before, and not understood.
        began_s: when, by ``time.monotonic``.
        ended_s: likewise.
        over: which share of that time the coach was to be heard.
        late_s: how long after its end the command was given; None if it was not.
    """

    words: str
    voice: str
    wanted: CommandName
    is_first: bool
    began_s: float
    ended_s: float
    over: float
    late_s: float | None


class People:
    """Those in the room, who speak to one session.

    Args:
        room: where they are.
        session: to whom they speak.
        coach: records what the coach says.
        voices: records what they say.
        folder: for what they say.
    """

    def __init__(
        self, room: Room, session: NotedSession, coach: Recording, voices: Recording, folder: Path
    ) -> None:
        self.uttered: list[Uttered] = []
        self._room = room
        self._session = session
        self._coach = coach
        self._voices = voices
        self._folder = folder
        self._pauses = False

    def say(self, voice: str, words: str, wanted: CommandName, *, over: bool) -> None:
        """Say something until it is understood: again when the coach is silent, then by somebody else.

        Args:
            voice: who, one of flite's.
            words: what.
            wanted: the command that comes of it.
            over: whether it is begun as the coach begins to speak, or when the coach is silent.
        """
        others = [each for each in _FLITE_VOICES if each != voice]
        for turn, who in enumerate([voice] * _TRIES + others * _TRIES):
            if wanted != "resume":
                self._go_on(who)
            begins = self._coach_begins if over and not turn else self._coach_is_silent
            wait_until(begins, lambda: f"{words}: {self._session.status()}")
            if self._utter(who, words, wanted, is_first=not turn).late_s is not None:
                self._pauses = wanted == "pause" or (self._pauses and wanted != "resume")
                return

    def settle(self) -> None:
        """See to it that the session goes on, if it is to."""
        self._go_on(_FLITE_VOICES[0])

    def _go_on(self, voice: str) -> None:
        """Have it go on if it paused because something was taken for that."""
        if not self._pauses and self._session.status().get("mode") == "paused":
            self.say(voice, "Coach, go on.", "resume", over=False)

    def _utter(self, voice: str, words: str, wanted: CommandName, *, is_first: bool) -> Uttered:
        """Say something once, and wait for what comes of it."""
        path = self._spoken(voice, words)
        before, since = len(self._session.given()), self._voices.frames
        self._room.say(path)
        began_s, ended_s = self._when(since)

        def given() -> list[float]:
            return [at_s for name, at_s in self._session.given()[before:] if name == wanted]

        self._session.wait(lambda: bool(given()), ended_s + AGAIN_AFTER_S - time.monotonic())
        late_s = given()[0] - ended_s if given() else None
        share = float(loud(self._coach.between(began_s, ended_s)).mean())
        uttered = Uttered(words, voice, wanted, is_first, began_s, ended_s, share, late_s)
        self.uttered.append(uttered)
        return uttered

    def others(self) -> tuple[list[CommandName], list[CommandName]]:
        """The commands that were given and not meant: while somebody spoke, and while nobody did."""
        left = [each for each in self.uttered if each.late_s is not None]
        misheard: list[CommandName] = []
        unspoken: list[CommandName] = []
        for name, at_s in self._session.given():
            near = [each for each in self.uttered if each.began_s < at_s < each.ended_s + AGAIN_AFTER_S]
            mine = [each for each in near if each in left and each.wanted == name]
            if mine:
                left.remove(mine[0])
            else:
                (misheard if near else unspoken).append(name)
        return misheard, unspoken

    def figures(self) -> str:
        """How well they were understood."""
        first = [each for each in self.uttered if each.is_first]
        understood = [each for each in first if each.late_s is not None]
        over = [each for each in first if each.over > _MOSTLY]
        late_s = np.array([each.late_s for each in self.uttered if each.late_s is not None])
        misheard, unspoken = self.others()
        missed = ", ".join(
            f"{each.voice} {each.words!r}{' over the coach' if each.over > _MOSTLY else ''}"
            for each in self.uttered
            if each.late_s is None
        )
        return (
            f"{len(first)} commands, {len(over)} of them while the coach spoke; {len(understood)} understood "
            f"at first ({sum(each.late_s is not None for each in over)} of those over the coach), "
            f"{len(self.uttered) - len(first)} said again; given {np.median(late_s):.2f} s (worst "
            f"{late_s.max():.2f} s) after the end of the phrase; taken for another: {misheard}; that nobody "
            f"spoke: {unspoken}; missed: {missed or 'none'}"
        )

    def _spoken(self, voice: str, words: str) -> Path:
        path = self._folder / f"{voice}-{words}.wav"
        if not path.exists():
            flite = require_program("flite")
            subprocess.run([flite, "-voice", voice, "-t", words, "-o", str(path)], check=True)
        return path

    def _when(self, since: int) -> tuple[float, float]:
        """When what was said last began and ended."""
        loud = np.abs(self._voices.since(since)[:, 0].astype(np.int32))
        sounds = np.flatnonzero(loud > _ENDS_AT * loud.max()) + since
        return self._voices.came_s(int(sounds[0])), self._voices.came_s(int(sounds[-1]))

    def _of_late(self, seconds: float) -> NDArray[np.bool_]:
        """Whether the coach was loud."""
        return loud(self._coach.since(max(0, self._coach.frames - round(seconds * RATE_HZ))))

    def _coach_begins(self) -> bool:
        late = self._of_late(0.5)
        return bool(not late[:20].any() and late[-20:].mean() > 0.7)

    def _coach_is_silent(self) -> bool:
        return not self._of_late(0.8).any()


def loud(samples: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Whether it is loud in each hundredth of a second; samples of shape (frames, channels)."""
    peaks = np.abs(samples[: len(samples) // _PIECE * _PIECE, 0].astype(np.int32)).reshape(-1, _PIECE)
    return peaks.max(axis=1) > _LOUD
