"""Under which licences stands what voice_coach brings along, and what is installed with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from voice_coach.paths import licence_list


@dataclass(frozen=True, slots=True)
class Licensed:
    """Something with a licence.

    Attributes:
        name: its name.
        version: the version that is installed; "" where it has none, or is not installed.
        licence: an SPDX expression, or a few words.
        says: a line about it, or "".
        inside: what lies in it under another name or licence.
    """

    name: str
    version: str
    licence: str
    says: str = ""
    inside: tuple[Licensed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Licences:
    """All that has a licence.

    Attributes:
        own: voice_coach, with what its wheel holds besides its own code.
        installed: the packages that are installed with it, by name.
        absent: the names of packages that are not installed: they are for other systems, or optional.
    """

    own: Licensed
    installed: tuple[Licensed, ...]
    absent: tuple[str, ...]


def licences() -> Licences:
    """Read the list that comes with voice_coach, and which versions of it are installed.

    Raises:
        FileNotFoundError: the installation is damaged; the message says so.
    """
    made = json.loads(licence_list().read_text(encoding="utf-8"))
    bundled = [each for each in made["components"] if "purl" not in each]
    packages = [each for each in made["components"] if "purl" in each]
    application = made["metadata"]["component"]
    own = _licensed({**application, "components": bundled}, application["version"])
    installed: dict[str, Licensed] = {}
    absent: dict[str, None] = {}
    for each in packages:  # some are listed in a version for each Python
        name = each["name"]
        try:
            if name not in installed or each["version"] == version(name):
                installed[name] = _licensed(each, version(name))
        except PackageNotFoundError:
            absent[name] = None
    return Licences(own=own, installed=tuple(installed.values()), absent=tuple(absent))


def _licensed(component: Mapping[str, Any], installed: str = "") -> Licensed:
    return Licensed(
        component["name"],
        installed,
        _licence_text(component["licenses"]),
        component.get("description", ""),
        tuple(_licensed(each) for each in component.get("components", ())),
    )


def _licence_text(choices: Iterable[Mapping[str, Any]]) -> str:
    return " AND ".join(
        each.get("expression") or each["license"].get("id") or each["license"]["name"] for each in choices
    )
