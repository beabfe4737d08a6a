"""The live half of the ``Coach``: devices, sessions that are steered, and the place where one was left."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from voice_coach.home import Home, find_home
from voice_coach.performance import Performance
from voice_coach.stopping import held_up

if TYPE_CHECKING:
    from voice_coach.bookmark import Asked, Bookmark
    from voice_coach.bookmark_file import BookmarkFile
    from voice_coach.controls.control import Control
    from voice_coach.living import LiveSession
    from voice_coach.model.live import LiveStatus
    from voice_coach.model.own import TuningChange
    from voice_coach.model.status import Status
    from voice_coach.outputs.output import LiveOutput
    from voice_coach.practising import Practising


class LiveCoach(ABC):
    """What a coach does while somebody listens, and what is remembered of it; ``Coach`` is the whole of it.

    Args:
        home: the person's own folders; those of ``platformdirs`` or ``VOICE_COACH_HOME`` if not given.
        notify: told, in sentences, what did not go as asked but is no reason to stop.
        now_ms: the clock, in milliseconds since 1970, UTC.
    """

    def __init__(
        self,
        home: Home | None = None,
        notify: Callable[[str], None] = lambda _sentence: None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._home = home
        self._notify = notify
        self.now_ms = now_ms

    @cached_property
    def home(self) -> Home:
        """The person's own folders."""
        return self._home or find_home()

    @cached_property
    def _practising(self) -> Practising:
        from voice_coach.practising import Practising

        return Practising(self.home.history, self.home.pacing, self._notify, self.now_ms)

    @cached_property
    def bookmark(self) -> BookmarkFile:
        """Where the last session was left."""
        from voice_coach.bookmark_file import BookmarkFile

        return BookmarkFile(self.home.bookmark, self._notify)

    @abstractmethod
    def tune(
        self, exercise: str, values: Mapping[str, str], session: str | None = None
    ) -> tuple[TuningChange, ...]:
        """Keeps what is changed while a session is heard; as ``Coach.tune``."""

    def device(self, name: str = "auto", *, latency_ms: int | None = None, live: bool = False) -> LiveOutput:
        """A sound device, beginning to open. Names: auto, miniaudio, simpleaudio, none.

        Args:
            name: its name.
            latency_ms: how far at most what is heard may be behind; None is what a session plays best with.
            live: what waits can be taken back, and the device itself holds little.

        Raises:
            OutputError: no device has this name, or it cannot run here, or not so.
        """
        from voice_coach.outputs.output import device

        chosen = device(name, latency_ms=latency_ms, live=live)
        chosen.open()
        return chosen

    def play(
        self,
        performance: Performance,
        device: LiveOutput,
        on_status: Callable[[Status], None] = lambda _status: None,
    ) -> None:
        """Plays a session, and remembers each exercise that is completed; returns when all has been heard.

        Raises:
            DeviceError: there is no sound device.
            SpeechError: no speech engine works.
            KeyboardInterrupt: Ctrl-C; the device has been closed.
        """

        def told(live: LiveStatus) -> None:
            if live.status is not None:
                on_status(live.status)

        self.lead(performance, told, is_heard=device.is_heard).play(device, self.device)

    @held_up()
    def lead(
        self,
        performance: Performance,
        on_status: Callable[[LiveStatus], None] = lambda _status: None,
        *,
        asked: Asked | None = None,
        controls: Sequence[Control] = (),
        waits: bool = False,
        listens: bool = False,
        asks_pain: bool | None = False,
        resume: Bookmark | None = None,
        offer: bool = False,
        is_heard: bool = True,
        bed: str = "none",
    ) -> LiveSession:
        """A session that can be steered while it is played: the ``Desk`` for controls.

        Args:
            performance: from ``prepare``.
            on_status: told about ten times a second, and once at the end.
            asked: how the session was asked for: then its place is kept, and can be gone on with later.
            controls: told of what changes.
            waits: whether somebody can say that they are ready; without, a wait is its fixed time.
            listens: whether the coach can be spoken to: then it says how.
            asks_pain: whether it is asked at the end how much pain there is, where that is remembered; None
                is as long as it is answered now and then.
            resume: where to go on.
            offer: whether that is only offered, by voice.
            is_heard: whether somebody can hear it: only then anything is remembered.
            bed: what is heard under it: ``none``, ``tone``, ``noise`` or a file.

        Raises:
            OutputError: the bed cannot be used.
        """
        from voice_coach.leading import lead

        return lead(
            performance,
            on_status,
            keeper=self._practising.keeper(performance.session) if is_heard else None,
            bookmark=self.bookmark if is_heard else None,
            asked=asked,
            controls=controls,
            waits=waits,
            listens=listens,
            asks_pain=asks_pain,
            resume=resume,
            offer=offer,
            keep_pace=self._keep_pace,
            notify=self._notify,
            now_ms=self.now_ms,
            bed=bed,
        )

    def _keep_pace(self, percent: int) -> None:
        self.tune("all", {"pace": f"{percent / 100:g}"})
