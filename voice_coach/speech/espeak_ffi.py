"""The library libespeak-ng: where it and its data are, and its functions through ctypes."""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import itertools
import os
import sys
import threading
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from voice_coach.speech.engine import EngineError
from voice_coach.storage.locks import scratch_folder

RATE, PITCH, RANGE, WORD_GAP = 1, 3, 4, 7
"""Numbers of espeak_PARAMETER in espeak-ng's speak_lib.h."""

_LIBRARY_FILES: Final = {"win32": "espeak-ng.dll", "darwin": "libespeak-ng.dylib"}
DATA_FOLDER: Final = "espeak-ng-data"
_SOUNDS: Final = ("phontab", "phonindex", "phondata", "intonations")
LONGEST_PATH: Final = 120
"""Characters; the library's buffer holds 160 with what it adds (N_PATH_HOME in its speech.h)."""

_SYNCHRONOUS: Final = 2
_DO_NOT_EXIT: Final = 0x8000  # without it a library that misses its data ends the whole process
_UTF8: Final = 1
_BUFFER_MS: Final = 20_000  # one piece for nearly every utterance, so the callback rarely needs the GIL

_LIST_ENDS, _WORD_BEGINS = 0, 1
"""Numbers of espeak_EVENT_TYPE in speak_lib.h."""


class _EventStruct(ctypes.Structure):
    """espeak_EVENT in speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # characters, from 1
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # milliseconds
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


class _Events(Protocol):
    """A pointer to the first of them."""

    def __getitem__(self, number: int, /) -> _EventStruct: ...


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_EventStruct))


class Spoken(NamedTuple):
    """Result of the library for a text.

    Attributes:
        samples: mono.
        words: for each word, or part of a word, that it says: the index of the character where it stands in
            the text, and the millisecond at which it begins. Some words are said as one with the one before.
    """

    samples: NDArray[np.int16]
    words: list[tuple[int, int]]


class _Copies:
    """Copies of the library, each with a global state of its own; who has one may use it alone.

    On Linux there are two, so that two threads can speak at once: the second lives in memory (memfd),
    where the loader takes it for another library. Elsewhere there is one.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._free: dict[str, list[str]] = {}

    def take(self, library: str) -> str:
        """The path of a copy that is free; waits for one."""
        with self._changed:
            if library not in self._free:
                self._free[library] = [*_in_memory(library), library]
            while not self._free[library]:
                self._changed.wait()
            return self._free[library].pop()

    def release(self, library: str, copy: str) -> None:
        with self._changed:
            self._free[library].append(copy)
            self._changed.notify()


def _in_memory(library: str) -> list[str]:
    """A copy of the library in memory, where there is such a thing; it goes with the process."""
    if not sys.platform.startswith("linux") or not hasattr(os, "memfd_create"):
        return []
    copy = -1
    try:
        copy = os.memfd_create("libespeak-ng")
        rest = memoryview(Path(library).read_bytes())
        while rest:
            rest = rest[os.write(copy, rest) :]
        path = f"/proc/self/fd/{copy}"
        _unload(ctypes.CDLL(path)._handle)  # where memory may not be run as code, it shows now
    except OSError:
        if copy >= 0:
            os.close(copy)
        return []
    return [path]


_COPIES = _Copies()


