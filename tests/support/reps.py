"""One rep of shipped and made-up exercises, compiled with lengths that need no voice."""

from __future__ import annotations

from pathlib import Path

from tests.support.fake_clips import LENGTHS, VOICE, catalogue, english, library
from voice_coach.core.script import Exercise
from voice_coach.paths import shipped_scripts
from voice_coach.rendering.rep import RepCompiler
from voice_coach.script.library import ScriptLibrary

SCRIPTS = {
    "bow": """
tune:
  hold: {default: 20s, min: 5s, max: 40s}
  reps: {default: 3, min: 1, max: 6}
  rest: {default: 8s, min: 2s, max: 20s}
steps:
  - Stand up straight.
  - repeat: reps
    steps:
      - say: "{rep} of {reps}. Bow."
        guidance: names
      - hold: hold
        countdown: 3
        during:
          - {say: Breathe., every: 4s}
          - {say: Halfway., at: 50%}
          - {sound: bell, at: 1s}
      - say: And up.
        guidance: names
        then: 2s
    between:
      - rest: rest
        during: [{say: Shake it out., at: 500ms}]
""",
    "breath": """
tune:
  cycles: {default: 5, min: 2, max: 8}
  breath: {default: 4-1-6-0, min: 2-0-3-0, max: 6-3-8-2}
steps:
  - breathe: breath
    cycles: cycles
    during: [{say: Wide., on: exhale, turn: 2}, {say: Let the shoulders go., on: inhale, turn: 4}]
  - sound: bell
""",
    "ladder": """
tune:
  tempo: {default: 3-1-1, min: 1-0-1, max: 5-2-2}
  reps_each: {type: count, default: 6, min: 2, max: 10}
  rest: {default: 10s, min: 5s, max: 30s}
steps:
  - sides: [left, right]
    steps:
      - say: The {side} side.
      - count: reps_each
        tempo: tempo
        phases: [Down, "-", Up]
    change:
      - rest: rest
        countdown: 3
""",
}


def exercise(name: str, folder: Path) -> Exercise:
    """A shipped exercise, or one of ``SCRIPTS``."""
    if name not in SCRIPTS:
        return library().exercise(name)
    path = folder / f"{name}.yaml"
    path.write_text(f"kind: exercise\nid: {name}\ntitle: Test\nposition: standing\n{SCRIPTS[name]}")
    return ScriptLibrary([shipped_scripts()], catalogue().names()).exercise(str(path))


def rep(name: str, folder: Path) -> RepCompiler:
    """One rep of an exercise, for any values."""
    return RepCompiler(exercise(name, folder), english(), (), VOICE, LENGTHS, lambda _utterances: None)
