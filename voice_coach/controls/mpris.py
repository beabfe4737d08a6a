"""Headset buttons, media keys and the players of a Linux desktop, over D-Bus.

A desktop sends what a headset or keyboard asks for to the media player that was used last;
``mpris_interface.py`` says what such a player is.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from voice_coach.controls import mpris_interface as player
from voice_coach.controls.base import Control, SessionRemote
from voice_coach.controls.mpris_interface import ROOT
from voice_coach.core.errors import CoachError

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

    from voice_coach.core.status import LiveStatus

NO_BUS = "Headset buttons and media keys do not reach this session: {reason}. Keys and other programs do."
NO_ADDRESS = "there is no D-Bus session (DBUS_SESSION_BUS_ADDRESS)"
NO_ANSWER = "the bus does not answer"


def bus_address() -> str | None:
    """Return where the desktop's bus is, or None where there is none."""
    if sys.platform != "linux":
        return None
    if given := os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return given
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return f"unix:path={runtime}/bus" if runtime and Path(runtime, "bus").is_socket() else None


def bus_name() -> str:
    """Return what the player of this process is called on the bus."""
    return f"{ROOT}.voice_coach.instance{os.getpid()}"


def unusable(error: Exception) -> str:
    """Why the bus cannot be used, after it was tried."""
    return f"the D-Bus session cannot be used ({str(error) or type(error).__name__})"


