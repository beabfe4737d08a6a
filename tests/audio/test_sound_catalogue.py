"""Reading `cues.yaml`: what it means, what changes what, and what is said about mistakes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voice_coach.audio.cue_description import Noise, SoundInfo, SoundTime, Tone
from voice_coach.audio.cue_file import CUE_KEYS, LAYER_KINDS, SHAPE_KEYS
from voice_coach.audio.sound_catalogue import SoundCatalogue
from voice_coach.core.errors import CoachError, ScriptError

WriteCues = Callable[[str], Path]
GOOD = "buzz: {for: a test., length: 1s, layers: [{tone: 440}]}\n"


def test_every_sound_that_scripts_may_count_on_is_shipped(shipped_folder: Path) -> None:
    catalogue = SoundCatalogue.load([shipped_folder])
    assert set(catalogue.names()) == {
        "inhale", "exhale", "top", "bottom", "start", "end", "halfway", "change-side", "tick", "pause",
        "go-on", "heard", "not-now", "bell",
    }  # fmt: skip
    assert {name for name in catalogue.names() if catalogue.info(name).stretch} == {
        "inhale", "exhale", "top", "bottom"
    }  # fmt: skip
    for name in catalogue.names():
        info = catalogue.info(name)
        assert 0 < info.lead_ms <= info.duration_ms
        assert info.description.endswith(".")
    assert catalogue.info("bell").lead_ms < catalogue.info("bell").duration_ms


def test_lengths_are_known_without_numpy(shipped_folder: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from voice_coach.audio.sound_catalogue import SoundCatalogue\n"
        f"print(SoundCatalogue.load([Path({str(shipped_folder)!r})]).info('bell').duration_ms)\n"
        "sys.exit('numpy was imported' if 'numpy' in sys.modules else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=shipped_folder.parent,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == SoundCatalogue.load([shipped_folder]).info("bell").duration_ms


def test_the_whole_vocabulary_is_understood(cues_folder: WriteCues) -> None:
    folder = cues_folder(
        """
        wave:
          for: everything
            at once
          length: 1m30s
          lead: 0.5s
          stretch: yes
          level: -12.5 dB
          layers:
            - tone: [200 Hz, 300, 250.5]
              partials: [0, -6 dB]
              gain: -3
              from: 10%
              to: 0:45
              fade_in: 500ms
              fade_out: 12.5%
              decay: 2s
              damping: 0.5
            - {tone: 440, partials: {0.5: -12, 2.76: -3}}
            - {noise: 900, width: 300 Hz}
        """
    )
    cue = SoundCatalogue.load([folder]).cue("wave")
    assert cue.info == SoundInfo(90_000, 500, True, "everything at once")
    assert cue.level_db == -12.5
    rich, plain, noise = cue.layers
    assert isinstance(rich, Tone)
    assert rich.glide_hz == (200.0, 300.0, 250.5)
    assert rich.partials == ((1.0, 0.0), (2.0, -6.0))
    assert (rich.damping, rich.shape.gain_db) == (0.5, -3.0)
    assert (rich.shape.start, rich.shape.end) == (SoundTime(share=0.1), SoundTime(fixed_ms=45_000))
    assert (rich.shape.fade_in, rich.shape.fade_out) == (SoundTime(fixed_ms=500), SoundTime(share=0.125))
    assert rich.shape.decay == SoundTime(fixed_ms=2_000)
    assert isinstance(plain, Tone)
    assert plain.partials == ((0.5, -12.0), (2.76, -3.0))
    assert isinstance(noise, Noise)
    assert (noise.glide_hz, noise.width_hz) == ((900.0,), 300.0)


def test_a_later_folder_changes_replaces_and_adds(cues_folder: WriteCues, shipped_folder: Path) -> None:
    folder = cues_folder(
        "bell: {level: -20, lead: 2s}\n"
        "tick: {length: 50ms, layers: [{tone: 1200}]}\n"
        "gong: {for: the end., length: 2s, layers: [{tone: 100}]}\n"
    )
    before, after = SoundCatalogue.load([shipped_folder]), SoundCatalogue.load([shipped_folder, folder])
    assert after.cue("bell").layers == before.cue("bell").layers
    assert (after.cue("bell").level_db, after.info("bell").lead_ms) == (-20.0, 2_000)
    assert after.info("tick") == SoundInfo(50, 50, False, before.info("tick").description)
    assert after.cue("tick").level_db == before.cue("tick").level_db
    assert after.names() == (*before.names(), "gong")
    assert after.cue("inhale") == before.cue("inhale")


def test_a_folder_without_the_file_is_passed_over(shipped_folder: Path, tmp_path: Path) -> None:
    catalogue = SoundCatalogue.load([shipped_folder, tmp_path / "nothing"])
    assert "bell" in catalogue.names()
    with pytest.raises(CoachError, match=r"no sound cues: looked for .*cues\.yaml"):
        SoundCatalogue.load([tmp_path])


def test_an_unknown_name_gets_the_nearest(shipped_folder: Path) -> None:
    with pytest.raises(CoachError, match='no sound cue "inhail": did you mean "inhale"'):
        SoundCatalogue.load([shipped_folder]).info("inhail")


MISTAKES = {
    "unknown key": ("a: {fro: x, length: 1s, layers: [{tone: 9}]}", 1, 5, 'unknown key "fro"', '"for"'),
    "unknown layer": ("a: {for: x, length: 1s, layers: [{tune: 90}]}", 1, 34, "exactly one of", '"tone"'),
    "two kinds": ("a: {for: x, length: 1s, layers: [{tone: 90, noise: 90}]}", 1, 34, "exactly one of", ""),
    "key of the other kind": (
        "a:\n  for: x\n  length: 1s\n  layers:\n    - noise: 90\n      partials: [0]",
        6,
        7,
        'unknown key "partials"',
        "there are: noise, width",
    ),
    "no sound": ("a: {for: x, length: 1s}", 1, 1, 'neither "layers" nor "file"', ""),
    "no length": ("a: {for: x, layers: [{tone: 90}]}", 1, 1, 'has no "length"', ""),
    "no use": ("a: {length: 1s, layers: [{tone: 90}]}", 1, 1, 'has no "for"', ""),
    "lead too long": (
        "a: {for: x, length: 1s, lead: 2s, layers: [{tone: 90}]}",
        1,
        31,
        "longer than the sound, which is 1s",
        "",
    ),
    "bad length": ("a: {for: x, length: soon, layers: [{tone: 90}]}", 1, 21, "'soon' is not a duration", ""),
    "too loud": (
        "a: {for: x, level: 3, length: 1s, layers: [{tone: 90}]}",
        1,
        20,
        "out of range",
        "-60 to 0 dB",
    ),
    "true": ("a: {for: x, stretch: true, length: 1s, layers: [{tone: 90}]}", 1, 22, '"true"', "yes or no"),
    "inaudible": (
        "a: {for: x, length: 1s, layers: [{tone: 9000, partials: {4: 0}}]}",
        1,
        34,
        "reaches 36000 Hz",
        "20000",
    ),
    "nothing left": (
        "a: {for: x, length: 1s, layers: [{tone: 90, from: 2s}]}",
        1,
        34,
        "ends before it begins",
        '"from"',
    ),
    "name": (
        "A Bell: {for: x, length: 1s, layers: [{tone: 90}]}",
        1,
        1,
        "no name for a sound",
        "small letters",
    ),
    "twice": (GOOD + GOOD, 2, 1, '"buzz" is here twice', ""),
    "not a mapping": ("- bell", 1, 1, "expected sound cues by name", ""),
    "empty cue": ("a: {}", 1, 1, 'neither "layers" nor "file"', ""),
    "no file": ("a: {for: x, file: gnog.wav}", 1, 19, 'no file "gnog.wav"', ""),
    "outside": ("a: {for: x, file: ../gong.wav}", 1, 19, "lies beside this file", ""),
    "both": ("a: {for: x, length: 1s, file: g.wav, layers: [{tone: 90}]}", 1, 25, "not both", ""),
    "anchor": ("a: &b {for: x}", 1, 4, "anchors", ""),
    "alias": ("a: *b", 1, 4, "aliases", ""),
    "tag": ("a: !!python/object:os.system {}", 1, 4, "tags", ""),
    "not yaml": ("a: [1, 2", 2, 1, "not YAML", ""),
    "deep": ("a: " + "[" * 90_000, 1, 15, "nested too deeply", ""),
    "huge": ("#" * 300_000, 1, 1, "larger than 256 kB", ""),
}


@pytest.mark.parametrize(("text", "line", "column", "message", "hint"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_teach(
    cues_folder: WriteCues, text: str, line: int, column: int, message: str, hint: str
) -> None:
    folder = cues_folder(text)
    with pytest.raises(ScriptError) as caught:
        SoundCatalogue.load([folder])
    problem = caught.value.problems[0]
    assert message in problem.message
    assert hint in problem.hint
    assert (problem.where.file, problem.where.line) == (str(folder / "cues.yaml"), line)
    assert problem.where.column == column


def test_all_mistakes_are_told_at_once(cues_folder: WriteCues) -> None:
    folder = cues_folder(
        "a: {for: x, length: long, level: loud, layers: [{tone: 90}]}\n"
        "b: {for: x, length: 1s, layers: [{tone: high}, {noise: 90, width: no}]}\n"
    )
    with pytest.raises(ScriptError) as caught:
        SoundCatalogue.load([folder])
    assert [problem.where.line for problem in caught.value.problems] == [1, 1, 2, 2]


def test_broken_utf8_is_a_problem_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "cues.yaml").write_bytes(GOOD.encode() + b"# caf\xe9\n")
    with pytest.raises(ScriptError, match=r"cues\.yaml:2:1  this line is not UTF-8"):
        SoundCatalogue.load([tmp_path])


def loaded(folder: Path) -> tuple[SoundInfo, ...]:
    """What a folder's file describes; nothing if it has problems. No other error is acceptable."""
    try:
        catalogue = SoundCatalogue.load([folder])
    except ScriptError as error:
        return () if error.problems else pytest.fail("refused without a problem")
    return tuple(catalogue.info(name) for name in catalogue.names())


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_yield_cues_or_problems(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "cues.yaml").write_bytes(raw)
    assert loaded(tmp_path) == ()


LINES = st.sampled_from(
    [
        "a:",
        "  for: x",
        "  length: 1s",
        "  layers:",
        "    - tone: 90",
        "      decay: 5%",
        "  level: -3",
        "      partials: {1: 0}",
        "      partials: [0, {}]",
        "      tone: [[1]]",
        "  file: .",
        "  file: cues.yaml",
        "? [a]",
        "  lead: -1",
        "  layers: {}",
        "      from: 100%",
        "  stretch:",
        "  ? {b: c}",
        "      damping: ~",
    ]
)


@given(st.lists(LINES, max_size=9).map("\n".join))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_almost_right_files_yield_cues_or_problems(tmp_path: Path, text: str) -> None:
    (tmp_path / "cues.yaml").write_text(text, encoding="utf-8")
    assert all(info.duration_ms > 0 for info in loaded(tmp_path))


def test_the_readme_explains_every_key(shipped_folder: Path) -> None:
    readme = (shipped_folder / "README.md").read_text(encoding="utf-8")
    own = [word for kind in LAYER_KINDS.values() for word in kind.keys]
    for word in (*CUE_KEYS, *LAYER_KINDS, *SHAPE_KEYS, *own):
        assert f"`{word}`" in readme or f"`{word}:" in readme, word
