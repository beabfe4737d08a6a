"""Prepares a session, or one rep of an exercise: its pace, its voice, its sounds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.compiler.plan import SessionPlanner
from voice_coach.core.history import AUTO
from voice_coach.core.language import Language
from voice_coach.core.parameters import GENERAL, Pace
from voice_coach.core.script import Session, SessionEntry
from voice_coach.core.speech import DEFAULT_VOICE, Utterance
from voice_coach.pacing.layers import (
    Layer,
    LayersOf,
    effective_pace,
    no_layers,
    saved_layers,
    tempo_factor_of,
)
from voice_coach.pacing.options import SessionOptions, check_options
from voice_coach.rendering.audio_resources import AudioResources
from voice_coach.rendering.performance import ClipLengths, Performance, SoundSources

if TYPE_CHECKING:
    from voice_coach.rendering.rep import RepCompiler

LayerLookup = Callable[[SessionEntry | None], Layer]
"""Function that returns the guidance of an exercise from its history."""


def all_layers(
    session: Session,
    options: SessionOptions,
    *,
    known: LayerLookup | None = None,
    own: LayersOf = no_layers,
) -> LayersOf:
    """Every layer but that of a fit.

    Args:
        session: the session.
        options: what is asked for this time.
        known: how much is said by what is known of each exercise.
        own: the person's own.

    Raises:
        CoachError: a wish has no place in this session.
    """
    asked = options.layer()
    check_options(options, session)
    said = _option_layers(options.said, session)
    return lambda entry: [
        *([known(entry)] if known else []),
        *saved_layers(session, entry, own(entry)),
        asked,
        *said(entry),
    ]


def load_user_layers(path: Path, session: Session, notify: Callable[[str], None], *, named: bool) -> LayersOf:
    """Return the layers of the user's file; without a file nothing of pacing is imported.

    Args:
        path: the file.
        session: the session.
        notify: told what is passed over.
        named: whether the person named the file.

    Raises:
        CoachError: the person named the file, and it is not there or none of it can be read.
    """
    if not named and not os.path.lexists(path):
        return no_layers
    from voice_coach.pacing.user_file import PacingFile
    from voice_coach.pacing.user_layers import layers_of_file

    return layers_of_file(PacingFile(path, named=named), session, notify)


def fitted_layers(
    planner: SessionPlanner,
    layers_of: LayersOf,
    options: SessionOptions,
    voice_name: str,
    lengths: ClipLengths,
    notify: Callable[[str], None],
) -> LayersOf:
    """The same layers, and on top of them those that make the session fit a time, if that is asked for.

    Args:
        planner: the session.
        layers_of: the layers of each entry.
        options: what is asked for.
        voice_name: the voice, as ``ENGINE:NAME``.
        lengths: what is known of the clips' lengths; learns the others.
        notify: gets what the fit changes, in sentences.

    Raises:
        CannotFitError: no pacing within the bounds has this length.
    """
    if options.fit_ms is None:
        return layers_of
    from voice_coach.rendering.fit import fit_session

    fitted = fit_session(planner, layers_of, options.fit_ms, voice_name, lengths, options.lead_in_ms)
    notify(fitted.report)

    def layers(entry: SessionEntry | None) -> Sequence[Layer]:
        return [*layers_of(entry), fitted.layer(entry)]

    return layers


def _option_layers(said: Mapping[str, str], session: Session) -> LayersOf:
    if not said:
        return no_layers
    from voice_coach.pacing.user_layers import option_layers

    return option_layers(said, session)


@dataclass(frozen=True, slots=True)
class PrepareSources:
    """Sources of what is prepared.

    Attributes:
        language: gives the coach's own words in the language of a code.
        known: gives what is known of each exercise of a session.
        pacing: gives the file with the user's values.
        repertoire: gives all that may be said while a session is led, by a voice.
    """

    language: Callable[[str], Language]
    known: Callable[[Session], LayerLookup]
    pacing: Callable[[], Path]
    repertoire: Callable[[Performance, str], Iterable[Utterance]]


class Preparer:
    """Prepares sessions for a ``Coach``.

    Args:
        resources: the voice and the sound cues.
        sources: the language, the values and the history of the user.
        voice: who speaks; None for the voice of the session's language.
        named: whether the person named the pacing file.
        notify: told, in sentences, what did not go as asked but is no reason to stop, and what a fit changed.
    """

    def __init__(
        self,
        resources: AudioResources,
        sources: PrepareSources,
        *,
        voice: str | None,
        named: bool,
        notify: Callable[[str], None],
    ) -> None:
        self._resources = resources
        self._sources = sources
        self._voice_name = voice
        self._named = named
        self._notify = notify
        self._told: set[str] = set()
        self._languages: dict[str, Language] = {}

    def performance(
        self, chosen: Session, wished: SessionOptions, *, start_at: str, yours: bool
    ) -> Performance:
        """A session, ready; ``Coach.prepare`` says what is raised."""
        # Once for all speeds: what is completed meanwhile does not make the words fewer.
        known = self._sources.known(chosen) if wished.guidance == AUTO else None

        def make_performance(options: SessionOptions, voice: str) -> Performance:
            return self._performance(chosen, options, known, voice, start_at=start_at, yours=yours)

        def all_said() -> Iterable[Utterance]:
            # What a fit changes is counts, and a pack has those too.
            return self._sources.repertoire(make_performance(replace(wished, fit_ms=None), asked), asked)

        asked = self._voice(self._language(chosen.language))
        return make_performance(wished, self._resources.speaker().choose(asked, all_said))

    def rep_compiler(self, chosen: Session, entry: SessionEntry) -> RepCompiler:
        """Return what compiles one rep of an exercise in a session; ``Coach.preview`` says what is raised."""
        from voice_coach.rendering.rep import RepCompiler

        own = self._own_layers(chosen, self._notify)
        language = self._language(chosen.language)
        speaker = self._resources.speaker()
        asked = self._voice(language)
        # The rate is tuned as well, and no pack has them all.
        rates = GENERAL["rate"].minimum, GENERAL["rate"].maximum
        voice = speaker.choose(asked, lambda: (Utterance(chosen.title, asked, rate) for rate in rates))
        return RepCompiler(
            entry.exercise,
            language,
            saved_layers(chosen, entry, own(entry)),
            voice,
            self._resources.lengths(),
            speaker.prepare,
            chosen.moves,
        )

    def _performance(
        self,
        chosen: Session,
        wished: SessionOptions,
        known: LayerLookup | None,
        voice: str,
        *,
        start_at: str,
        yours: bool,
    ) -> Performance:
        language = self._language(chosen.language)
        own = self._own_layers(chosen, self._tell_once) if yours else no_layers
        layers_of = all_layers(chosen, wished, known=known, own=own)
        lengths = self._resources.lengths()
        planner = SessionPlanner(chosen, language, start_at, wished.person)
        layers_of = fitted_layers(planner, layers_of, wished, voice, lengths, self._notify)

        def pace_of(entry: SessionEntry | None) -> Pace:
            return effective_pace(entry.exercise.tune if entry else {}, layers_of(entry))

        def again(speed: float) -> Performance:
            turned = wished.with_tempo_factor(speed, before=tempo_factor_of(layers_of(None)))
            return self._performance(chosen, turned, known, voice, start_at=start_at, yours=yours)

        sources = SoundSources(self._resources.speaker(), voice, self._resources.sounds, lengths)
        speed = tempo_factor_of(layers_of(None))
        return Performance(planner, planner.plan(pace_of), sources, speed, again)

    def _own_layers(self, session: Session, notify: Callable[[str], None]) -> LayersOf:
        return load_user_layers(self._sources.pacing(), session, notify, named=self._named)

    def _voice(self, language: Language) -> str:
        return self._voice_name or voice_for(language)

    def _tell_once(self, sentence: str) -> None:
        """Tell what would be the same each time that a session is prepared."""
        if sentence not in self._told:
            self._told.add(sentence)
            self._notify(sentence)

    def _language(self, code: str) -> Language:
        if code not in self._languages:
            self._languages[code] = self._sources.language(code)
        return self._languages[code]


def voice_for(language: Language) -> str:
    """Return the voice that reads a language by default."""
    return DEFAULT_VOICE if language.code == "en" else f"espeak:{language.code}"
