"""What is heard while an exercise is tuned by ear."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fake_clips import LENGTHS, VOICE, catalogue, english, library
from voice_coach.compiler.single_rep import counts_of_turns
from voice_coach.core.timeline import Chapter
from voice_coach.paths import shipped_scripts
from voice_coach.rendering.rep import RepCompiler
from voice_coach.script.library import ScriptLibrary


def _rep(tmp_path: Path, steps: str, tune: str = "hold: {default: 5s, min: 2s, max: 9s}") -> Chapter:
    path = tmp_path / "test.yaml"
    lines = "\n".join(f"  {line}" for line in steps.strip().splitlines())
    path.write_text(
        f"kind: exercise\nid: test\ntitle: Test\nposition: standing\ntune: {{{tune}}}\nsteps:\n{lines}\n"
    )
    return _compiled(ScriptLibrary([shipped_scripts()], catalogue().names()), str(path))


def _compiled(scripts: ScriptLibrary, name: str) -> Chapter:
    exercise = scripts.exercise(name)
    return RepCompiler(exercise, english(), (), VOICE, LENGTHS, lambda _utterances: None).chapter({})


def _told(chapter: Chapter) -> list[str]:
    """What is said and done, in order."""
    return [
        event.text if event.lane == "speech" else f"({event.kind})"
        for event in chapter.events
        if event.lane != "sound"
    ]


def test_of_a_loop_it_is_the_first_turn_and_what_comes_before_the_next(tmp_path: Path) -> None:
    chapter = _rep(
        tmp_path,
        """
- Lie down.
- pause: 3s
- repeat: 4
  steps:
    - {say: Lift., only: first}
    - {say: Again., only: later}
    - say: "{rep} of {reps}."
    - hold: hold
    - {say: The end., only: last}
  between:
    - rest: 6s
- And now rest.
""",
    )
    assert _told(chapter) == ["Lift.", "One of four.", "(hold)", "(rest)"]


def test_loops_in_loops_have_one_turn_each(tmp_path: Path) -> None:
    chapter = _rep(
        tmp_path,
        """
- sets: 3
  steps:
    - sides: [left, right]
      reps: 5
      steps:
        - "The {side}, {rep}."
        - hold: hold
      between: [Loosen.]
      change: ["Now the {side}."]
  between:
    - rest: 6s
""",
    )
    assert _told(chapter) == ["The left, one.", "(hold)", "Loosen.", "Now the right.", "(rest)"]


def test_alternating_sides_change_once(tmp_path: Path) -> None:
    chapter = _rep(
        tmp_path,
        """
- sides: [left, right]
  reps: 5
  order: alternating
  steps: [Lift.]
  between: [Lower.]
  change: ["Now the {side}."]
""",
    )
    assert _told(chapter) == ["Lift.", "Lower.", "Now the right."]


def test_a_single_turn_has_nothing_after_it(tmp_path: Path) -> None:
    chapter = _rep(tmp_path, "- repeat: 1\n  steps: [{hold: hold}]\n  between: [{rest: 6s}]")
    assert _told(chapter) == ["(hold)"]


def test_outside_of_loops_what_can_be_tuned_is_heard_too(tmp_path: Path) -> None:
    chapter = _rep(
        tmp_path,
        """
- Lie down.
- repeat: 4
  steps: [Lift.]
- hold: hold
- hold: 20s
- {say: Stay., then: hold}
- steps:
    - Breathe.
    - {pause: hold}
""",
    )
    assert _told(chapter) == ["Lift.", "(hold)", "Stay.", "(pause)", "(pause)"]


def test_without_a_loop_it_is_the_whole_exercise_with_fewer_words(tmp_path: Path) -> None:
    chapter = _rep(
        tmp_path,
        """
- Let me tell you a story.
- {say: Stretch., guidance: key}
- {say: And stay., then: hold}
- hold: 10s
""",
    )
    assert _told(chapter) == ["Stretch.", "And stay.", "(pause)", "(hold)"]


def test_where_there_is_nothing_but_words_they_are_heard(tmp_path: Path) -> None:
    assert _told(_rep(tmp_path, "- One.\n- Two.")) == ["One.", "Two."]


@pytest.mark.parametrize("name", ["chair-breathing", "knee-slide", "pelvic-tuck"])
def test_a_rep_of_a_shipped_exercise_is_a_short_part_of_it_with_all_that_can_be_tuned(name: str) -> None:
    chapter = _compiled(library(), name)
    assert 10_000 < chapter.duration_ms < 120_000
    heard = {event.mark.parameter for event in chapter.events}
    durations = {
        each.name for each in library().exercise(name).tune.values() if each.type in ("duration", "breath")
    }
    assert durations <= heard


@pytest.mark.parametrize(
    ("exercise", "counts"),
    [("chair-breathing", {"rounds"}), ("knee-slide", {"reps"}), ("pelvic-tuck", {"reps"})],
)
def test_how_often_a_loop_turns_is_not_heard_how_many_breaths_is(exercise: str, counts: set[str]) -> None:
    assert counts_of_turns(library().exercise(exercise)) == counts
