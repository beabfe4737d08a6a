"""Fit of a session to a time: chapters compiled with the measured clips, the search, and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from voice_coach.compiler.lint import SideBalance
from voice_coach.compiler.plan import ChapterPlan, SessionPlanner
from voice_coach.compiler.schedule import Scheduled, align_to_grid, schedule, utterances
from voice_coach.core.parameters import Pace
from voice_coach.core.script import SessionEntry, Tunable
from voice_coach.core.timeline import Cue
from voice_coach.pacing.fit_report import blocking_user_values, fit_report
from voice_coach.pacing.fit_search import CannotFitError, FitPart, Fitted, Measured, fit
from voice_coach.pacing.layers import COMMAND_LINE, Layer, LayersOf, effective_pace
from voice_coach.rendering.performance import ClipLengths


@dataclass(frozen=True, slots=True)
class FittedSession:
    """A session that ends in time.

    Attributes:
        entries: what has a pace of its own, None for the opening and closing.
        fitted: the layers, in the order of ``entries``, and what they change.
        report: what the fit did, in plain sentences.
    """

    entries: tuple[SessionEntry | None, ...]
    fitted: Fitted
    report: str

    def layer(self, entry: SessionEntry | None) -> Layer:
        """Return what the fit asks of an entry, to be put on top of its other layers."""
        return next(
            layer for each, layer in zip(self.entries, self.fitted.layers, strict=True) if each is entry
        )


def fit_session(
    planner: SessionPlanner,
    layers_of: LayersOf,
    target_ms: int,
    voice_name: str,
    lengths: ClipLengths,
    lead_in_ms: int = 0,
) -> FittedSession:
    """Find the pacing with which a session, or what is left of it, ends within a second of a time.

    Speaks everything once to measure it.

    Args:
        planner: the session.
        layers_of: the layers of each entry, without the fit.
        target_ms: how long it is to be; what the command line sets stays.
        voice_name: the voice, as ``ENGINE:NAME``.
        lengths: what is known of the clips' lengths; learns the others.
        lead_in_ms: silence that comes before the session and counts.

    Raises:
        CannotFitError: no pacing within the bounds has this length.
        ScriptError, SpeechError: as compiling.
    """
    return _Fitting(planner, layers_of, voice_name, lengths, lead_in_ms).fit(target_ms)


class _Fitting:
    def __init__(
        self,
        planner: SessionPlanner,
        layers_of: LayersOf,
        voice_name: str,
        lengths: ClipLengths,
        lead_in_ms: int,
    ) -> None:
        self._planner = planner
        self._layers_of = layers_of
        self._voice_name = voice_name
        self._lengths = lengths
        self._lead_in_ms = lead_in_ms
        self._entries: list[SessionEntry | None] = []
        self._own: list[Sequence[Layer]] = []
        self._sided = False

    def fit(self, target_ms: int) -> FittedSession:
        paces: list[Pace] = []

        def take(entry: SessionEntry | None) -> Pace:
            """Note what has a pace of its own; what comes before the start has none."""
            layers = self._layers_of(entry)
            pace = effective_pace(_tune(entry), layers)
            if not any(entry is each for each in self._entries):
                self._entries.append(entry)
                self._own.append(layers)
                paces.append(pace)
            return pace

        self._planner.plan(take)
        parts = [
            FitPart(
                title=entry.exercise.title if entry else "",
                tune=_tune(entry),
                pace=pace,
                fixed=frozenset(name for name, origin in pace.origins.items() if origin == COMMAND_LINE),
            )
            for entry, pace in zip(self._entries, paces, strict=True)
        ]
        try:
            fitted = fit(parts, self._measure, target_ms, what=self._planner.session.id)
        except CannotFitError as error:
            error.own = blocking_user_values(self._entries, self._own, shorter=target_ms < error.low_ms)
            raise
        whole_ms = self._on_grid_ms(fitted.layers)
        report = fit_report(parts, replace(fitted, duration_ms=whole_ms), sided=self._sided)
        return FittedSession(tuple(self._entries), fitted, report)

    def _on_grid_ms(self, layers: Sequence[Layer]) -> int:
        """Return how long it all is when each chapter begins on the grid."""
        plans, _ = self._plans(layers)
        scheduled = (self._schedule(plan, list(plan.cues())) for plan in plans)
        return self._lead_in_ms + sum(
            each.chapter.duration_ms for each in align_to_grid(scheduled, len(plans))
        )

    def _plans(self, layers: Sequence[Layer]) -> tuple[tuple[ChapterPlan, ...], list[Pace]]:
        """The chapters with a layer more for each entry, and the pace of each entry."""
        paces = [
            effective_pace(_tune(entry), [*own, layer])
            for entry, own, layer in zip(self._entries, self._own, layers, strict=True)
        ]
        pace_of = {id(entry): pace for entry, pace in zip(self._entries, paces, strict=True)}
        return self._planner.plan(lambda entry: pace_of[id(entry)]), paces

    def _schedule(self, plan: ChapterPlan, cues: list[Cue]) -> Scheduled:
        return schedule(
            cues,
            self._lengths,
            title=plan.title,
            exercise=plan.exercise,
            voice=self._voice_name,
            pace=plan.pace,
        )

    def _measure(self, layers: Sequence[Layer]) -> Measured:
        """Compile the session with a layer more for each entry."""
        plans, paces = self._plans(layers)
        cues = [list(plan.cues()) for plan in plans]
        # All new words at once: they are spoken in the background while the first are measured.
        self._lengths.expect(
            utterance
            for plan, each in zip(plans, cues, strict=True)
            for utterance in utterances(each, self._voice_name, plan.pace.rate_wpm)
        )
        index_of = {id(pace): index for index, pace in enumerate(paces)}
        parts_ms, balance = [0] * len(layers), SideBalance()
        for plan, each in zip(plans, cues, strict=True):
            chapter = self._schedule(plan, each).chapter
            parts_ms[index_of[id(plan.pace)]] += chapter.duration_ms
            balance.add(chapter)
            self._sided = self._sided or any(event.mark.side for event in chapter.events)
        return Measured(tuple(parts_ms), len(balance.problems()), self._lead_in_ms)


def _tune(entry: SessionEntry | None) -> Mapping[str, Tunable]:
    return entry.exercise.tune if entry else {}
