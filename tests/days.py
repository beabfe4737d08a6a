"""Other days than today, for tests that read a clock: a pytest of their own, whose clock is moved.

Any tests run on any day: ``python -m tests.days Pacific/Auckland 2028-02-29T12:00 tests/history``.

``support/other_day.c`` moves the clock and nothing else. libfaketime also takes part in every wait and lock:
with it one process in five that starts threads hangs, Chromium spins, and Python 3.13 does not run at all.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.real_parts import require_program, require_real

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Day:
    """A moment from which the clock goes on, in the local time of a zone."""

    zone: str
    local: str

    @property
    def ahead_s(self) -> int:
        """Seconds between now and then."""
        then = datetime.fromisoformat(self.local).replace(tzinfo=ZoneInfo(self.zone))
        return round((then - datetime.now().astimezone()).total_seconds())


_AUCKLAND, _LOS_ANGELES = "Pacific/Auckland", "America/Los_Angeles"

DAYS = (
    Day(_AUCKLAND, "2028-02-29T12:00:00"),
    Day(_LOS_ANGELES, "2028-02-29T23:59:55"),
    Day(_AUCKLAND, "2028-12-31T23:59:55"),
    Day(_LOS_ANGELES, "2028-12-31T12:00:00"),
    Day(_AUCKLAND, "2028-04-02T02:59:55"),  # three o'clock becomes two
    Day(_AUCKLAND, "2028-09-24T01:59:55"),  # two o'clock becomes three
    Day(_LOS_ANGELES, "2028-03-12T01:59:55"),  # two o'clock becomes three
    Day(_LOS_ANGELES, "2028-11-05T01:59:55"),  # two o'clock becomes one
    Day(_AUCKLAND, "2028-05-28T23:30:00"),  # a Sunday, as in Greenwich
    Day(_LOS_ANGELES, "2028-05-28T20:00:00"),  # a Sunday, and in Greenwich Monday
    Day(_AUCKLAND, "2028-05-29T08:00:00"),  # a Monday, and in Greenwich Sunday
    Day(_LOS_ANGELES, "2028-05-29T12:00:00"),  # a Monday
)


def pytest_on(day: Day, arguments: Sequence[str | Path], folder: Path) -> int:
    """Run tests on another day; return pytest's exit code.

    Args:
        day: when they begin.
        arguments: pytest's.
        folder: where temporary files go, and no others lie: files are as old as they really are, and what
            others use would be taken for left over.
    """
    compiler = require_program("cc", "gcc")
    zones = Path("/usr/share/zoneinfo")
    require_real("the time zone", (zones / day.zone).exists(), "apt install tzdata")
    library = folder / "other_day.so"
    source = ROOT / "tests" / "support" / "other_day.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    environ = {
        "TZ": day.zone,
        "TMPDIR": str(folder),
        "LD_PRELOAD": str(library),
        "OTHER_DAY_AHEAD_S": str(day.ahead_s),
    }
    pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--basetemp={folder / 'pytest'}"]
    return subprocess.run([*pytest, *arguments], cwd=ROOT, env=os.environ | environ, check=False).returncode


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)  # some tests are another user for a while
        sys.exit(pytest_on(Day(*sys.argv[1:3]), sys.argv[3:], Path(made)))
