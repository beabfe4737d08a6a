"""Memory that lies between what is kept goes back to the machine."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
from voice_coach.speech.synthesizer import release_memory

def held_kb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

pieces = [bytes(1_000) for _ in range(60_000)]
kept = pieces[::200]
full = held_kb()
del pieces
before = held_kb()
release_memory()
print(full - before, before - held_kb())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is asked")
def test_it_is_given_back() -> None:
    out = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    by_itself_kb, asked_kb = map(int, out.split())
    assert asked_kb > 40_000 > 10 * by_itself_kb
