"""Scripts in a person's own folder."""

from __future__ import annotations

from pathlib import Path


def write_scripts(home: Path, name: str, session: str, exercise: str, *exercises: str) -> None:
    """A session and its exercises, which differ in their names only.

    Args:
        home: the person's own folder, without scripts.
        name: the session's.
        session: its text.
        exercise: the text of each exercise, with an ``{id}`` and a ``{title}`` to be filled in.
        exercises: their ids.
    """
    for kind in ("exercises", "sessions"):
        (home / "scripts" / kind).mkdir(parents=True)
    for each in exercises:
        script = home / "scripts" / "exercises" / f"{each}.yaml"
        script.write_text(exercise.format(id=each, title=each.capitalize()))
    (home / "scripts" / "sessions" / f"{name}.yaml").write_text(session)
