"""A dose counts what the user sets, or the script is refused with a line that does."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.command import voice_coach
from tests.support.golden_messages import SOUNDS
from voice_coach.compiler.plan import plan_session
from voice_coach.core.errors import ScriptError
from voice_coach.core.timeline import Span
from voice_coach.pacing.layers import Layer, effective_pace
from voice_coach.paths import shipped_scripts
from voice_coach.script.library import ScriptLibrary

REPS = 30
HEAD = """\
kind: exercise
id: lift
title: Lift
position: standing
tune:
  reps: {default: 5, min: 1, max: 100}
steps:
"""
COUNT = "- count: reps"


def _counted(script: str) -> int:
    """How many reps are counted where the user sets ``REPS``, whatever the parameter is called.

    Raises:
        ScriptError: the script is refused.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lift.yaml"
        path.write_text(script, encoding="utf-8")
        library = ScriptLibrary([shipped_scripts()], SOUNDS)
        session = library.session(str(path))
        values = dict.fromkeys(session.entries[0].exercise.tune, REPS)
        plans = plan_session(
            session,
            library.language("en"),
            lambda entry: effective_pace(
                entry.exercise.tune if entry else {}, [Layer("yours", values)] if entry else []
            ),
        )
        spans = [cue for plan in plans for cue in plan.cues() if isinstance(cue, Span)]
    return sum(len(span.phases) for span in spans) // 2  # the tempo has two parts


COUNTER = re.compile(r"write counter: (\w+) in that repeat; .*")
OWN_NAME = re.compile(
    r"give it a name of its own: (\w+) here(?:, beside reps in the sets of line (\d+))?, "
    r"and (\w+: \{.*\}) in tune"
)


def _mended(script: str, error: ScriptError) -> str:
    """The script with all advice taken."""
    lines = script.splitlines()
    counters: dict[int, str] = {}
    tuned: set[str] = set()
    for problem in error.problems:
        if counter := COUNTER.fullmatch(problem.hint):
            place = re.search(r"the repeat in line (\d+)", problem.message)
            assert place
            counters[int(place[1])] = counter[1]
            continue
        renamed = OWN_NAME.fullmatch(problem.hint)
        assert renamed, problem.hint
        line, start = problem.where.line - 1, problem.where.column - 1
        assert lines[line][start:] == "reps"
        lines[line] = lines[line][:start] + renamed[1]
        tuned.add(f"  {renamed[3]}")
        if renamed[2]:
            sets = int(renamed[2]) - 1
            if renamed[1] not in lines[sets]:
                lines[sets] = re.sub(r"reps: (\d+)", rf"\g<0>, {renamed[1]}: \1", lines[sets])
    for line in sorted(counters, reverse=True):
        indent = len(lines[line - 1]) - len(lines[line - 1].lstrip()) + 2
        lines.insert(line, f"{'':{indent}}counter: {counters[line]}")
    place_in_tune = lines.index("tune:") + 1
    lines[place_in_tune:place_in_tune] = sorted(tuned)
    return "\n".join([*lines, ""])


@dataclass(frozen=True)
class _Loop:
    """A loop as written, and how often it does what is in it; ``sets`` holds the reps of sets that differ."""

    head: str
    times: int
    sets: tuple[int, ...] = ()


LOOPS = [
    _Loop("sides: [right, left]", 2),
    _Loop("sides: [right, left]\nreps: 3", 6),
    _Loop("sides: [left]\nreps: reps", REPS),
    _Loop("sets: 3", 3),
    _Loop("sets: [{reps: 6}, {reps: 4}]", 2, (6, 4)),
    _Loop("repeat: 3", 3),
    _Loop("repeat: 2\ncounter: round", 2),
    _Loop("repeat: reps", REPS),
    _Loop("repeat: reps\ncounter: set", REPS),
]


def _script(loops: Sequence[_Loop]) -> str:
    text, indent = HEAD, "  "
    for loop in loops:
        head = loop.head.split("\n")
        text += f"{indent}- {head[0]}\n" + "".join(f"{indent}  {line}\n" for line in head[1:])
        text += f"{indent}  steps:\n"
        indent += "    "
    return f"{text}{indent}{COUNT}\n{indent}  tempo: 1-1\n"


def _meant(loops: Sequence[_Loop], reps: int = REPS) -> int:
    """How many reps are meant: those of the innermost sets that differ, or else the user's."""
    if not loops:
        return reps
    loop, *inner = loops
    if loop.sets:
        return sum(_meant(inner, each) for each in loop.sets)
    times = loop.times if "reps: reps" not in loop.head and "repeat: reps" not in loop.head else 0
    if times:
        return times * _meant(inner, reps)
    return reps * _meant(inner, reps)


def _is_few(loops: Sequence[_Loop]) -> bool:
    return _meant(loops) <= 20_000


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(LOOPS), max_size=4).filter(_is_few))
def test_what_is_accepted_counts_what_is_meant_and_advice_leads_there(loops: list[_Loop]) -> None:
    script = _script(loops)
    for _ in range(8):
        try:
            counted = _counted(script)
        except ScriptError as error:
            script = _mended(script, error)
        else:
            assert counted == _meant(loops)
            return
    pytest.fail(f"advice does not end:\n{script}")


def test_the_dose_of_the_issue() -> None:
    script = _script([LOOPS[0], LOOPS[3]])
    with pytest.raises(ScriptError) as raised:
        _counted(script)
    assert _counted(_mended(script, raised.value)) == 2 * 3 * REPS == 180


@pytest.mark.parametrize("verb", [("check",), ("show", "--text"), ("play", "--output", "x.txt"), ("export",)])
def test_every_verb_refuses_it(verb: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "lift.yaml").write_text(_script([LOOPS[0], LOOPS[3]]), encoding="utf-8")
    ended = voice_coach(*verb, "lift.yaml", cwd=tmp_path)
    assert ended.code == 2
    assert 'lift.yaml:12:20  "reps" is the number of turns of the sides in line 8 here' in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["lift.yaml"]
