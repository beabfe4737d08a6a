"""Time to compile with lengths from a table: the shipped session, and breathing for hours.

    python -m benchmarks.compile [--runs 9]

Goal: the session in under 15 ms (expand and schedule, warm), eight hours of breathing in under 2 s, and twice
the hours in twice the time.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from time import perf_counter

from voice_coach.audio.sound_catalogue import SoundCatalogue
from voice_coach.compiler.plan import plan_session
from voice_coach.compiler.schedule import schedule
from voice_coach.core.errors import Where
from voice_coach.core.language import Language
from voice_coach.core.parameters import Pace
from voice_coach.core.script import Breathe, Exercise, Session, SessionEntry
from voice_coach.core.speech import Utterance
from voice_coach.core.units import MS_PER_HOUR
from voice_coach.pacing.layers import Layer, effective_pace
from voice_coach.paths import shipped_cues, shipped_scripts
from voice_coach.script.library import ScriptLibrary

HERE = Where("benchmark", 1)


class TableLengths:
    """Prompts as long as their letters, sounds as described."""

    def __init__(self, catalogue: SoundCatalogue) -> None:
        self._catalogue = catalogue

    def utterance_ms(self, utterance: Utterance) -> int:
        return 330 + 62 * len(utterance.text)

    def expect(self, utterances: Iterable[Utterance]) -> None:
        """Nothing has to be spoken."""

    def sound_ms(self, name: str) -> tuple[int, int]:
        info = self._catalogue.info(name)
        return info.duration_ms, info.lead_ms


def compile_once(session: Session, language: Language, lengths: TableLengths) -> int:
    """Plan, expand and schedule every chapter; return the number of events."""

    def pace_of(entry: SessionEntry | None) -> Pace:
        layers = [Layer("session", session.settings)]
        if entry is not None:
            layers.append(Layer("entry", entry.settings, entry.guidance))
        return effective_pace(entry.exercise.tune if entry else {}, layers)

    count = 0
    for plan in plan_session(session, language, pace_of):
        done = schedule(
            list(plan.cues()),
            lengths,
            title=plan.title,
            exercise=plan.exercise,
            voice="table:",
            pace=plan.pace,
        )
        count += len(done.chapter.events)
    return count


def breathing(hours: int) -> Session:
    """One exercise: 4-0-6-0 for hours, with words and tones."""
    step = Breathe(where=HERE, pattern=(4_000, 0, 6_000, 0), duration=hours * MS_PER_HOUR)
    exercise = Exercise(id="long", title="Long", position="standing", steps=(step,), where=HERE)
    return Session(id="long", title="Long", items=(SessionEntry(exercise=exercise, where=HERE),), where=HERE)


def best_ms(work: Callable[[], object], runs: int) -> float:
    """The shortest of several runs, in milliseconds: the one least disturbed."""
    times: list[float] = []
    for _ in range(runs):
        begin = perf_counter()
        work()
        times.append((perf_counter() - begin) * 1000)
    return min(times)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=9)
    runs: int = parser.parse_args(arguments).runs

    catalogue = SoundCatalogue.load([shipped_cues()])
    library = ScriptLibrary([shipped_scripts()], catalogue.names())
    session, language, lengths = (
        library.session("lower-back-relief"),
        library.language("en"),
        TableLengths(catalogue),
    )
    begin = perf_counter()
    events = compile_once(session, language, lengths)
    cold = (perf_counter() - begin) * 1000
    warm = best_ms(lambda: compile_once(session, language, lengths), runs)
    print(f"lower-back-relief: {warm:.1f} ms warm, {cold:.1f} ms the first time ({events} events)")
    for hours in (4, 8, 16):
        long = breathing(hours)
        took = best_ms(lambda session=long: compile_once(session, language, lengths), max(1, runs // 3))
        print(f"{hours:>2} h of breathing: {took:.0f} ms")


if __name__ == "__main__":
    main()
