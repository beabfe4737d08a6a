"""A session as a printed sheet: everything that is needed to do it without sound.

It is made of the scripts and the paces, not of the timeline: so nothing has to be spoken for it, and words
that fade from the ear as an exercise becomes known stay on the paper.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from voice_coach.core.errors import OutputError
from voice_coach.core.options import About
from voice_coach.core.parameters import BUILT_IN, FADED, Pace, Stretch
from voice_coach.core.script import (
    Amount,
    Exercise,
    Guidance,
    Param,
    Rounds,
    Say,
    Session,
    SessionEntry,
    Sets,
    Setting,
    Sides,
    Step,
    Use,
)
from voice_coach.formats.base import FileOutput
from voice_coach.formats.cover import FAMILY, FONTS, SCRIPTS, colours, compose_accents
from voice_coach.rendering.performance import Programme
from voice_coach.reports.sheet_steps import SheetLine, SheetLoop, SheetPart, StepWriter, idle, paragraphs
from voice_coach.reports.sheet_words import NamedValue, Names, SheetWords, count, dose, words_of
from voice_coach.storage.atomic import atomic_write, display_path

_NOBODY = (None, BUILT_IN, FADED)
"""Origin of guidance that was not chosen."""

_OFTEN = 2

_NO_LETTERS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetExercise:
    """One exercise; one that stands there already has no parts, and ``again`` says where."""

    number: int
    title: str
    position: str
    equipment: tuple[str, ...]
    goal: str
    counts: tuple[str, ...]
    parts: tuple[SheetPart, ...]
    feel: tuple[str, ...]
    avoid: tuple[str, ...]
    stop: tuple[str, ...]
    source: str
    again: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGroup:
    """Exercises one after the other; ``heading`` says how often they go round, if they do."""

    items: tuple[SheetExercise, ...]
    heading: str = ""
    between: tuple[SheetLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The whole sheet; ``advice`` is what the session says at its end of how often to do it."""

    title: str
    goal: str
    language: str
    words: SheetWords
    words_language: str
    groups: tuple[ItemGroup, ...]
    advice: str
    source: str


def sheet(session: Session, paces: Mapping[str, Pace]) -> Sheet:
    """The sheet of a session.

    Args:
        session: the scripts.
        paces: the effective pace of each exercise, by its id.
    """
    language, words = words_of(session.language)
    return Sheet(
        title=session.title,
        goal=session.goal,
        language=session.language,
        words=words,
        words_language=language,
        groups=tuple(_Writer(session, paces, words).groups()),
        advice=_advice(session, words),
        source=session.source,
    )


def _advice(session: Session, words: SheetWords) -> str:
    """The prompts of the closing that are kept when less is said, but not those that lead through it."""
    names = Names({}, words, Stretch())
    said = (
        names.filled(text)
        for step in session.closing
        if isinstance(step, Say) and step.paper and step.guidance == "key"
        for text in step.texts
    )
    return " ".join(text for text in said if text)


