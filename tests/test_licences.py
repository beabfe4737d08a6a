"""The list of licences: made of the lock files, and of the shape that other programs read."""

from __future__ import annotations

import importlib.metadata
import json
import re
from pathlib import Path
from typing import NoReturn

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from releasing import licence_list
from tests.support.command import voice_coach

TOP = Path(__file__).resolve().parent.parent
TEXT = licence_list.TARGET.read_text("utf-8")


def test_the_list_is_what_the_lock_files_say() -> None:
    assert licence_list.licence_list() == TEXT, "run: make licences"


def test_a_package_that_cannot_be_installed_here_stays_as_it_is_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def not_installed(name: str) -> NoReturn:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "metadata", not_installed)
    assert licence_list.licence_list() == TEXT
    new = licence_list.Locked("unheard-of", "1.0", "", is_needed=True)
    monkeypatch.setattr(licence_list, "locked", lambda: [new])
    with pytest.raises(LookupError, match=r"^unheard-of 1\.0 is not installed here: name its licence in "):
        licence_list.licence_list()


def test_the_list_is_valid_cyclonedx() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(TEXT) is None


def test_the_list_names_every_locked_package_and_no_time_or_serial_number() -> None:
    made = json.loads(TEXT)
    assert not {"serialNumber", "timestamp"} & {*made, *made["metadata"]}
    names = {each["name"]: each for each in made["components"]}
    for file in ("requirements.txt", "requirements-moonshine.txt"):
        for name, version in re.findall(r"^([a-z0-9-]+)==([\w.]+)", (TOP / file).read_text(), re.MULTILINE):
            assert names[name]["version"] == version
    assert "pytest" not in names


def test_doctor_tells_licences_and_where_their_texts_are() -> None:
    ended = voice_coach("doctor", "--licences")
    assert (ended.code, ended.err) == (0, "")
    rows = dict(
        re.split(r"  +", line.strip(), maxsplit=1) for line in ended.out.split("\n\n")[0].splitlines()
    )
    assert rows["espeak-ng"] == "GPL-3.0-or-later"
    assert any(name.startswith("onnxruntime ") for name in rows)
    (texts,) = re.findall(r"^The full texts, and NOTICE: (.*)$", ended.out, re.MULTILINE)
    assert (Path(texts) / "NOTICE").is_file()
