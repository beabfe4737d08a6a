"""While a device plays, the threads of its process come before other programs, where that is allowed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from tests.support.sound_server import SoundServer
from tests.support.streams import blocks, noise
from voice_coach.audio.mixer import Block
from voice_coach.devices.priority import PLAYING_NICE, prefer, prefer_no_more
from voice_coach.formats.base import make_device

if sys.platform != "linux":
    pytest.skip("only Linux has priorities of threads", allow_module_level=True)

import resource

ORDINARY = """\
import os, resource, sys
from voice_coach.devices.priority import prefer
try:
    resource.setrlimit(resource.RLIMIT_NICE, ({limit}, {limit}))
except (ValueError, PermissionError):
    sys.exit("refused")
os.setuid(65534)
print(len(prefer()), os.getpriority(os.PRIO_PROCESS, 0))
"""


def nice(thread: int = 0) -> int:
    return os.getpriority(os.PRIO_PROCESS, thread)


@pytest.fixture(autouse=True)
def _as_usual() -> None:  # pyright: ignore[reportUnusedFunction]
    if nice() != 0:
        pytest.skip("somebody has chosen a priority for the tests")


def may_prefer() -> bool:
    return os.geteuid() == 0 or resource.getrlimit(resource.RLIMIT_NICE)[0] >= 20 - PLAYING_NICE


def test_every_thread_is_preferred_and_then_no_more() -> None:
    if not may_prefer():
        pytest.skip("this user may not be preferred")
    over = threading.Event()
    other = threading.Thread(target=over.wait)
    other.start()
    try:
        assert other.native_id is not None
        threads = prefer()
        assert {threading.get_native_id(), other.native_id} <= {*threads}
        assert nice() == nice(other.native_id) == PLAYING_NICE
        assert prefer() == []  # somebody has chosen it already
        prefer_no_more(threads)
        assert nice() == nice(other.native_id) == 0
    finally:
        over.set()
        other.join()
    prefer_no_more(threads)  # also those that have ended


@pytest.mark.parametrize(("limit", "found"), [(0, "0 0"), (25, "1 -5"), (40, f"1 {PLAYING_NICE}")])
def test_an_ordinary_user_is_preferred_as_far_as_allowed(limit: int, found: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    script = ORDINARY.format(limit=limit)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    if "refused" in ended.stderr:
        pytest.skip("this root may not raise limits")
    assert ended.stdout.strip() == found


def test_a_device_is_preferred_while_it_plays(sound_server: SoundServer) -> None:
    if not may_prefer():
        pytest.skip("this user may not be preferred")
    output = make_device("miniaudio", live=True)
    seen: list[int] = []

    def watched() -> list[Block]:
        seen.append(nice())
        return [*blocks([noise(4800)])]

    with sound_server.record():
        output.open()
        output.write(block for _ in range(2) for block in watched())
    assert seen == [PLAYING_NICE] * 2
    assert nice() == 0
