"""The bus of a Linux desktop: where it is, what a player is called there, why it cannot be used."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from voice_coach.controls.mpris_player import ROOT

NO_BUS = "Headset buttons and media keys do not reach this session: {reason}. Keys and other programs do."
NO_ADDRESS = "there is no D-Bus session (DBUS_SESSION_BUS_ADDRESS)"
NO_ANSWER = "the bus does not answer"


def bus_address() -> str | None:
    """Where the desktop's bus is, or None where there is none."""
    if sys.platform != "linux":
        return None
    if given := os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return given
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return f"unix:path={runtime}/bus" if runtime and Path(runtime, "bus").is_socket() else None


def bus_name() -> str:
    """What the player of this process is called on the bus."""
    return f"{ROOT}.voice_coach.instance{os.getpid()}"


def unusable(error: Exception) -> str:
    """Why the bus cannot be used, after it was tried."""
    return f"the D-Bus session cannot be used ({str(error) or type(error).__name__})"