class _Writer:
    """Writes the exercises of one session, numbered through."""

    def __init__(self, session: Session, paces: Mapping[str, Pace], words: SheetWords) -> None:
        self._session = session
        self._paces = paces
        self._words = words
        self._numbers: dict[str, int] = {}
        self._last = 0

    def groups(self) -> Iterator[ItemGroup]:
        loose: list[SheetExercise] = []
        for item in self._session.items:
            if isinstance(item, SessionEntry):
                loose.append(self._item(item))
                continue
            if loose:
                yield ItemGroup(items=tuple(loose))
                loose = []
            yield self._round(item)
        if loose:
            yield ItemGroup(items=tuple(loose))

    def _round(self, item: Rounds) -> ItemGroup:
        names = Names({}, self._words, Stretch())
        steps = StepWriter(fragments=self._session.fragments, tune={}, values={}, guidance="names")
        between = steps.parts(item.between, names)
        return ItemGroup(
            items=tuple(self._item(entry) for entry in item.entries),
            heading=count("rounds", item.times, self._words) if item.times > 1 else "",
            between=tuple(part for part in between if isinstance(part, SheetLine)),
        )

    def _item(self, entry: SessionEntry) -> SheetExercise:
        exercise = entry.exercise
        self._last += 1
        before = self._numbers.setdefault(exercise.id, self._last)
        pace = self._paces.get(exercise.id)
        values = {
            name: NamedValue(tunable.type, (self._value(entry, name, pace, is_first=before == self._last),))
            for name, tunable in exercise.tune.items()
        }
        words = self._words
        names = Names(values, words, Stretch() if pace is None else pace.stretch)
        title = names.having({"title": NamedValue("text", (exercise.title,))})
        own = {_plain(text) for text in (*exercise.feel, *exercise.avoid, *exercise.stop, *words.caution)}
        steps = StepWriter(
            fragments=exercise.fragments,
            tune=exercise.tune,
            values=values,
            guidance=_guidance(entry, pace),
        )
        again = before != self._last
        source = exercise.source
        return SheetExercise(
            number=self._last,
            title=exercise.title,
            position=words.positions[exercise.position],
            equipment=exercise.equipment,
            goal=exercise.goal,
            counts=self._doses(exercise, steps, idle(exercise, lambda times: _turns(times, names))),
            parts=() if again else paragraphs(_without(own, steps.parts(exercise.steps, title))),
            feel=exercise.feel,
            avoid=exercise.avoid,
            stop=tuple(text for text in exercise.stop if _plain(text) not in map(_plain, words.caution)),
            source="" if source.startswith(self._session.source or source) else source,
            again=words.labels["again"].format(number=before) if again else "",
        )

    def _value(self, entry: SessionEntry, name: str, pace: Pace | None, *, is_first: bool) -> Setting:
        """The effective value; where an exercise comes again, what this entry sets for it."""
        usual = entry.exercise.tune[name].default
        scripted = entry.settings.get(name, self._session.settings.get(name, usual))
        if pace is None:
            return scripted
        by_script = pace.origins.get(name) in ("script", f"session {self._session.id}")
        return scripted if by_script and not is_first else pace.values.get(name, scripted)

    def _doses(self, exercise: Exercise, steps: StepWriter, without: Collection[str]) -> tuple[str, ...]:
        """All that can be tuned and does something, in the order of the script."""
        words = self._words
        known = dict(steps.values)
        found: list[str] = []
        each_side = False
        for step in _every(exercise.steps, exercise):
            if isinstance(step, Sets) and len(step.each) > 1:
                found.append(count("sets", len(step.each), words))
                known.update(steps.each(step))
            each_side |= isinstance(step, Sides) and len(step.sides) > 1
        for name, value in known.items():
            if name in without:
                continue
            settings = tuple(each for each in value.values if not isinstance(each, str))
            found.append(dose(name, exercise.tune[name].type, settings, words))
        if each_side:
            side = words.labels["each side"]
            found = [f"{found[0]} {side}", *found[1:]] if found else [side]
        return tuple(found)


def _turns(times: Amount, names: Names) -> int:
    """Return how often a loop goes round; often, where only the user of a fragment decides it."""
    known = not isinstance(times, Param) or times.name in names.known
    return names.amount(times, "count") if known else _OFTEN


def _guidance(entry: SessionEntry, pace: Pace | None) -> Guidance:
    """Return the chosen level of guidance.

    Otherwise the key prompts, where the script also says how it feels when it is right: these are written to
    be read, and tell what the longer words explain. A script that has none is written in full. How well an
    exercise is known does not matter here.
    """
    steps = _every(entry.exercise.steps, entry.exercise)
    if not any(isinstance(step, Say) and step.guidance == "key" for step in steps):
        return "full"
    asked = entry.guidance if pace is None or pace.origins.get("guidance") in _NOBODY else pace.guidance
    return asked or ("key" if entry.exercise.feel else "full")


def _every(steps: Iterable[Step], exercise: Exercise, depth: int = 0) -> Iterator[Step]:
    """All steps, those of fragments too."""
    for step in steps:
        yield step
        yield from _every(step.children(), exercise, depth)
        if isinstance(step, Use) and depth < 20:
            yield from _every(exercise.fragments[step.fragment].steps, exercise, depth + 1)


def _without(own: set[str], parts: Iterable[SheetPart]) -> Iterator[SheetPart]:
    """The parts but for the lines that say what the sheet says elsewhere."""
    for part in parts:
        if isinstance(part, SheetLoop) or part.dose or _plain(part.text) not in own:
            yield part


def _plain(text: str) -> str:
    return _NO_LETTERS.sub(" ", text).casefold().strip()


_TEMPLATE = Path(__file__).resolve().parent / "sheet_template" / "sheet.typ"

