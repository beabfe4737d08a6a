"""Sessions fitted as the coach does it, with lengths from a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.support.fake_clips import FAKE, VOICE, FakeLengths, english
from voice_coach.compiler.plan import SessionPlanner, plan_session
from voice_coach.compiler.schedule import schedule
from voice_coach.core.parameters import Pace
from voice_coach.core.script import Guidance, Session, SessionEntry, Setting
from voice_coach.core.speech import Clip, SoundSource, Utterance, Word
from voice_coach.core.text import share_out
from voice_coach.core.timeline import Chapter
from voice_coach.pacing.layers import COMMAND_LINE, YOURS, Layer, effective_pace
from voice_coach.rendering.fit import FittedSession, fit_session
from voice_coach.rendering.performance import ClipLengths

ASKED = COMMAND_LINE


class TableVoice:
    """A voice that knows how long it would speak, and remembers what it was to prepare."""

    def __init__(self, lengths: FakeLengths) -> None:
        self._lengths = lengths
        self.prepared: list[list[str]] = []

    def clip(self, utterance: Utterance) -> Clip:
        raise AssertionError(f"nothing is to be heard, not even {utterance.text!r}")

    def duration_ms(self, utterance: Utterance) -> int:
        return self._lengths.utterance_ms(utterance)

    def words(self, utterance: Utterance) -> tuple[Word, ...]:
        return share_out(utterance.text, self.duration_ms(utterance))

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        self.prepared.append([utterance.text for utterance in utterances])


class TableSounds:
    def __init__(self, lengths: FakeLengths) -> None:
        self._lengths = lengths

    def lengths_ms(self, name: str) -> tuple[int, int]:
        return self._lengths.sound_ms(name)

    def source(self) -> SoundSource:
        raise AssertionError("nothing is to be heard")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for besides the time; ``user_values`` are their own values for pelvic-tuck."""

    guidance: Guidance | None = None
    speed: float | None = None
    values: tuple[tuple[str, Setting], ...] = ()
    start_at: str = ""
    own: tuple[tuple[str, Setting], ...] = ()


class Fits:
    """One session with what is asked for, to be fitted to any time."""

    def __init__(self, session: Session, lengths: FakeLengths = FAKE, asked: Asked | None = None) -> None:
        self.session = session
        self.asked = asked or Asked()
        self._table = lengths
        self.voice = TableVoice(lengths)
        self._lengths = ClipLengths(self.voice, TableSounds(lengths))

    def layers(self, entry: SessionEntry | None) -> list[Layer]:
        layers = [Layer("session", self.session.settings)]
        if entry:
            layers.append(Layer("entry", entry.settings, entry.guidance))
        asked = self.asked
        if entry and entry.exercise.id == "pelvic-tuck":
            layers.append(Layer(YOURS, dict(asked.own)))
        return [*layers, Layer(ASKED, dict(asked.values), asked.guidance, asked.speed)]

    def to(self, target_ms: int) -> FittedSession:
        return fit_session(
            SessionPlanner(self.session, english(), self.asked.start_at),
            self.layers,
            target_ms,
            VOICE,
            self._lengths,
        )

    def pace(self, entry: SessionEntry | None, fitted: FittedSession | None = None) -> Pace:
        extra: Sequence[Layer] = [fitted.layer(entry)] if fitted else []
        return effective_pace(entry.exercise.tune if entry else {}, [*self.layers(entry), *extra])

    def chapters(self, fitted: FittedSession | None = None) -> list[Chapter]:
        """The session compiled anew, apart from what the fit compiled."""
        plans = plan_session(
            self.session, english(), lambda entry: self.pace(entry, fitted), start_at=self.asked.start_at
        )
        return [
            schedule(
                list(plan.cues()),
                self._table,
                title=plan.title,
                exercise=plan.exercise,
                voice=VOICE,
                pace=plan.pace,
            ).chapter
            for plan in plans
        ]

    def duration_ms(self, fitted: FittedSession | None = None) -> int:
        return sum(chapter.duration_ms for chapter in self.chapters(fitted))
