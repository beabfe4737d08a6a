"""What a file is made from: one session, from its title to its samples, each made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.model.about import About
from voice_coach.model.pace import Pace
from voice_coach.model.script import Session
from voice_coach.model.speech import Utterance, Word
from voice_coach.model.timeline import Chapter

if TYPE_CHECKING:
    from voice_coach.audio.block import Block


class Retake(Exception):
    """What a programme's blocks gave so far is not what is to be written; the next call gives that.

    No output needs to know of it: one that is broken off leaves no file, and is then told to write again.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A session ready to be written.

    Attributes:
        about: title, author, language and the like.
        chapters: the chapters in order, compiled anew at each call, so that nothing of a long session is
            kept; their times are those of ``blocks``, the silence before the first sound counted.
        blocks: every sample from the start, at each call anew: 16-bit mono at 48 000 Hz. Of one that is
            tried, the first call may raise :class:`Retake` at any block.
        words: when each word of an utterance is spoken, in milliseconds from its start; () if nobody knows.
        session: the scripts behind it; None for sound alone.
        paces: the effective pace of each exercise, by its id; of one that comes twice, the first.
    """

    about: About
    chapters: Callable[[], Iterator[Chapter]]
    blocks: Callable[[], Iterator[Block]]
    words: Callable[[Utterance], Sequence[Word]]
    session: Session | None
    paces: Mapping[str, Pace]


def sound_alone(blocks: Iterable[Block], title: str = "") -> Programme:
    """A programme of nothing but sound, to be written once."""
    return Programme(
        about=About(session="", title=title),
        chapters=lambda: iter(()),
        blocks=lambda: iter(blocks),
        words=lambda _utterance: (),
        session=None,
        paces={},
    )
