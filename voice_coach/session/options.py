"""Options of a live session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voice_coach.session.bookmark import Bookmark, SessionRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions:
    """Options of a live session.

    Attributes:
        request: how the session was asked for. With it the place is kept, so that it can be resumed later.
        waits: the user can say that they are ready. Without, a wait lasts its written time.
        listens: the coach can be spoken to, and says how.
        asks_pain: ask for the pain at the end, where history is kept; None asks as long as it is answered now
            and then.
        resume: the bookmark to resume at.
        offer: only offer that, by voice.
        is_heard: the user can hear the device. Only then history and bookmark are kept.
        bed: the background: ``none``, ``tone``, ``noise`` or a file.
    """

    request: SessionRequest | None = None
    waits: bool = False
    listens: bool = False
    asks_pain: bool | None = False
    resume: Bookmark | None = None
    offer: bool = False
    is_heard: bool = True
    bed: str = "none"
