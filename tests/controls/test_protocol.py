"""Whatever a line holds, it is a request or a sentence about what is wrong with it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.support.fake_remote import AT_THE_THIRD
from voice_coach.controls.protocol import (
    LONGEST_LINE,
    Request,
    RequestError,
    error_line,
    read_request,
    status_message,
    write_line,
)
from voice_coach.core.commands import BY_NAME

_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["v", "do", "token"]) | st.text(), inner),
    max_leaves=8,
)
_NEARLY = st.fixed_dictionaries(
    {"v": st.sampled_from([1, 1.0, "1", True, 2])},
    optional={
        "do": _ANYTHING | st.sampled_from(list(BY_NAME)),
        "status": _ANYTHING,
        "follow": _ANYTHING,
        "token": _ANYTHING,
    },
)


def _read(line: bytes) -> Request | str:
    try:
        return read_request(line)
    except RequestError as error:
        return str(error)


def _is_right(read: Request | str) -> bool:
    if isinstance(read, Request):
        return (read.command in BY_NAME) == (read.word == "do")
    answer = json.loads(error_line(read))
    return answer == {"v": 1, "ok": False, "error": read} and bool(read) and len(read) < 200


@given(st.binary(max_size=LONGEST_LINE))
def test_any_bytes(line: bytes) -> None:
    assert _is_right(_read(line))


@given(_ANYTHING | _NEARLY)
def test_any_json(said: object) -> None:
    assert _is_right(_read(json.dumps(said).encode()))


@given(st.sampled_from(list(BY_NAME)), st.text())
def test_every_command_is_read_back(name: str, token: str) -> None:
    assert read_request(write_line({"do": name, "token": token})) == Request("do", BY_NAME[name].name, token)


def test_an_answer_is_one_line_whatever_is_said() -> None:
    status = status_message(AT_THE_THIRD) | {"speech": "two\nlines\u2028and “quotes”"}
    line = write_line({"status": status})
    assert line.count(b"\n") == 1
    assert json.loads(line)["status"] == status
