"""Models of recognizers: downloaded whole when the user asks, and checked by checksum."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import tarfile
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from voice_coach.core.errors import CoachError

if TYPE_CHECKING:
    from http.client import HTTPMessage

_RELEASE: Final = "https://github.com/k2-fsa/sherpa-onnx/releases/download/kws-models"


@dataclass(frozen=True, slots=True)
class Model:
    """One of them.

    Attributes:
        name: by which it is asked for, and the folder it is kept in.
        url: the archive that its makers publish (tar).
        says: what it is for, as a sentence.
        sha256: the checksum of that archive as its makers tell it, or "" where they tell none.
    """

    name: str
    url: str
    says: str
    sha256: str = ""


MODELS: Final[Mapping[str, Model]] = {
    model.name: model
    for model in (
        Model(
            "gigaspeech-3.3M",
            f"{_RELEASE}/sherpa-onnx-kws-zipformer-gigaspeech-3.3M-2024-01-01.tar.bz2",
            "English, for sherpa.",
        ),
        Model(
            "zh-en-3M",
            f"{_RELEASE}/sherpa-onnx-kws-zipformer-zh-en-3M-2025-12-20.tar.bz2",
            "Chinese and English, for sherpa.",
        ),
    )
}
"""Every model that can be asked for; of those that are there the first is used."""

NEEDED: Final = ("encoder*.onnx", "decoder*.onnx", "joiner*.onnx", "tokens.txt")
"""Files that every model has to have."""


def installed_model(folder: Path) -> Path | None:
    """The folder of the model to use, below the one where all are kept; None if there is none."""
    return next((folder / name for name in MODELS if (folder / name).is_dir()), None)


_MOST_BYTES: Final = 200 << 20
"""Of an archive; those of today have 20 to 40 MB."""
_MOST_UNPACKED_BYTES: Final = 500 << 20
_MOST_FILES: Final = 500

_PIECE: Final = 1 << 16
_PATIENCE_S: Final = 30.0
_LEFT_AFTER_S: Final = 24 * 3600.0
_UNFINISHED: Final = ".downloading-"
_ARCHIVE: Final = "archive.sha256"
"""The file beside a model's own that tells which archive it came from."""

DownloadProgress = Callable[[int, int | None], None]
"""Told how many bytes have come, and of how many, if that is known."""


class DownloadError(CoachError):
    """A model could not be had; nothing was kept of it. The text says why, and what to do."""


