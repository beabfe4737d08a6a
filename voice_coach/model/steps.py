"""By how much a single command makes a live session louder or faster, and how far that goes."""

from __future__ import annotations

from typing import Final

STEP_DB: Final = 3.0
QUIETEST_DB: Final = -24.0
LOUDEST_DB: Final = 12.0

STEP_PERCENT: Final = 10
FULL_PERCENT: Final = 100
SLOWEST_PERCENT: Final = 50
FASTEST_PERCENT: Final = 150
