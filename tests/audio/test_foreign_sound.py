"""Sound files from elsewhere, as beds and in a podcast's folder: playlists, absurd headers, odd tags."""

from __future__ import annotations

import http.server
import struct
import subprocess
import threading
import wave
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from voice_coach.audio.background import make_bed
from voice_coach.audio.recording import NotSoundError, open_sound
from voice_coach.core.errors import OutputError
from voice_coach.podcast.episodes import read_episode

SECONDS = 3


def tone_file(path: Path, rate_hz: int = 48_000, seconds: float = SECONDS) -> Path:
    samples = 8_000 * np.sin(2 * np.pi * 220 * np.arange(round(seconds * rate_hz)) / rate_hz)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def encode(ffmpeg: str, source: Path, target: Path, *options: str) -> Path:
    command = [ffmpeg, "-nostdin", "-v", "error", "-y", "-i", str(source), *options, str(target)]
    subprocess.run(command, check=True)
    return target


class _Counting(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def web() -> Generator[tuple[str, list[str]]]:
    """The address of a server, and what it was asked for."""
    asked: list[str] = []
    handler = type("Counting", (_Counting,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()
        thread.join()


PLAYLISTS = {
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{web}/x.ts\n#EXT-X-ENDLIST\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 18765 RTP/AVP 0\n",
    "concat": "ffconcat version 1.0\nfile {web}/x.mp3\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{web}/</BaseURL></MPD>',
}


@pytest.mark.parametrize("ending", [".mp3", ".wav", ".m3u8"])
@pytest.mark.parametrize("text", PLAYLISTS.values(), ids=PLAYLISTS)
def test_a_playlist_is_refused_and_nothing_of_it_fetched(
    text: str, ending: str, web: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, asked = web
    path = tmp_path / f"bed{ending}"
    path.write_text(text.format(web=address))
    with pytest.raises(OutputError, match="is not understood as audio"):
        make_bed(str(path))
    with pytest.raises(OutputError, match="cannot be read as sound"):
        read_episode(path, {})
    assert asked == []


def test_an_absurd_rate_is_refused_before_it_takes_memory(tmp_path: Path) -> None:
    path = tone_file(tmp_path / "bed.wav")
    content = bytearray(path.read_bytes())
    content[24:28] = struct.pack("<I", 587_246_660)
    path.write_bytes(content)
    with pytest.raises(OutputError, match="a rate of 587246660 Hz; from 8000 to 384000"):
        make_bed(str(path))


def test_tags_that_are_no_utf_8_keep_what_can_be_read(tmp_path: Path) -> None:
    path = tone_file(tmp_path / "bed.wav")
    name = "Caf\xe9".encode("latin-1") + b"\0"
    info = b"INFOINAM" + struct.pack("<I", len(name)) + name + b"\0" * (len(name) % 2)
    content = path.read_bytes() + b"LIST" + struct.pack("<I", len(info)) + info
    path.write_bytes(content[:4] + struct.pack("<I", len(content) - 8) + content[8:])
    assert make_bed(str(path)) is not None
    assert read_episode(path, {}).title == "Caf\ufffd"


@pytest.mark.parametrize("second", [("-ar", "22050"), ("-ac", "2"), ("-ar", "22050", "-ac", "2")])
def test_frames_that_change_are_one_sound(second: tuple[str, ...], ffmpeg: str, tmp_path: Path) -> None:
    source = tone_file(tmp_path / "tone.wav")
    first = encode(ffmpeg, source, tmp_path / "first.mp3", "-write_xing", "0", "-id3v2_version", "0")
    other = encode(ffmpeg, source, tmp_path / "other.mp3", *second, "-write_xing", "0", "-id3v2_version", "0")
    path = tmp_path / "bed.mp3"
    path.write_bytes(first.read_bytes() + other.read_bytes())
    bed = make_bed(str(path))
    assert bed is not None
    whole_s = len(bed.loop) / 48_000
    assert 1.2 * SECONDS < whole_s < 2 * SECONDS + 0.2


@pytest.mark.parametrize(
    "ending", [".wav", ".flac", ".mp3", ".opus", ".ogg", ".m4a", ".aiff", ".aac", ".caf", ".mka"]
)
def test_every_plain_container_is_opened_by_its_content(ending: str, ffmpeg: str, tmp_path: Path) -> None:
    source = tone_file(tmp_path / "tone.wav")
    path = encode(ffmpeg, source, tmp_path / f"sound{ending}").rename(tmp_path / "bed.bin")
    with open_sound(path) as container:
        assert container.streams.audio
    assert make_bed(str(path)) is not None


def test_video_without_sound_is_refused(ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "mute.mp4"
    command = [ffmpeg, "-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=s=16x16:d=1", str(path)]
    subprocess.run(command, check=True)
    with pytest.raises(NotSoundError, match="there is no sound in it"), open_sound(path):
        pass