def download_model(
    model: Model,
    folder: Path,
    agreed: Callable[[str], bool],
    progress: DownloadProgress = lambda _have, _of: None,
) -> Path:
    """Download a model and keep it; blocks until then.

    Args:
        model: which.
        folder: below which all models are kept; made if need be.
        agreed: asked whether an archive of this SHA-256 is the right one, where nothing tells it: neither the
            model's makers nor the archive that it came from the last time.
        progress: told now and then.

    Returns:
        the model's own folder.

    Raises:
        DownloadError: it could not be had, is not the right one, or cannot be kept.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        with _scratch(folder) as scratch:
            archive = scratch / "archive"
            checksum = _fetch(model, archive, progress)
            _check(model, checksum, folder / model.name / _ARCHIVE, agreed)
            found = _unpacked(model, archive, scratch / "unpacked")
            (found / _ARCHIVE).write_text(checksum, "ascii")
            return _put(found, folder / model.name, scratch)
    except OSError as error:
        raise DownloadError(
            f"{model.name} could not be kept in {folder}: {error.strerror or error}. Nothing was kept of it."
        ) from error


def _fetch(model: Model, archive: Path, progress: DownloadProgress) -> str:
    """Write the archive, and tell its SHA-256."""
    host = urllib.parse.urlsplit(model.url).hostname
    unreachable = f"{model.name} could not be downloaded from {host}"
    advice = "Look whether this machine is connected to the internet, and try again."
    try:
        # Not urlopen's own: a secure address must not lead to one that is not.
        opener = urllib.request.build_opener(_SecureRedirects)
        request = urllib.request.Request(model.url, headers={"User-Agent": "voice-coach"})
        with opener.open(request, timeout=_PATIENCE_S) as answer, archive.open("wb") as file:
            of = _length(answer.headers)
            have, digest = 0, hashlib.sha256()
            while piece := answer.read(_PIECE):
                have += len(piece)
                if have > _MOST_BYTES:
                    raise DownloadError(
                        f"{unreachable}: it is larger than {_MOST_BYTES >> 20} MB, which no model is."
                    )
                digest.update(piece)
                _write(file, piece, model)
                progress(have, of)
    except urllib.error.HTTPError as error:
        raise DownloadError(f"{unreachable}: it answers {error.code} {error.reason}.") from error
    except urllib.error.URLError as error:
        raise DownloadError(f"{unreachable} ({error.reason}). {advice}") from error
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(f"{unreachable}: the connection broke off ({error}). {advice}") from error
    if of is not None and have < of:
        raise DownloadError(f"{unreachable}: the connection broke off after {have} of {of} bytes. {advice}")
    return digest.hexdigest()


def _write(file: IO[bytes], piece: bytes, model: Model) -> None:
    """Apart from reading, so that it is known which of the two failed."""
    try:
        file.write(piece)
        file.flush()
    except OSError as error:
        raise DownloadError(
            f"{model.name} could not be kept: {error.strerror or error}. Nothing was kept of it."
        ) from error


def _length(headers: HTTPMessage) -> int | None:
    told = headers.get("Content-Length") or ""
    return int(told) if told.isdecimal() else None


class _SecureRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no way out of https."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if req.type == "https" and urllib.parse.urlsplit(newurl).scheme != "https":
            raise urllib.error.URLError("it leads to an address that is not secure")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check(model: Model, checksum: str, before: Path, agreed: Callable[[str], bool]) -> None:
    """Refuse an archive that is not the right one."""
    wanted = model.sha256
    if not wanted:
        with suppress(OSError, UnicodeDecodeError):
            wanted = before.read_text("ascii").strip()
    if wanted and wanted != checksum:
        raise DownloadError(
            f"What came is not {model.name}: its checksum is {checksum} instead of {wanted}. Nothing was "
            f"kept of it. If its makers did publish another one, remove {before.parent} first."
        )
    if not wanted and not agreed(checksum):
        raise DownloadError(f"{model.name} was not kept.")


def _unpacked(model: Model, archive: Path, target: Path) -> Path:
    """The folder with the model's files, unpacked below ``target``."""
    target.mkdir()
    bad = f"What came as {model.name} is no archive of a model"
    try:
        with tarfile.open(archive) as tar:
            size = 0
            for count, member in enumerate(tar, 1):
                size += member.size
                if count > _MOST_FILES or size > _MOST_UNPACKED_BYTES:
                    raise DownloadError(f"{bad}: it is far too large. Nothing was kept of it.")
                # Refuses whatever would lie outside, links, devices; and takes no rights from the archive.
                if member.isfile() or member.isdir():
                    tar.extract(member, target, filter="data")
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise DownloadError(f"{bad}: {error}. Nothing was kept of it.") from error
    found = [place for place in (target, *target.iterdir()) if all(any(place.glob(each)) for each in NEEDED)]
    if not found:
        raise DownloadError(f"{bad}: {', '.join(NEEDED)} are not all in it. Nothing was kept of it.")
    return found[0]


def _put(found: Path, kept: Path, scratch: Path) -> Path:
    """Put the model where it is kept, in place of one that is there."""
    if kept.exists():
        kept.rename(scratch / "before")
    found.rename(kept)
    return kept


@contextmanager
def _scratch(folder: Path) -> Generator[Path]:
    """A folder for what is not finished, on the same disk, removed at the end."""
    scratch = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _clear(folder: Path) -> None:
    """Remove what was left by one that was killed a day ago or earlier."""
    for left in folder.glob(f"{_UNFINISHED}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _LEFT_AFTER_S:
                shutil.rmtree(left, ignore_errors=True)
