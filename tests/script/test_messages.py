"""Every mistake in ``messages/`` is answered as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.golden_messages import MESSAGES, Case, cases, told

CASES = [pytest.param(case, id=case.title) for file in sorted(MESSAGES.glob("*.txt")) for case in cases(file)]
PLACE = re.compile(r"^(\S+\.yaml):(\d+):(\d+)  ", re.MULTILINE)


@pytest.mark.parametrize("case", CASES)
def test_message(case: Case) -> None:
    assert case.said() == case.messages


def test_there_are_many_mistakes() -> None:
    titles = [str(case.id) for case in CASES]
    assert len(titles) > 140
    assert len(set(titles)) == len(titles)


BYTES = {
    "not UTF-8": (b"kind: exercise\ntitle: Kr\xf6te\n", "2:10  the byte 0xf6 is not UTF-8"),
    "UTF-16 with a mark": ("kind: exercise\n".encode("utf-16"), "1:1  the byte 0xff is not UTF-8"),
    "UTF-16": ("kind: exercise\n".encode("utf-16-le"), "1:2  the character U+0000 cannot stand in a script"),
    "a null": (b"kind: exercise\nid: a\0b\n", "2:6  the character U+0000 cannot stand in a script"),
    "an escape": (b"kind: \x1b[31mexercise\n", "1:7  the character U+001B cannot stand in a script"),
    "half a character": ("title: Krö".encode()[:-1], "1:10  the byte 0xc3 is not UTF-8"),
    "an overlong slash": (b"kind: \xc0\xaf\n", "1:7  the byte 0xc0 is not UTF-8"),
}


@pytest.mark.parametrize(("data", "message"), BYTES.values(), ids=BYTES)
def test_bytes_that_are_no_text(data: bytes, message: str, in_folder: Path) -> None:
    (in_folder / "x.yaml").write_bytes(data)
    assert told("x.yaml").startswith(f"x.yaml:{message}")


GOOD = "kind: exercise\nid: good\ntitle: Über das Knie\nposition: supine\nsteps:\n  - Grüß dich.   \n"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.removesuffix("\n").encode(),
        (GOOD + "...\n").encode(),
        ("---\n" + GOOD).encode(),
        ("\n\n# Umlauts\n" + GOOD).encode(),
    ],
    ids=["BOM", "CRLF", "CR", "no last line break", "end of document", "start of document", "comment"],
)
def test_harmless_differences(data: bytes, in_folder: Path) -> None:
    (in_folder / "good.yaml").write_bytes(data)
    assert told("good.yaml") == "nothing\n"


def test_places_are_right_after_a_mark_and_in_windows_files(in_folder: Path) -> None:
    text = "\ufeffkind: exercise\r\nid: x\r\ntitle: X\r\nposition: suppine\r\nsteps:\r\n  - Hübsch: oh.\r\n"
    (in_folder / "x.yaml").write_bytes(text.encode())
    assert PLACE.findall(told("x.yaml")) == [("x.yaml", "4", "11"), ("x.yaml", "6", "5")]


def test_what_is_written_cannot_move_the_cursor(in_folder: Path) -> None:
    text = GOOD.replace("id: good", "id: x").replace("- Grüß dich.", r'- "\e[2J": Up.')
    (in_folder / "x.yaml").write_text(text, encoding="utf-8")
    said = told("x.yaml")
    assert "is not a step" in said
    assert "\x1b" not in said


ODD_SPACES = {
    "in the indentation": ("\xa0 - Up.", 1, "a no-break space (U+00A0)"),
    "after the dash": ("  -\u202fUp.", 4, "a narrow no-break space (U+202F)"),
    "after a key": ("  - say:\xa0Up.", 9, "a no-break space (U+00A0)"),
    "without a width": ("  \u200b- Up.", 3, "a zero width space (U+200B)"),
    "in a blank line": ("  \xa0", 3, "a no-break space (U+00A0)"),
}


@pytest.mark.parametrize(("line", "column", "name"), ODD_SPACES.values(), ids=ODD_SPACES)
def test_odd_spaces_are_named_where_they_stand(line: str, column: int, name: str, in_folder: Path) -> None:
    text = f"{GOOD}{line}\n  - Once\xa0more.\n  - hodl: 5s\n"
    (in_folder / "good.yaml").write_text(text, encoding="utf-8")
    said = told("good.yaml")
    assert PLACE.findall(said) == [("good.yaml", "7", str(column)), ("good.yaml", "9", "5")]
    assert f"this is {name}, pasted from elsewhere" in said


def test_a_long_line_is_cut_where_it_does_not_matter(in_folder: Path) -> None:
    text = GOOD.replace("id: good", "id: x").replace("Grüß dich.", "{nobody} " + "goes on " * 100)
    (in_folder / "x.yaml").write_text(text.replace("- {", '- "{').rstrip() + '"\n', encoding="utf-8")
    said = told("x.yaml")
    assert "nothing is known here by the name" in said
    assert max(len(line) for line in said.splitlines()) < 230
