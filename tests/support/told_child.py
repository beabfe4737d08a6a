"""A child process that hears what it is told through a named pipe, instead of a microphone.

Its arguments are the pipe and the recognizer's name. It understands every line that is one of the phrases
which it was last told to expect, as the real one does; and it ends with its standard input.
"""

from __future__ import annotations

import json
import os
import sys
import threading

from voice_coach.voice_input.process import EXPECT, read_message

expected: set[str] = set()
are_there = threading.Event()


def take() -> None:
    while (message := read_message(sys.stdin.buffer)) is not None:
        kind, content = message
        if kind == EXPECT:
            expected.clear()
            expected.update(json.loads(content))
            are_there.set()
    os._exit(0)


threading.Thread(target=take, daemon=True).start()
are_there.wait()
print(json.dumps({"listens": True}), flush=True)
# Opened for writing too, so that it does not end when the one who writes goes.
with open(os.open(sys.argv[1], os.O_RDWR), encoding="utf-8", buffering=1) as pipe:  # noqa: PTH123  (a descriptor)
    for line in pipe:
        if line.strip() in expected:
            print(json.dumps({"heard": line.strip(), "end_ms": 0, "score": 1.0}), flush=True)
