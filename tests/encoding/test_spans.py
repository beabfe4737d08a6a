"""Where a stream is cut: every sample of it is somewhere, with silence around, at its place in the grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from voice_coach.audio.mixer import Block
from voice_coach.encoding import segments as spans
from voice_coach.encoding.codecs import AAC, MP3, OPUS, Codec
from voice_coach.encoding.segments import JOINING, LOOK_AHEAD, SPARE, Cutter, PaddedSound, Piece, Quiet

SMALL = replace(AAC, frame=8, priming=11, lead=2, tail=3)
"""So small that a few hundred samples have many frames."""

LENGTHS = st.integers(0, 150)


def cut(codec: Codec, stream: list[tuple[NDArray[np.int16], bool]]) -> list[Piece]:
    cutter = Cutter(codec)
    pieces = [piece for samples, silent in stream for piece in cutter.feed(Block(samples, silent))]
    pieces += cutter.finish()
    assert cutter.samples == sum(len(samples) for samples, _ in stream)
    return pieces


def joined(codec: Codec, pieces: list[Piece]) -> NDArray[np.int16]:
    parts = [
        piece.samples if isinstance(piece, PaddedSound) else np.zeros(piece.count * codec.frame, np.int16)
        for piece in pieces
    ]
    return np.concatenate([np.zeros(0, np.int16), *parts])


@st.composite
def streams(draw: st.DrawFn) -> list[tuple[NDArray[np.int16], bool]]:
    """Blocks of sound, of silence, and of both; silence is sometimes not marked as such."""
    stream: list[tuple[NDArray[np.int16], bool]] = []
    for length in draw(st.lists(LENGTHS, max_size=12)):
        samples = np.zeros(length, np.int16)
        kind = draw(st.sampled_from(["silent", "unmarked", "sound", "both"]))
        if kind == "sound":
            samples[:] = 7
        elif kind == "both" and length:
            samples[draw(st.integers(0, length - 1)) :: draw(st.integers(1, 90))] = 5
        stream.append((samples, kind == "silent"))
    return stream


@given(streams())
def test_all_of_a_stream_is_there_in_its_place(stream: list[tuple[NDArray[np.int16], bool]]) -> None:
    whole = np.concatenate([np.zeros(0, np.int16), *(samples for samples, _ in stream)])
    pieces = cut(SMALL, stream)
    found = joined(SMALL, pieces)
    packets = -(-(len(whole) + SMALL.priming) // SMALL.frame) if len(whole) else 0
    assert len(found) == packets * SMALL.frame
    assert np.array_equal(found[: len(whole)], whole)
    assert not found[len(whole) :].any()


@given(streams())
def test_around_each_sound_is_the_silence_that_its_encoder_needs(
    stream: list[tuple[NDArray[np.int16], bool]],
) -> None:
    pieces = cut(SMALL, stream)
    for index, piece in enumerate(pieces):
        if isinstance(piece, Quiet):
            assert piece.count > 0
            continue
        assert piece.whole
        sounding = np.flatnonzero(piece.samples.reshape(-1, SMALL.frame).any(axis=1))
        before, after = sounding[0], len(piece.samples) // SMALL.frame - 1 - sounding[-1]
        assert before == SMALL.lead or (before < SMALL.lead and index == 0)
        assert after == SMALL.tail or (after < SMALL.tail and index == len(pieces) - 1)
        # A pause inside is one that is too short to be worth a new encoder.
        assert np.diff(sounding, prepend=sounding[0]).max() <= SMALL.lead + SMALL.tail + SPARE


@given(streams(), st.integers(40, 200))
def test_how_a_stream_is_cut_into_blocks_does_not_matter(
    stream: list[tuple[NDArray[np.int16], bool]], length: int
) -> None:
    whole = np.concatenate([np.zeros(0, np.int16), *(samples for samples, _ in stream)])
    again = [(whole[at : at + length], False) for at in range(0, len(whole), length)]

    def content(pieces: list[Piece]) -> list[bytes | int]:
        return [piece.count if isinstance(piece, Quiet) else piece.samples.tobytes() for piece in pieces]

    assert content(cut(SMALL, stream)) == content(cut(SMALL, again))


@pytest.mark.parametrize("codec", [MP3, AAC, OPUS], ids=lambda codec: codec.name)
def test_a_sound_without_end_is_cut_where_the_stream_says(codec: Codec) -> None:
    rng = np.random.default_rng(4)
    start = 7 * codec.frame
    long = rng.integers(1, 900, 40 * 48_000 + 77).astype(np.int16)
    stream = np.concatenate([np.zeros(start, np.int16), long, np.zeros(48_000, np.int16)])
    found = [
        [piece for piece in cut(codec, [(part, False) for part in parts]) if isinstance(piece, PaddedSound)]
        for parts in (np.array_split(stream, 41), np.array_split(stream, 300), [stream])
    ]
    pieces = found[0]
    at = start - codec.lead * codec.frame
    for number, piece in enumerate(pieces):
        first, last = number == 0, number == len(pieces) - 1
        assert first or at % spans.PIECE_SAMPLES == 0
        assert piece.run_up == (0 if first else codec.run_up)
        assert piece.joining == (0 if last else JOINING)
        given = piece.run_up + piece.count + piece.joining + (0 if last else LOOK_AHEAD)
        begin = at - piece.run_up * codec.frame
        assert np.array_equal(piece.samples, stream[begin : begin + given * codec.frame])
        at += piece.count * codec.frame
    assert len(pieces) == 9
    for other in found[1:]:
        assert [piece.samples.tobytes() for piece in other] == [piece.samples.tobytes() for piece in pieces]


def test_milliseconds_fall_on_frames_again_after_a_step_of_the_grid_of_chapters() -> None:
    from voice_coach.compiler.schedule import GRID_MS
    from voice_coach.core.units import FRAMES_PER_MS

    assert all(GRID_MS * FRAMES_PER_MS % codec.frame == 0 for codec in (MP3, AAC, OPUS))


def test_a_loop_of_the_beds_that_are_made_is_whole_pieces() -> None:
    from voice_coach.audio.background import LOOP_MS
    from voice_coach.core.units import FRAMES_PER_MS

    assert LOOP_MS * FRAMES_PER_MS % spans.PIECE_SAMPLES == 0
    assert all(spans.PIECE_SAMPLES % codec.frame == 0 for codec in (MP3, AAC, OPUS))
