"""The default microphone, on a real sound server: what its loudspeaker plays is heard by the microphone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.real_parts import require_program
from tests.support.sound_server import SINK, SoundServer
from voice_coach.voice_input.microphone import Microphone, MicrophoneError, refusal
from voice_coach.voice_input.recognizer import RATE_HZ

HZ = 440.0
_PATIENCE_S = 20.0


def play(path: Path) -> None:
    """Somebody makes a sound in the room; returns when it is over."""
    subprocess.run([require_program("paplay", "pulseaudio-utils"), str(path)], check=True)


def tone(path: Path, seconds: float = 1.0) -> Path:
    times = np.arange(round(48_000 * seconds)) / 48_000
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes((12_000 * np.sin(2 * np.pi * HZ * times)).astype(np.int16).tobytes())
    return path


def read_until(microphone: Microphone, enough: Callable[[NDArray[np.int16]], bool]) -> NDArray[np.int16]:
    """All that is heard until there is enough of it."""
    sound, until_s = np.zeros(0, np.int16), time.monotonic() + _PATIENCE_S
    while not enough(sound):
        assert time.monotonic() < until_s
        sound = np.concatenate([sound, microphone.read(0.5)])
    return sound


def until_lost(microphone: Microphone) -> MicrophoneError:
    with pytest.raises(MicrophoneError) as lost:
        read_until(microphone, lambda _sound: False)
    return lost.value


def pactl(*arguments: str) -> None:
    subprocess.run(
        [require_program("pactl", "pulseaudio-utils"), *arguments], check=True, stdout=subprocess.DEVNULL
    )


@pytest.mark.usefixtures("room")
def test_it_hears_at_the_right_pitch_and_level(tmp_path: Path) -> None:
    with closing(Microphone()) as microphone:
        microphone.open()
        play(tone(tmp_path / "tone.wav"))
        sound = read_until(microphone, lambda sound: len(sound) > 0 and int((abs(sound) > 5000).sum()) > 8000)
    loud = sound[int(np.flatnonzero(sound > 5000)[0]) :][: RATE_HZ // 2].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(loud))
    assert np.fft.rfftfreq(len(loud), 1 / RATE_HZ)[spectrum.argmax()] == pytest.approx(HZ, abs=4)
    assert np.sqrt(np.mean(np.square(loud))) == pytest.approx(12_000 / 2**0.5, rel=0.1)


@pytest.mark.usefixtures("room")
def test_silence_comes_as_fast_as_it_lasts() -> None:
    with closing(Microphone()) as microphone:
        began_s = time.monotonic()  # before the first of it can wait to be read, on a busy machine
        microphone.open()
        sound = read_until(microphone, lambda sound: len(sound) >= RATE_HZ)
        took_s = time.monotonic() - began_s
    assert not sound.any()
    assert took_s > 0.5  # it does not run ahead, as one that only pretends would


@pytest.mark.usefixtures("room")
def test_what_nobody_reads_is_dropped_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice_coach.voice_input.microphone._MOST_WAITING", 3)
    with closing(Microphone()) as forgotten, closing(Microphone()) as other:
        forgotten.open()
        other.open()
        read_until(other, lambda sound: len(sound) >= RATE_HZ)
        assert forgotten.dropped >= 30
        assert len(forgotten.read(0)) == 3 * RATE_HZ // 50
        assert not other.dropped


@pytest.mark.usefixtures("sound_server")
def test_what_our_own_loudspeaker_plays_is_no_microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound server without a microphone offers that instead."""
    monkeypatch.delenv("PULSE_SOURCE", raising=False)
    with pytest.raises(MicrophoneError, match=r"No microphone was found \(the sound server has none\)"):
        Microphone().open()


def test_a_source_that_is_no_monitor_is_a_microphone(own_sound_server: SoundServer) -> None:
    del own_sound_server
    pactl("load-module", "module-remap-source", f"master={SINK}.monitor", "source_name=headset")
    pactl("set-default-source", "headset")
    with closing(Microphone()) as microphone:
        microphone.open()
        read_until(microphone, lambda sound: len(sound) > 0)


@pytest.mark.usefixtures("sound_server")
def test_a_source_that_is_named_and_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SOURCE", "headset")
    with pytest.raises(MicrophoneError, match="PULSE_SOURCE names 'headset', which is not there"):
        Microphone().open()


def test_without_a_sound_system_it_is_told(own_room: SoundServer) -> None:
    own_room.end()
    with pytest.raises(MicrophoneError, match="No microphone was found"):
        Microphone().open()


@pytest.mark.parametrize("lose", [SoundServer.remove_sink, SoundServer.kill, SoundServer.freeze])
def test_a_lost_one_is_told_and_comes_back(
    own_room: SoundServer, lose: Callable[[SoundServer], None]
) -> None:
    with closing(Microphone()) as microphone:
        microphone.open()
        read_until(microphone, lambda sound: len(sound) > 0)
        lose(own_room)
        assert str(until_lost(microphone)) == "The microphone was lost. Plug it in or switch it on again."
        microphone.close()
        if lose is SoundServer.freeze:
            own_room.thaw()
        elif lose is SoundServer.kill:
            own_room.start()
        else:
            with pytest.raises(MicrophoneError, match="which is not there"):
                microphone.open()
            pactl("load-module", "module-null-sink", f"sink_name={SINK}", "norewinds=1")
        microphone.open()
        assert len(read_until(microphone, lambda sound: len(sound) > 0))


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
@pytest.mark.usefixtures("room")
def test_what_is_closed_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def files() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  (counted)

    counted: list[int] = []
    for source in (f"{SINK}.monitor", "nowhere") * 4:
        monkeypatch.setenv("PULSE_SOURCE", source)
        microphone = Microphone()
        try:
            microphone.open()
            read_until(microphone, lambda sound: len(sound) > 0)
        except MicrophoneError:
            pass
        microphone.close()
        counted.append(files())
    assert len(set(counted[2:])) == 1


def test_a_refusal_is_told_as_one() -> None:
    """Windows answers so where a person has not allowed it; no server here does."""
    import miniaudio

    error = miniaudio.MiniaudioError("failed to init device", miniaudio.lib.MA_ACCESS_DENIED)
    assert "may not use the microphone" in str(refusal(error))
    assert "failed to init device" in str(refusal(miniaudio.MiniaudioError("failed to init device", -1)))


def test_one_that_is_unplugged_is_lost_though_the_server_offers_its_loudspeaker(
    own_sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    del own_sound_server
    monkeypatch.delenv("PULSE_SOURCE", raising=False)
    headset = ("load-module", "module-remap-source", f"master={SINK}.monitor", "source_name=headset")
    pactl(*headset)
    pactl("set-default-source", "headset")
    with closing(Microphone()) as microphone:
        microphone.open()
        read_until(microphone, lambda sound: len(sound) > 0)
        pactl("unload-module", "module-remap-source")
        until_lost(microphone)
        microphone.close()
        with pytest.raises(MicrophoneError, match="the sound server has none"):
            microphone.open()
        pactl(*headset)
        microphone.open()
        read_until(microphone, lambda sound: len(sound) > 0)
