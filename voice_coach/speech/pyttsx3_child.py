"""The child process that runs pyttsx3 for one request; run as a script, never imported.

Reads one JSON object from standard input and writes one to what was standard output when it began. pyttsx3
and what it loads may print and hang as they like: the parent listens to nothing else, and has a time limit.

Requests: ``{"do": "voices"}``; ``{"do": "speak", "text", "voice", "rate_wpm", "file"}``. Both may have
``"preload"``, the path of a library to load first. Answers: ``{"error": reason}``, or for voices
``{"voices": [[id, name, language], ...], "driver": name}`` and for speech ``{"driver": name}``.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import sys
import threading
from typing import Any, cast

# Words per minute spoken for each that the driver is asked for, where that was measured.
_SPOKEN_PER_ASKED = {"espeak": 1.28}
# SAPI's driver speaks into a file before it returns and reports no finish; the others report it.
_REPORT_NO_FINISH = ("sapi5",)


class _BadRequestError(Exception):
    """Something to tell the parent."""


def main() -> None:
    """Answer one request."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints to standard output from here on goes to standard error
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    try:
        answer = _answer(request)
    except _BadRequestError as error:
        answer = {"error": str(error)}
    except ImportError as error:
        answer = {"error": f"pyttsx3 cannot be loaded: {error}"}
    except Exception as error:  # noqa: BLE001 - drivers raise what they like, and the parent has to be told
        answer = {"error": f"{type(error).__name__}: {error}"}
    with answers:
        json.dump(answer, answers)
    # Drivers hang or crash while they are taken apart; the answer is given, so leave at once.
    os._exit(0)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    if preload := request.get("preload"):
        with contextlib.suppress(OSError):
            ctypes.CDLL(preload, mode=ctypes.RTLD_GLOBAL)
    import pyttsx3  # pyright: ignore[reportMissingTypeStubs]

    engine = cast("Any", pyttsx3).init()
    driver = str(engine)
    if request["do"] == "voices":
        return {"voices": [_described(voice) for voice in engine.getProperty("voices")], "driver": driver}
    _speak(engine, driver, request)
    return {"driver": driver}


def _speak(engine: Any, driver: str, request: dict[str, Any]) -> None:
    ended = threading.Event()
    outcome: list[str] = []

    def finish(name: str | None, completed: bool) -> None:  # noqa: ARG001 - pyttsx3 passes both by name
        outcome.append("" if completed else "the speech service stopped before the end")
        ended.set()

    def fail(name: str | None, exception: Exception) -> None:  # noqa: ARG001
        outcome.append(f"{type(exception).__name__}: {exception}")
        ended.set()

    engine.connect("finished-utterance", finish)
    engine.connect("error", fail)
    if driver == "espeak":
        # Otherwise settings wait for the loop, which begins by cancelling whatever the library is doing: once
        # in some hundred times the rate is lost. When it is not busy they go to the library now.
        engine.proxy.setBusy(False)
    if wanted := request["voice"]:
        engine.setProperty("voice", _find(engine.getProperty("voices"), wanted))
    engine.setProperty("rate", round(request["rate_wpm"] / _SPOKEN_PER_ASKED.get(driver, 1.0)))
    if driver == "espeak":
        sys.modules["pyttsx3.drivers._espeak"].Synchronize()
    engine.save_to_file(request["text"], request["file"])
    engine.runAndWait()
    if driver not in _REPORT_NO_FINISH:
        ended.wait()  # espeak's driver may come back while the library still speaks; the parent has a limit
    if any(outcome):
        raise _BadRequestError(next(filter(None, outcome)))


def _find(voices: list[Any], wanted: str) -> str:
    """The id of the voice that is meant: by its id, its name, or a part of its name that only it has."""
    folded = wanted.casefold()
    for voice in voices:
        if folded in (str(voice.id).casefold(), str(voice.name).casefold()):
            return voice.id
    partly = [voice for voice in voices if folded in str(voice.name).casefold()]
    if len(partly) == 1:
        return partly[0].id
    names = ", ".join(str(voice.name) for voice in (partly or voices)[:20])
    raise _BadRequestError(
        f"{'several voices match' if partly else 'has no voice'} {wanted!r}; there are {names}"
    )


def _described(voice: Any) -> list[str]:
    language = voice.languages[0] if voice.languages else ""
    if isinstance(language, bytes):  # some drivers put a priority byte before it
        language = language.decode("ascii", "ignore").strip("\0\x05")
    return [str(voice.id), str(voice.name), str(language or "")]


if __name__ == "__main__":
    main()
