"""`cues.yaml` into sound cues. The tables below *are* the format: a new key or kind of layer is a row here.

A cue without ``layers`` and ``file`` changes the cue of that name from an earlier folder, so that a line such
as ``bell: {level: -20}`` is all it takes to make the bell quieter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yaml.nodes import MappingNode, Node

from voice_coach.audio import sound_values as values
from voice_coach.audio.cues_page import CuesPage, did_you_mean
from voice_coach.audio.sound_description import LONGEST_MS, Layer, Noise, Shape, SoundCue, Tone
from voice_coach.audio.sound_values import Refused
from voice_coach.audio.wav_header import read_wav_header
from voice_coach.model.problems import ScriptError
from voice_coach.model.units import format_duration

SHORTEST_MS = 10
DEFAULT_LEVEL_DB = -10.0
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the file: the attribute that its value becomes, and how the value is read."""

    field: str
    read: values.Read


CUE_KEYS: dict[str, Key] = {
    "for": Key("description", values.line),
    "length": Key("length_ms", values.duration(SHORTEST_MS, LONGEST_MS)),
    "lead": Key("lead_ms", values.duration(0, LONGEST_MS)),
    "stretch": Key("stretch", values.yes_no),
    "level": Key("level_db", values.number(-60, 0, "dB")),
    "layers": Key("layers", values.entries),
    "file": Key("recording", values.scalar),
}

SHAPE_KEYS: dict[str, Key] = {
    "gain": Key("gain_db", values.number(-60, 20, "dB")),
    "from": Key("start", values.moment),
    "to": Key("end", values.moment),
    "fade_in": Key("fade_in", values.moment),
    "fade_out": Key("fade_out", values.moment),
    "decay": Key("decay", values.moment),
}


@dataclass(frozen=True, slots=True)
class LayerKind:
    """A kind of layer: the key that names it holds its pitch; ``keys`` are those that only it has."""

    make: Callable[..., Layer]
    keys: Mapping[str, Key]


LAYER_KINDS: dict[str, LayerKind] = {
    "tone": LayerKind(
        Tone, {"partials": Key("partials", values.partials), "damping": Key("damping", values.number(0, 4))}
    ),
    "noise": LayerKind(Noise, {"width": Key("width_hz", values.number(10, 20_000, "Hz"))}),
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
            except Refused as refused:
                page.complain(refused.node, refused.message, refused.hint)
            except _Complained:
                pass
    if page.problems:
        raise ScriptError(page.problems)
    return cues


class _Complained(Exception):
    """What is wrong with this cue or layer has been collected already."""


def _cue(page: CuesPage, name: str, key: Node, body: Node, earlier: SoundCue | None) -> SoundCue:
    if not _NAME.fullmatch(name):
        raise Refused(key, f'"{name}" is no name for a sound', "use small letters, digits and dashes")
    before = len(page.problems)
    pairs, found = _read(page, body, "a sound cue", CUE_KEYS)
    if "layers" in found:
        found["layers"] = _layers(page, found["layers"], found.get("length_ms", LONGEST_MS))
    if len(page.problems) > before:
        raise _Complained
    found["name"] = name
    found["where"] = page.where(key)
    if "layers" in found and "recording" in found:
        raise Refused(
            pairs["file"][0], "a sound is made of layers or is a file, not both", "keep one of them"
        )
    if "recording" in found:
        for unfit, wrong in (("length", "length" in pairs), ("stretch", found.get("stretch", False))):
            if wrong:
                raise Refused(pairs[unfit][0], f'a recording takes no "{unfit}": it is as long as it is')
        found["recording"], found["length_ms"] = _recording(page, pairs["file"][1])
    elif "layers" not in found and earlier is None:
        raise Refused(key, f'"{name}" says neither "layers" nor "file"', "one of them makes the sound")
    found = _inherited(found, earlier)
    for needed, field in (("for", "description"), ("length", "length_ms")):
        if field not in found:
            raise Refused(key, f'"{name}" has no "{needed}"', "say what it is for and how long it is")
    if found["lead_ms"] > found["length_ms"]:
        raise Refused(
            pairs["lead" if "lead" in pairs else "length"][1],
            f"the lead is longer than the sound, which is {format_duration(found['length_ms'])}",
            "the lead is when the next thing may begin; leave it out to wait for the end",
        )
    return SoundCue(**found)


def _inherited(found: dict[str, Any], earlier: SoundCue | None) -> dict[str, Any]:
    """What is said laid over the earlier cue: a new sound keeps its use and level, a changed one all."""
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
    page: CuesPage, node: Node, what: str, keys: Mapping[str, Key]
) -> tuple[dict[str, tuple[Node, Node]], dict[str, Any]]:
    """The (key, value) nodes by key, and the good values by attribute; the others are complained of."""
    pairs = page.pairs(node, what, keys)
    found: dict[str, Any] = {}
    for word, (_, value) in pairs.items():
        try:
            found[keys[word].field] = keys[word].read(value)
        except Refused as refused:
            page.complain(refused.node, refused.message, refused.hint)
    return pairs, found