SIZES_PT = (8.75, 9.0, 9.25, 9.5, 9.75, 10.0, 10.5, 11.0, 11.5, 12.0)
"""The sizes of the letters that are tried: the largest that needs no more pages than the smallest.

Letters smaller than the smallest cannot be read at arm's length.
"""

_PAGES = re.compile(rb"/Type/Pages/Count (\d+)")
_PRIMARY = re.compile("[a-z]{2,3}")
_LACKING = re.compile(r"the text `?\"?(.*?)\"?`? could not be displayed")


class SheetFile(FileOutput):
    """Writes a PDF to print: what to do, how often, what to avoid, when to stop, and boxes to tick."""

    def write(self, programme: Programme) -> None:
        if programme.session is None:
            raise OutputError(
                f"{display_path(self._target)} cannot be written: a sheet needs a session to tell of."
            )
        content = sheet(programme.session, programme.paces)
        with atomic_write(self._target, force=self._options.force) as file:
            file.write(self._pdf(content, programme.about))

    def _pdf(self, content: Sheet, about: About) -> bytes:
        ground, light = colours(about.session or about.title)
        data: dict[str, Any] = {
            "sheet": _each_text(
                {
                    "title": about.full_title,
                    "goal": content.goal,
                    "groups": [asdict(group) for group in content.groups],
                    "advice": content.advice,
                    "source": content.source,
                },
                _written,
            ),
            "language": _language(content.language),
            "words_language": content.words_language,
            "labels": dict(content.words.labels),
            "caution": content.words.caution,
            "author": about.author,
            "date": _day(about.date),
            "paper": self._options.paper,
            "font": FAMILY,
            "ground": ground,
            "light": light,
        }
        made = dict.fromkeys(SIZES_PT, b"")

        def pages(size: float) -> int:
            made[size] = _set({**data, "size": size}, self._target)
            return _page_count(made[size])

        fewest = pages(SIZES_PT[0])
        larger = bisect_right(SIZES_PT, fewest, lo=1, key=pages)
        return made[SIZES_PT[larger - 1]]


def _set(data: dict[str, Any], target: Path) -> bytes:
    """The sheet in one size of letters."""
    import typst

    told = ""
    # Another script than ours is set in what the machine has; without that, the same on every machine.
    for others in (False, True):
        try:
            return typst.compile(
                str(_TEMPLATE),
                root=str(_TEMPLATE.parent),
                font_paths=[str(FONTS)],
                ignore_system_fonts=not others,
                sys_inputs={"data": json.dumps(data)},
                format="pdf",
                pdf_standards=["ua-1", "a-2a"] if data["date"] else ["ua-1"],
                timestamp=0,
            )
        except typst.TypstError as error:
            lacking = _LACKING.search(str(error))
            if lacking is None:
                raise
            told = lacking[1]
    bare = _without_characters(data, told)
    if bare != data and not any(each.isalnum() for each in told):
        return _set(bare, target)  # what is a picture and no letter can be done without
    raise OutputError(
        f"{display_path(target)} cannot be written: no typeface here has the letters of “{told}”. The "
        f"sheet's own has those of {SCRIPTS} script; install one for this script, and it is used."
    )


def _without_characters(data: dict[str, Any], lacking: str) -> dict[str, Any]:
    """The same without some characters, in the sheet's words."""
    if not lacking:
        return data
    table = str.maketrans(dict.fromkeys(lacking, ""))
    return {**data, "sheet": _each_text(data["sheet"], lambda text: compose_accents(text.translate(table)))}


def _page_count(pdf: bytes) -> int:
    found = _PAGES.search(pdf)
    return int(found[1]) if found else 0


def _written(text: str) -> str:
    # A script may spell half of a character that has two; no file can hold that.
    return compose_accents(text).encode("utf-8", "replace").decode()


def _each_text(value: object, change: Callable[[str], str]) -> object:
    """The same with every text changed, and every tuple a list."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        found = cast("dict[str, object]", value)
        return {key: _each_text(each, change) for key, each in found.items()}
    if isinstance(value, list | tuple):
        return [_each_text(each, change) for each in cast("Sequence[object]", value)]
    return value


def _language(tag: str) -> str:
    """The primary subtag of a language tag; ``und`` for what cannot be one."""
    primary = tag.partition("-")[0].lower()
    return primary if _PRIMARY.fullmatch(primary) else "und"


def _day(text: str) -> list[int]:
    if not text:
        return []
    day = date.fromisoformat(text)
    return [day.year, day.month, day.day]
