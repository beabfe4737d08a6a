"""The coach's words in a live session as a table: what each is for, and what may stand in braces there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voice_coach.model.live_words import LiveWords
from voice_coach.model.script import POSITIONS
from voice_coach.script.collecting import Collector
from voice_coach.script.during import WORDS
from voice_coach.script.kinds import Invalid, JsonSchema, Kind, MapOf, Text
from voice_coach.script.lookup import Lookup, NameType, Scope
from voice_coach.script.nodes import MappingNode as Tree
from voice_coach.script.nodes import Node
from voice_coach.script.records import Field, object_schema, read_fields

IN_EXERCISE: Mapping[str, NameType] = {
    "exercise": "text",
    "side": "side",
    "round": "count",
    "rounds": "count",
    "set": "count",
    "sets": "count",
    "rep": "count",
    "reps": "count",
}


@dataclass(frozen=True)
class _Lines(Kind[tuple[str, ...]]):
    """Prompts in whose braces only certain names may stand."""

    names: Mapping[str, NameType]
    expected: str = "words to say, or a list of them"

    def read(self, node: Node, problems: Collector) -> tuple[str, ...] | Invalid:
        lines = WORDS.read(node, problems)
        if isinstance(lines, Invalid):
            return lines
        where = problems.where(node)
        lookup = Lookup({where.file: problems}, (), "")
        for line in lines:
            lookup.braces(line, where, Scope(self.names, {}))
        return lines

    def schema(self) -> JsonSchema:
        return {"$ref": "#/definitions/lines"}


def _said(doc: str, **names: NameType) -> Field:
    return Field(_Lines(names), doc)


_FIELDS = {
    "slower": _said("It goes on more slowly."),
    "faster": _said("It goes on faster."),
    "slowest": _said("It cannot go more slowly."),
    "fastest": _said("It cannot go faster."),
    "loudest": _said("It cannot be louder."),
    "quietest": _said("It cannot be quieter."),
    "time_left": _said("How long it still goes on, {time}.", time="duration"),
    "time_left_short": _said("That is less than a minute."),
    "time_left_unknown": _said("That is not known yet."),
    "where": Field(
        _Lines(IN_EXERCISE),
        "Where in an exercise we are: each of these is said if all that it names is known there.",
    ),
    "where_opening": _said("We are in the opening."),
    "where_closing": _said("We are in the closing."),
    "ready_ask": _said("The coach waits until you are ready."),
    "ready_reminder": _said("It still does, and says how to tell it."),
    "ready_limit": _said("It has waited long enough, and goes on."),
    "hurts_way_out": _said(
        "The way out where an exercise has none, or is not reached: safe in every position."
    ),
    "hurts_ask": _said("How to go on after that: rest, something easier, leave it out, end."),
    "hurts_ask_no_easier": _said("The same where there is nothing easier."),
    "hurts_limit": _said("There was no answer for long: the session is paused."),
    "no_easier": _said("You asked for something easier, and there is nothing."),
    "rest_begins": _said("You rest for as long as you like."),
    "rest_reminder": _said("You still rest; how to tell that you are ready."),
    "back_to_exercise": _said(
        "You come back into the {position}, and go on with the {exercise}.",
        position="text",
        exercise="text",
    ),
    "come_into": _said(
        "You are elsewhere than in the {position} that a way begins, or the {exercise} goes on, in.",
        position="text",
        exercise="text",
    ),
    "easier_begins": _said("Something easier comes instead of the rest of an exercise."),
    "skipped": _said("An exercise is left out."),
    "ended": _said("The session was ended before its end."),
    "ended_after_pain": _said("The same, because something hurt."),
    "resume_offer": _said("The session was not heard to its end last time.", exercise="text"),
    "resumed": _said("It goes on there.", exercise="text"),
    "keep_offer": _said("The session is over, and its speed was changed: to keep it?"),
    "kept": _said("That was kept."),
    "device_back": _said("The sound device was gone, and is back."),
    "device_back_paused": _said("The same in a pause."),
    "nothing_before": _said("There is nothing to go back to."),
    "nothing_after": _said("There is nothing to go on to."),
    "help": _said("What you can ask for, and how."),
    "listen_begins": _said("The coach listens, and how it is spoken to; only said where it does."),
    "deaf": _said("Spoken commands are not understood any more."),
    "hears_again": _said("They are understood again."),
    "score_ask": _said("How much pain there is now, from 0 to 10?"),
    "score_thanks": _said("It is {points}.", points="count"),
    "positions": Field(MapOf(Text(), POSITIONS, complete=True), "What {position} stands for."),
}


class _Live(Kind[LiveWords]):
    expected = "a mapping such as paused: Paused."

    def read(self, node: Node, problems: Collector) -> LiveWords | Invalid:
        if not isinstance(node, Tree):
            return self.wrong(node, problems)
        values, _ = read_fields(node, _FIELDS, problems)
        return LiveWords(**values)

    def schema(self) -> JsonSchema:
        return object_schema(_FIELDS)


class _Listening(Kind[Mapping[str, tuple[str, ...]]]):
    expected = "a mapping such as rest_reminder: Rest on."

    def read(self, node: Node, problems: Collector) -> Mapping[str, tuple[str, ...]] | Invalid:
        if not isinstance(node, Tree):
            return self.wrong(node, problems)
        values, _ = read_fields(node, _SPOKEN_TO, problems)
        return values

    def schema(self) -> JsonSchema:
        return object_schema(_SPOKEN_TO)


_SPOKEN_TO = {name: field for name, field in _FIELDS.items() if name != "positions"}

LIVE = _Live()
"""The key ``live`` of a language. What it does not name is said in English."""

LISTENING = _Listening()
"""The key ``listening`` of a language. What it does not name is as ``live`` says it."""
