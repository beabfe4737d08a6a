"""Reads `cues.yaml` into sound cues. The tables below are the format: a new key is a row here.

A cue without ``layers`` and ``file`` changes the cue of that name from an earlier folder, so that a line such
as ``bell: {level: -20}`` is all it takes to make the bell quieter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from voice_coach.audio.cue_description import LONGEST_MS, Noise, Shape, SoundCue, SoundLayer, SoundTime, Tone
from voice_coach.audio.recording import read_wav_header
from voice_coach.core.errors import CoachError, Problem, ScriptError, Where
from voice_coach.core.text import nearest_word
from voice_coach.core.units import format_duration, parse_duration

MAX_BYTES = 256_000
MAX_DEPTH = 12

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CuesPage:
    """The file, its lines, and the problems collected so far."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            CoachError: it cannot be read at all.
        """
        self.path = path
        self.problems: list[Problem] = []
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CoachError(f"Cannot read the sound cues in {path}: {error.strerror or error}.") from error
        self._text = raw.decode("utf-8", errors="replace").removeprefix("\ufeff")
        self._lines = self._text.splitlines()
        if len(raw) > MAX_BYTES:
            self.complain_at(1, 1, f"this file is larger than {MAX_BYTES // 1000} kB")
        elif "\ufffd" in self._text:
            line = self._text[: self._text.index("\ufffd")].count("\n") + 1
            self.complain_at(line, 1, "this line is not UTF-8 text", "save the file as UTF-8")

    def root(self) -> Node | None:
        """The tree of the file, or None if it is empty or its problems are collected."""
        if self.problems:
            return None
        try:
            if self._refused():
                return None
            return yaml.compose(self._text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            found = error.problem or error.context or "it cannot be read"
            self.complain_at(
                line, column, f"this is not YAML: {found}", "check the indentation and the quotes"
            )
        except yaml.YAMLError as error:
            self.complain_at(1, 1, f"this is not YAML: {error}")
        return None

    def where(self, node: Node) -> Where:
        return Where(str(self.path), node.start_mark.line + 1, node.start_mark.column + 1)

    def complain(self, node: Node, message: str, hint: str = "") -> None:
        """Collect a problem at a node."""
        start, end = node.start_mark, node.end_mark
        width = max(1, end.column - start.column) if end.line == start.line else 1
        self.complain_at(start.line + 1, start.column + 1, message, hint, width)

    def complain_at(self, line: int, column: int, message: str, hint: str = "", width: int = 1) -> None:
        """Collect a problem at a place; line and column count from 1."""
        written = self._lines[line - 1] if line <= len(self._lines) else ""
        place = Where(str(self.path), line, column)
        self.problems.append(Problem(place, message, hint, written[:200], width))

    def pairs(
        self, node: Node, what: str, known: Iterable[str] | None = None
    ) -> dict[str, tuple[Node, Node]]:
        """The (key, value) nodes of a mapping by key; complains of unknown and repeated keys.

        Args:
            node: what was found.
            what: what it should be, for the message when it is no mapping.
            known: the keys there are, or None if any name will do.
        """
        if not isinstance(node, MappingNode):
            self.complain(node, f"expected {what}", "write it as KEY: VALUE, one to a line")
            return {}
        found: dict[str, tuple[Node, Node]] = {}
        names = None if known is None else list(known)
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.complain(key, "a key is a single word")
            elif names is not None and key.value not in names:
                hint = did_you_mean(key.value, names) or f"there are: {', '.join(names)}"
                self.complain(key, f'unknown key "{key.value}"', hint)
            elif key.value in found:
                first = found[key.value][0].start_mark.line + 1
                self.complain(key, f'"{key.value}" is here twice; it is in line {first} already')
            else:
                found[key.value] = (key, value)
        return found

    def _refused(self) -> bool:
        """Look for what a description never needs and a hostile file lives on, before making a tree of it."""
        depth = 0
        for event in yaml.parse(self._text, Loader=_LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            for refused, message in (
                (isinstance(event, yaml.AliasEvent), "aliases (*) are not used here; write it out"),
                (bool(getattr(event, "anchor", None)), "anchors (&) are not used here; write it out"),
                (bool(getattr(event, "tag", None)), "tags (!) are not used here"),
                (depth > MAX_DEPTH, "this is nested too deeply"),
            ):
                if refused:
                    mark = event.start_mark
                    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
                    self.complain_at(line, column, message)
                    return True
        return False


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """A hint with the nearest of the names, or nothing."""
    close = nearest_word(word, names)
    return f'did you mean "{close}"?' if close else ""


LOWEST_HZ, HIGHEST_HZ = 20.0, 20_000.0
MANY = 32
"""More entries than anyone writes in one list: layers, partials, pitches."""

_NUMBER = re.compile(r"([+-]?\d{1,6}(?:\.\d{1,6})?)\s*([A-Za-z%]*)")


class InvalidValueError(Exception):
    """A value that is not understood, with the node it stands at."""

    def __init__(self, node: Node, message: str, hint: str = "") -> None:
        self.node = node
        self.message = message
        self.hint = hint
        super().__init__(message)


NodeReader = Callable[[Node], Any]


def scalar(node: Node) -> str:
    """The text of a single value."""
    if not isinstance(node, ScalarNode) or not node.value.strip():
        raise InvalidValueError(node, "expected a single value here")
    return str(node.value).strip()


def line(node: Node) -> str:
    """A line of words."""
    return " ".join(scalar(node).split())


def yes_no(node: Node) -> bool:
    written = scalar(node)
    if written not in ("yes", "no"):
        raise InvalidValueError(node, f'"{written}" is not an answer', "write yes or no")
    return written == "yes"


def number(low: float, high: float, unit: str = "") -> NodeReader:
    """A reader of numbers from ``low`` to ``high``, after which the unit may be written."""

    def read(node: Node) -> float:
        written = scalar(node)
        match = _NUMBER.fullmatch(written)
        if match is None or match[2] not in ("", unit):
            example = f"a number{f' of {unit}' if unit else ''} from {low:g} to {high:g}"
            raise InvalidValueError(node, f'"{written}" is not {example}')
        if not low <= float(match[1]) <= high:
            raise InvalidValueError(
                node, f"{match[1]} is out of range", f"from {low:g} to {high:g} {unit}".strip()
            )
        return float(match[1])

    return read


def duration(low_ms: int, high_ms: int) -> NodeReader:
    """A reader of durations as scripts write them, in whole milliseconds."""

    def read(node: Node) -> int:
        written = scalar(node)
        try:
            ms = parse_duration(written)
        except ValueError as error:
            raise InvalidValueError(node, str(error)) from error
        if not low_ms <= ms <= high_ms:
            bounds = f"from {format_duration(low_ms)} to {format_duration(high_ms)}"
            raise InvalidValueError(node, f'"{written}" is out of range', bounds)
        return ms

    return read


def moment(node: Node) -> SoundTime:
    """A time within a sound: a duration, or a share of its length such as ``25%``."""
    written = scalar(node)
    if not written.endswith("%"):
        return SoundTime(fixed_ms=duration(0, 60_000)(node))
    return SoundTime(share=number(0, 100, "%")(node) / 100)


def hertz(node: Node) -> float:
    return float(number(LOWEST_HZ, HIGHEST_HZ, "Hz")(node))


def glide(node: Node) -> tuple[float, ...]:
    """One pitch, or a list of pitches to pass on the way."""
    return tuple(hertz(item) for item in (entries(node) if isinstance(node, SequenceNode) else [node]))


def partials(node: Node) -> tuple[tuple[float, float], ...]:
    """Read strengths in dB: a list for the pitch and its multiples 2, 3, 4 …, or a mapping of any
    multiples."""
    strength = number(-90, 20, "dB")
    if isinstance(node, MappingNode):
        multiple = number(0.25, 64)
        found = tuple((multiple(key), strength(value)) for key, value in node.value)
        if not 0 < len(found) <= MANY:
            raise InvalidValueError(node, f"expected from 1 to {MANY} partials")
        return found
    return tuple((float(place), strength(item)) for place, item in enumerate(entries(node), start=1))


def entries(node: Node) -> list[Node]:
    """The nodes of a list that is neither empty nor endless."""
    if not isinstance(node, SequenceNode) or not 0 < len(node.value) <= MANY:
        raise InvalidValueError(node, f"expected a list of 1 to {MANY} entries")
    return list(node.value)


SHORTEST_MS = 10
DEFAULT_LEVEL_DB = -10.0
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class CueKey:
    """A key of the file: the attribute that its value becomes, and how the value is read."""

    field: str
    read: NodeReader


CUE_KEYS: dict[str, CueKey] = {
    "for": CueKey("description", line),
    "length": CueKey("length_ms", duration(SHORTEST_MS, LONGEST_MS)),
    "lead": CueKey("lead_ms", duration(0, LONGEST_MS)),
    "stretch": CueKey("stretch", yes_no),
    "level": CueKey("level_db", number(-60, 0, "dB")),
    "layers": CueKey("layers", entries),
    "file": CueKey("recording", scalar),
}

SHAPE_KEYS: dict[str, CueKey] = {
    "gain": CueKey("gain_db", number(-60, 20, "dB")),
    "from": CueKey("start", moment),
    "to": CueKey("end", moment),
    "fade_in": CueKey("fade_in", moment),
    "fade_out": CueKey("fade_out", moment),
    "decay": CueKey("decay", moment),
}


@dataclass(frozen=True, slots=True)
class LayerKind:
    """A kind of layer: the key that names it holds its pitch; ``keys`` are those that only it has."""

    make: Callable[..., SoundLayer]
    keys: Mapping[str, CueKey]


LAYER_KINDS: dict[str, LayerKind] = {
    "tone": LayerKind(
        Tone, {"partials": CueKey("partials", partials), "damping": CueKey("damping", number(0, 4))}
    ),
    "noise": LayerKind(Noise, {"width": CueKey("width_hz", number(10, 20_000, "Hz"))}),
}


def read_cues(path: Path, known: Mapping[str, SoundCue]) -> dict[str, SoundCue]:
    """The sound cues of one file.

    Args:
        path: a `cues.yaml`; recordings lie beside it.
        known: the cues of earlier folders, which this file may change.

    Raises:
        ScriptError: the file has problems; all of them, with line and column.
        CoachError: the file cannot be read.
    """
    page = CuesPage(path)
    root = page.root()
    cues: dict[str, SoundCue] = {}
    if root is not None:
        for name, (key, body) in page.pairs(root, "sound cues by name").items():
            try:
                cues[name] = _cue(page, name, key, body, known.get(name))
            except InvalidValueError as refused:
                page.complain(refused.node, refused.message, refused.hint)
            except _Complained:
                pass
    if page.problems:
        raise ScriptError(page.problems)
    return cues


class _Complained(Exception):
    """A cue or layer has a problem that is already in the collector."""


def _cue(page: CuesPage, name: str, key: Node, body: Node, earlier: SoundCue | None) -> SoundCue:
    if not _NAME.fullmatch(name):
        raise InvalidValueError(
            key, f'"{name}" is no name for a sound', "use small letters, digits and dashes"
        )
    before = len(page.problems)
    pairs, found = _read(page, body, "a sound cue", CUE_KEYS)
    if "layers" in found:
        found["layers"] = _layers(page, found["layers"], found.get("length_ms", LONGEST_MS))
    if len(page.problems) > before:
        raise _Complained
    found["name"] = name
    found["where"] = page.where(key)
    if "layers" in found and "recording" in found:
        raise InvalidValueError(
            pairs["file"][0], "a sound is made of layers or is a file, not both", "keep one of them"
        )
    if "recording" in found:
        for unfit, wrong in (("length", "length" in pairs), ("stretch", found.get("stretch", False))):
            if wrong:
                raise InvalidValueError(
                    pairs[unfit][0], f'a recording takes no "{unfit}": it is as long as it is'
                )
        found["recording"], found["length_ms"] = _recording(page, pairs["file"][1])
    elif "layers" not in found and earlier is None:
        raise InvalidValueError(
            key, f'"{name}" says neither "layers" nor "file"', "one of them makes the sound"
        )
    found = _inherited(found, earlier)
    for needed, field in (("for", "description"), ("length", "length_ms")):
        if field not in found:
            raise InvalidValueError(
                key, f'"{name}" has no "{needed}"', "say what it is for and how long it is"
            )
    if found["lead_ms"] > found["length_ms"]:
        raise InvalidValueError(
            pairs["lead" if "lead" in pairs else "length"][1],
            f"the lead is longer than the sound, which is {format_duration(found['length_ms'])}",
            "the lead is when the next thing may begin; leave it out to wait for the end",
        )
    return SoundCue(**found)


def _inherited(found: dict[str, Any], earlier: SoundCue | None) -> dict[str, Any]:
    """Return what is said laid over the earlier cue: a new sound keeps its use and level, a changed one
    all."""
    full: dict[str, Any] = {"level_db": DEFAULT_LEVEL_DB}
    if earlier is not None:
        full |= {"description": earlier.description, "level_db": earlier.level_db}
        if "layers" not in found and "recording" not in found:
            full |= {
                field: getattr(earlier, field)
                for field in ("length_ms", "lead_ms", "stretch", "layers", "recording")
            }
    full |= found
    if "lead_ms" not in full and "length_ms" in full:
        full["lead_ms"] = full["length_ms"]
    return full


def _read(
    page: CuesPage, node: Node, what: str, keys: Mapping[str, CueKey]
) -> tuple[dict[str, tuple[Node, Node]], dict[str, Any]]:
    """The (key, value) nodes by key, and the good values by attribute; the others are complained of."""
    pairs = page.pairs(node, what, keys)
    found: dict[str, Any] = {}
    for word, (_, value) in pairs.items():
        try:
            found[keys[word].field] = keys[word].read(value)
        except InvalidValueError as refused:
            page.complain(refused.node, refused.message, refused.hint)
    return pairs, found


def _layers(page: CuesPage, nodes: list[Node], length_ms: int) -> tuple[SoundLayer, ...]:
    layers: list[SoundLayer] = []
    for node in nodes:
        try:
            layers.append(_layer(page, node, length_ms))
        except InvalidValueError as refused:
            page.complain(refused.node, refused.message, refused.hint)
        except _Complained:
            pass
    return tuple(layers)


def _layer(page: CuesPage, node: Node, length_ms: int) -> SoundLayer:
    kinds = ", ".join(LAYER_KINDS)
    if not isinstance(node, MappingNode):
        raise InvalidValueError(node, f"expected a layer with one of: {kinds}")
    written = [str(key.value) for key, _ in node.value]
    named = [word for word in written if word in LAYER_KINDS]
    if len(named) != 1:
        hints = [] if named else [did_you_mean(word, LAYER_KINDS) for word in written]
        raise InvalidValueError(node, f"a layer has exactly one of: {kinds}", next(filter(None, hints), ""))
    kind = LAYER_KINDS[named[0]]
    keys = {named[0]: CueKey("glide_hz", glide), **kind.keys, **SHAPE_KEYS}
    before = len(page.problems)
    _, found = _read(page, node, "a layer", keys)
    if len(page.problems) > before:
        raise _Complained
    shape_fields = {key.field for key in SHAPE_KEYS.values()}
    shape = Shape(**{field: value for field, value in found.items() if field in shape_fields})
    if shape.start.at(length_ms) >= shape.end.at(length_ms):
        raise InvalidValueError(node, "this layer ends before it begins", 'look at its "from" and "to"')
    layer = kind.make(
        shape=shape, **{name: value for name, value in found.items() if name not in shape_fields}
    )
    highest_hz = _highest_hz(layer)
    if highest_hz > HIGHEST_HZ:
        raise InvalidValueError(
            node, f"this layer reaches {highest_hz:g} Hz", f"stay under {HIGHEST_HZ:g} Hz"
        )
    return layer


def _highest_hz(layer: SoundLayer) -> float:
    if isinstance(layer, Noise):
        return max(layer.glide_hz) + layer.width_hz / 2
    return max(layer.glide_hz) * max(multiple for multiple, _ in layer.partials)


def _recording(page: CuesPage, node: Node) -> tuple[Path, int]:
    """The path of a recording and its length in milliseconds."""
    folder = page.path.parent.resolve()
    path = (folder / scalar(node)).resolve()
    if not path.is_relative_to(folder):
        raise InvalidValueError(
            node, "a recording lies beside this file", "copy it here, or into a folder here"
        )
    try:
        header = read_wav_header(path)
    except FileNotFoundError as error:
        beside = [other.name for other in path.parent.glob("*.wav")] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, beside) or "it has to lie beside this file"
        raise InvalidValueError(node, f'there is no file "{scalar(node)}"', hint) from error
    except OSError as error:
        raise InvalidValueError(node, f"{path.name} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise InvalidValueError(node, str(error), "save it as WAV, 16 or 24 bits") from error
    if not SHORTEST_MS <= header.duration_ms <= LONGEST_MS:
        bounds = f"from {format_duration(SHORTEST_MS)} to {format_duration(LONGEST_MS)}"
        raise InvalidValueError(
            node, f"{path.name} lasts {format_duration(header.duration_ms)}", f"a sound lasts {bounds}"
        )
    return path, header.duration_ms
