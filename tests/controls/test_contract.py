"""What every control must do, tried on each with a remote that keeps what it is given."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from typing import get_args

import pytest

from tests.support.driven import WAYS, Driven
from tests.support.fake_remote import FakeRemote
from voice_coach.controls.base import Control, SessionRemote
from voice_coach.controls.registry import close_all, start_all
from voice_coach.core.errors import CoachError
from voice_coach.core.status import Mode


@pytest.fixture
def remote() -> FakeRemote:
    return FakeRemote()


@pytest.fixture(params=WAYS)
def driven(
    request: pytest.FixtureRequest, remote: FakeRemote, monkeypatch: pytest.MonkeyPatch
) -> Generator[Driven]:
    with WAYS[request.param](remote.tell, monkeypatch) as made:
        yield made
    assert remote.told == []


def test_each_command_arrives_once_and_in_order(driven: Driven, remote: FakeRemote) -> None:
    driven.control.start(remote)
    for command in driven.commands:
        driven.send(command)
    assert remote.wait_given(len(driven.commands)) == list(driven.commands)


def test_a_pause_can_be_had_by_every_control(driven: Driven) -> None:
    assert {"skip", "back", "stop"} <= set(driven.commands)
    assert "toggle" in driven.commands or {"pause", "resume"} <= set(driven.commands)


def test_being_told_holds_up_nobody_and_disturbs_nothing(driven: Driven, remote: FakeRemote) -> None:
    """In every mode, before a chapter is compiled, in any thread, before the start and after the end."""
    control = driven.control
    control.on_change(remote.status)
    control.start(remote)
    moments = [
        remote.turn(mode=mode, status=status)
        for mode in get_args(Mode)
        for status in (None, remote.status.status)
    ]

    def tell() -> None:
        for moment in moments * 5:
            control.on_change(moment)

    threads = [threading.Thread(target=tell) for _ in range(3)]
    for thread in threads:
        thread.start()
    driven.send(driven.commands[0])
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    driven.send(driven.commands[1])
    assert remote.wait_given(2) == list(driven.commands[:2])
    control.close()
    control.on_change(remote.status)


def test_it_lets_go_of_everything(driven: Driven, remote: FakeRemote) -> None:
    before = threads_and_files()
    driven.control.start(remote)
    driven.send(driven.commands[0])
    remote.wait_given(1)
    assert threads_and_files() != before
    driven.control.close()
    driven.control.close()
    assert threads_and_files() == before


def test_one_that_was_never_started_can_be_closed(driven: Driven) -> None:
    driven.control.close()


def test_the_next_session_can_use_it_again(driven: Driven, remote: FakeRemote) -> None:
    for count in (1, 2, 3):
        driven.control.start(remote)
        driven.send(driven.commands[0])
        assert remote.wait_given(count) == [driven.commands[0]] * count
        driven.control.close()


def threads_and_files() -> tuple[set[threading.Thread], int]:
    """What is running and open in this process."""
    files = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0  # noqa: PTH208  (counted)
    return set(threading.enumerate()), files


class Unusable(Control):
    """One that there is not."""

    def __init__(self) -> None:
        self.is_closed = False

    def start(self, remote: SessionRemote) -> None:
        del remote
        raise CoachError("There is no such thing here. Do without.")

    def close(self) -> None:
        self.is_closed = True


def test_without_one_the_session_goes_on_with_the_others(driven: Driven, remote: FakeRemote) -> None:
    unusable, sentences = Unusable(), list[str]()
    started = start_all([unusable, driven.control], remote, sentences.append)
    assert started == [driven.control]
    assert sentences == ["There is no such thing here. Do without."]
    assert unusable.is_closed
    driven.send(driven.commands[0])
    remote.wait_given(1)
    close_all(started)
