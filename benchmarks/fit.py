"""Time to fit a session of thirty minutes, beyond compiling it once.

    python -m benchmarks.fit [--runs 5]

Lengths come from a table, so that neither speech nor the disk is measured. Goal: under 0.3 s for any target.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from statistics import median
from time import perf_counter

from benchmarks.compile import TableLengths, compile_once
from voice_coach.audio.sound_catalogue import SoundCatalogue
from voice_coach.compiler.plan import SessionPlanner
from voice_coach.core.language import Language
from voice_coach.core.script import Session, SessionEntry
from voice_coach.core.speech import Clip, SoundSource, Utterance, Word
from voice_coach.core.text import share_out
from voice_coach.core.units import MS_PER_MINUTE, format_clock
from voice_coach.pacing.fit_search import CannotFitError
from voice_coach.pacing.layers import Layer
from voice_coach.paths import shipped_cues, shipped_scripts
from voice_coach.rendering.fit import fit_session
from voice_coach.rendering.performance import ClipLengths
from voice_coach.script.library import ScriptLibrary

THIRTY_MINUTES = Layer("the benchmark's", {"reps": 6, "hold": 70_000})
"""Values that make the shipped session half an hour long."""


class TableVoice:
    """Knows how long it would speak."""

    def __init__(self, lengths: TableLengths) -> None:
        self._lengths = lengths

    def clip(self, utterance: Utterance) -> Clip:
        raise NotImplementedError(f"nothing is heard here, not even {utterance.text!r}")

    def duration_ms(self, utterance: Utterance) -> int:
        return self._lengths.utterance_ms(utterance)

    def words(self, utterance: Utterance) -> tuple[Word, ...]:
        return share_out(utterance.text, self.duration_ms(utterance))

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        """There is nothing to prepare."""


class TableSounds:
    """Knows how long sound cues are."""

    def __init__(self, lengths: TableLengths) -> None:
        self._lengths = lengths

    def lengths_ms(self, name: str) -> tuple[int, int]:
        return self._lengths.sound_ms(name)

    def source(self) -> SoundSource:
        raise NotImplementedError("nothing is heard here")


def fitted(session: Session, language: Language, lengths: TableLengths, minutes: float) -> str:
    """Return how long the session is after it was fitted, or that it cannot be."""

    def layers_of(entry: SessionEntry | None) -> Sequence[Layer]:
        return [THIRTY_MINUTES] if entry and entry.exercise.id == "pelvic-tuck" else []

    voice = TableVoice(lengths)
    known = ClipLengths(voice, TableSounds(lengths))
    target = round(minutes * MS_PER_MINUTE)
    try:
        done = fit_session(SessionPlanner(session, language), layers_of, target, "table:", known)
    except CannotFitError as error:
        return f"refused, {format_clock(error.low_ms)} to {format_clock(error.high_ms)}"
    return format_clock(done.fitted.duration_ms)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    runs: int = parser.parse_args(arguments).runs
    catalogue = SoundCatalogue.load([shipped_cues()])
    library = ScriptLibrary([shipped_scripts()], catalogue.names())
    session, language = library.session("lower-back-relief"), library.language("en")
    lengths = TableLengths(catalogue)
    compile_once(session, language, lengths)
    for minutes in (5, 10, 12, 15, 18, 21, 24, 28, 29, 31, 35, 45, 60, 90):
        times: list[float] = []
        result = ""
        for _ in range(runs):
            begin = perf_counter()
            result = fitted(session, language, lengths, minutes)
            times.append((perf_counter() - begin) * 1000)
        print(
            f"to {minutes:>2} min: {median(times):4.0f} ms ({min(times):.0f} to {max(times):.0f})   {result}"
        )


if __name__ == "__main__":
    main()
