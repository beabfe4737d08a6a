"""The Python API, as a program that imports voice_coach uses it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

import voice_coach
from tests.support.command import HOURS, TINY, TINY_SESSION
from tests.support.sounds import samples
from voice_coach import Coach, CoachError, OutputError, Performance, ScriptError, SessionOptions
from voice_coach.core.options import LEAD_IN_MS
from voice_coach.core.units import FRAMES_PER_MS
from voice_coach.paths import shipped_scripts

if TYPE_CHECKING:
    from numpy.typing import NDArray


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "tiny-session.yaml").write_text(TINY_SESSION)
    return str(tmp_path / "tiny-session.yaml")


def _heard(coach: Coach, performance: Performance) -> NDArray[np.int16]:
    return np.concatenate([block.samples for block in coach.blocks(performance)])


def test_every_public_name_is_there() -> None:
    for name in voice_coach.__all__:
        assert getattr(voice_coach, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'Couch'"):
        _ = voice_coach.Couch  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]


def test_blocks_are_the_same_each_time_and_are_what_is_exported_at_its_loudness(
    tiny: str, tmp_path: Path
) -> None:
    with Coach() as coach:
        performance = coach.prepare(tiny)
        first, second = _heard(coach, performance), _heard(coach, performance)
        coach.export(performance, tmp_path / "path.wav")
        coach.export(performance, str(tmp_path / "text.flac"))
    assert first.any()
    assert np.array_equal(first, second)
    wav, flac = samples(tmp_path / "path.wav"), samples(tmp_path / "text.flac")
    assert np.array_equal(wav, flac)
    lead_in, rest = np.split(wav, [LEAD_IN_MS * FRAMES_PER_MS])
    assert not lead_in.any()
    # So short a session is brought to the loudness of its preset: by one gain, less only under its peaks.
    clear = np.abs(first) > 300
    gains = rest[clear] / first[clear]
    gain = float(np.median(gains))
    assert 1.1 < gain < 2.0
    assert gains.max() < gain * 1.01
    assert np.mean(np.abs(rest - gain * first) < 1.5) > 0.9


def test_playing_tells_the_status(tiny: str) -> None:
    told: list[str] = []
    with Coach() as coach:
        device = coach.device("none")
        coach.play(coach.prepare(tiny), device, lambda status: told.append(status.chapter))
    assert told[-1] == "Tiny hold"
    assert device.position_frames > 5 * 48_000


def test_progress_reaches_the_whole(tiny: str, tmp_path: Path) -> None:
    told: list[tuple[int, float]] = []
    with Coach() as coach:
        performance = coach.prepare(tiny)
        length_ms = coach.timeline(performance).duration_ms
        coach.export(
            performance, tmp_path / "tiny.wav", on_progress=lambda ms, share: told.append((ms, share))
        )
    assert told[-1] == (LEAD_IN_MS + length_ms, 1.0)
    assert told == sorted(told)


def test_used_twice_and_closed_twice(tiny: str) -> None:
    coach = Coach()
    with coach:
        one = _heard(coach, coach.prepare(tiny))
    coach.close()
    coach.close()
    with coach:
        other = coach.prepare(tiny, SessionOptions(rate_wpm=130))
        assert np.array_equal(_heard(coach, coach.prepare(tiny)), one)
        assert not np.array_equal(_heard(coach, other), one)
    assert [
        thread.name for thread in threading.enumerate() if thread.name in ("speaker", "blocks", "ahead")
    ] == []


def test_two_coaches_at_once(tiny: str) -> None:
    with Coach() as one, Coach() as other:
        first, second = one.prepare(tiny), other.prepare(tiny)
        for mine, yours in zip(one.blocks(first), other.blocks(second), strict=True):
            assert np.array_equal(mine.samples, yours.samples)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            SessionOptions(rate_wpm=20),
            "rate 20 is outside its bounds, 90 to 260. Choose a value between them.",
        ),
        (
            SessionOptions(values={"hold": 60_000}),
            "hold 1m is outside its bounds for tiny, 2s to 9s. Choose a value",
        ),
        (
            SessionOptions(values={"hodl": 3_000}),
            'No exercise here has "hodl" to tune. There are: gap, hold, rate.',
        ),
        (
            SessionOptions(guidance=cast("Any", "ful")),
            'There is no guidance "ful". There are: full, key, names.',
        ),
        (
            SessionOptions(values={"hold": cast("Any", "60s")}),
            "hold cannot be '60s': a whole number of milliseconds is expected.",
        ),
        (SessionOptions(rate_wpm=cast("Any", 150.5)), "rate cannot be 150.5: a whole number is expected."),
        (
            SessionOptions(values={"gap": (1, 2)}),
            "gap cannot be (1, 2): a whole number of milliseconds is expected.",
        ),
    ],
)
def test_wishes_that_cannot_be_granted(tiny: str, options: SessionOptions, says: str) -> None:
    with Coach() as coach, pytest.raises(CoachError) as raised:
        coach.prepare(tiny, options)
    assert str(raised.value).startswith(says)


def test_wishes_are_granted(tiny: str) -> None:
    with Coach() as coach:
        plain = coach.timeline(coach.prepare(tiny))
        wished = coach.timeline(coach.prepare(tiny, SessionOptions(values={"hold": 5_000}, guidance="names")))
    holds = [
        event.end_ms - event.start_ms
        for made in (plain, wished)
        for event in made.chapters[0].events
        if event.kind == "hold"
    ]
    assert holds == [3_000, 5_000]
    texts = [event.text for event in wished.chapters[0].events if event.lane == "speech"]
    assert "Begin." not in texts


def test_what_cannot_be_prepared_or_written(tiny: str, tmp_path: Path) -> None:
    with Coach() as coach:
        with pytest.raises(CoachError, match="did you mean"):
            coach.prepare("knee-silde")
        with pytest.raises(CoachError, match='"nose" is not in the session'):
            coach.prepare(tiny, start_at="nose")
        (tmp_path / "bad.yaml").write_text("kind: exercise\n")
        with pytest.raises(ScriptError) as raised:
            coach.prepare(str(tmp_path / "bad.yaml"))
        assert raised.value.problems == coach.check(str(tmp_path / "bad.yaml"))
        performance = coach.prepare(tiny)
        with pytest.raises(OutputError, match="is not an ending of a file"):
            coach.export(performance, tmp_path / "tiny.xyz")
        with pytest.raises(OutputError, match="There is no device 'radio'"):
            coach.device("radio")
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix not in (".yaml", "")) == []


def test_an_export_that_the_caller_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "hours.yaml").write_text(HOURS)

    def enough(_ms: int, _share: float) -> None:
        raise LookupError("enough")

    with Coach() as coach:
        performance = coach.prepare(str(tmp_path / "hours.yaml"))
        for ending in (".wav", ".flac"):
            with pytest.raises(LookupError, match="enough"):
                coach.export(performance, tmp_path / f"hours{ending}", on_progress=enough)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["hours.yaml"]


@pytest.mark.parametrize(("language", "voice"), [("en", "hibari:heart"), ("de", "espeak:de")])
def test_a_session_is_read_by_a_voice_of_its_language(coach_home: Path, language: str, voice: str) -> None:
    words = (shipped_scripts() / "languages" / "en.yaml").read_text(encoding="utf-8")
    (coach_home / "scripts" / "languages").mkdir(parents=True)
    own = coach_home / "scripts" / "languages" / f"{language}.yaml"
    own.write_text(words.replace("language: en", f"language: {language}"), encoding="utf-8")
    script = coach_home / "scripts" / "rest.yaml"
    script.write_text(
        f"kind: exercise\nid: rest\ntitle: Rest\nlanguage: {language}\nposition: supine\nsteps: [Ruhe.]\n"
    )
    with Coach() as coach:
        chapters = coach.prepare(str(script)).chapters()
        spoken = [event.utterance for chapter in chapters for event in chapter.events if event.utterance]
    assert {utterance.voice for utterance in spoken} == {voice}


def test_what_comes_beside_a_chapter_when_something_hurts(tiny: str) -> None:
    with Coach() as coach:
        performance = coach.prepare(tiny)
        out = performance.way_out(0)
        assert (out.title, out.exercise) == ("Tiny hold", "tiny")
        assert [event.text for event in out.events] == ["Stop."]
        heard = np.concatenate([block.samples for block in performance.blocks([out])])
        assert heard.any()
        assert len(heard) == out.duration_ms * FRAMES_PER_MS
        assert performance.easier(0) is None
        assert not performance.has_easier(0)
        tuck = coach.prepare("pelvic-tuck")
        assert [tuck.has_easier(index) for index in range(tuck.chapter_count)] == [False, True, False]
        easier = tuck.easier(1)
        assert easier
        assert (easier.title, easier.exercise) == ("Pelvic tuck", "pelvic-tuck")
        opening = tuck.way_out(0)
        assert (opening.title, opening.exercise) == (tuck.titles[0], "")
        assert [event.text for event in opening.events] == list(tuck.language.live.hurts_way_out)
