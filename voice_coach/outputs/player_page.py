"""A session as one page that needs nothing else: the sound is inside, and a phone's browser plays it.

The words are the page; its own script makes the player from them. Texts from scripts are escaped, and the
page's policy runs no script but its own and loads nothing.
"""

from __future__ import annotations

import base64
import hashlib
import io
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from html import escape
from string import Template
from typing import IO, cast

from voice_coach.encoding.codecs import MP3
from voice_coach.encoding.muxing import Label, mux
from voice_coach.encoding.recording import IN_MEMORY_BYTES
from voice_coach.model.about import About
from voice_coach.model.export import ChapterLevel, FileWishes
from voice_coach.model.problems import OutputError
from voice_coach.model.words import written
from voice_coach.outputs.encoded_file import cover, encoded
from voice_coach.outputs.output import FileOutput
from voice_coach.outputs.page_pieces import piece, policy_hash
from voice_coach.outputs.player_transcript import sections
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.whole_file import whole_file

_READ_BYTES = 3 << 18
"""Divisible by three, so that the base64 of the pieces is that of the whole."""

_NO_TAGS = {"id3v2_version": "0"}
"""The page tells them."""

ARTWORK_PX = 512
"""Lock screens show no more of it."""


class PlayerPage(FileOutput):
    """Writes a page that plays the session, with chapters, captions and large buttons."""

    def write(self, programme: Programme) -> None:
        with (
            whole_file(self._target, force=self._wishes.force) as file,
            _sound(programme, self._wishes) as sound,
        ):
            for text in _page(programme, self._wishes.chapters, sound):
                # A script may spell half of a character that has two; no file can hold that.
                file.write(text.encode("utf-8", "replace"))


def _page(programme: Programme, level: ChapterLevel, sound: IO[bytes]) -> Iterator[str]:
    """The page, a piece at a time."""
    about = programme.about
    script, style = piece("player.js"), piece("base.css", "player.css")
    foreign = f' lang="{escape(about.language)}"' if about.language != "en" else ""
    values = {
        "title": escape(written(about.full_title) or "Session"),
        "spoken": foreign,
        "about": "".join(
            f"<p{foreign}>{escape(written(text))}</p>\n" for text in (about.description, about.source) if text
        ),
        "author": escape(written(about.author)),
        "key": _fingerprint(sound),
        "style": style,
        "style_hash": policy_hash(style),
        "script": script,
        "script_hash": policy_hash(script),
        "cover": _cover(about),
    }
    before, rest = piece("player.html").split("$sound")
    between, after = rest.split("$sections")
    yield Template(before).substitute(values)
    while read := sound.read(_READ_BYTES):
        yield base64.b64encode(read).decode()
    yield Template(between).substitute(values)
    yield from sections(programme, level)
    yield Template(after).substitute(values)


def _fingerprint(sound: IO[bytes]) -> str:
    """Tells this sound from any other: by it the page knows the place where it was left."""
    digest = hashlib.sha256()
    while read := sound.read(_READ_BYTES):
        digest.update(read)
    sound.seek(0)
    return digest.hexdigest()[:24]


def _cover(about: About) -> str:
    """Attributes of the link to the session's picture, which lock screens show too."""
    picture = cover(about, ARTWORK_PX)
    if not picture:
        return 'href="data:,"'
    size, data = f"{ARTWORK_PX}x{ARTWORK_PX}", base64.b64encode(picture).decode()
    return f'type="image/jpeg" sizes="{size}" href="data:image/jpeg;base64,{data}"'


@contextmanager
def _sound(programme: Programme, wishes: FileWishes) -> Generator[IO[bytes]]:
    """The sound as MP3 of a constant bit rate, from its start; in memory, or in a file without a name."""
    with (
        encoded(programme, MP3, wishes) as recording,
        tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as file,
    ):
        try:
            mux(cast("io.RawIOBase", file), "mp3", _NO_TAGS, recording, Label())
        except OSError as error:
            raise OutputError(
                f"The sound of the page cannot be kept in {tempfile.gettempdir()} "
                f"({error.strerror or error}). Make room there."
            ) from error
        file.seek(0)
        yield cast("IO[bytes]", file)
