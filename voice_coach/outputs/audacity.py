"""An Audacity label track: the session's chapters and prompts, to find one's way in an audio editor."""

from __future__ import annotations

from collections.abc import Iterator

from voice_coach.model.words import written
from voice_coach.outputs.captions import joined
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.spoken import placed_chapters, prompts
from voice_coach.outputs.text_file import TextFile


class LabelTrack(TextFile):
    """Writes a label over each chapter and over each prompt: start and end in seconds, and text, by tabs."""

    def pieces(self, programme: Programme) -> Iterator[str]:
        for placed in placed_chapters(programme):
            yield _label(placed.start_ms, placed.end_ms, placed.chapter.title) + "".join(
                _label(words[0].start_ms, words[-1].end_ms, joined(words))
                for _, words in prompts(programme, placed)
            )


def _label(start_ms: int, end_ms: int, text: str) -> str:
    return f"{start_ms / 1000:.6f}\t{end_ms / 1000:.6f}\t{written(text)}\n"
