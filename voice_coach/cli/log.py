"""The log of a command, written for maintainers with ``voice-coach --debug``.

Modules log what they do through :mod:`logging`, to the logger of their own name. A line never holds what the
user wrote or said: no text of a script, no name of one of their files, no answer. So it can be sent with
``voice-coach doctor --report``.
"""

from __future__ import annotations

import logging
from pathlib import Path

_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)-7s %(threadName)s %(name)s: %(message)s"


def write_log(path: Path, verb: str) -> None:
    """Log everything from now on to a file, which replaces the log of the last command.

    Args:
        path: the file; its folder is made.
        verb: the command that begins.

    Raises:
        OSError: the file cannot be written.
    """
    from voice_coach import __version__

    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, mode="w", encoding="utf-8", errors="replace")
    handler.setFormatter(logging.Formatter(_FORMAT, "%H:%M:%S"))
    logger = logging.getLogger("voice_coach")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.info("voice-coach %s %s", __version__, verb)


def log_failure(error: BaseException) -> None:
    """Log the type of what ends a command, and the lines of code that it came through."""
    logger = logging.getLogger("voice_coach")
    if not logger.isEnabledFor(logging.DEBUG):
        return
    import traceback

    logger.error("%s", type(error).__name__)
    for frame in traceback.extract_tb(error.__traceback__):
        logger.error("  %s:%s %s", Path(frame.filename).name, frame.lineno, frame.name)
