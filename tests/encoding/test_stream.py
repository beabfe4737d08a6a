"""Sound and silence through each codec: what comes out is where it was, and as good as encoded in one go."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from voice_coach.audio.mixer import Block
from voice_coach.encoding import encoder as stream
from voice_coach.encoding import segments as spans
from voice_coach.encoding.codecs import AAC, MP3, OPUS, Codec, Settings
from voice_coach.encoding.encoder import encode, filler, span_encoder
from voice_coach.encoding.muxing import Label, mux
from voice_coach.encoding.packets import Packets, PacketStore, Recording

CODECS = {"mp3": MP3, "mp4": AAC, "opus": OPUS}
WORSE_DB = {"mp3": 0.5, "mp4": 0.5, "opus": 3.0}
"""Opus gives bits that it did not need before to tones that it has known for long; speech is as good."""

FORMATS = pytest.mark.parametrize("format", CODECS)


def tone(frames: int, hz: float = 440.0) -> NDArray[np.int16]:
    """Rich in harmonics, like a voice, and never zero for long."""
    phase = 2 * np.pi * hz * np.arange(frames) / 48_000
    wave = sum(np.sin(phase * n) / n for n in (1, 2, 3, 5, 7))
    return (6000 * np.asarray(wave)).astype(np.int16)


def blocks(samples: NDArray[np.int16]) -> list[Block]:
    cut = [samples[at : at + 48_000] for at in range(0, len(samples), 48_000)]
    return [Block(each, silent=not each.any()) for each in cut]


def talk(pauses: list[int]) -> NDArray[np.int16]:
    """A sound after each pause, of many lengths."""
    parts = [
        part
        for turn, pause in enumerate(pauses)
        for part in (np.zeros(pause, np.int16), tone(3000 + 4111 * (turn % 5), 180 + 60 * (turn % 7)))
    ]
    return np.concatenate([np.zeros(0, np.int16), *parts])


def whole(samples: NDArray[np.int16], codec: Codec) -> Recording:
    """The same by one encoder from the first sample to the last."""
    settings = Settings.of(codec, "normal")
    recording = Recording(settings)
    coder = span_encoder(settings)
    frames = -(-(len(samples) + codec.priming) // codec.frame)
    padded = np.zeros(frames * codec.frame, np.int16)
    padded[: len(samples)] = samples
    for packets in (coder.encode(padded), coder.finish()):
        recording.add(packets.first(frames))
        frames -= len(packets)
    recording.finish(len(samples), b"")
    return recording


def packets(samples: NDArray[np.int16], asked: Settings, store: PacketStore | None = None) -> list[bytes]:
    with closing(encode(blocks(samples), asked, store)) as recording:
        return list(recording)


def decoded(recording: Recording, format: str) -> NDArray[np.float64]:
    """What is heard of a recording, which is closed."""
    import av

    file = io.BytesIO()
    with closing(recording):
        mux(file, format, {}, recording, Label())  # pyright: ignore[reportArgumentType]
    file.seek(0)
    container: Any
    with av.open(file) as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    scale = 1.0 if frames[0].dtype.kind == "i" else 32_768.0
    return np.concatenate(frames).astype(np.float64)[: recording.samples] * scale


def error_db(found: NDArray[np.float64], samples: NDArray[np.int16]) -> float:
    """Energy of the difference against that of the sound."""
    length = min(len(found), len(samples))
    wrong = found[:length] - samples[:length]
    return 10 * np.log10(np.sum(wrong**2) / np.sum(samples.astype(np.float64) ** 2))


@FORMATS
def test_it_is_as_good_as_encoded_in_one_go_and_as_quiet_between(format: str) -> None:
    samples = talk([0, 40_000, 9_000, 100, 1, 60_000, 30_011, 15_000, 48_000])
    plain = decoded(whole(samples, CODECS[format]), format)
    ours = decoded(encode(blocks(samples), Settings.of(CODECS[format], "normal"), None), format)
    assert error_db(ours, samples) < error_db(plain, samples) + WORSE_DB[format]
    assert error_db(ours, samples) < -8
    far = np.convolve(samples != 0, np.ones(9601), "same") == 0
    assert np.abs(ours[far[: len(ours)]]).max() <= np.abs(plain[far[: len(plain)]]).max() + 1


@FORMATS
def test_every_sound_is_where_it_was_to_the_sample(format: str) -> None:
    samples = talk([5, 70_001, 50_333, 100_777])
    ours = decoded(encode(blocks(samples), Settings.of(CODECS[format], "high"), None), format)
    sounding = np.flatnonzero(samples)
    starts = sounding[np.flatnonzero(np.diff(sounding, prepend=-50_000) > 40_000)]
    assert len(starts) == 4
    for start in starts:
        sound = samples[start : start + 3000].astype(np.float64)
        scores = [
            float(np.dot(sound, ours[start + shift : start + shift + 3000]))
            for shift in range(-min(40, int(start)), 41)
        ]
        assert int(np.argmax(scores)) == min(40, start)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 700, 1151, 1152, 9_000, 9_217, 50_000]), max_size=6), st.booleans())
@pytest.mark.parametrize("format", ["mp3", "opus"])
def test_no_pattern_of_sound_and_silence_loses_a_packet(
    format: str, pauses: list[int], quiet_end: bool
) -> None:
    samples = np.concatenate([talk(pauses), np.zeros(20_000 if quiet_end else 0, np.int16)])
    codec = CODECS[format]
    recording = encode(blocks(samples), Settings.of(codec, "normal"), None)
    assert len(list(recording)) == (-(-(len(samples) + codec.priming) // codec.frame) if len(samples) else 0)
    if samples.any():
        assert error_db(decoded(recording, format), samples) < -4
    recording.close()


@FORMATS
def test_the_same_packets_come_from_the_store_and_with_damage_and_without_a_folder(
    format: str, tmp_path: Path
) -> None:
    samples = talk([0, 40_000, 40_000, 40_000])
    asked = Settings.of(CODECS[format], "normal")
    bare = packets(samples, asked)
    store = PacketStore(tmp_path / "encoded")
    assert packets(samples, asked, store) == bare
    kept = sorted((tmp_path / "encoded").iterdir())
    assert len(kept) == 4
    assert packets(samples, asked, store) == bare
    kept[0].write_bytes(kept[0].read_bytes()[:-1])
    kept[1].write_bytes(b"")
    kept[2].write_bytes(kept[3].read_bytes())
    assert packets(samples, asked, store) == bare
    assert packets(samples, asked, PacketStore(tmp_path / "encoded")) == bare
    (tmp_path / "file").write_bytes(b"")
    told: list[str] = []
    nowhere = PacketStore(tmp_path / "file" / "encoded", notify=told.append)
    assert packets(samples, asked, nowhere) == bare
    assert len(told) == 1
    assert told[0].startswith("Encoded sound cannot be kept in ")


def test_what_was_kept_is_taken_and_not_made_again(tmp_path: Path) -> None:
    samples = talk([0, 40_000])
    asked = Settings.of(OPUS, "normal")
    packets(samples, asked, PacketStore(tmp_path))
    store = PacketStore(tmp_path)
    for path in tmp_path.iterdir():
        kept = store.get(path.stem)
        assert kept is not None
        marked = Packets.of([b"\xf8\xff\xfe"] * len(kept))
        store.put(path.stem, marked)
    assert set(packets(samples, asked, store)[3:]) == {b"\xf8\xff\xfe"}


@FORMATS
def test_other_settings_are_other_packets(format: str, tmp_path: Path) -> None:
    samples = talk([0, 40_000])
    store = PacketStore(tmp_path)
    for quality in ("small", "normal", "high"):
        packets(samples, Settings.of(CODECS[format], quality), store)
    assert len(list(tmp_path.iterdir())) == 6


def test_a_sound_that_comes_again_in_the_same_place_of_the_grid_is_encoded_once(tmp_path: Path) -> None:
    once = np.concatenate([tone(20_000), np.zeros(30 * 960 * 5 - 20_000, np.int16)])
    found = packets(np.tile(once, 6), Settings.of(OPUS, "normal"), PacketStore(tmp_path))
    assert found[200:300] == found[350:450]
    assert len(list(tmp_path.iterdir())) <= 2  # the first has no silence before it


def cut_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cut in each 0.96 s."""
    monkeypatch.setattr(spans, "LONGEST_SAMPLES", 100_000)
    monkeypatch.setattr(spans, "PIECE_SAMPLES", 46_080)


