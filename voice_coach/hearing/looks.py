"""What was said last, each time that somebody stops speaking: then recognisers look at what it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.hearing.endings import FRAME, HOLD_FRAMES, Endings

# All in frames of 10 ms.
_LONGEST: Final = 260
"""From the wake word to the notice that a phrase is over."""

_PAUSE: Final = 7
_LEAST_PHRASE: Final = 120
_MOST_PHRASE: Final = 230
_LEAST_WORD: Final = HOLD_FRAMES + 25
_ONSET: Final = 2
"""Of a phrase, which begins more softly than it goes on."""
_ROOM_DB: Final = 6
"""By how much somebody who speaks is louder than the room."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was heard until somebody stopped speaking.

    Attributes:
        sound: shape (frames * FRAME,), at 16 000 Hz.
        begin: where it begins, in frames from the first that was ever heard.
        end: where it ends, likewise: after the quiet by which the end of speech was noticed.
        coach_until: where the coach was last to be heard, likewise, before ``begin`` if it was not.
    """

    sound: NDArray[np.int16]
    begin: int
    end: int
    coach_until: int

    def last(self, frames: int) -> NDArray[np.int16]:
        """Its last frames."""
        return self.sound[-frames * FRAME :]

    def since(self, frame: int) -> Look:
        """What of it was heard from a frame on, counted as ``begin`` is."""
        begin = max(self.begin, frame)
        return replace(self, sound=self.sound[(begin - self.begin) * FRAME :], begin=begin)

    def since_coach(self) -> Look | None:
        """What was heard after the coach, if that is long enough for a word; None if not, or if all was."""
        is_long = self.coach_until + _LEAST_WORD <= self.end
        return self.since(self.coach_until) if self.begin < self.coach_until and is_long else None

    def since_pause(self) -> Look | None:
        """What was said since somebody last paused, if that is long enough for a phrase; None otherwise."""
        frames = self.sound.reshape(-1, FRAME).astype(np.float32)
        # Of its steps, as in ``Endings``.
        levels = 10 * np.log10(np.square(np.diff(frames, axis=1)).mean(axis=1) + 1)
        smooth = np.convolve(levels, np.ones(3) / 3, "same")
        is_quiet = smooth < np.median(smooth[-HOLD_FRAMES + 4 : -2]) + _ROOM_DB
        # A pause ends where it was quiet for so long and is not any more.
        quiet_for = np.convolve(is_quiet, np.ones(_PAUSE), "full")[: len(is_quiet)]
        ends = np.flatnonzero((quiet_for[:-1] == _PAUSE) & ~is_quiet[1:]) + 1
        left = len(levels) - ends
        ends = ends[(left >= _LEAST_PHRASE) & (left <= _MOST_PHRASE)]
        return self.since(self.begin + int(ends[-1]) - _ONSET) if len(ends) else None

    def has_coach_since(self, frame: int) -> bool:
        """Whether the coach was to be heard at or after a frame, counted as ``begin`` is."""
        return self.coach_until > frame


class Looks:
    """Keeps what is heard; one thread."""

    def __init__(self) -> None:
        self._frames = 0
        self._rest = np.zeros(0, np.int16)
        self.forget()

    def forget(self) -> None:
        """What was heard until now counts no more, nor that somebody is speaking."""
        self._began = self._frames
        self._kept: deque[NDArray[np.int16]] = deque(maxlen=_LONGEST)
        self._endings = Endings()
        self._coach_until = -_LONGEST

    def forget_until(self, frame: int) -> None:
        """What was heard before a frame counts no more: it was understood."""
        self._began = max(self._began, frame)

    def skip(self, samples: NDArray[np.int16]) -> None:
        """Count sound that nobody looks at; nor at what came before."""
        self._frames += len(self._whole(samples))
        self.forget()

    def hear(self, samples: NDArray[np.int16], coach_speaks: bool) -> Iterator[Look]:
        """What comes next, and what there is to look at by now; see ``Recogniser.hear``."""
        for frame in self._whole(samples):
            self._frames += 1
            self._kept.append(frame)
            if coach_speaks:
                self._coach_until = self._frames
            if self._endings.ends(frame):
                begin = max(self._began, self._frames - _LONGEST)
                if begin < self._frames:
                    heard = islice(self._kept, len(self._kept) - (self._frames - begin), None)
                    yield Look(np.concatenate(list(heard)), begin, self._frames, self._coach_until)

    def _whole(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        """The frames that are whole with these samples, shape (frames, FRAME); the rest is for next time."""
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) // FRAME * FRAME
        self._rest = sound[whole:]
        return sound[:whole].reshape(-1, FRAME)
