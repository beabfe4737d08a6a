"""The session as a media player: asked by playerctl and dbus-send over a real D-Bus."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from tests.real_parts import require_program
from tests.support.fake_remote import AT_THE_THIRD, FakeRemote
from tests.support.message_bus import MessageBus, running_bus
from voice_coach.controls import mpris_interface as player
from voice_coach.controls.mpris import MprisControl, bus_name, reach_bus
from voice_coach.core.errors import CoachError
from voice_coach.core.parameters import FASTEST_PERCENT, LOUDEST_DB, QUIETEST_DB, SLOWEST_PERCENT


@pytest.fixture(scope="module")
def shared_bus() -> Generator[MessageBus]:
    with running_bus() as bus:
        yield bus


def found(bus: MessageBus, monkeypatch: pytest.MonkeyPatch) -> MessageBus:
    for name, value in bus.environ.items():
        monkeypatch.setenv(name, value)
    return bus


@pytest.fixture
def bus(shared_bus: MessageBus, monkeypatch: pytest.MonkeyPatch) -> MessageBus:
    return found(shared_bus, monkeypatch)


@pytest.fixture
def remote() -> FakeRemote:
    return FakeRemote()


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def control(bus: MessageBus, remote: FakeRemote, clock: Clock) -> Generator[MprisControl]:
    del bus
    with closing(MprisControl(remote.tell, clock)) as made:
        made.start(remote)
        yield made
    assert remote.told == []


def test_playerctl_gives_every_command_of_a_player(
    control: MprisControl, bus: MessageBus, remote: FakeRemote
) -> None:
    del control
    for command in ("play-pause", "pause", "play", "next", "previous", "stop"):
        bus.playerctl(command)
    assert remote.given == ["toggle", "pause", "resume", "skip", "back", "stop"]


def test_playerctl_finds_the_player_and_reads_all_of_it(control: MprisControl, bus: MessageBus) -> None:
    del control
    assert bus.playerctl("--list-all").splitlines() == [f"voice_coach.instance{os.getpid()}"]
    assert bus.playerctl("status") == "Playing"
    # playerctl adds the time since it asked.
    assert float(bus.playerctl("position")) == pytest.approx(65, abs=5)
    assert float(bus.playerctl("volume")) == 1.0
    shown = "{{title}}|{{album}}|{{artist}}|{{mpris:length}}|{{mpris:trackid}}|{{xesam:trackNumber}}"
    assert bus.playerctl("metadata", "--format", shown).split("|") == [
        "Knee slide",
        "Lower back relief",
        "voice_coach",
        "150000000",
        "'/voice_coach/chapter/2'",  # as playerctl writes a path
        "3",
    ]


@pytest.mark.parametrize(
    ("mode", "playback"),
    [
        ("paused", "Paused"),
        ("waiting", "Paused"),
        ("hurting", "Playing"),
        ("lost", "Paused"),
        ("ended", "Stopped"),
    ],
)
def test_each_mode_is_one_of_a_player(
    control: MprisControl, bus: MessageBus, remote: FakeRemote, mode: str, playback: str
) -> None:
    control.on_change(remote.turn(mode=mode))
    assert bus.playerctl("status") == playback


def test_volume_comes_as_near_as_steps_can(
    control: MprisControl, bus: MessageBus, remote: FakeRemote
) -> None:
    del control
    bus.playerctl("volume", "0.5")  # −6 dB
    assert remote.wait_given(2) == ["quieter", "quieter"]
    remote.turn(volume_db=-6.0)
    assert float(bus.playerctl("volume")) == pytest.approx(0.5, abs=0.01)


def test_a_slider_is_taken_where_it_comes_to_rest(
    control: MprisControl, bus: MessageBus, remote: FakeRemote
) -> None:
    del control
    for volume in ("0.9", "0.4", "1.2"):
        bus.call(
            player.PROPERTIES, "Set", f"string:{player.PLAYER}", "string:Volume", f"variant:double:{volume}"
        )
    bus.call(player.PROPERTIES, "Set", f"string:{player.PLAYER}", "string:Rate", "variant:double:1.2")
    assert remote.wait_given(3) == ["louder", "faster", "faster"]


def test_rate_is_read(control: MprisControl, bus: MessageBus, remote: FakeRemote) -> None:
    del control
    remote.turn(speed_percent=120)
    answer = bus.call(player.PROPERTIES, "Get", f"string:{player.PLAYER}", "string:Rate")
    assert answer.endswith("double 1.2")


def test_seeking_goes_to_what_is_said_before_or_next(
    control: MprisControl, bus: MessageBus, remote: FakeRemote
) -> None:
    del control
    bus.playerctl("position", "10-")
    bus.playerctl("position", "10+")
    bus.playerctl("position", "1")
    bus.call(
        player.PLAYER, "SetPosition", "objpath:/voice_coach/chapter/1", "int64:0"
    )  # a track that is over
    bus.call(player.PLAYER, "SetPosition", "objpath:/voice_coach/chapter/2", "int64:65000000")  # we are there
    assert remote.given == ["previous", "next", "previous"]


def test_quitting_stops(control: MprisControl, bus: MessageBus, remote: FakeRemote) -> None:
    del control
    bus.call(player.ROOT, "Quit")
    assert remote.given == ["stop"]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ((player.PROPERTIES, "Get", f"string:{player.PLAYER}", "string:Nonsense"), "UnknownProperty"),
        ((player.PROPERTIES, "GetAll", "string:org.nonsense"), "UnknownInterface"),
        (
            (player.PROPERTIES, "Set", f"string:{player.PLAYER}", "string:Position", "variant:int64:0"),
            "ReadOnly",
        ),
        (
            (player.PROPERTIES, "Set", f"string:{player.PLAYER}", "string:Volume", "variant:string:x"),
            "InvalidArgs",
        ),
        ((player.PLAYER, "Dance"), "UnknownMethod"),
        ((player.PLAYER, "Seek", "string:far"), "UnknownMethod"),
    ],
)
def test_what_there_is_not_is_refused(
    control: MprisControl, bus: MessageBus, remote: FakeRemote, call: tuple[str, ...], error: str
) -> None:
    del control
    with pytest.raises(AssertionError, match=error):
        bus.call(*call)
    assert remote.given == []
    assert bus.playerctl("status") == "Playing"


def test_the_introspection_is_what_there_is(control: MprisControl, bus: MessageBus) -> None:
    """Every property that it names can be read, in the type that it names."""
    del control
    from xml.etree import ElementTree  # our own text

    answer = bus.call(player.INTROSPECTABLE, "Introspect")
    node = ElementTree.fromstring(answer[answer.index("<node") : answer.rindex('"')])
    short = {"b": "boolean", "s": "string", "d": "double", "x": "int64", "as": "array", "a{sv}": "array"}
    count = 0
    for interface in node.iter("interface"):
        for each in interface.iter("property"):
            got = bus.call(
                player.PROPERTIES, "Get", f"string:{interface.get('name')}", f"string:{each.get('name')}"
            )
            assert got.splitlines()[1].split()[1] == short[str(each.get("type"))]
            count += 1
    assert count == sum(map(len, player.SIGNATURES.values()))


class Watcher:
    """All signals of our player, as dbus-monitor prints them."""

    def __init__(self, bus: MessageBus) -> None:
        monitor = require_program("dbus-monitor", "dbus")
        self._process = subprocess.Popen(
            [monitor, "--session", f"type='signal',path='{player.PATH}'"],
            env=os.environ | bus.environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._until("member=NameLost")  # then it listens

    def until(self, text: str) -> str:
        """All that was told up to a line with this text."""
        return self._until(text)

    def _until(self, text: str) -> str:
        assert self._process.stdout
        told = ""
        for line in self._process.stdout:
            told += line
            if text in line:
                return told
        raise AssertionError(told)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


def test_what_changes_is_told_and_nothing_else(
    control: MprisControl, bus: MessageBus, remote: FakeRemote, clock: Clock
) -> None:
    with closing(Watcher(bus)) as watcher:
        clock.now_s += 10
        control.on_change(remote.turn(position_ms=75_000))  # as time goes by: nothing is told
        control.on_change(remote.turn(mode="paused"))
        told = watcher.until('"Paused"')
        assert "Seeked" not in told
        assert "Metadata" not in told
        clock.now_s += 60
        control.on_change(remote.turn(mode="playing"))  # it stood still meanwhile
        control.on_change(remote.turn(position_ms=20_000))
        told = watcher.until("int64 20000000")
        assert told.count("Seeked") == 1
        control.on_change(remote.turn(chapter=3, position_ms=0, duration_ms=90_000))
        told = watcher.until("chapter/3")
        assert "Metadata" in told
        assert "Seeked" not in told
        control.on_change(remote.turn(volume_db=3.0))
        assert "Seeked" not in watcher.until('"Volume"')


def test_without_a_bus_it_says_so(
    remote: FakeRemote, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    for address in ("", f"unix:path={tmp_path}/nowhere", "nonsense"):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with (
            closing(MprisControl(remote.tell)) as made,
            pytest.raises(CoachError, match="do not reach") as error,
        ):
            made.start(remote)
        assert "\n" not in str(error.value)
        with pytest.raises(CoachError, match="do not reach"):
            reach_bus()
    assert remote.told == []


def test_a_bus_that_does_not_answer_is_not_waited_for(
    remote: FakeRemote, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket
    import tempfile

    with tempfile.TemporaryDirectory() as folder, closing(socket.socket(socket.AF_UNIX)) as deaf:
        deaf.bind(f"{folder}/bus")
        deaf.listen()
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)  # where the bus of a login is found without its address
        impatient = MprisControl(remote.tell, patience_s=0.1)
        with closing(impatient) as made, pytest.raises(CoachError, match="does not answer"):
            made.start(remote)


def test_a_bus_is_reached_without_a_player_on_it(bus: MessageBus) -> None:
    reach_bus()
    assert bus.environ


def test_a_bus_that_goes_is_told_once(remote: FakeRemote, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_bus() as own:
        found(own, monkeypatch)
        with closing(MprisControl(remote.tell)) as made:
            made.start(remote)
            own.kill()
            assert "no longer reach" in remote.wait_told()
            made.on_change(remote.turn(mode="paused"))
    assert len(remote.told) == 1


def test_the_name_is_free_again_afterwards(control: MprisControl, bus: MessageBus) -> None:
    control.close()
    listed = subprocess.check_output(
        [require_program("playerctl"), "--list-all"], env=os.environ | bus.environ, stderr=subprocess.DEVNULL
    )
    assert bus_name().encode() not in listed


@pytest.mark.parametrize(
    ("name", "value", "steps"),
    [
        ("Volume", 1.0, []),
        ("Volume", 0.95, ["quieter"]),
        ("Volume", 1.05, ["louder"]),
        ("Volume", 0.0, ["quieter"] * 8),
        ("Volume", -3.0, ["quieter"] * 8),
        ("Volume", 1e300, ["louder"] * 4),
        ("Rate", 1.0, []),
        ("Rate", 1.04, ["faster"]),
        ("Rate", 0.8, ["slower", "slower"]),
        ("Rate", 0.0, ["pause"]),
        ("Rate", -1.0, ["slower"] * 5),
        ("Rate", 1e300, ["faster"] * 5),
    ],
)
def test_values_are_steps(name: str, value: float, steps: list[str]) -> None:
    assert player.set_to(name, value, AT_THE_THIRD) == steps
    assert QUIETEST_DB < 0 < LOUDEST_DB
    assert SLOWEST_PERCENT < 100 < FASTEST_PERCENT