class LoopThread(ABC):
    """Runs ``_main`` in a thread of its own, which ends soon after ``_over`` was set."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def changed(self, status: LiveStatus) -> None:
        """Have the loop told what the session does now; any thread may call, also after the end."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._has_changed, status)

    def stop(self) -> None:
        """End it, and wait until it has ended; any other thread may call, and again."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    @abstractmethod
    async def _main(self) -> None:
        """All that it does, until ``_over`` is set."""

    @abstractmethod
    def _has_changed(self, status: LiveStatus) -> None:
        """The session does something else now; called in the loop."""

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._main())
        finally:
            self._loop.close()


_PATIENCE_S: Final = 2.0
_SETTLED_S: Final = 0.2
"""A slider that is dragged sets the volume many times; it is taken at the place where it comes to rest."""
_BETWEEN_S: Final = 0.05
"""Seconds between two changes that are sent: dbus-fast takes a bus that cannot keep up for one that is
gone."""
_SEEKED_US: Final = 700_000
"""Jump of the position, in microseconds, that is announced to programs that show it."""

_LOST_BUS = (
    "Headset buttons and media keys no longer reach this session, since its D-Bus is gone. It goes on."
)


def reach_bus() -> None:
    """Look whether the desktop's bus answers; two seconds at most.

    Raises:
        CoachError: there is none, or it does not answer.
    """
    address = bus_address()
    if address is None:
        raise CoachError(NO_BUS.format(reason=NO_ADDRESS))
    from dbus_fast import DBusFastError
    from dbus_fast.aio import MessageBus

    async def reach() -> None:
        bus = MessageBus(bus_address=address)
        await asyncio.wait_for(bus.connect(), _PATIENCE_S)
        bus.disconnect()

    try:
        asyncio.run(reach())
    except TimeoutError:
        raise CoachError(NO_BUS.format(reason=NO_ANSWER)) from None
    except (DBusFastError, OSError, ValueError, EOFError) as error:
        raise CoachError(NO_BUS.format(reason=unusable(error))) from None


class MprisControl(Control):
    """A media player on the bus.

    Args:
        notify: told in a sentence when the bus is gone.
        now_s: a clock that never goes back, in seconds.
        patience_s: so long the bus may take to answer at the start.
    """

    def __init__(
        self,
        notify: Callable[[str], None],
        now_s: Callable[[], float] = time.monotonic,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._notify = notify
        self._patience_s = patience_s
        self._now_s = now_s
        self._speaker: _BusThread | None = None

    def start(self, remote: SessionRemote) -> None:
        """As said there; it waits until the bus knows this player, 20 ms or so, and two seconds at most."""
        address = bus_address()
        if address is None:
            raise CoachError(NO_BUS.format(reason=NO_ADDRESS))
        speaker = _BusThread(address, remote, self._notify, self._now_s)
        speaker.start()
        reason = speaker.wait(self._patience_s)
        if reason:
            speaker.stop()
            raise CoachError(NO_BUS.format(reason=reason))
        self._speaker = speaker

    def on_change(self, status: LiveStatus) -> None:
        if self._speaker is not None:
            self._speaker.changed(status)

    def close(self) -> None:
        speaker, self._speaker = self._speaker, None
        if speaker is not None:
            speaker.stop()


class _BusThread(LoopThread):
    """Speaks with the bus in a thread of its own."""

    def __init__(
        self, address: str, remote: SessionRemote, notify: Callable[[str], None], now_s: Callable[[], float]
    ) -> None:
        super().__init__()
        self._address = address
        self._remote = remote
        self._notify = notify
        self._now_s = now_s
        self._begun = threading.Event()
        self._reason = ""
        self._bus: MessageBus | None = None
        self._shown: dict[str, Any] = {}
        self._shown_s = 0.0
        self._setting: dict[str, asyncio.TimerHandle] = {}
        self._latest: LiveStatus | None = None
        self._is_showing = False

    def wait(self, patience_s: float) -> str:
        """Why it did not begin to speak, once that is known; "" if it did."""
        return self._reason if self._begun.wait(patience_s) else NO_ANSWER

    async def _main(self) -> None:
        try:
            await self._speak()
        finally:
            if not self._begun.is_set():
                self._reason = self._reason or NO_ANSWER
                self._begun.set()

    async def _speak(self) -> None:
        from dbus_fast import DBusFastError
        from dbus_fast.aio import MessageBus

        over = self._loop.create_task(self._over.wait())
        try:
            bus = MessageBus(bus_address=self._address)
            joining = self._loop.create_task(self._join(bus))
            await asyncio.wait({joining, over}, return_when=asyncio.FIRST_COMPLETED)
            if not joining.done():
                joining.cancel()
                await asyncio.wait({joining})
                return
            joining.result()
        except (DBusFastError, OSError, ValueError, EOFError) as error:
            self._reason = unusable(error)
            over.cancel()
            return
        self._bus = bus
        self._keep(self._remote.current_status())
        self._begun.set()
        gone = self._loop.create_task(bus.wait_for_disconnect())
        await asyncio.wait({gone, over}, return_when=asyncio.FIRST_COMPLETED)
        self._bus = None
        for timer in self._setting.values():
            timer.cancel()
        if over.done():
            bus.disconnect()
        else:
            over.cancel()
            self._notify(_LOST_BUS)
        await asyncio.gather(gone, return_exceptions=True)

    async def _join(self, bus: MessageBus) -> None:
        from dbus_fast import RequestNameReply

        try:
            await bus.connect()
            bus.add_message_handler(self._handle)
            if await bus.request_name(bus_name()) is not RequestNameReply.PRIMARY_OWNER:
                raise OSError(f"{bus_name()} is taken")
        except BaseException:
            if bus.connected:
                bus.disconnect()
            raise

    def _handle(self, message: Message) -> Message | bool:
        """The answer to a call that is meant for the player; False for every other message."""
        from dbus_fast import DBusError, ErrorType, MessageType, Variant

        if message.message_type is not MessageType.METHOD_CALL or message.path != player.PATH:
            return False
        member, given = str(message.member), list[Any](message.body)
        match message.interface, member, message.signature:
            case player.PROPERTIES, "Get", "ss":
                kinds, values = self._properties(given[0])
                if given[1] not in kinds:
                    raise DBusError(ErrorType.UNKNOWN_PROPERTY, f"There is no property {given[1]}.")
                return _reply(message, "v", [Variant(kinds[given[1]], values[given[1]])])
            case player.PROPERTIES, "GetAll", "s":
                kinds, values = self._properties(given[0])
                every = {name: Variant(kind, values[name]) for name, kind in kinds.items() if name in values}
                return _reply(message, "a{sv}", [every])
            case player.PROPERTIES, "Set", "ssv":
                self._set(given[1], given[2])
                return _reply(message)
            case player.INTROSPECTABLE, "Introspect", "":
                return _reply(message, "s", [player.introspection()])
            case ((player.ROOT | player.PLAYER | None as interface), _, signature):
                for name in (interface,) if interface else player.ARGUMENTS:
                    if player.ARGUMENTS[name].get(member) == signature:
                        for command in player.commands_of(member, given, self._remote.current_status()):
                            self._remote.give(command)
                        return _reply(message)
                return False
            case _:
                return False

    def _properties(self, interface: str) -> tuple[dict[str, str], dict[str, Any]]:
        from dbus_fast import DBusError, ErrorType

        kinds = player.SIGNATURES.get(interface)
        if kinds is None:
            raise DBusError(ErrorType.UNKNOWN_INTERFACE, f"There is no interface {interface}.")
        return dict(kinds), _wrapped(player.properties(self._remote.current_status())[interface])

    def _set(self, name: str, value: Any) -> None:
        from dbus_fast import DBusError, ErrorType

        if name not in player.WRITABLE:
            raise DBusError(ErrorType.PROPERTY_READ_ONLY, f"{name} cannot be set.")
        if value.signature != "d" or not isfinite(value.value):
            raise DBusError(ErrorType.INVALID_ARGS, f"{name} is a number.")
        if name in self._setting:
            self._setting[name].cancel()
        self._setting[name] = self._loop.call_later(_SETTLED_S, self._settle, name, float(value.value))

    def _settle(self, name: str, value: float) -> None:
        for command in player.set_to(name, value, self._remote.current_status()):
            self._remote.give(command)

    def _has_changed(self, status: LiveStatus) -> None:
        self._latest = status
        if not self._is_showing:
            self._show_latest()

    def _show_latest(self) -> None:
        """Show the latest status, and a while later the one that is the latest then, if there is another."""
        status, self._latest = self._latest, None
        self._is_showing = status is not None
        if status is not None:
            self._show(status)
            self._loop.call_later(_BETWEEN_S, self._show_latest)

    def _keep(self, status: LiveStatus) -> dict[str, Any]:
        """Remember what others know, and return what they did not."""
        values = player.properties(status)[player.PLAYER]
        new = {name: value for name, value in values.items() if self._shown.get(name, ...) != value}
        self._shown, self._shown_s = values, self._now_s()
        return new

    def _show(self, status: LiveStatus) -> None:
        """Tell others what is new; the place only where time alone has not brought it there."""
        if self._bus is None:
            return
        from dbus_fast import Variant

        before, elapsed_s = self._shown, self._now_s() - self._shown_s
        new = self._keep(status)
        new.pop("Position", None)
        if new:
            kinds, values = player.SIGNATURES[player.PLAYER], _wrapped(new)
            told = {name: Variant(kinds[name], value) for name, value in values.items()}
            self._signal(player.PROPERTIES, "PropertiesChanged", "sa{sv}as", player.PLAYER, told, [])
        passed_us = int(elapsed_s * 1e6) if before["PlaybackStatus"] == "Playing" else 0
        place_us = self._shown["Position"]
        if "Metadata" not in new and abs(before["Position"] + passed_us - place_us) > _SEEKED_US:
            self._signal(player.PLAYER, "Seeked", "x", place_us)

    def _signal(self, interface: str, name: str, signature: str, *body: Any) -> None:
        from dbus_fast import Message

        if self._bus is not None:
            message = Message.new_signal(player.PATH, interface, name, signature, list(body))
            with suppress(OSError):  # it went in this moment, which _speak is about to notice
                self._bus.send(message)  # pyright: ignore[reportUnknownMemberType]  (its Future is of nothing named)


def _wrapped(values: dict[str, Any]) -> dict[str, Any]:
    """Properties with each entry of the metadata in its type."""
    if "Metadata" not in values:
        return values
    from dbus_fast import Variant

    entries = values["Metadata"].items()
    return values | {"Metadata": {name: Variant(player.METADATA[name], value) for name, value in entries}}


def _reply(message: Message, signature: str = "", body: list[Any] | None = None) -> Message | bool:
    from dbus_fast import Message, MessageFlag

    if message.flags & MessageFlag.NO_REPLY_EXPECTED:
        return True
    return Message.new_method_return(message, signature, body or [])
