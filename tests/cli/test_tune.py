"""``voice-coach tune`` as a person sees it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TABLE = """\
Pelvic tuck (pelvic-tuck)
            value   default  bounds            from
  reps      5       5        2 to 6            script
            how many times, on each side where there are sides (a whole number)
  hold      45s     1m       30s to 1m30s      yours
            how long to stay (a time such as 45s or 1m30s)
  rest      15s     15s      10s to 1m         script
            how long to rest in between (a time such as 45s or 1m30s)
  gap       0.9s    0.9s     0s to 10s         built-in
            silence after each prompt (a time such as 45s or 1m30s)
  rate      140     150      90 to 260         yours for all
            speech in words per minute
  guidance  full    full     full, key, names  built-in
            how much is said (a word)
  pace      normal  normal   0.5 to 1.5        built-in
            the one knob: stretches pauses, rests and breath, not holds and
            doses (calm, normal, brisk, or a number)

In lower-back-short, yours: reps 2

Set one: voice-coach tune pelvic-tuck reps=5
"""


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "voice_coach", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_nothing_to_a_table_and_back(coach_home: Path) -> None:
    nothing = run("tune")
    assert nothing.returncode == 0
    assert "  pelvic-tuck      -\n" in nothing.stdout
    assert str(coach_home / "pacing.yaml") in nothing.stdout
    assert f"is remembered in {coach_home / 'history.db'} (not with history: off)\n" in nothing.stdout
    assert run("tune", "pelvic-tuck", "hold=45s").stdout == "pelvic-tuck hold  1m (script) -> 45s (yours)\n"
    assert run("tune", "all", "rate=140").returncode == 0
    # Options may stand between the words.
    assert run("tune", "pelvic-tuck", "--for", "lower-back-short", "reps=2").returncode == 0
    assert run("tune", "pelvic-tuck").stdout == TABLE
    overview = run("tune").stdout
    assert "  pelvic-tuck      hold 45s\n                   in lower-back-short: reps 2\n" in overview
    assert "  all              rate 140\n" in overview
    taken, still, how = run("tune", "pelvic-tuck", "--reset").stdout.splitlines()
    assert taken == "pelvic-tuck hold  45s (yours) -> 1m (script)"
    assert still == "Still yours in lower-back-short: reps 2. To take that back too:"
    assert how == "  python -m voice_coach tune pelvic-tuck --reset --for lower-back-short"
    assert "reps  2 " in run(*how.split()[3:]).stdout
    assert "so nothing has changed" in run("tune", "pelvic-tuck", "--reset").stdout


def test_every_table_fits_eighty_columns() -> None:
    run("tune", "chair-breathing", "breath=5 per minute", "--for", "lower-back-short")
    for exercise in ("chair-breathing", "knee-slide", "pelvic-tuck", "all"):
        shown = run("tune", exercise, "--for", "lower-back-short").stdout.splitlines()
        assert shown
        assert max(map(len, shown)) <= 80, exercise


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("pelvic-tuck", "hodl=45s"), 2, 'did you mean "hold"?\nNothing was changed.'),
        (("pelvic-tuck", "hold=2m"), 2, "hold 2m is outside its bounds, 30s to 1m30s"),
        (("pelvic-tuck", "hold"), 2, "'hold' is not NAME=VALUE"),
        (("pelvic-tuck", "hold=45s", "hold=50s"), 2, "hold: given more than once"),
        (("pelvic-tuck", "hold=45s", "--reset"), 2, "Set values or reset them"),
        (("pelvic-tukc",), 2, 'did you mean "pelvic-tuck"?'),
        (("--reset",), 2, "Which exercise?"),
        (("--reset",), 2, "To take back everything there is, delete"),
        (("pelvic-tuck", "--export", "x.yaml"), 2, "name no exercise"),
        (("--listen", "--export", "x.yaml"), 2, "neither --listen nor --reset"),
        (("pelvic-tuck", "hold=45s", "--force"), 2, "--force goes with --export"),
        (("pelvic-tuck", "--file", "none.yaml"), 2, "There is no file none.yaml"),
        (("--import", "none.yaml"), 2, "There is no file none.yaml. Check the spelling.\n"),
        (("nosuch",), 2, 'There is no exercise "nosuch": known here: '),
        (
            ("pelvic-tuck", "reps=2", "--for", "pelvic-tuck"),
            2,
            '"pelvic-tuck" is an exercise: only a session',
        ),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: tuple[str, ...], code: int, says: str, coach_home: Path
) -> None:
    done = run("tune", *arguments)
    assert says in done.stderr
    assert (done.returncode, done.stdout) == (code, "")
    assert not coach_home.exists()


def test_sessions_are_no_exercises() -> None:
    said = run("tune", "nosuch").stderr
    assert "pelvic-tuck" in said
    assert "lower-back" not in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind: pacing\nexercises: {\n", "pacing.yaml:"),
        ("kind: pacing\nexercises: {pelvic-tuck: {hold: 450s}}\n", "hold 450s is outside its bounds"),
    ],
)
def test_a_file_with_problems_is_not_taken_for_an_empty_one(coach_home: Path, text: str, says: str) -> None:
    coach_home.mkdir()
    (coach_home / "pacing.yaml").write_text(text, encoding="utf-8")
    shown = run("tune", "pelvic-tuck")
    assert (shown.returncode, "hold      1m " in shown.stdout) == (0, True)
    assert says in shown.stderr
    assert "It is passed over until it is put right." in shown.stderr
    exported = run("tune", "--export", str(coach_home / "copy.yaml"))
    assert exported.returncode == 2
    assert says in exported.stderr
    assert not (coach_home / "copy.yaml").exists()


def test_who_keeps_no_history_is_not_told_where_it_is(coach_home: Path) -> None:
    coach_home.mkdir()
    (coach_home / "pacing.yaml").write_text("kind: pacing\nhistory: off\n", encoding="utf-8")
    assert "remembered" not in run("tune").stdout


def test_an_empty_file_is_one_to_write_into(coach_home: Path) -> None:
    coach_home.mkdir()
    file = coach_home / "pacing.yaml"
    file.write_text("# For Ms Novak\n# no values yet", encoding="utf-8")
    assert run("tune").stderr == ""
    assert run("check", str(file)).stdout == "1 file checked: all well.\n"
    assert run("tune", "pelvic-tuck", "hold=45s").returncode == 0
    assert file.read_text(encoding="utf-8") == (
        "# For Ms Novak\n# no values yet\nkind: pacing\nexercises:\n  pelvic-tuck: {hold: 45s}\n"
    )
    file.write_text("", encoding="utf-8")
    assert run("check", str(file)).stdout == "1 file checked: all well.\n"
    assert run("tune", "all", "rate=140").returncode == 0
    assert "kind: pacing\nall: {rate: 140}\n" in file.read_text(encoding="utf-8")


def test_all_mistakes_of_a_file_are_told_in_order(tmp_path: Path) -> None:
    sent = tmp_path / "sent.yaml"
    sent.write_text(
        "kind: pacing\n"
        "exercises: {pelvic-tuck: {hold: 5m}, pelvic-tukc: {hold: 45s}}\n"
        "all: {rate: 14000, hold: 45s}\n"
        "genral: {rate: 140}\n",
        encoding="utf-8",
    )
    checked = run("check", "sent.yaml", cwd=tmp_path)
    assert checked.returncode == 2
    told = [line.partition("  ")[0] for line in checked.stderr.splitlines() if line.startswith("sent.yaml:")]
    assert told == ["sent.yaml:2:33", "sent.yaml:2:38", "sent.yaml:3:13", "sent.yaml:3:20", "sent.yaml:4:1"]
    assert checked.stderr.endswith("1 file checked: 5 problems.\n")
    refused = run("tune", "--import", "sent.yaml", cwd=tmp_path)
    assert checked.stderr.splitlines()[:-1] == refused.stderr.splitlines()[:-1]
    assert refused.stderr.endswith("5 problems found\n")


def test_values_in_a_file_for_somebody_else_are_not_called_yours(tmp_path: Path) -> None:
    run("tune", "pelvic-tuck", "hold=40s", "--file", "patient.yaml", cwd=tmp_path)
    assert (
        "\nThese values are kept in patient.yaml\n"
        in run("tune", "--file", "patient.yaml", cwd=tmp_path).stdout
    )


def test_own_values_and_those_of_this_time_are_shown(tmp_path: Path) -> None:
    assert run("tune", "pelvic-tuck", "hold=40s", "--file", "patient.yaml", cwd=tmp_path).returncode == 0
    shown = run("show", "lower-back-short", "--text", "--file", "patient.yaml", cwd=tmp_path)
    assert shown.returncode == 0
    assert "   40.000  does   hold" in shown.stdout
    asked = ("--file", "patient.yaml", "--set", "pelvic-tuck.hold=50s")
    shown = run("show", "lower-back-short", "--text", *asked, cwd=tmp_path)
    assert "   50.000  does   hold" in shown.stdout
    refused = run("show", "lower-back-short", "--set", "pelvic-tuck.hold=5m", cwd=tmp_path)
    assert refused.returncode == 2
    assert "outside its bounds, 30s to 1m30s" in refused.stderr


def test_a_stale_value_is_told_and_the_session_goes_on(coach_home: Path) -> None:
    coach_home.mkdir()
    (coach_home / "pacing.yaml").write_text(
        "kind: pacing\nexercises:\n  pelvic-tuck: {hold: 5m, reps: 3}\n", encoding="utf-8"
    )
    shown = run("show", "lower-back-short", "--text")
    assert shown.returncode == 0
    assert "hold 5m is outside its bounds" in shown.stderr
    assert "Going on without it." in shown.stderr
    assert "   30.000  does   hold" in shown.stdout
    listed = run("tune")
    assert "It is passed over until it is put right." in listed.stderr
    back = run("tune", "pelvic-tuck", "--reset", "hold")
    assert back.stdout == "pelvic-tuck hold  5m (passed over) -> 1m (script)\n"
    assert run("tune").stderr == ""
    assert run("check", str(coach_home / "pacing.yaml")).returncode == 0


def test_a_file_is_checked_before_it_is_taken_over(tmp_path: Path, coach_home: Path) -> None:
    sent = tmp_path / "sent.yaml"
    sent.write_text("kind: pacing\nexercises:\n  pelvic-tuck: {hold: 5m, reps: 3}\n", encoding="utf-8")
    refused = run("tune", "--import", str(sent))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "sent.yaml:3:23  hold 5m is outside its bounds" in refused.stderr
    assert run("check", str(sent)).returncode == 2
    assert not coach_home.exists()
    sent.write_text("kind: pacing\nexercises:\n  pelvic-tuck: {hold: 45s}\n", encoding="utf-8")
    assert run("tune", "--import", str(sent)).stdout == "pelvic-tuck hold  1m (script) -> 45s (yours)\n"
    assert (coach_home / "pacing.yaml").read_bytes() == sent.read_bytes()
