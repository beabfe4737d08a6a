"""Loggers of the modules. Nothing is shown or written without ``voice-coach --debug``."""

from __future__ import annotations

import logging

# Without a handler Python would print warnings to stderr, between the sentences for the user.
logging.getLogger("voice_coach").addHandler(logging.NullHandler())


def get_logger(name: str) -> logging.Logger:
    """Return the logger of a module, given its ``__name__``."""
    return logging.getLogger(name)
