"""A model comes whole or not at all, from a real server on this machine."""

from __future__ import annotations

import hashlib
import io
import socket
import tarfile
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar, Literal

import pytest

from voice_coach.voice_input import models as model_download
from voice_coach.voice_input.models import MODELS, DownloadError, Model, download_model, installed_model

TONES = Path(__file__).with_name("tone_model")
PARTS = ("encoder.onnx", "decoder.onnx", "joiner.onnx", "tokens.txt", "en.phone")


def archive(
    *more: tarfile.TarInfo, parts: tuple[str, ...] = PARTS, kind: Literal["w|bz2", "w|gz"] = "w|bz2"
) -> bytes:
    """A model as its makers publish it: one folder, compressed."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode=kind) as tar:
        for part in parts:
            tar.add(TONES / part, f"sherpa-onnx-kws/{part}")
        for member in more:
            tar.addfile(member, io.BytesIO(b"x" * member.size) if member.isreg() else None)
    return written.getvalue()


class _Answer(BaseHTTPRequestHandler):
    content: ClassVar[bytes] = b""
    cut_after: ClassVar[int | None] = None

    def do_GET(self) -> None:
        if self.path != "/model.tar.bz2":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content[: self.cut_after])

    def log_message(self, format: str, *args: object) -> None:
        """To nobody."""


@contextmanager
def serving(content: bytes, cut_after: int | None = None) -> Generator[str]:
    """The address of a server that has one file."""
    handler = type("Answer", (_Answer,), {"content": content, "cut_after": cut_after})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/model.tar.bz2"
        finally:
            server.shutdown()
            thread.join()


def refused(_checksum: str) -> bool:
    raise AssertionError("nobody was to be asked")


def fetched(content: bytes, folder: Path, sha256: str = "", agreed: Callable[[str], bool] = refused) -> Path:
    with serving(content) as url:
        return download_model(Model("made", url, "", sha256), folder, agreed)


def checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_it_is_kept_with_all_its_files(folder: Path) -> None:
    content = archive()
    told: list[tuple[int, int | None]] = []
    with serving(content) as url:
        kept = download_model(
            Model("made", url, "", checksum(content)),
            folder,
            refused,
            lambda have, of: told.append((have, of)),
        )
    assert kept == folder / "made"
    assert all((kept / part).read_bytes() == (TONES / part).read_bytes() for part in PARTS)
    assert [each.name for each in folder.iterdir()] == ["made"]
    assert told[-1] == (len(content), len(content))


def test_where_no_checksum_is_known_it_is_shown_and_asked(folder: Path) -> None:
    content, shown = archive(), list[str]()

    def no(checksum: str) -> bool:
        shown.append(checksum)
        return False

    with pytest.raises(DownloadError, match="made was not kept"):
        fetched(content, folder, agreed=no)
    assert shown == [checksum(content)]
    assert not [*folder.iterdir()]
    assert fetched(content, folder, agreed=lambda _checksum: True).is_dir()


def test_the_same_one_is_asked_for_once(folder: Path) -> None:
    content = archive()
    fetched(content, folder, agreed=lambda _checksum: True)
    assert fetched(content, folder).is_dir()
    with pytest.raises(DownloadError, match=f"instead of {checksum(content)}.*remove .*made first"):
        fetched(archive(kind="w|gz"), folder)
    assert (folder / "made" / "encoder.onnx").is_file()


def test_another_one_than_its_makers_tell_of_is_not_kept(folder: Path) -> None:
    with pytest.raises(DownloadError, match="What came is not made: its checksum is .* instead of 0000"):
        fetched(archive(), folder, sha256="0" * 64)
    assert not [*folder.iterdir()]


def test_a_connection_that_breaks_off_is_told(folder: Path) -> None:
    content = archive()
    with (
        serving(content, cut_after=len(content) // 2) as url,
        pytest.raises(DownloadError, match="the connection broke off"),
    ):
        download_model(Model("made", url, ""), folder, refused)
    assert not [*folder.iterdir()]


def test_one_that_is_not_there_is_told(folder: Path) -> None:
    with serving(b"") as url, pytest.raises(DownloadError, match="it answers 404"):
        download_model(Model("made", f"{url}.gone", ""), folder, refused)


def test_without_a_network_it_is_told(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(DownloadError, match=r"from 127\.0\.0\.1 \(.*\)\. Look whether this machine is conn"):
        download_model(Model("made", f"http://127.0.0.1:{port}/x", ""), folder, refused)
    assert not [*folder.iterdir()]


def test_no_such_host_is_told(folder: Path) -> None:
    with pytest.raises(DownloadError, match=r"from voice-coach\.invalid"):
        download_model(Model("made", "https://voice-coach.invalid/x", ""), folder, refused)


def test_a_full_disk_is_told_and_nothing_is_left(small_disk: Path) -> None:
    large = tarfile.TarInfo("sherpa-onnx-kws/large")
    large.size = 3 << 20
    with pytest.raises(DownloadError, match=r"could not be kept.*No space left"):
        fetched(archive(large), small_disk, agreed=lambda _checksum: True)
    assert not [*small_disk.iterdir()]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(DownloadError, match="could not be kept in"):
        fetched(archive(), tmp_path / "models")


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, to
    return made


@pytest.mark.parametrize(
    "name", ["../outside", "/outside-of-all", "a/../../outside", "sherpa-onnx-kws/../../x"]
)
def test_nothing_is_unpacked_outside(folder: Path, name: str) -> None:
    bad = tarfile.TarInfo(name)
    bad.size = 4
    before = sorted(folder.parent.rglob("*"))
    if name.startswith("/"):  # taken as if it were inside
        kept = fetched(archive(bad), folder, agreed=lambda _checksum: True)
        assert not Path(name).exists()
        assert {each.name for each in kept.iterdir()} == {*PARTS, "archive.sha256"}
        return
    with pytest.raises(DownloadError, match="is no archive of a model"):
        fetched(archive(bad), folder, agreed=lambda _checksum: True)
    assert not [*folder.iterdir()]
    assert [path for path in folder.parent.rglob("*") if path != folder] == before


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_no_link_is_unpacked(folder: Path, kind: bytes) -> None:
    content = archive(link("sherpa-onnx-kws/passwords", "/etc/passwd", kind))
    kept = fetched(content, folder, agreed=lambda _checksum: True)
    assert not (kept / "passwords").exists()


def test_what_unpacks_to_far_too_much_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_download, "_MOST_UNPACKED_BYTES", 100_000)
    large = tarfile.TarInfo("sherpa-onnx-kws/large")
    large.size = 200_000
    with pytest.raises(DownloadError, match="far too large"):
        fetched(archive(large), folder, agreed=lambda _checksum: True)
    assert not [*folder.iterdir()]


def test_a_download_without_end_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_download, "_MOST_BYTES", 1000)
    with pytest.raises(DownloadError, match="larger than"):
        fetched(archive(), folder)


@pytest.mark.parametrize("content", [b"<html>Sign in to this network</html>", b"", archive()[:1000]])
def test_what_is_no_archive_is_told(folder: Path, content: bytes) -> None:
    with pytest.raises(DownloadError, match="is no archive of a model"):
        fetched(content, folder, agreed=lambda _checksum: True)
    assert not [*folder.iterdir()]


def test_an_archive_without_a_part_is_told(folder: Path) -> None:
    with pytest.raises(DownloadError, match=r"joiner\*\.onnx.* are not all in it"):
        fetched(archive(parts=PARTS[:2]), folder, agreed=lambda _checksum: True)


def test_every_model_comes_from_where_its_makers_publish_it() -> None:
    for name, model in MODELS.items():
        assert model.name == name
        assert model.url.startswith("https://github.com/k2-fsa/sherpa-onnx/releases/download/")


def test_the_first_model_that_is_there_is_used(folder: Path) -> None:
    assert installed_model(folder) is None
    for name in reversed([*MODELS]):
        (folder / name).mkdir(parents=True)
        assert installed_model(folder) == folder / name
