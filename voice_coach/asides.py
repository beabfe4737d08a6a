"""What the coach says besides a session while it is played, as chapters of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from voice_coach.compiler.schedule import Lengths, schedule, utterances
from voice_coach.compiler.wording import BRACES, Known, Wording
from voice_coach.model.cue import Cue, Mark, Silence, Sound, Speech
from voice_coach.model.language import Language
from voice_coach.model.live_words import Lines
from voice_coach.model.pace import Pace
from voice_coach.model.problems import Where
from voice_coach.model.script import Session
from voice_coach.model.timeline import Chapter
from voice_coach.model.units import MS_PER_SECOND
from voice_coach.player.places import mark_at
from voice_coach.player.state import SOUNDS, AsideName

_MINUTE_MS: Final = 60 * MS_PER_SECOND
_LONG_MS: Final = 30 * _MINUTE_MS


class Asides:
    """Puts the coach's words for a live session together, and compiles them.

    Args:
        session: the session.
        language: the coach's own words.
        voice: who speaks, as ``ENGINE:NAME``.
        pace: how fast.
        lengths: the measured lengths of clips.
    """

    def __init__(
        self, session: Session, language: Language, voice: str, pace: Pace, lengths: Lengths
    ) -> None:
        self._title = session.title
        self._wording = Wording(language)
        self._voice = voice
        self._pace = pace
        self._lengths = lengths
        self._mark = Mark(where=Where(session.where.file, session.where.line))

    def sound(self, name: AsideName) -> Chapter:
        """A sound cue alone, by its name in ``SOUNDS``."""
        return self._compiled([Sound(name=SOUNDS[name], mark=self._mark)])

    def said(self, lines: Lines, known: Mapping[str, Known]) -> Chapter:
        """Lines with what stands in braces filled in; those that name what is not known are left out.

        Raises:
            CannotSay: a number cannot be put into words.
            SpeechError: no speech engine works.
        """
        return self._compiled(self._cues(lines, known))

    def expect(self, lines: Iterable[Lines]) -> None:
        """Has lines spoken ahead that have nothing to be filled in."""
        plain = [line for each in lines for line in each if "{" not in line]
        cues = list(self._cues(plain, {}))
        self._lengths.expect(utterances(cues, self._voice, self._pace.rate_wpm))

    def _cues(self, lines: Sequence[str], known: Mapping[str, Known]) -> Iterator[Cue]:
        for line in lines:
            if all(name in known for name, _style in BRACES.findall(line)):
                text = self._wording.fill(line, known)
                yield Speech(texts=(text,), kind="prompt", guidance="names", mark=self._mark)
                yield Silence(duration_ms=self._pace.gap_ms, kind="gap", mark=self._mark)

    def _compiled(self, cues: Iterable[Cue]) -> Chapter:
        done = schedule(
            list(cues), self._lengths, title=self._title, exercise="", voice=self._voice, pace=self._pace
        )
        return done.chapter


def time_left(ms: int) -> Mapping[str, Known]:
    """Return the time left as told: in minutes, in fives over half an hour; nothing for less than one."""
    step_ms = 5 * _MINUTE_MS if ms > _LONG_MS else _MINUTE_MS
    minutes = (ms + step_ms // 2) // step_ms * step_ms // _MINUTE_MS
    return {"time": Known("duration", minutes * _MINUTE_MS)} if ms >= _MINUTE_MS else {}


def place(chapter: Chapter, at_ms: int, round_: tuple[int, int]) -> Mapping[str, Known]:
    """What is known of a place in an exercise: which round, set, rep and side, of how many."""
    known = {"exercise": Known("text", chapter.title)}
    number, rounds = round_
    if rounds > 1:
        known |= {"round": Known("count", number), "rounds": Known("count", rounds)}
    mark = mark_at(chapter, at_ms)
    if mark is None:
        return known
    marks = [event.mark for event in chapter.events]
    if mark.side is not None:
        known["side"] = Known("side", mark.side)
    if mark.set is not None:
        sets = max(each.set for each in marks if each.set is not None)
        known |= {"set": Known("count", mark.set), "sets": Known("count", sets)}
    if mark.rep is not None:
        alike = (each for each in marks if (each.set, each.side) == (mark.set, mark.side))
        reps = max(each.rep for each in alike if each.rep is not None)
        known |= {"rep": Known("count", mark.rep), "reps": Known("count", reps)}
    return known
