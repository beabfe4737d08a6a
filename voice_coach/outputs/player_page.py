"""A session as one page that needs nothing else: the sound is inside, and a phone's browser plays it.

The words are the page; its own script makes the player from them. Texts from scripts are escaped, and the
page's policy runs no script but its own and loads nothing.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from string import Template
from typing import IO

from voice_coach.model.words import written
from voice_coach.outputs.output import FileOutput
from voice_coach.outputs.page_pieces import piece, policy_hash
from voice_coach.outputs.player_transcript import sections
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.whole_file import whole_file

_READ_BYTES = 3 << 18
"""Divisible by three, so that the base64 of the pieces is that of the whole."""

ARTWORK_PX = 512
"""Lock screens show no more of it."""


class PlayerPage(FileOutput):
    """Writes a page that plays the session, with chapters, captions and large buttons."""

    def write(self, programme: Programme) -> None:
        with whole_file(self._target, force=self._wishes.force) as file, _encoded(programme) as sound:
            for text in _page(programme, sound):
                # A script may spell half of a character that has two; no file can hold that.
                file.write(text.encode("utf-8", "replace"))


def _page(programme: Programme, sound: IO[bytes]) -> Iterator[str]:
    """The page, a piece at a time."""
    about = programme.about
    script, style = piece("player.js"), piece("base.css", "player.css")
    foreign = f' lang="{escape(about.language)}"' if about.language != "en" else ""
    values = {
        "title": escape(written(about.title) or "Session"),
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
        "cover": _cover(programme),
    }
    before, rest = piece("player.html").split("$sound")
    between, after = rest.split("$sections")
    yield Template(before).substitute(values)
    while read := sound.read(_READ_BYTES):
        yield base64.b64encode(read).decode()
    yield Template(between).substitute(values)
    yield from sections(programme)
    yield Template(after).substitute(values)


def _fingerprint(sound: IO[bytes]) -> str:
    """Tells this sound from any other: by it the page knows the place where it was left."""
    digest = hashlib.sha256()
    while read := sound.read(_READ_BYTES):
        digest.update(read)
    sound.seek(0)
    return digest.hexdigest()[:24]


def _cover(programme: Programme) -> str:
    """Attributes of the link to the session's picture, which lock screens show too."""
    from voice_coach.outputs.cover import cover_jpeg

    picture = base64.b64encode(cover_jpeg(programme.about, ARTWORK_PX)).decode()
    return f'type="image/jpeg" sizes="{ARTWORK_PX}x{ARTWORK_PX}" href="data:image/jpeg;base64,{picture}"'


@contextmanager
def _encoded(programme: Programme) -> Iterator[IO[bytes]]:
    """The sound as MP3 of a constant bit rate, from its start."""
    import av

    with tempfile.TemporaryFile() as file:
        container = av.open(file, "w", format="mp3", options={"fflags": "+bitexact"})
        stream = container.add_stream("libmp3lame", rate=48_000, layout="mono", format="s16p")
        stream.bit_rate = 64_000
        at = 0
        for block in programme.blocks():
            if not len(block.samples):
                continue
            frame = av.AudioFrame.from_ndarray(block.samples.reshape(1, -1), format="s16p", layout="mono")
            frame.sample_rate = 48_000
            frame.pts = at
            at += len(block.samples)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        container.close()
        file.seek(0)
        yield file