def random_sound(seed: int, seconds: int) -> NDArray[np.int16]:
    """Noise and tones that begin and end at any moment, from soft to loud, over soft noise."""
    rng = np.random.default_rng(seed)
    frames = seconds * 48_000
    samples = rng.normal(0, 60, frames)
    for _ in range(4 * seconds):
        first, length = rng.integers(0, frames), int(rng.integers(300, 40_000))
        strength = 10 ** rng.uniform(2, 3.9)
        part = samples[first : first + length]
        hz = rng.uniform(80, 5000)
        noise = rng.normal(0, 0.4, len(part)) if rng.integers(2) else 0
        part += strength * (noise + np.sin(2 * np.pi * hz / 48_000 * np.arange(len(part))))
    return np.clip(np.rint(samples), -32_000, 32_000).astype(np.int16)


@FORMATS
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_long_sound_is_as_good_as_encoded_in_one_go_also_at_the_joins(
    format: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_often(monkeypatch)
    samples = random_sound(seed, 12)
    plain = decoded(whole(samples, CODECS[format]), format)
    ours = decoded(encode(blocks(samples), Settings.of(CODECS[format], "normal"), None), format)
    assert error_db(ours, samples) < error_db(plain, samples) + 0.5
    # A click at a join, or a join at the wrong place, would be an error as large as the sound.
    length = min(len(ours), len(plain), len(samples))
    wrong, plain_wrong = (np.abs(found[:length] - samples[:length]) for found in (ours, plain))
    assert wrong.max() < 1.5 * plain_wrong.max()


@FORMATS
def test_where_no_packet_fits_the_encoder_before_goes_on(
    format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_often(monkeypatch)

    def never(_first: Sequence[bytes], _second: Sequence[bytes]) -> bool:
        return False

    codec = replace(CODECS[format], fits=never)
    samples = np.concatenate([random_sound(5, 6), np.zeros(codec.frame * 20, np.int16)])
    ours = packets(samples, Settings.of(codec, "normal"))
    with closing(whole(samples, codec)) as recording:
        one = list(recording)
    assert ours[:250] == one[:250]
    assert len(ours) == len(one)


@FORMATS
def test_only_the_pieces_of_a_long_sound_that_changed_are_encoded_again(
    format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_often(monkeypatch)
    asked = Settings.of(CODECS[format], "normal")
    samples = random_sound(6, 12)
    bare = packets(samples, asked)
    assert packets(samples, asked, PacketStore(tmp_path)) == bare
    count = len(list(tmp_path.iterdir()))
    assert count == 13
    assert packets(samples, asked, PacketStore(tmp_path)) == bare
    assert len(list(tmp_path.iterdir())) == count
    samples[300_000:310_000] //= 2
    packets(samples, asked, PacketStore(tmp_path))
    assert len(list(tmp_path.iterdir())) - count in (1, 2)


def test_two_processes_may_share_a_store(tmp_path: Path) -> None:
    writer = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.encoding.test_stream import packets, talk\n"
        "from voice_coach.encoding.codecs import MP3, Settings\n"
        "from voice_coach.encoding.packets import PacketStore\n"
        "store = PacketStore(Path(sys.argv[1]), max_bytes=60_000)\n"
        "import hashlib\n"
        "for turn in range(4):\n"
        "    found = packets(talk([0] + [40_000] * 9), Settings.of(MP3, 'normal'), store)\n"
        "    print(hashlib.sha256(b''.join(found)).hexdigest())\n"
        "store.close()\n"
    )
    command = [sys.executable, "-c", writer, tmp_path]
    root = Path(__file__).parents[2]
    both = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [line for process in both for line in process.communicate()[0].split()]
    assert [process.returncode for process in both] == [0, 0]
    assert len(told) == 8
    assert len(set(told)) == 1
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 70_000


def test_what_making_a_block_raises_comes_out() -> None:
    def failing() -> Iterator[Block]:
        yield from blocks(talk([0, 40_000]))
        raise KeyError("no such prompt")

    with pytest.raises(KeyError, match="no such prompt"):
        encode(failing(), Settings.of(MP3, "normal"), None)


def test_an_encoder_that_fails_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_settings: Settings) -> None:
        raise ValueError("no such encoder")

    asked = Settings.of(MP3, "normal")
    monkeypatch.setattr(stream, "span_encoder", broken)
    with pytest.raises(ValueError, match="no such encoder"):
        encode(blocks(talk([0])), asked, None)


def lengths(recording: Recording, format: str) -> tuple[int, int]:
    """How many samples are decoded of a recording, which is closed, and how many its file says there are."""
    import av

    file = io.BytesIO()
    with closing(recording):
        mux(file, format, {}, recording, Label())  # pyright: ignore[reportArgumentType]
    file.seek(0)
    container: Any
    with av.open(file) as container:
        found = sum(frame.samples for frame in container.decode(audio=0))
        return found, container.streams[0].duration


def quiet(packets: int, samples: int, asked: Settings, silence: bytes) -> Recording:
    recording = Recording(asked)
    recording.quiet(packets)
    recording.finish(samples, silence)
    return recording


@pytest.mark.parametrize("packets", [2, 5])
@pytest.mark.parametrize("format", ["mp3", "opus"])
def test_what_is_decoded_is_as_long_as_the_sound_for_every_remainder(format: str, packets: int) -> None:
    codec = CODECS[format]
    asked = Settings.of(codec, "normal")
    silence = filler(asked)
    most = packets * codec.frame - codec.priming
    found = {
        samples: lengths(quiet(packets, samples, asked, silence), format)[0]
        for samples in range(most - codec.frame + 1, most + 1)
    }
    assert {samples: length for samples, length in found.items() if length != samples} == {}


def test_mp4_says_its_length_and_loses_no_packet_for_every_remainder_of_whole_milliseconds() -> None:
    """The last packet is decoded to its end, as of every MP4; MP4's own times are in milliseconds."""
    asked = Settings.of(AAC, "normal")
    silence = filler(asked)
    for ms in range(100, 164):  # 48 and 1024: all remainders that there are
        samples = 48 * ms
        packets = -(-(samples + AAC.priming) // AAC.frame)
        found, told = lengths(quiet(packets, samples, asked, silence), "mp4")
        assert (found, told) == ((packets - 1) * AAC.frame, samples)
