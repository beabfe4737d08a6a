"""What became of the rows of a manifest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice_coach.batch.job import Job
from voice_coach.batch.work import Made

State = Literal["made", "kept", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row.

    Attributes:
        job: the row.
        state: ``kept`` is a file that was there already, as it would be made now.
        made: the file, unless it failed.
        told: what was changed to fit a time, what did not go as asked, or why it failed.
    """

    job: Job
    state: State
    made: Made | None
    told: str
