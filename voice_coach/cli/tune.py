"""Tables of tuned values, for a terminal of 80 columns or more."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from voice_coach.cli.console import command, tell
from voice_coach.cli.main import DONE, FAILED, WRONG
from voice_coach.cli.options import add_file, read_setting
from voice_coach.cli.tune_by_ear import listen
from voice_coach.coach import Coach
from voice_coach.core.errors import Problem
from voice_coach.core.user_values import ALL, TuningChange, TuningRow, UserValues

_HEADS = ("", "value", "default", "bounds", "from")
_NOT_TUNED = ("built-in", "script")


def print_table(coach: Coach, exercise: str, session: str | None) -> None:
    """All that can be tuned in an exercise, two lines for each: the values, and what they are for."""
    id_, title = coach.tuner.title(exercise, session)
    rows = coach.tuning_rows(exercise, session)
    own, problems = coach.tuner.user_values()
    out = _StyledOutput()
    out.line(f"{title} ({id_})" if id_ != ALL else title, bold=True)
    cells = [(row.name, row.in_force, row.written(row.default), row.bounds, row.origin) for row in rows]
    widths = [max(map(len, column)) for column in zip(_HEADS, *cells, strict=True)]
    out.line(_row(_HEADS, widths), dim=True)
    for row, cell in zip(rows, cells, strict=True):
        out.line(_row(cell, widths), bold=row.origin not in _NOT_TUNED)
        for line in _wrapped(_purpose(row), out.width, widths[0] + 4):
            out.line(line, dim=True)
    for name, by_exercise in own.sessions.items():
        if id_ in by_exercise and session is None:
            out.line(f"\nIn {name}, yours: {_listed(own, id_, name)}")
    where = f" --for {session}" if session else ""
    example = next((row for row in rows if row.name in ("hold", "reps")), rows[0])
    out.line(
        f"\nSet one: voice-coach tune {exercise}{where} {example.name}={example.written(example.default)}"
    )
    _tell_problems(problems)


def print_overview(coach: Coach) -> None:
    """The exercises there are, and what of them is tuned."""
    own, problems = coach.tuner.user_values()
    out = _StyledOutput()
    names = [each.id for each in coach.list_scripts() if each.kind == "exercise"]
    tuned = dict.fromkeys([*own.exercises, *(name for each in own.sessions.values() for name in each)])
    every = [name for name in dict.fromkeys([*names, *tuned]) if name != ALL]
    width = max(map(len, [*every, ALL]), default=0)
    for name in [*every, ALL]:
        told = [(None, _listed(own, name))] if own.values_for(name) else []
        told += [
            (session, _listed(own, name, session))
            for session in own.sessions
            if own.values_for(name, session)
        ]
        texts = [f"in {session}: {text}" if session else text for session, text in told]
        lines = [line for text in texts or ["-"] for line in _wrapped(text, out.width, width + 4)]
        out.line(f"  {name:<{width}}  {lines[0].lstrip()}", bold=bool(told))
        for line in lines[1:]:
            out.line(line)
    file = coach.tuner.file
    out.line(f"\n{'These' if file.named else 'Your'} values are kept in {file.path}")
    if not file.named and own.history:
        out.line(f"What you complete is remembered in {coach.home.history} (not with history: off)")
    out.line("See one: voice-coach tune EXERCISE      Set one: voice-coach tune EXERCISE hold=45s")
    _tell_problems(problems)


def _tell_problems(problems: Sequence[Problem]) -> None:
    for problem in problems:
        tell(f"\n{problem}\nIt is passed over until it is put right.")


def print_changes(changes: Sequence[TuningChange], if_none: str) -> None:
    """Print what has changed, a line for each value."""
    if not changes:
        print(if_none)
    width = max((len(f"{_place(change)} {change.after.name}") for change in changes), default=0)
    for change in changes:
        before, after = change.before, change.after
        name = f"{_place(change)} {after.name}"
        was, now = before.in_force, after.in_force
        if was == now and before.origin == after.origin:
            print(f"{name:<{width}}  {now} (as before, from {after.origin})")
        else:
            print(f"{name:<{width}}  {was} ({before.origin}) -> {now} ({after.origin})")


def print_left(coach: Coach, exercise: str, file: Path | None) -> None:
    """Print what is still tuned of an exercise in sessions, after its other values were taken back."""
    own, _ = coach.tuner.file.read(to_change=True)
    for name, by_exercise in own.sessions.items():
        if id_ := next((each for each in (exercise, Path(exercise).stem) if each in by_exercise), ""):
            options = ["--file", str(file)] if file else []
            print(f"Still yours in {name}: {_listed(own, id_, name)}. To take that back too:")
            print(f"  {command('tune', id_, '--reset', '--for', name, *options)}")


def _place(change: TuningChange) -> str:
    return f"{change.session}: {change.exercise}" if change.session else change.exercise


def _purpose(row: TuningRow) -> str:
    if not row.doc:
        return row.unit
    return row.doc if row.unit in row.doc else f"{row.doc} ({row.unit})"


def _listed(own: UserValues, exercise: str, session: str | None = None) -> str:
    return ", ".join(f"{name} {value.text}" for name, value in own.values_for(exercise, session).items())


def _row(cells: Iterable[str], widths: Sequence[int]) -> str:
    return "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def _wrapped(text: str, width: int, indent: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=" " * indent, subsequent_indent=" " * indent)


class _StyledOutput:
    """Lines for people: with emphasis on a terminal, without it elsewhere."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self.width = min(self._console.width, 100)

    def line(self, text: str, *, bold: bool = False, dim: bool = False) -> None:
        """One line."""
        self._console.print(text, style="bold" if bold else "dim" if dim else None)


