"""--fit as it is typed: what was changed is told beside the work, and what cannot be is refused."""

from __future__ import annotations

import re

import pytest

from voice_coach.cli.main import DONE, FAILED, WRONG, main


def test_what_was_changed_is_told_beside_the_timeline(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "lower-back-short", "--from", "chair-breathing", "--fit", "3m10s"]) == DONE
    out, err = capsys.readouterr()
    assert re.match(r"Lower back, the short way  3:(09|1[01])\n", out)
    assert re.match(r"Fitted to 3:(09|1[01]); without that it is \d:\d\d long\.\n[A-Z].+\.\n", err)


def test_what_cannot_be_is_refused_with_the_range_and_the_session(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["show", "lower-back-short", "--from", "chair-breathing", "--fit", "20s"]
    assert main(arguments) == FAILED
    out, err = capsys.readouterr()
    assert out == ""
    told = r"lower-back-short can be \d:\d\d to \d+:\d\d long, not 0:20\. Choose a time between\.\n"
    assert re.fullmatch(told, err)


@pytest.mark.parametrize("given", [["--fit", "9"], ["--compare", "fit=9"]])
def test_a_number_alone_is_neither_minutes_nor_seconds(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["show", *given])
    assert ended.value.code == WRONG
    assert "'9' may be minutes or seconds: write 9m or 9s" in capsys.readouterr().err


def test_what_is_no_time_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["show", "--fit", "soon"])
    assert ended.value.code == WRONG
    assert "'soon' is not a duration such as 45s" in capsys.readouterr().err