def _layers(page: CuesPage, nodes: list[Node], length_ms: int) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    for node in nodes:
        try:
            layers.append(_layer(page, node, length_ms))
        except Refused as refused:
            page.complain(refused.node, refused.message, refused.hint)
        except _Complained:
            pass
    return tuple(layers)


def _layer(page: CuesPage, node: Node, length_ms: int) -> Layer:
    kinds = ", ".join(LAYER_KINDS)
    if not isinstance(node, MappingNode):
        raise Refused(node, f"expected a layer with one of: {kinds}")
    written = [str(key.value) for key, _ in node.value]
    named = [word for word in written if word in LAYER_KINDS]
    if len(named) != 1:
        hints = [] if named else [did_you_mean(word, LAYER_KINDS) for word in written]
        raise Refused(node, f"a layer has exactly one of: {kinds}", next(filter(None, hints), ""))
    kind = LAYER_KINDS[named[0]]
    keys = {named[0]: Key("glide_hz", values.glide), **kind.keys, **SHAPE_KEYS}
    before = len(page.problems)
    _, found = _read(page, node, "a layer", keys)
    if len(page.problems) > before:
        raise _Complained
    shape_fields = {key.field for key in SHAPE_KEYS.values()}
    shape = Shape(**{field: value for field, value in found.items() if field in shape_fields})
    if shape.start.at(length_ms) >= shape.end.at(length_ms):
        raise Refused(node, "this layer ends before it begins", 'look at its "from" and "to"')
    layer = kind.make(
        shape=shape, **{name: value for name, value in found.items() if name not in shape_fields}
    )
    highest_hz = _highest_hz(layer)
    if highest_hz > values.HIGHEST_HZ:
        raise Refused(node, f"this layer reaches {highest_hz:g} Hz", f"stay under {values.HIGHEST_HZ:g} Hz")
    return layer


def _highest_hz(layer: Layer) -> float:
    if isinstance(layer, Noise):
        return max(layer.glide_hz) + layer.width_hz / 2
    return max(layer.glide_hz) * max(multiple for multiple, _ in layer.partials)


def _recording(page: CuesPage, node: Node) -> tuple[Path, int]:
    """The path of a recording and its length in milliseconds."""
    folder = page.path.parent.resolve()
    path = (folder / values.scalar(node)).resolve()
    if not path.is_relative_to(folder):
        raise Refused(node, "a recording lies beside this file", "copy it here, or into a folder here")
    try:
        header = read_wav_header(path)
    except FileNotFoundError as error:
        beside = [other.name for other in path.parent.glob("*.wav")] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, beside) or "it has to lie beside this file"
        raise Refused(node, f'there is no file "{values.scalar(node)}"', hint) from error
    except OSError as error:
        raise Refused(node, f"{path.name} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise Refused(node, str(error), "save it as WAV, 16 or 24 bits") from error
    if not SHORTEST_MS <= header.duration_ms <= LONGEST_MS:
        bounds = f"from {format_duration(SHORTEST_MS)} to {format_duration(LONGEST_MS)}"
        raise Refused(
            node, f"{path.name} lasts {format_duration(header.duration_ms)}", f"a sound lasts {bounds}"
        )
    return path, header.duration_ms
