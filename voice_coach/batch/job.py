"""The unit of work: a pure description of one file, which any process on any machine can make alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One file to be made; everything as people write it, so that it can be sent as text.

    Attributes:
        file: the file's name, below the folder that all files go to; its ending says the format.
        session: the session, by name or file.
        person: whom it is made for; "" for nobody in particular.
        voice: who speaks, as ``ENGINE:NAME``; "" for the voice of the session's language.
        pacing: a pacing file with the person's own values; "" for none.
        guidance: ``full``, ``key`` or ``names``; "" as the scripts say.
        rate: speech in words per minute; "" as the scripts say.
        pace: the tempo factor, such as ``calm`` or ``0.8``; "" as the scripts say.
        fit: how long the session is to be, such as ``12m``; "" as long as it is.
        said: values by parameter, ``hold`` or ``pelvic-tuck.hold``.
        quality: ``small``, ``normal`` or ``high``.
        chapters: ``exercises`` or ``sets``.
        loudness: a preset.
        bed: ``none``, ``tone``, ``noise`` or an audio file.
        paper: ``a4`` or ``letter``, for a sheet.
        date: the day to name in the file, as ``2026-11-21``.
    """

    file: str
    session: str
    person: str = ""
    voice: str = ""
    pacing: str = ""
    guidance: str = ""
    rate: str = ""
    pace: str = ""
    fit: str = ""
    said: Mapping[str, str] = field(default_factory=dict[str, str])
    quality: str = "normal"
    chapters: str = "exercises"
    loudness: str = "phone"
    bed: str = "none"
    paper: str = "a4"
    date: str = ""

    def plain(self) -> dict[str, Any]:
        """The description as plain data, for JSON; ``from_plain`` reads it back."""
        return {**asdict(self), "said": dict(self.said)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Job:
        """A description that ``plain`` gave.

        Raises:
            TypeError: a key is missing or not known.
        """
        return cls(**plain)


COLUMNS = tuple(each.name for each in fields(Job) if each.name not in ("said", "date"))
"""The columns of a manifest that are no parameters of exercises."""
