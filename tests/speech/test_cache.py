"""The cache of clips: what is put comes back or nothing does, whatever happens to the files."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.speech.clip_cache import ClipCache, GridClip, cache_key
from voice_coach.storage.locks import lock

KEY = cache_key("espeak", "en-us", "Breathe in.", 150, 1.5)


def clip(frames: int = 4_800, seed: int = 0) -> GridClip:
    samples = np.random.default_rng(seed).integers(-32_768, 32_767, frames, dtype=np.int16, endpoint=True)
    return GridClip(samples.astype("<i2"), 48_000)


def same(one: GridClip | None, other: GridClip) -> bool:
    return one is not None and one.rate_hz == other.rate_hz and np.array_equal(one.samples, other.samples)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_put_comes_back(tmp_path: Path) -> None:
    ClipCache(tmp_path / "clips").put(KEY, clip())
    assert same(ClipCache(tmp_path / "clips").get(KEY), clip())
    assert ClipCache(tmp_path / "clips").get(cache_key("another")) is None


def test_a_clip_without_frames_comes_back(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)
    cache.put(KEY, clip(0))
    assert same(cache.get(KEY), clip(0))


def test_keys_tell_all_parts_apart() -> None:
    parts = [("a", "b"), ("ab",), ("a", "b", ""), ("a\0b",), ("a", 1), ("a", 1.0), ("a", "1"), ("\ud800",)]
    assert len({cache_key(*each) for each in parts}) == len(parts)
    assert cache_key("a", 1) == cache_key("a", 1)


@given(st.data())
def test_damage_is_found_and_the_file_removed(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache = ClipCache(Path(folder))
        cache.put(KEY, clip(200))
        (path,) = Path(folder).iterdir()
        good = path.read_bytes()
        kind = data.draw(st.sampled_from(["flip", "cut", "longer", "foreign"]))
        if kind == "flip":
            damaged = bytearray(good)
            damaged[data.draw(st.integers(0, len(good) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        elif kind == "cut":
            damaged = bytearray(good[: data.draw(st.integers(0, len(good) - 1))])
        elif kind == "longer":
            damaged = bytearray(good + data.draw(st.binary(min_size=1, max_size=50)))
        else:
            damaged = bytearray(data.draw(st.binary(max_size=500)))
        path.write_bytes(damaged)
        assert cache.get(KEY) is None
        assert files(Path(folder)) == []
        cache.put(KEY, clip(200))
        assert same(cache.get(KEY), clip(200))


def test_a_clip_under_another_clips_name_is_damage(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)
    cache.put(KEY, clip())
    other = cache_key("another")
    (tmp_path / f"{KEY}.clip").rename(tmp_path / f"{other}.clip")
    assert cache.get(other) is None


def test_size_is_bounded_and_what_was_used_last_stays(tmp_path: Path) -> None:
    each = 2 * 4_800
    cache = ClipCache(tmp_path, max_bytes=10 * (each + 32))
    keys = [cache_key(str(number)) for number in range(40)]
    for number, key in enumerate(keys):
        cache.put(key, clip(seed=number))
        # Files in the order they were put, an hour apart, long ago: the clock does not matter here.
        os.utime(tmp_path / f"{key}.clip", (1e9 + 3600 * number, 1e9 + 3600 * number))
        assert cache.get(keys[0]) is not None
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 12 * (each + 32)
    cache.close()
    kept = [key for key in keys if (tmp_path / f"{key}.clip").exists()]
    assert kept == [keys[0], *keys[-9:]]


def test_what_killed_processes_left_is_removed_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    (tmp_path / "left.clip.1a2b3c4d.tmp").write_bytes(b"half")
    with (tmp_path / "new.clip.1a2b3c4d.tmp").open("wb") as file:
        lock(file)
        ClipCache(tmp_path).close()
        assert files(tmp_path) == ["new.clip.1a2b3c4d.tmp"]
    ClipCache(tmp_path).close()
    assert files(tmp_path) == []


def test_a_clip_that_only_fits_in_part_is_not_kept(small_disk: Path) -> None:
    told: list[str] = []
    cache = ClipCache(small_disk, notify=told.append)
    keys = [cache_key(str(number)) for number in range(4)]
    for number, key in enumerate(keys):
        cache.put(key, clip(600 * 1024 // 2, number))
    cache.close()
    assert files(small_disk) == sorted(f"{key}.clip" for key in keys[:3])
    assert told == [
        f"Speech cannot be kept in {small_disk} (No space left on device): going on without, more slowly."
    ]
    assert all(same(cache.get(key), clip(600 * 1024 // 2, number)) for number, key in enumerate(keys[:3]))
    assert cache.get(keys[3]) is None


def test_a_process_killed_while_writing_leaves_nothing_broken(tmp_path: Path) -> None:
    writer = (
        "import itertools, sys\n"
        "from pathlib import Path\n"
        "from tests.speech.test_cache import clip\n"
        "from voice_coach.speech.clip_cache import ClipCache, cache_key\n"
        "cache = ClipCache(Path(sys.argv[1]))\n"
        "for number in itertools.count():\n"
        "    cache.put(cache_key(str(number % 5)), clip(48_000, number % 5))\n"
        "    print(number, flush=True)\n"
    )
    root = Path(__file__).parents[2]
    for rounds in (3, 10, 17):
        process = subprocess.Popen([sys.executable, "-c", writer, tmp_path], cwd=root, stdout=subprocess.PIPE)
        assert process.stdout is not None
        for _ in range(rounds):
            process.stdout.readline()
        process.kill()
        process.communicate()
        for path in tmp_path.glob("*.clip"):
            assert ClipCache(tmp_path).get(path.stem) is not None


def test_threads_may_put_and_get_the_same_clip(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path, max_bytes=100_000)
    wrong: list[int] = []

    def work(number: int) -> None:
        for turn in range(60):
            seed = (number + turn) % 7
            cache.put(cache_key(str(seed)), clip(seed=seed))
            found = cache.get(cache_key(str(seed)))
            if found is not None and not same(found, clip(seed=seed)):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_without_a_folder_it_goes_on_and_says_so_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    told: list[str] = []
    cache = ClipCache(tmp_path / "file" / "clips", notify=told.append)
    assert cache.get(KEY) is None
    cache.put(KEY, clip())
    cache.put(KEY, clip())
    assert cache.get(KEY) is None
    cache.close()
    assert len(told) == 1
    assert "file/clips" in told[0].replace("\\", "/")
    assert "going on without" in told[0]


def test_gains_are_kept_beside_the_clips(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path, max_bytes=1)
    assert cache.gain_db(KEY) is None
    cache.put_gain_db(KEY, -3.2)
    cache.put(KEY, clip())
    cache.close()
    assert ClipCache(tmp_path).gain_db(KEY) == -3.2
    for nonsense in (b"", b"loud", b"nan", b"1e9", b"\xff\xfe"):
        (tmp_path / f"{KEY}.gain").write_bytes(nonsense)
        assert cache.gain_db(KEY) is None, nonsense
