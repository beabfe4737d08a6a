"""A manifest is checked whole, and every mistake names its line and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.batch.job import Job
from voice_coach.batch.manifest import Manifest, ManifestError, read_manifest
from voice_coach.batch.run import KNOWN


def _read(tmp_path: Path, text: str | bytes) -> Manifest:
    path = tmp_path / "patients.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_manifest(path, KNOWN, "2026-11-21")


def _problems(tmp_path: Path, text: str | bytes) -> list[str]:
    try:
        found = [told for _, several in sorted(_read(tmp_path, text).problems.items()) for told in several]
    except ManifestError as error:
        found = error.problems
    return [problem.replace(f"{tmp_path}/", "") for problem in found]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_row_is_a_file(tmp_path: Path, separator: str, mark: str) -> None:
    lines = [
        "file,Session,person,pelvic-tuck.hold,quality",
        "anna.m4b,short,Anna N.,45s,",
        "",
        "ben.mp3,long,,,small",
    ]
    text = mark + "\r\n".join(lines)
    table = _read(tmp_path, text.replace(",", separator))
    assert table.problems == {}
    assert table.jobs == [
        (
            2,
            Job(
                file="anna.m4b",
                session="short",
                person="Anna N.",
                said={"pelvic-tuck.hold": "45s"},
                date="2026-11-21",
            ),
        ),
        (4, Job(file="ben.mp3", session="long", quality="small", date="2026-11-21")),
    ]


def test_files_are_looked_for_beside_the_table_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, beside = tmp_path / "here", tmp_path / "table"
    for place, names in (
        (here, ("own.yaml", "rain.wav", "only-here.yaml")),
        (beside, ("own.yaml", "rain.wav")),
    ):
        place.mkdir()
        for name in names:
            (place / name).touch()
    monkeypatch.chdir(here)
    rows = "a.wav,own.yaml,rain.wav\nb.wav,only-here.yaml,\nc.wav,none.yaml,noise\nd.wav,short,\n"
    table = _read(beside, f"file,session,bed\n{rows}")
    assert [(job.session, job.bed) for _, job in table.jobs] == [
        (str(beside / "own.yaml"), str(beside / "rain.wav")),
        ("only-here.yaml", "none"),
        ("none.yaml", "noise"),
        ("short", "none"),
    ]


def test_a_job_can_be_sent_as_plain_data() -> None:
    job = Job(file="a.m4b", session="short", said={"hold": "5s"}, fit="9m")
    assert Job.from_plain(job.plain()) == job
    with pytest.raises(TypeError):
        Job.from_plain({**job.plain(), "hodl": "1"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ["patients.csv: this file is empty. Its first line names the columns: file,session"]),
        ("file,session\n", ["patients.csv: there is no row below the names of the columns"]),
        (
            "fiel,session\na.wav,x\n",
            ['patients.csv:1  there is no column "file"; did you mean it by "fiel"?'],
        ),
        (
            "file,session,hold,hold\na.wav,x,1s,2s\n",
            ['patients.csv:1  the column "hold" is there 2 times'],
        ),
        ("file,session,\na.wav,x,1\n", ["patients.csv:1  a column has no name"]),
        (
            "file,session,hold,colour\na.wav,x,1s,\nb.wav,y,,\n",
            ['patients.csv:1  nothing is in the column "colour": fill it, or take it out'],
        ),
        (
            "file,session\na.wav,x\n./a.wav,y\n",
            ['patients.csv:3  "a.wav" is the file of line 2 too: give each row its own'],
        ),
        (
            "file,session\ne\u0301.wav,x\n\u00e9.wav,y\n",
            ['patients.csv:3  "é.wav" is the file of line 2 too: give each row its own'],
        ),
        (
            "file,session\na.wav,x,extra\n",
            [
                "patients.csv:2  there are 3 cells for 2 columns: "
                "put a text that holds the separator in quotes"
            ],
        ),
        (
            "file,session\na.wav,\n,x\n",
            ['patients.csv:2  "session" is empty', 'patients.csv:3  "file" is empty'],
        ),
        (
            "file,session\na.wav,x\nA.WAV,y\n",
            ['patients.csv:3  "A.WAV" is the file of line 2 too: give each row its own'],
        ),
        (
            "file,session,quality\na.wav,x,hihg\n",
            ['patients.csv:2  quality cannot be "hihg": did you mean "high"?'],
        ),
        (
            "file,session,guidance\na.wav,x,loads\n",
            ['patients.csv:2  guidance cannot be "loads": there are full, key, names'],
        ),
        (b"file,session\na.wav,\xff\n", ['patients.csv:2  this is not UTF-8: save it as "CSV UTF-8"']),
        ('file,session\n"a.wav,x\n', ["patients.csv:2  this is not CSV: unexpected end of data"]),
    ],
)
def test_mistakes_name_their_line_and_the_way_out(tmp_path: Path, text: str | bytes, says: list[str]) -> None:
    assert _problems(tmp_path, text) == says


@pytest.mark.parametrize("name", ["../a.wav", "/a.wav", "b/../../a.wav", "C:\\a.wav", "..\\a.wav"])
def test_no_file_lies_outside_the_folder(tmp_path: Path, name: str) -> None:
    (problem,) = _problems(tmp_path, f"file,session\n{name},x\n")
    assert problem.endswith("lies outside the folder: write a name, or folder/name")


@pytest.mark.parametrize("name", ["a?.wav", ".a.wav", "a\x07.wav", "a" * 201, "b/ .wav.", 'a"".wav'])
def test_a_name_works_on_every_system(tmp_path: Path, name: str) -> None:
    (problem,) = _problems(tmp_path, f'file,session\n"{name}",x\n')
    assert "no good name" in problem or "not every system allows" in problem


def test_a_manifest_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"none.csv cannot be read: No such file"):
        read_manifest(tmp_path / "none.csv", KNOWN)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"file,session\n{text}".encode()))
def test_whatever_is_in_it_gives_jobs_or_problems(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    try:
        table = read_manifest(path, KNOWN)
    except ManifestError as error:
        found: list[str] = error.problems
    else:
        found = [job.file for _, job in table.jobs if job.session]
        found += [told for several in table.problems.values() for told in several]
    assert all(found)
    assert found