class _VoiceStruct(ctypes.Structure):
    """espeak_VOICE in speak_lib.h."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


# A call gives the GIL back only where that is worth it: taking it again can cost milliseconds while another
# thread computes. So the short calls keep it (PYFUNCTYPE) and only synthesis lets it go (CFUNCTYPE).
_SHORT: Final[dict[str, Callable[..., Any]]] = {
    "espeak_Initialize": ctypes.PYFUNCTYPE(
        ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int
    ),
    "espeak_Terminate": ctypes.PYFUNCTYPE(ctypes.c_int),
    "espeak_SetSynthCallback": ctypes.PYFUNCTYPE(None, _Callback),
    "espeak_SetVoiceByName": ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_char_p),
    "espeak_SetVoiceByFile": ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_char_p),
    "espeak_GetCurrentVoice": ctypes.PYFUNCTYPE(ctypes.POINTER(_VoiceStruct)),
    "espeak_ListVoices": ctypes.PYFUNCTYPE(ctypes.POINTER(ctypes.POINTER(_VoiceStruct)), ctypes.c_void_p),
    "espeak_SetParameter": ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int),
    "espeak_Info": ctypes.PYFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p),
    "espeak_ng_SetRandSeed": ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_long),
}
_LONG: Final[dict[str, Callable[..., Any]]] = {
    "espeak_Synth": ctypes.CFUNCTYPE(
        ctypes.c_int,
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.c_void_p,
        ctypes.c_void_p,
    ),
}


@dataclass(frozen=True, slots=True)
class Files:
    """Place of the library; ``data`` is the folder that holds ``espeak-ng-data``, None if only the library
    knows it."""

    library: str
    data: Path | None


def find_files() -> Files:
    """The library and data of the ``espeakng-loader`` wheel, or the system's library where there is no wheel.

    The wheel is found without importing it, which would cost more than speaking a sentence.

    Raises:
        EngineError: there is neither.
    """
    spec = importlib.util.find_spec("espeakng_loader")
    if spec and spec.origin:
        folder = Path(spec.origin).parent
        library = folder / _LIBRARY_FILES.get(sys.platform, "libespeak-ng.so")
        if library.is_file() and (folder / DATA_FOLDER).is_dir():
            return Files(str(library), folder)
    from ctypes.util import find_library

    system = find_library("espeak-ng") or find_library("libespeak-ng")
    if not system:
        raise EngineError("espeak", "is not installed: pip install espeakng-loader")
    return Files(system, None)


def version(files: Files) -> str:
    """Return what tells one library with its data from another.

    A checksum of the library, of the sounds, and of the sizes of the dictionaries. The wheel's library is not
    loaded for it, which would take longer than a sentence.

    Raises:
        EngineError: the system's library, where there is no wheel, does not work.
    """
    folder = files.data / DATA_FOLDER if files.data else None
    if folder is None:
        with EspeakLibrary(files) as library:
            folder = library.data_folder
    checksum = 0
    for path in (Path(files.library), *(folder / name for name in _SOUNDS)):
        if path.is_file():  # the system's library may be known by its name only
            checksum = zlib.crc32(path.read_bytes(), checksum)
    with os.scandir(folder) as entries:
        sizes = sorted((entry.name, entry.stat().st_size) for entry in entries if entry.is_file())
    return f"{zlib.crc32(repr(sizes).encode(), checksum):08x}"


class EspeakLibrary:
    """One loading of the library, as a context manager; it is unloaded at the end, and nothing else has it.

    State inside the library makes the same words differ slightly after other words, and nothing but
    unloading resets that. Loading, set-up and unloading cost about 0.6 ms.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._pieces: list[bytes] = []
        self._words: list[tuple[int, int]] = []
        self._callback = _Callback(self._take)

    def __enter__(self) -> EspeakLibrary:
        self._copy = _COPIES.take(self._files.library)
        try:
            self._dll = ctypes.CDLL(self._copy)
        except OSError as error:
            _COPIES.release(self._files.library, self._copy)
            raise EngineError("espeak", f"its library cannot be loaded: {error}") from error
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._short("espeak_Terminate")()
        finally:
            _unload(self._dll._handle)
            # The callback refers to this object: the samples would wait for the collector of rings.
            del self._dll, self._callback
            self._pieces = []
            _COPIES.release(self._files.library, self._copy)

    @property
    def data_folder(self) -> Path:
        """The folder ``espeak-ng-data`` that the library reads."""
        path = ctypes.c_char_p()
        self._short("espeak_Info")(ctypes.byref(path))
        return Path(_decoded(path.value or b""))

    def select(self, voice_file: str, path: str | None = None) -> str:
        """Choose a voice by its file, name or language, with ``+VARIANT`` if wished; gives its file's name.

        Args:
            voice_file: the voice.
            path: of its file, absolute and shorter than 60 characters, with the variant; quicker, if known.

        Raises:
            EngineError: there is no such voice.
        """
        if path and self._short("espeak_SetVoiceByFile")(path.encode()) == 0:
            return voice_file
        if not voice_file.isascii() or self._short("espeak_SetVoiceByName")(voice_file.encode()) != 0:
            raise EngineError(
                "espeak", f"has no voice {voice_file!r}; 'voice-coach voices' shows what there is"
            )
        chosen: bytes = self._short("espeak_GetCurrentVoice")().contents.identifier
        return chosen.decode()

    def set(self, parameter: int, value: int) -> None:
        """Set RATE, PITCH, RANGE (0 to 100) or WORD_GAP (10 ms); after ``select``, which resets them."""
        self._short("espeak_SetParameter")(parameter, value, 0)

    def speak(self, text: str) -> Spoken:
        """Speak text without NUL characters, at ``rate_hz``. Markup in it is just text.

        Raises:
            EngineError: the library says it could not.
        """
        self._pieces.clear()
        self._words = []
        data = text.encode()
        status = _LONG["espeak_Synth"](("espeak_Synth", self._dll))(
            data, len(data) + 1, 0, 1, 0, _UTF8, None, None
        )
        if status != 0:
            raise EngineError("espeak", f"could not speak (error {status})")
        return Spoken(np.frombuffer(b"".join(self._pieces), np.int16), self._words)

    def voices(self) -> list[tuple[str, str, str]]:
        """(file, language, name) of every voice without variants, as the library sorts them."""
        found: list[tuple[str, str, str]] = []
        for pointer in self._short("espeak_ListVoices")(None):
            if not pointer:
                break
            voice = pointer.contents
            languages: bytes = voice.languages  # a priority byte, then the language
            found.append(
                (voice.identifier.decode(), languages[1:].split(b"\0")[0].decode(), voice.name.decode())
            )
        return found

    def _start(self) -> None:
        data = _encoded(self._files.data) if self._files.data else None
        if data and len(data) > LONGEST_PATH:
            raise EngineError("espeak", f"its data lies too deep, in {self._files.data}: use a shorter path")
        self.rate_hz: int = self._short("espeak_Initialize")(_SYNCHRONOUS, _BUFFER_MS, data, _DO_NOT_EXIT)
        if self.rate_hz <= 0:
            raise EngineError("espeak", f"found no data for {self._files.library}")
        self._short("espeak_SetSynthCallback")(self._callback)
        self._seed()

    def _seed(self) -> None:
        """Breathy variants add noise from a generator that the library seeds with the time of day."""
        try:
            self._short("espeak_ng_SetRandSeed")(1)
        except AttributeError:  # before 1.52 the noise came from the C library's generator
            ctypes.CDLL(None).srand(1)

    def _short(self, function: str) -> Callable[..., Any]:
        return _SHORT[function]((function, self._dll))

    def _take(self, samples: int | None, count: int, events: _Events) -> int:
        if samples and count > 0:
            self._pieces.append(ctypes.string_at(samples, 2 * count))
            for number in itertools.count():
                event = events[number]
                kind = event.type
                if kind == _WORD_BEGINS:
                    self._words.append((event.text_position - 1, event.audio_position))
                elif kind == _LIST_ENDS:
                    break
        return 0


