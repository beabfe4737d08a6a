"""Runs a verb over many documents in one process; prints what was no sentence and exit code, as JSON.

Usage: ``python -m tests.support.any_document VERB < DOCUMENTS``, the documents being texts by name, as JSON.
Each is the file ``x.yaml`` in the working folder in its turn.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from voice_coach.batch.job import Job
from voice_coach.batch.worker import Worker
from voice_coach.cli.main import main
from voice_coach.core.errors import CoachError
from voice_coach.paths import find_home


def _list() -> int:
    """List the user's own scripts, the document among them."""
    own = find_home().scripts
    own.mkdir(parents=True, exist_ok=True)
    shutil.copy("x.yaml", own)
    return main(["list"])


def _row(session: str, pacing: str = "") -> int:
    """Check a row of a table, as ``export --manifest`` does in a process of its own."""
    worker = Worker()
    try:
        worker.check(Job(file="a.txt", session=session, pacing=pacing), Path("out"))
    except CoachError as error:
        print(error)
        return 2
    finally:
        worker.close()
    print("It can be made.")
    return 0


VERBS: dict[str, Callable[[], int]] = {
    "check": lambda: main(["check", "x.yaml"]),
    "check a folder": lambda: main(["check", "."]),
    "show": lambda: main(["show", "x.yaml", "--text"]),
    "play": lambda: main(["play", "x.yaml", "--output", "o.txt", "--force"]),
    "export": lambda: main(["export", "x.yaml", "-o", "o.txt", "--force"]),
    "tune": lambda: main(["tune", "x.yaml"]),
    "tune in it": lambda: main(["tune", "good.yaml", "--for", "x.yaml"]),
    "tune from it": lambda: main(["tune", "good.yaml", "--file", "x.yaml"]),
    "import it": lambda: main(["tune", "--import", "x.yaml"]),
    "list": _list,
    "a row": lambda: _row("x.yaml"),
    "a row with it": lambda: _row("good.yaml", "x.yaml"),
}


def odd(verb: str, documents: dict[str, str]) -> dict[str, str]:
    """Return the traceback, or else what was wrong, of each document that got no sentence and exit code."""
    found: dict[str, str] = {}
    for name, text in documents.items():
        Path("x.yaml").write_text(text, encoding="utf-8")
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                code = VERBS[verb]()
        except SystemExit as error:
            code = error.code
        except Exception:  # noqa: BLE001  (any of them is what is looked for)
            found[name] = traceback.format_exc()
            continue
        if code not in (0, 1, 2) or not said.getvalue().strip() or "Traceback" in said.getvalue():
            found[name] = f"exit code {code}: {said.getvalue()}"
    return found


if __name__ == "__main__":
    print(json.dumps(odd(sys.argv[1], json.load(sys.stdin))))
