"""Links to espeak's data, laid out so that the library finds a tuned voice at once."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from voice_coach.speech.espeak_library import DATA_FOLDER, LONGEST_PATH

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

_SHARED: Final = ("phontab", "phonindex", "phondata", "intonations", "voices")


class DataLinks:
    """Stands between the library and its data where the data as installed would not do. Thread-safe.

    The library looks for a language's file under its name in small letters. Where the file system tells
    ``en-us`` from ``en-US`` it does not find it so, and then opens some 250 files to look into each: 2.4 ms
    more for every utterance, more than it takes to speak one. Besides, it cannot read data whose path is
    longer than about 140 characters, as happens in deep virtual environments. Links in a temporary folder
    help with both; the sound is the same.

    Args:
        data: the folder that holds ``espeak-ng-data``.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._lock = threading.Lock()
        self._folders: dict[str, TemporaryDirectory[str] | None] = {}

    def folder(self, voice_file: str = "", dictionary: str = "") -> Path:
        """The folder to give to the library: for this voice and nothing else, or ("") for all voices.

        Args:
            voice_file: such as ``gmw/en-us+f3``, in small letters.
            dictionary: the one dictionary that the voice needs, such as ``en_dict``.
        """
        language = voice_file.partition("+")[0]
        if not dictionary or (self._data / DATA_FOLDER / "lang" / language).exists():
            language = ""
        with self._lock:
            if language not in self._folders:
                self._folders[language] = self._link(language, dictionary)
            links = self._folders[language]
        return Path(links.name) if links else self._data

    def close(self) -> None:
        """Remove the links. May be called twice."""
        with self._lock:
            for links in self._folders.values():
                if links:
                    links.cleanup()
            self._folders.clear()

    def _link(self, language: str, dictionary: str) -> TemporaryDirectory[str] | None:
        """A folder of links, or None where the data itself does, or links cannot be made."""
        data = self._data / DATA_FOLDER
        if not language and len(str(self._data)) <= LONGEST_PATH:
            return None
        try:
            from tempfile import TemporaryDirectory

            links = TemporaryDirectory(prefix="espeak-", ignore_cleanup_errors=True)
            linked = Path(links.name) / DATA_FOLDER
            if not language:
                linked.symlink_to(data, target_is_directory=True)
                return links
            file = linked / "lang" / language
            file.parent.mkdir(parents=True)
            file.symlink_to(_any_case(data / "lang" / language))
            for name in (*_SHARED, dictionary):
                (linked / name).symlink_to(data / name)
        except (OSError, NotImplementedError):
            return None
        return links


def _any_case(path: Path) -> Path:
    """The file of this name, whatever its capitals.

    Raises:
        FileNotFoundError: there is none.
    """
    for file in path.parent.iterdir():
        if file.name.lower() == path.name:
            return file
    raise FileNotFoundError(path)