def _encoded(folder: Path) -> bytes:
    # The library opens files with the C library's fopen, which on Windows reads the "ANSI" code page.
    return str(folder).encode("mbcs" if sys.platform == "win32" else "utf-8", "surrogateescape")


def _decoded(path: bytes) -> str:
    return path.decode("mbcs" if sys.platform == "win32" else "utf-8", "surrogateescape")


def _unload(handle: int) -> None:
    import _ctypes  # the only way to unload a library; ctypes itself never does

    if sys.platform == "win32":
        _ctypes.FreeLibrary(handle)
    else:
        _ctypes.dlclose(handle)


def size_bytes(files: Files) -> int | None:
    """Return what the library and its data take on disk; None where only the system knows where they lie."""
    if files.data is None:
        return None
    found = (file for file in (files.data / DATA_FOLDER).rglob("*") if file.is_file())
    return sum(file.stat().st_size for file in (Path(files.library), *found))


@cache
def short_data_path(data: Path) -> Path:
    """A short name of the folder that holds ``espeak-ng-data``, or the folder itself if there is none.

    The library cannot read data whose path is longer than about 140 characters, as happens in deep virtual
    environments.
    """
    if len(os.fsencode(data)) <= LONGEST_PATH:
        return data
    return _by_handle(data) or _by_link(data) or data


@cache
def by_handle(data: Path, voice_file: str) -> str:
    """A name by which the library opens a voice's file, whatever its capitals; "" where there is none.

    It looks for a file under its name in small letters. Where the file system tells ``en-us`` from ``en-US``
    it does not find it so, and then opens some 250 files to look into each: 2.4 ms more for every utterance,
    more than it takes to speak one.

    Args:
        data: the folder that holds ``espeak-ng-data``.
        voice_file: such as ``gmw/en-us+f3``.
    """
    language, plus, variant = voice_file.partition("+")
    file = data / DATA_FOLDER / "lang" / language.lower()
    if file.exists():
        return ""
    found = _in_other_letters(file)
    handle = _by_handle(found) if found else None
    return f"{handle}{plus}{variant}" if handle else ""


def _by_handle(path: Path) -> Path | None:
    """The short name that Linux gives to what a process holds open: it goes with the process."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None  # Windows opens no folders
    name = Path(f"/proc/self/fd/{handle}")
    if name.exists():
        return name
    os.close(handle)
    return None


def _by_link(data: Path) -> Path | None:
    """A folder among the temporary ones with a link to the data."""
    try:
        link = _links.enter_context(scratch_folder("espeak")) / DATA_FOLDER
        link.symlink_to(data / DATA_FOLDER, target_is_directory=True)
    except (OSError, NotImplementedError):
        return None
    return link.parent


_links = ExitStack()
atexit.register(_links.close)


def _in_other_letters(path: Path) -> Path | None:
    """The file of this name, whatever its capitals."""
    try:
        return next((file for file in path.parent.iterdir() if file.name.lower() == path.name), None)
    except OSError:
        return None
