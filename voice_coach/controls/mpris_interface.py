"""A session as a media player of MPRIS: its properties, and what comes of what it is asked. Pure.

The interface is that of https://specifications.freedesktop.org/mpris-spec/latest/; the tables below are what
of it there is here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log10
from typing import Any, Final

from voice_coach.core.commands import COMMANDS, CommandName
from voice_coach.core.parameters import (
    FASTEST_PERCENT,
    LOUDEST_DB,
    QUIETEST_DB,
    SLOWEST_PERCENT,
    STEP_DB,
    STEP_PERCENT,
)
from voice_coach.core.status import LiveStatus, Mode

PATH: Final = "/org/mpris/MediaPlayer2"
ROOT: Final = "org.mpris.MediaPlayer2"
PLAYER: Final = "org.mpris.MediaPlayer2.Player"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
INTROSPECTABLE: Final = "org.freedesktop.DBus.Introspectable"

SIGNATURES: Final[Mapping[str, Mapping[str, str]]] = {
    ROOT: {
        "CanQuit": "b",
        "CanRaise": "b",
        "HasTrackList": "b",
        "Identity": "s",
        "SupportedUriSchemes": "as",
        "SupportedMimeTypes": "as",
    },
    PLAYER: {
        "PlaybackStatus": "s",
        "Rate": "d",
        "Metadata": "a{sv}",
        "Volume": "d",
        "Position": "x",
        "MinimumRate": "d",
        "MaximumRate": "d",
        "CanGoNext": "b",
        "CanGoPrevious": "b",
        "CanPlay": "b",
        "CanPause": "b",
        "CanSeek": "b",
        "CanControl": "b",
    },
}
"""Every property by its interface, with its type."""

WRITABLE: Final = ("Rate", "Volume")

METADATA: Final[Mapping[str, str]] = {
    "mpris:trackid": "o",
    "mpris:length": "x",
    "xesam:title": "s",
    "xesam:album": "s",
    "xesam:artist": "as",
    "xesam:trackNumber": "i",
}

METHODS: Final[Mapping[str, CommandName]] = {
    command.mpris: command.name for command in COMMANDS if command.mpris
}
"""The methods of the player that are commands."""

ARGUMENTS: Final[Mapping[str, Mapping[str, str]]] = {
    ROOT: {"Raise": "", "Quit": ""},
    PLAYER: {**dict.fromkeys(METHODS, ""), "Seek": "x", "SetPosition": "ox", "OpenUri": "s"},
}
"""Every method by its interface, with the types of its arguments."""

_US_PER_MS: Final = 1000
_NO_TRACK: Final = "/org/mpris/MediaPlayer2/TrackList/NoTrack"

_PLAYBACK: Final[Mapping[Mode, str]] = {"playing": "Playing", "hurting": "Playing", "ended": "Stopped"}
"""In every other mode it is "Paused": what then comes from a headset is Play, and goes on."""

_NEARLY_DB: Final = 0.1
_JUMP_US: Final = 1_000_000
"""A place so near to where we are is where we are."""


def properties(live: LiveStatus) -> dict[str, dict[str, Any]]:
    """The value of each property, by its interface."""
    is_on = live.mode != "ended"
    return {
        ROOT: {
            "CanQuit": True,
            "CanRaise": False,
            "HasTrackList": False,
            "Identity": "voice_coach",
            "SupportedUriSchemes": [],
            "SupportedMimeTypes": [],
        },
        PLAYER: {
            "PlaybackStatus": _PLAYBACK.get(live.mode, "Paused"),
            "Rate": live.speed_percent / 100,
            "Metadata": metadata(live),
            "Volume": round(10 ** (live.volume_db / 20), 4),
            "Position": position_us(live),
            "MinimumRate": SLOWEST_PERCENT / 100,
            "MaximumRate": FASTEST_PERCENT / 100,
            "CanGoNext": is_on,
            "CanGoPrevious": is_on,
            "CanPlay": is_on,
            "CanPause": is_on,
            "CanSeek": is_on,
            "CanControl": True,
        },
    }


def metadata(live: LiveStatus) -> dict[str, Any]:
    """The chapter as a track, and the session as its album."""
    if live.status is None:
        return {"mpris:trackid": _NO_TRACK, "xesam:album": live.title}
    return {
        "mpris:trackid": track(live),
        "mpris:length": live.duration_ms * _US_PER_MS,
        "xesam:title": live.status.chapter,
        "xesam:album": live.title,
        "xesam:artist": ["voice_coach"],
        "xesam:trackNumber": live.chapter + 1,
    }


def track(live: LiveStatus) -> str:
    """The path by which a chapter is known."""
    return _NO_TRACK if live.status is None else f"/voice_coach/chapter/{live.chapter}"


def position_us(live: LiveStatus) -> int:
    """The place in the chapter, in microseconds."""
    return min(max(live.position_ms, 0), max(live.duration_ms, 0)) * _US_PER_MS


def commands_of(method: str, arguments: list[Any], live: LiveStatus) -> list[CommandName]:
    """The commands that a method of either interface comes to.

    A session has no place between two things that are said: Seek goes to the one before or the next, however
    far it was meant to go.
    """
    match method, arguments:
        case "Seek", [offset_us]:
            return _sought(offset_us)
        case "SetPosition", [where, place_us]:
            is_there = where == track(live) and 0 <= place_us <= live.duration_ms * _US_PER_MS
            away_us = place_us - position_us(live)
            return _sought(away_us) if is_there and abs(away_us) >= _JUMP_US else []
        case "Quit", _:
            return ["stop"]
        case _:
            return [METHODS[method]] if method in METHODS else []


def _sought(offset_us: int) -> list[CommandName]:
    if not offset_us:
        return []
    return ["next" if offset_us > 0 else "previous"]


def set_to(name: str, value: float, live: LiveStatus) -> list[CommandName]:
    """The steps that bring the rate or the volume nearest to a value, at least one if it is another one.

    A rate of 0 means Pause, as the specification asks for.
    """
    if name == "Rate":
        if value == 0:
            return ["pause"]
        percent = min(max(value * 100, SLOWEST_PERCENT), FASTEST_PERCENT)
        return _steps(percent - live.speed_percent, STEP_PERCENT, STEP_PERCENT / 20, ("slower", "faster"))
    volume_db = QUIETEST_DB if value <= 0 else min(max(20 * log10(value), QUIETEST_DB), LOUDEST_DB)
    return _steps(volume_db - live.volume_db, STEP_DB, _NEARLY_DB, ("quieter", "louder"))


def _steps(
    by: float, step: float, nearly: float, commands: tuple[CommandName, CommandName]
) -> list[CommandName]:
    if abs(by) < nearly:
        return []
    return [commands[by > 0]] * max(1, round(abs(by) / step))


def introspection() -> str:
    """The interfaces, as those who look for them read them."""
    interfaces = "".join(_interface(name) for name in SIGNATURES)
    return (
        '<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN" '
        '"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">'
        f"<node>{interfaces}{_STANDARD}</node>"
    )


def _interface(name: str) -> str:
    methods = "".join(
        f'<method name="{method}">'
        + "".join(f'<arg type="{kind}" direction="in"/>' for kind in kinds)
        + "</method>"
        for method, kinds in ARGUMENTS[name].items()
    )
    access: Callable[[str], str] = lambda each: "readwrite" if each in WRITABLE else "read"  # noqa: E731
    kept = "".join(
        f'<property name="{each}" type="{kind}" access="{access(each)}"/>'
        for each, kind in SIGNATURES[name].items()
    )
    signal = '<signal name="Seeked"><arg type="x"/></signal>' if name == PLAYER else ""
    return f'<interface name="{name}">{methods}{kept}{signal}</interface>'


_STANDARD: Final = (
    f'<interface name="{PROPERTIES}">'
    '<method name="Get"><arg type="s" direction="in"/><arg type="s" direction="in"/>'
    '<arg type="v" direction="out"/></method>'
    '<method name="GetAll"><arg type="s" direction="in"/><arg type="a{sv}" direction="out"/></method>'
    '<method name="Set"><arg type="s" direction="in"/><arg type="s" direction="in"/>'
    '<arg type="v" direction="in"/></method>'
    '<signal name="PropertiesChanged"><arg type="s"/><arg type="a{sv}"/><arg type="as"/></signal></interface>'
    f'<interface name="{INTROSPECTABLE}">'
    '<method name="Introspect"><arg type="s" direction="out"/></method></interface>'
)
