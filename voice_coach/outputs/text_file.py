"""A file of text, written chapter by chapter."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from voice_coach.outputs.output import FileOutput
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.whole_file import whole_file


class TextFile(FileOutput):
    """Writes UTF-8 without a byte order mark, lines ended by LF.

    To add a format of text, derive from this class and say what stands in the file.
    """

    def write(self, programme: Programme) -> None:
        with whole_file(self._target, force=self._wishes.force) as file:
            for piece in self.pieces(programme):
                file.write(piece.encode("utf-8", "replace"))

    @abstractmethod
    def pieces(self, programme: Programme) -> Iterator[str]:
        """The text, piece by piece: best a chapter at a time, since each piece is written to the disk."""
