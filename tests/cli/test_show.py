"""``show``: drawn on a terminal, in words elsewhere, as a page, and two pacings side by side."""

from __future__ import annotations

import errno
import os
import re
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.support.command import PATIENCE_S, SILENT, Ended, voice_coach, words

NO_MORE: Mapping[str, str] = MappingProxyType({})
HEAD = "Lower back, the short way  "


def on_terminal(*arguments: str, columns: int = 80, environ: Mapping[str, str] = NO_MORE) -> str:
    """All that a person sees on a terminal of this width."""
    if sys.platform == "win32":
        pytest.skip("no pseudo-terminals here")
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    plain = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")
    }
    with subprocess.Popen(
        words(*arguments),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=plain | SILENT | {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"} | dict(environ),
    ) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                read = os.read(ours, 65_536)
            except OSError as error:
                if error.errno != errno.EIO:  # how Linux says that the other end is closed
                    raise
                read = b""
            if not read:
                break
            seen += read
        os.close(ours)
        assert process.wait(PATIENCE_S) == 0, seen.decode()
    return seen.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_gets_a_drawing_of_its_width_in_colours(columns: int) -> None:
    coloured = on_terminal("show", "lower-back-short", columns=columns)
    assert "\x1b[" in coloured
    lines = _uncoloured(coloured).splitlines()
    assert lines[0].startswith(HEAD)
    lanes = [line for line in lines if line.startswith(("speech  ", "action  "))]
    assert max(map(len, lanes)) == max(map(len, lines)) == columns
    assert any("█" in line for line in lanes)


def _uncoloured(line: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def test_no_color_is_without_any_colour() -> None:
    drawn = on_terminal("show", "lower-back-short", environ={"NO_COLOR": "1"})
    codes = {
        int(code) for group in re.findall(r"\x1b\[([0-9;]*)m", drawn) for code in group.split(";") if code
    }
    assert codes <= {0, 1, 2}  # bold and faint are no colours


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"PYTHONIOENCODING": "ascii"}])
def test_a_terminal_that_cannot_draw_gets_words(environ: dict[str, str]) -> None:
    assert "  says   prompt     " in on_terminal("show", "lower-back-short", environ=environ)


def test_text_on_a_terminal_is_the_same_as_into_a_pipe() -> None:
    piped = voice_coach("show", "lower-back-short")
    assert on_terminal("show", "lower-back-short", "--text") == piped.out
    assert voice_coach("show", "lower-back-short", "--text") == piped


def test_two_pacings_in_words() -> None:
    ended = voice_coach("show", "lower-back-short", "--pace", "calm", "--compare", "plain")
    assert (ended.code, ended.err) == (0, "")
    title, first, second, _, _, *rows = ended.out.splitlines()
    assert title == "Lower back, the short way"
    assert first.startswith("  A  pace calm  ")
    assert second.startswith("  B  plain  ")
    assert rows[0].startswith("Welcome ")
    assert any(line.startswith("Together ") for line in rows)
    assert "only" not in ended.out  # pace leaves the words alone


def test_own_values_are_named_as_such(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text("kind: pacing\nexercises:\n  pelvic-tuck: {hold: 45s}\n", encoding="utf-8")
    for options, names in (
        (("--compare", "script"), ("your values", "script")),
        (("--pace", "calm", "--compare", "script key"), ("your values, pace calm", "script, guidance key")),
        (("--compare", "plain", "--from", "knee-slide"), ("plain", "plain")),  # where nothing is tuned
    ):
        ended = voice_coach("show", "lower-back-short", "--file", str(own), *options)
        _, first, second, *_ = ended.out.splitlines()
        assert re.match(f"  A  {names[0]}  \\d", first)
        assert re.match(f"  B  {names[1]}  \\d", second)


def test_what_is_left_out_is_told() -> None:
    ended = voice_coach("show", "lower-back-short", "--guidance", "names", "--compare", "full")
    assert "Said in B only (" in ended.out
    assert "Said in A only" not in ended.out


def test_two_pacings_on_a_terminal() -> None:
    seen = on_terminal("show", "lower-back-short", "--compare", "brisk names", environ={"NO_COLOR": "1"})
    plain = _uncoloured(seen)
    assert "  A  plain  " in plain
    assert "  B  pace brisk, guidance names  " in plain
    assert "\nA  " in plain
    assert "\nB  " in plain


@pytest.mark.parametrize(
    ("pacing", "name"),
    [
        ("pace=0.8", "pace 0.8"),
        ("guidance=key, rate=140", "guidance key, rate 140"),
        ("pelvic-tuck.hold=35s", "pelvic-tuck.hold 35s"),
        ("script", "script"),
        ("plain", "plain"),
        ("script calm", "script, pace calm"),
        ("fit=9m", "fit 9m"),
    ],
)
def test_pacings_to_compare_with(pacing: str, name: str) -> None:
    ended = voice_coach("show", "lower-back-short", "--compare", pacing)
    assert ended.code == 0, ended.err
    assert ended.out.splitlines()[2].startswith(f"  B  {name}  ")


def test_your_own_values_are_compared_with_the_script() -> None:
    assert voice_coach("tune", "pelvic-tuck", "hold=40s").code == 0
    ended = voice_coach("show", "pelvic-tuck", "--compare", "script")
    rows = [line.split() for line in ended.out.splitlines() if line.startswith("Together")]
    assert (
        rows[0][3] == "+1:39"
    )  # five times 20 s; “about one minute” takes longer to say than “forty seconds”


@pytest.mark.parametrize(
    ("pacing", "says"),
    [
        ("clam", "'clam' is not known; did you mean 'calm'?"),
        (
            "x",
            "'x' is not known; there are plain, script, calm, normal, brisk, full, key, names, "
            "and NAME=VALUE",
        ),
        ("", "say with which pacing, such as plain or calm"),
        ("guidance=kye", "--guidance: 'kye' is not known; did you mean 'key'?"),
        ("rate=fast", "--rate: 'fast' is not a whole number"),
    ],
)
def test_a_mistyped_pacing_is_wrong_usage(pacing: str, says: str) -> None:
    ended = voice_coach("show", "--compare", pacing)
    assert ended.code == 2
    assert ended.err.startswith(f"voice-coach show: argument --compare: {says}\n")


def test_a_page_is_written_whole_and_never_over_another(tmp_path: Path) -> None:
    wrote = voice_coach("show", "lower-back-short", "--html", "page.html", cwd=tmp_path)
    assert wrote == Ended(0, "", "Wrote page.html. Open it in any browser; it needs no network.\n")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.endswith("</html>\n")
    again = voice_coach("show", "knee-slide", "--html", "page.html", cwd=tmp_path)
    says = "page.html is there already. Use --force to replace it, or choose another name.\n"
    assert again == Ended(1, "", says)
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page
    forced = voice_coach(
        "show", "knee-slide", "--html", "page.html", "--force", "--compare", "key", cwd=tmp_path
    )
    assert forced.code == 0
    assert "B: guidance key" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.glob("*.html")] == ["page.html"]


def test_one_form_at_a_time(tmp_path: Path) -> None:
    for arguments in (["--json", "--text"], ["--text", "--html", "x"], ["--json", "--compare", "calm"]):
        ended = voice_coach("show", "lower-back-short", *arguments, cwd=tmp_path)
        assert (ended.code, ended.out) == (2, "")
    assert list(tmp_path.glob("x*")) == []
