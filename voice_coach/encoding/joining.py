"""The pieces of one long sound, each encoded on its own, put together as if one encoder had made them.

Each encoder begins some packets before its piece and goes on for some after it, so at a cut there are packets
of both. The join is where one fits the other; what is left out is never heard. Where none fits, as may be
after a sudden loud sound, the encoder of the piece before goes on until one does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from voice_coach.encoding.packets import Packets, SpanEncoder
from voice_coach.encoding.spans import JOINING, LOOK_AHEAD, Sound

if TYPE_CHECKING:
    from voice_coach.encoding.codecs import Codec


class Joining:
    """Joins the pieces of one sound, in order.

    Args:
        codec: of the packets.
        new_encoder: makes one, for pieces that cannot be joined.
    """

    def __init__(self, codec: Codec, new_encoder: Callable[[], SpanEncoder]) -> None:
        self._codec = codec
        self._new_encoder = new_encoder
        self._held: list[bytes] = []
        """The packets of the last piece, from its join on."""
        self._cut = 0
        """Which of these is the first of the next piece's time."""
        self._kept_from = 0
        """How many packets of the last piece lie before its join."""
        self._last: Sound | None = None
        self._going_on: SpanEncoder | None = None

    def add(self, sound: Sound, packets: Packets) -> Packets:
        """Take the next piece.

        Args:
            sound: the piece.
            packets: its own and those after it for the next join.

        Returns:
            All packets that no later piece changes, after those returned before.
        """
        own = list(packets)
        if self._last is None:
            done, at = list[bytes](), 0
        else:
            at = self._place(own, JOINING)
            if at is None:
                self._go_on(self._last, sound)
                at = self._place(own, sound.count)
            done = self._held[: self._cut + (at or 0)]
        if at is None:  # what the encoder before makes of this piece is all of it
            self._held, self._cut = self._held[self._cut :], sound.count
        else:
            if done and self._codec.carried:
                done = self._codec.carried(done, own[: at + 1])
            self._held, self._cut, self._kept_from, self._going_on = own[at:], sound.count - at, at, None
        self._last = sound
        if not sound.joining:
            done += self._held[: self._cut]
        return Packets.of(done)

    def _place(self, own: list[bytes], end: int) -> int | None:
        """The first packet of the next piece that can be the first one kept, before the given one."""
        held = self._held[self._cut :]
        ends = range(1, min(end, len(held), len(own)) + 1)
        return next((end - 1 for end in ends if self._codec.fits(held[:end], own[:end])), None)

    def _go_on(self, last: Sound, sound: Sound) -> None:
        """Hold what the encoder of the last piece makes of the next one too."""
        if self._going_on is None:
            self._going_on = self._new_encoder()
            self._held = list(self._going_on.encode(last.samples).without(last.run_up + self._kept_from))
        known = (sound.run_up + JOINING + LOOK_AHEAD) * self._codec.frame
        self._held += self._going_on.encode(sound.samples[known:])
        if not sound.joining:
            self._held += self._going_on.finish()
