"""Finds where speech begins and ends, and the segments that recognizers look at."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME: Final = 160
"""Samples: 10 ms."""

_DROP_DB: Final = 9
"""Fall of the level after a word; noise 15 dB below speech allows it, and so do the walls of a room."""

_FADE_DB: Final = 0.2
"""By how much less the loudest moment counts with every frame: a phrase ends quieter than it begins."""

_ABOVE_DB: Final = 5
"""Distance above the room from which a sound counts."""

HOLD_FRAMES: Final = 22
"""Frames that it stays down. Stops inside words last up to 12, those between words up to 18."""

_LATE: Final = 300
"""Frames whose quieter ones tell how loud the room is."""

_QUIETER: Final = 6
"""One in so many is as quiet as the room or quieter."""

_SMOOTH: Final = 4
"""Frames that a level is taken over."""

_SOUNDED: Final = 12
"""Frames that were loud; knocks are shorter."""

_AUDIBLE_DB: Final = 25
"""Of a sample's step: what is quieter is the noise of the microphone itself."""


class Endpointer:
    """Watches the level of what comes, frame by frame."""

    def __init__(self) -> None:
        self._smooth = deque([0.0] * _SMOOTH, maxlen=_SMOOTH)
        self._levels: deque[float] = deque(maxlen=_LATE)
        self._peak = 0.0
        self._room = 0.0
        self._samples = np.zeros(FRAME + 1, np.float32)
        self._loud = 0
        self._quiet = 0

    def ends(self, frame: NDArray[np.int16]) -> bool:
        """Return whether speech, or another sound, is over as of this frame; shape (FRAME,)."""
        # The differences of samples: speech is in them, hum and rumble are not.
        self._samples[0] = self._samples[-1]
        self._samples[1:] = frame
        steps = self._samples[1:] - self._samples[:-1]
        self._smooth.append(float(np.dot(steps, steps)) / FRAME)
        level = 10 * math.log10(sum(self._smooth) / _SMOOTH + 1)
        self._levels.append(level)
        if len(self._levels) % _QUIETER == 0 or len(self._levels) == _LATE:
            self._room = sorted(self._levels)[len(self._levels) // _QUIETER]
        self._peak = max(level, self._peak - _FADE_DB)
        if level > max(_AUDIBLE_DB, self._peak - _DROP_DB, self._room + _ABOVE_DB):
            self._loud += 1
            self._quiet = 0
            return False
        self._quiet += 1
        if self._quiet != HOLD_FRAMES:
            return False
        sounded, self._loud = self._loud >= _SOUNDED, 0
        return sounded


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
"""Distance between a speaking user and the room."""


@dataclass(frozen=True, slots=True, eq=False)
class SpeechSegment:
    """Sound up to a moment at which the user stopped speaking.

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

    def last_frames(self, frames: int) -> NDArray[np.int16]:
        """Its last frames."""
        return self.sound[-frames * FRAME :]

    def sound_since(self, frame: int) -> SpeechSegment:
        """Return what of it was heard from a frame on, counted as ``begin`` is."""
        begin = max(self.begin, frame)
        return replace(self, sound=self.sound[(begin - self.begin) * FRAME :], begin=begin)

    def sound_after_coach(self) -> SpeechSegment | None:
        """Return what was heard after the coach, if that is long enough for a word; None if not, or if all
        was."""
        is_long = self.coach_until + _LEAST_WORD <= self.end
        return self.sound_since(self.coach_until) if self.begin < self.coach_until and is_long else None

    def sound_after_pause(self) -> SpeechSegment | None:
        """Return the speech since the last pause, if that is long enough for a phrase; None otherwise."""
        frames = self.sound.reshape(-1, FRAME).astype(np.float32)
        # Of its steps, as in ``Endpointer``.
        levels = 10 * np.log10(np.square(np.diff(frames, axis=1)).mean(axis=1) + 1)
        smooth = np.convolve(levels, np.ones(3) / 3, "same")
        is_quiet = smooth < np.median(smooth[-HOLD_FRAMES + 4 : -2]) + _ROOM_DB
        # A pause ends where it was quiet for so long and is not any more.
        quiet_for = np.convolve(is_quiet, np.ones(_PAUSE), "full")[: len(is_quiet)]
        ends = np.flatnonzero((quiet_for[:-1] == _PAUSE) & ~is_quiet[1:]) + 1
        left = len(levels) - ends
        ends = ends[(left >= _LEAST_PHRASE) & (left <= _MOST_PHRASE)]
        return self.sound_since(self.begin + int(ends[-1]) - _ONSET) if len(ends) else None

    def has_coach_since(self, frame: int) -> bool:
        """Return whether the coach was to be heard at or after a frame, counted as ``begin`` is."""
        return self.coach_until > frame


class SpeechSegmenter:
    """Keeps what is heard; one thread."""

    def __init__(self) -> None:
        self._frames = 0
        self._rest = np.zeros(0, np.int16)
        self.forget()

    def forget(self) -> None:
        """Forget what was heard until now, also that the user is speaking."""
        self._began = self._frames
        self._kept: deque[NDArray[np.int16]] = deque(maxlen=_LONGEST)
        self._endings = Endpointer()
        self._coach_until = -_LONGEST

    def forget_until(self, frame: int) -> None:
        """Forget what was heard before a frame: it was understood."""
        self._began = max(self._began, frame)

    def skip(self, samples: NDArray[np.int16]) -> None:
        """Count sound without looking at it, or at what came before."""
        self._frames += len(self._whole(samples))
        self.forget()

    def hear(self, samples: NDArray[np.int16], coach_speaks: bool) -> Iterator[SpeechSegment]:
        """Return what comes next, and what there is to look at by now; see ``Recognizer.hear``."""
        for frame in self._whole(samples):
            self._frames += 1
            self._kept.append(frame)
            if coach_speaks:
                self._coach_until = self._frames
            if self._endings.ends(frame):
                begin = max(self._began, self._frames - _LONGEST)
                if begin < self._frames:
                    heard = islice(self._kept, len(self._kept) - (self._frames - begin), None)
                    yield SpeechSegment(np.concatenate(list(heard)), begin, self._frames, self._coach_until)

    def _whole(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        """The frames that are whole with these samples, shape (frames, FRAME); the rest is for next time."""
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) // FRAME * FRAME
        self._rest = sound[whole:]
        return sound[:whole].reshape(-1, FRAME)
