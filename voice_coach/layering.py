"""All layers of a session in their order: what it sets, what is the person's own, what is asked now."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from voice_coach.model.language import Language
from voice_coach.model.script import Entry, Session
from voice_coach.pacing.layers import Layer, LayersOf, kept_layers, no_layers
from voice_coach.performance import ClipLengths
from voice_coach.wishes import Wishes, check_wishes

Known = Callable[[Entry | None], Layer]
"""How much is said by what is known of each exercise."""


def all_layers(
    session: Session,
    wishes: Wishes,
    *,
    known: Known | None = None,
    own: LayersOf = no_layers,
) -> LayersOf:
    """Every layer but that of a fit.

    Args:
        session: the session.
        wishes: what is asked for this time.
        known: how much is said by what is known of each exercise.
        own: the person's own.

    Raises:
        CoachError: a wish has no place in this session.
    """
    asked = wishes.layer()
    check_wishes(wishes, session)
    said = _said(wishes.said, session)
    return lambda entry: [
        *([known(entry)] if known else []),
        *kept_layers(session, entry, own(entry)),
        asked,
        *said(entry),
    ]


def own_layers(path: Path, session: Session, notify: Callable[[str], None], *, named: bool) -> LayersOf:
    """The layers of the person's own file; where nobody made one, nothing of pacing is imported.

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
    from voice_coach.pacing_file import PacingFile
    from voice_coach.pacing_layers import layers_of_file

    return layers_of_file(PacingFile(path, named=named), session, notify)


def fitted_layers(
    session: Session,
    language: Language,
    layers_of: LayersOf,
    wishes: Wishes,
    voice_name: str,
    lengths: ClipLengths,
    notify: Callable[[str], None],
    *,
    start_at: str = "",
) -> LayersOf:
    """The same layers, and on top of them what makes the session fit a time, if one is wished for.

    It tells what that changes.

    Raises:
        CannotFitError: no pacing within the bounds has this length.
    """
    if wishes.fit_ms is None:
        return layers_of
    from voice_coach.fitting import fit_session

    fitted = fit_session(
        session,
        language,
        layers_of,
        wishes.fit_ms,
        voice_name,
        lengths,
        start_at=start_at,
        person=wishes.person,
        lead_in_ms=wishes.lead_in_ms,
    )
    notify(fitted.report)

    def layers(entry: Entry | None) -> Sequence[Layer]:
        return [*layers_of(entry), fitted.layer(entry)]

    return layers


def _said(said: Mapping[str, str], session: Session) -> LayersOf:
    if not said:
        return no_layers
    from voice_coach.pacing_layers import said_layers

    return said_layers(said, session)
