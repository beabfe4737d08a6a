"""The life of the ear's process: one that dies, hangs, cannot be started or is left behind."""

from __future__ import annotations

import os
import select
import shlex
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.real_parts import require_program
from tests.support.heard import require_recognizer, write_no_model
from tests.support.listener import CHILD_OF_TESTS, PATIENCE_S, Listener, speak
from voice_coach.voice_input.process import CHILD, RecognizerProcess, RecognizerProcessError
from voice_coach.voice_input.recognizer import usual_recognizer


@pytest.mark.usefixtures("room")
def test_a_process_that_dies_is_started_again_and_knows_what_to_expect(tmp_path: Path) -> None:
    with closing(Listener()) as listener:
        listener.process.expect(["die"])
        listener.process.start()
        listener.wait(lambda: bool(listener.notes))
        assert listener.notes == ["Listening broke off (its process ended with -9), and is taken up again."]
        listener.process.expect(["said"])
        assert listener.process.listens.wait(PATIENCE_S)
        while not listener.heard:
            speak(tmp_path)
        assert listener.heard[0].phrase == "said"
        assert not listener.deaf


@pytest.mark.usefixtures("room")
def test_one_that_dies_again_and_again_is_left_alone_for_a_while(listener: Listener) -> None:
    listener.process.expect(["die"])
    listener.process.start()
    listener.wait(lambda: bool(listener.deaf))
    assert len(listener.notes) == 3
    assert listener.notes[-1] == (
        "Listening broke off again and again (its process ended with -9); the session goes on, and it is "
        "tried again now and then."
    )
    assert listener.deaf == [True]
    listener.process.add_playback(bytes(9600))
    listener.process.expect(["said"])
    listener.wait(lambda: listener.deaf == [True, False])
    assert listener.process.listens.is_set()


@pytest.mark.usefixtures("room")
def test_a_process_that_hangs_holds_up_nobody_and_is_started_again() -> None:
    with closing(Listener(hangs_after_s=4)) as listener:
        listener.start()
        listener.process.expect(["hang"])
        # A minute of sound: far more than a pipe holds.
        playing = threading.Thread(
            target=lambda: [listener.process.add_playback(bytes(6720)) for _ in range(860)]
        )
        playing.start()
        playing.join(PATIENCE_S)
        assert not playing.is_alive()
        listener.process.expect(["said"])
        listener.wait(lambda: bool(listener.notes))
        assert listener.notes == ["Listening broke off (it did not answer), and is taken up again."]
        assert listener.process.listens.wait(PATIENCE_S)


@pytest.mark.usefixtures("room")
def test_one_that_hangs_can_be_closed(listener: Listener) -> None:
    listener.start()
    listener.process.expect(["hang"])
    for _ in range(860):
        listener.process.add_playback(bytes(6720))
    before = threading.active_count()
    listener.close()
    assert threading.active_count() == before - 3


@pytest.mark.usefixtures("room")
def test_a_recogniser_that_cannot_be_used_is_told_once() -> None:
    with closing(Listener("unusable")) as listener:
        listener.process.start()
        listener.wait(lambda: bool(listener.deaf))
        assert listener.notes == [
            "Nothing that is said can be understood, and the session goes on without "
            "(unusable: it has no model)."
        ]
        assert listener.deaf == [True]


@pytest.mark.usefixtures("room")
def test_what_goes_wrong_in_it_is_told() -> None:
    with closing(Listener("broken")) as listener:
        listener.process.start()
        listener.wait(lambda: bool(listener.deaf))
        assert "AttributeError: module '__main__' has no attribute 'no_such_class'" in listener.notes[0]
        assert len(listener.notes) == 3


@pytest.mark.usefixtures("room")
def test_where_moonshine_cannot_be_loaded_pocketsphinx_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_recognizer("moonshine")
    package = tmp_path / "moonshine_voice"
    model = package / "assets/tiny-en"
    model.mkdir(parents=True)
    (package / "__init__.py").touch()
    write_no_model(model)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with closing(Listener(usual_recognizer(), child=CHILD)) as listener:
        listener.process.expect(["coach that hurts"])
        listener.start()
        listener.wait(lambda: bool(listener.notes))
        speak(tmp_path)
        listener.wait(lambda: bool(listener.heard))
    (note,) = listener.notes
    assert "it cannot be loaded" in note
    assert note.endswith("Now pocketsphinx listens, which understands less.")
    assert listener.heard[0].phrase == "coach that hurts"


@pytest.mark.skipif(sys.platform == "win32", reason="a program that is a script")
@pytest.mark.usefixtures("room")
def test_where_none_can_be_started_again_it_is_tried_until_one_can(tmp_path: Path) -> None:
    program = tmp_path / "ear"
    here = f'#!/bin/sh\nexec {shlex.join(CHILD_OF_TESTS)} "$@"\n'

    def install() -> None:
        new = tmp_path / "new"
        new.write_text(here)
        new.chmod(0o700)
        new.rename(program)

    install()
    with closing(Listener(child=[str(program)])) as listener:
        listener.start()
        program.unlink()
        listener.process.expect(["die"])
        listener.wait(lambda: bool(listener.deaf))
        assert "No such file" in listener.notes[-1]
        listener.process.expect(["said"])
        install()
        listener.wait(lambda: listener.deaf == [True, False])
        speak(tmp_path)
        listener.wait(lambda: bool(listener.heard))


@pytest.mark.skipif(sys.platform == "win32", reason="it has no niceness")
@pytest.mark.usefixtures("room")
def test_it_stays_as_nice_as_whoever_started_it() -> None:
    """Who may not take that back would otherwise hear nothing."""
    nice = (require_program("nice", "coreutils"), "-n", "10", *CHILD_OF_TESTS)
    with closing(Listener(child=nice)) as listener:
        listener.start()
        assert listener.process.pid
        assert (
            os.getpriority(os.PRIO_PROCESS, listener.process.pid) == os.getpriority(os.PRIO_PROCESS, 0) + 10
        )


def test_it_brings_no_network() -> None:
    program = (
        "import sys\nfrom voice_coach.voice_input import worker\nworker.import_miniaudio()\n"
        "print('ssl' in sys.modules, 'miniaudio' in sys.modules)\n"
        "import urllib.request\nprint(callable(urllib.request.urlopen))\n"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["False", "True", "True"]


def test_no_process_is_told() -> None:
    recognizer = RecognizerProcess(print, print, print, child=("/no/such/program",))
    with pytest.raises(
        RecognizerProcessError, match="No process that listens could be started: No such file"
    ):
        recognizer.start()
    recognizer.close()


@pytest.mark.skipif(sys.platform != "linux", reason="a process is watched by its descriptor")
@pytest.mark.usefixtures("room")
def test_it_ends_with_whoever_started_it() -> None:
    """Even when that is killed, and can tell nothing."""
    program = (
        "import sys\nfrom voice_coach.voice_input.process import RecognizerProcess\n"
        f"ear = RecognizerProcess(print, print, print, 'loud', child={CHILD_OF_TESTS!r})\n"
        "ear.start()\near.listens.wait()\nprint(ear.pid, flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        child = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.kill()
            assert select.select([child], [], [], PATIENCE_S)[0]
        finally:
            os.close(child)