_ALL_OF_IT = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "exercise",
        nargs="?",
        metavar="EXERCISE",
        help="a name from 'voice-coach list'; all for every exercise",
    )
    parser.add_argument(
        "values", nargs="*", type=read_setting, metavar="NAME=VALUE", help="set this, such as hold=45s reps=4"
    )
    parser.add_argument("--for", dest="session", metavar="SESSION", help="in this session only")
    parser.add_argument("--listen", action="store_true", help="tune by ear: keys change what you hear")
    parser.add_argument(
        "--reset",
        nargs="?",
        const=_ALL_OF_IT,
        metavar="NAME",
        help="take back one value, or all of the exercise",
    )
    add_file(parser)
    parser.add_argument("--export", type=Path, metavar="FILE", help="copy your values to a file to send")
    parser.add_argument("--force", action="store_true", help="replace that file if there is one")
    parser.add_argument(
        "--import",
        dest="import_file",
        type=Path,
        metavar="FILE",
        help="check a pacing file and set all it sets",
    )


def run(options: argparse.Namespace) -> int:
    if options.force and not options.export:
        tell("--force goes with --export: it lets a file be replaced.")
        return WRONG
    with Coach(pacing=options.file, notify=tell) as coach:
        if options.export or options.import_file:
            return _exchange(coach, options)
        if options.exercise is None:
            if options.session or options.listen or options.reset is not None:
                tell("Which exercise? Name it: voice-coach tune EXERCISE ... ('all' for what holds for all).")
                if options.reset is not None:
                    tell(f"To take back everything there is, delete {coach.tuner.file.path}")
                return WRONG
            print_overview(coach)
            return DONE
        if options.listen:
            return _listen(coach, options)
        if options.reset is not None:
            if options.values:
                tell("Set values or reset them, one at a time.")
                return WRONG
            changes = coach.tuner.reset(options.exercise, options.reset or None, options.session)
            print_changes(changes, "Nothing was tuned there, so nothing has changed.")
            if not options.reset and not options.session:
                print_left(coach, options.exercise, options.file)
        elif options.values:
            twice = sorted({name for name, _ in options.values if _count(name, options.values) > 1})
            if twice:
                tell(f"{', '.join(twice)}: given more than once. Nothing was changed.")
                return WRONG
            print_changes(coach.tune(options.exercise, dict(options.values), options.session), "")
        else:
            print_table(coach, options.exercise, options.session)
    return DONE


def _listen(coach: Coach, options: argparse.Namespace) -> int:
    if options.values or options.reset is not None:
        tell("Tune by ear, set values, or reset them, one at a time.")
        return WRONG
    try:
        values = listen(coach, options.exercise, options.session)
    except KeyboardInterrupt:
        tell("Stopped: nothing was changed.")
        return FAILED
    if values is None:
        tell("Discarded: nothing was changed.")
    elif values:
        print_changes(coach.tune(options.exercise, values, options.session), "")
    else:
        tell("Nothing differs from before, so nothing was changed.")
    return DONE


def _count(name: str, values: list[tuple[str, str]]) -> int:
    return sum(name == each for each, _ in values)


def _exchange(coach: Coach, options: argparse.Namespace) -> int:
    if options.exercise or options.session or options.listen or options.reset is not None:
        tell(
            "--export and --import take all values at once: name no exercise or session with them, "
            "and neither --listen nor --reset."
        )
        return WRONG
    if options.export:
        coach.tuner.export(options.export, force=options.force)
        tell(f"Wrote {options.export}. Whoever gets it: voice-coach tune --import FILE")
    if options.import_file:
        print_changes(
            coach.tuner.import_file(options.import_file), "It sets nothing, so nothing has changed."
        )
    return DONE
