"""Scripts that are small on the page and endless when unfolded are refused, at the right place and at once.

Each is checked as a person would, by ``voice-coach check`` in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.calibration import SECOND_LOOPS, within
from tests.support.fake_clips import HERE, compiled, exercise, plans, session
from voice_coach.compiler.context import MAX_STEPS
from voice_coach.core.errors import ScriptError, Where
from voice_coach.core.script import Breathe, During, Hold, Repeat, Rounds, Say, SessionEntry
from voice_coach.core.units import MS_PER_HOUR

ROOT = Path(__file__).parent.parent.parent
MOST_LOOPS = SECOND_LOOPS
MOST_MB = 200

HEAD = "kind: exercise\nid: x\ntitle: X\nposition: standing\n"
ROUNDS = "  - rounds: 100\n    exercises: [x, x, x, x, x, x, x, x, x, x]\n"
SESSION = f"kind: session\nid: y\ntitle: Y\nexercises:\n{ROUNDS}"
TURNS = "steps:\n  - repeat: 1000\n    steps:\n      - repeat: 45\n        steps: [Up.]\n"
LONG_SAYS = HEAD + TURNS
HOURS = HEAD + "steps: [{hold: 5h}]\n"


def _growing(levels: int) -> str:
    """An argument that is put eight times into the next one, and so on."""
    eight = "{a}" * 8
    links = [
        f"  f{n}:\n    parameters: {{a: }}\n    steps: [{{use: f{n + 1}, with: {{a: '{eight}'}}}}]\n"
        for n in range(levels)
    ]
    last = f"  f{levels}:\n    parameters: {{a: }}\n    steps: ['{{a}}']\n"
    return f"{HEAD}fragments:\n{''.join(links)}{last}steps: [{{use: f0, with: {{a: word}}}}]\n"


def _many_moments(count: int) -> str:
    items = "      - {say: Breathe., every: 2s}\n" * count
    return f"{HEAD}steps:\n  - hold: 23h\n    during:\n{items}"


def _many_phases() -> str:
    items = "      - {say: Never., on: exhale, turn: 1000}\n" * 9_000
    return f"{HEAD}steps:\n  - breathe: 1-0-1-0\n    for: 23h\n    during:\n{items}"


def _many_names() -> str:
    tuned = "".join(f"  p{n}: {{default: 1, min: 1, max: 2, type: count}}\n" for n in range(9_000))
    return f"{HEAD}tune:\n{tuned}{TURNS}"


def _long_texts() -> str:
    again = f"[{{repeat: 1000, steps: ['{'{a}' * 600}']}}]"
    fragment = f"fragments:\n  f:\n    parameters: {{a: }}\n    steps: {again}\n"
    return f"{HEAD}{fragment}steps: [{{use: f, with: {{a: aaaaaaaa}}}}]\n"


EXERCISES = {
    "a growing argument": (_growing(12), "x.yaml:", "more than 5,000 characters"),
    "three prompts every two seconds for a day": (_many_moments(3), "x.yaml:10:9", "more than 100,000 steps"),
    "9 000 prompts to choose from at each breath": (_many_phases(), "x.yaml:6:5", "more than 100,000 steps"),
    "9 000 names in each of 45 000 turns": (_many_names(), "x.yaml:", "more than 100,000 steps"),
    "texts put together from 600 pieces": (_long_texts(), "x.yaml:8:", "more than 100,000 steps"),
    "a list of prompts, repeated": (
        f"{HEAD}steps: [{{repeat: 1000, steps: [{{say: [{'Up., ' * 200}]}}]}}]\n",
        "x.yaml:5:",
        "goes on for more than 24 hours",
    ),
}
SESSIONS = {
    "many prompts, many times": (LONG_SAYS, "y.yaml:6:20", "with this the session repeats into more than"),
    "many hours, many times": (HOURS, "y.yaml:6:29", "with this the session goes on for more than 24 hours"),
}


def _refused(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What ``voice-coach check`` says; fails if it takes long, takes much memory, or finds nothing wrong."""
    pytest.importorskip("resource", reason="what a process took is told by resource")
    monkeypatch.chdir(folder)
    said = ""

    def loops() -> float:
        nonlocal said
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.checked", name],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        said = done.stderr
        assert done.returncode == 2, said[-2_000:]
        assert "Traceback" not in said
        took, peak_mb = done.stdout.split()[-2:]
        assert float(peak_mb) < MOST_MB
        return float(took)

    assert within(MOST_LOOPS, loops), said
    return said


@pytest.mark.parametrize(("text", "place", "message"), EXERCISES.values(), ids=EXERCISES)
def test_an_endless_exercise(
    text: str, place: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    said = _refused(tmp_path, "x.yaml", monkeypatch)
    assert message in said
    assert place in said


@pytest.mark.parametrize(("text", "place", "message"), SESSIONS.values(), ids=SESSIONS)
def test_an_exercise_that_is_too_much_only_when_done_so_often(
    text: str, place: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "y.yaml").write_text(SESSION, encoding="utf-8")
    said = _refused(tmp_path, "y.yaml", monkeypatch)
    assert message in said
    assert place in said


def test_the_steps_of_all_chapters_count_together() -> None:
    many = exercise(Repeat(where=HERE, times=1_000, steps=(Say(where=HERE, texts=("Up.",), then=0),) * 20))
    entry = SessionEntry(exercise=many, where=Where("session.yaml", 7))
    fits = MAX_STEPS // 21_002
    assert len(plans(session(Rounds(times=fits, entries=(entry,), where=HERE)))) == fits
    with pytest.raises(ScriptError) as caught:
        plans(session(Rounds(times=fits + 1, entries=(entry,), where=HERE)))
    assert caught.value.problems[0].where == entry.where


def test_eight_hours_are_not_too_much() -> None:
    breath = Breathe(where=HERE, pattern=(4_000, 1_000, 4_000, 1_000), duration=4 * MS_PER_HOUR)
    tips = tuple(During(where=HERE, say=(word,), every=10_000) for word in ("Long.", "Tall.", "Soft."))
    hold = Hold(where=HERE, duration=4 * MS_PER_HOUR, during=tips, countdown=10)
    chapters = [compiled(plan).chapter for plan in plans(session(exercise(breath, hold)))]
    assert chapters[0].duration_ms == 8 * MS_PER_HOUR


def _kept(chapters: int) -> int:
    """Bytes that the plans of so many chapters keep, each with steps of its own."""
    made = session(
        *(exercise(*(Say(where=HERE, texts=("Up.",), then=0) for _ in range(100))) for _ in range(chapters))
    )
    tracemalloc.start()
    try:
        kept = plans(made)
        assert len(kept) == chapters
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_what_is_kept_grows_with_the_session_not_with_its_square() -> None:
    small, middle, large = (_kept(count) for count in (50, 100, 200))
    for less, more in pairwise((small, middle, large)):
        assert more < 2.5 * less
