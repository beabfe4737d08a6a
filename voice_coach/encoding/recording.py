"""All packets of a stream in order, and how many samples they stand for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import repeat
from typing import IO, TYPE_CHECKING, NamedTuple

from voice_coach.encoding.packets import Packets
from voice_coach.model.problems import OutputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voice_coach.encoding.codecs import Settings

IN_MEMORY_BYTES = 64 * 1024 * 1024
"""About two hours of sound; more goes to a temporary file."""


class Run(NamedTuple):
    """Where some packets lie."""

    first_byte: int
    sizes: NDArray[np.uint16]


class Recording:
    """Gathers packets; gives them again, in order, as often as asked.

    Args:
        settings: how they were encoded.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.samples = 0
        """Of the stream, as it was before it was encoded."""
        self._runs: list[Run | int] = []
        """Packets, or a count of those of silence."""
        self._filler = b""
        self._end = 0
        self._data: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  (closed in close)

    def add(self, packets: Packets) -> Run:
        """Append packets.

        Raises:
            OutputError: there is no room for them.
        """
        run = Run(self._end, packets.sizes)
        try:
            self._data.write(packets.data)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(
                f"The encoded sound cannot be kept in {tempfile.gettempdir()} ({reason}). Make room there, "
                f"or name another folder in the environment variable TMPDIR."
            ) from error
        self._end += len(packets.data)
        self._runs.append(run)
        return run

    def repeat(self, run: Run) -> None:
        """Append packets that were added before."""
        self._runs.append(run)

    def quiet(self, count: int) -> None:
        """Append so many packets of silence."""
        self._runs.append(count)

    def finish(self, samples: int, filler: bytes) -> None:
        """Say how many samples all of it stands for, and what a packet of silence is."""
        self.samples, self._filler = samples, filler
        if self._end:
            self._data.flush()

    def __iter__(self) -> Iterator[bytes]:
        for run in self._runs:
            if isinstance(run, int):
                yield from repeat(self._filler, run)
            else:
                self._data.seek(run.first_byte)
                yield from Packets(self._data.read(int(run.sizes.sum())), run.sizes)

    def close(self) -> None:
        """Let go of the packets."""
        self._data.close()
