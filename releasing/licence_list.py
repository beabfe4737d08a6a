"""The list of all that is bundled and installed, with its licences, as CycloneDX; ``make licences``.

It is made of the lock files, the metadata of what is installed, and ``licences/facts.toml``. The same
checkout gives the same bytes, on every system.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

TOP = Path(__file__).resolve().parent.parent
FACTS = TOP / "licences" / "facts.toml"
TARGET = TOP / "licences" / "voice-coach.cdx.json"

NEEDED = "requirements.txt"
NOT_FOR_USERS = ("requirements-dev.txt",)

_LOCKED = re.compile(r"^([a-z0-9-]+)==([\w.+]+)(?: ; (.*?))? \\$", re.MULTILINE)

_CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
}
"""The classifiers that mean one licence."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A package of the lock files; ``marker`` says on which systems, ``is_needed`` whether by all users."""

    name: str
    version: str
    marker: str
    is_needed: bool


def main() -> None:
    """Write the list into the checkout."""
    TARGET.write_text(licence_list(), encoding="utf-8", newline="\n")


def licence_list() -> str:
    """Return the list as JSON.

    Raises:
        LookupError: nothing tells the licence of a package; the text says what to do.
    """
    facts = tomllib.loads(FACTS.read_text(encoding="utf-8"))
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = [_package(each, facts["packages"].get(each.name, {})) for each in locked()]
    made = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": project["name"],
                "name": project["name"],
                "version": project["version"],
                "licenses": _licences(project["license"]),
            }
        },
        "components": [*map(_bundled, facts["bundled"]), *packages],
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def locked() -> list[Locked]:
    """Return what the lock files for users name, each version of a package once, in order."""
    found: dict[tuple[str, str], Locked] = {}
    others = sorted(TOP.glob("requirements-*.txt"))
    for file in (TOP / NEEDED, *(each for each in others if each.name not in NOT_FOR_USERS)):
        for name, version, marker in _LOCKED.findall(file.read_text(encoding="utf-8")):
            found.setdefault((name, version), Locked(name, version, marker, file.name == NEEDED))
    return [found[key] for key in sorted(found)]


def _package(package: Locked, facts: Mapping[str, Any]) -> dict[str, Any]:
    url = f"pkg:pypi/{package.name}@{package.version}"
    licence = facts["licence"] if "licence" in facts else _told_licence(package)
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": url,
        "name": package.name,
        "version": package.version,
        "scope": "required" if package.is_needed else "optional",
        "licenses": _licences(licence),
        "purl": url,
    }
    if package.marker:
        component["properties"] = [{"name": "voice-coach:marker", "value": package.marker}]
    if "inside" in facts:
        component["components"] = [_part(part, url) for part in facts["inside"]]
    return component


def _bundled(part: Mapping[str, str]) -> dict[str, Any]:
    place = [{"name": "voice-coach:place", "value": part["place"]}]
    return {**_part(part, "voice-coach"), "scope": "required", "properties": place}


def _part(part: Mapping[str, str], of: str) -> dict[str, Any]:
    """Return something that lies inside a wheel."""
    says = {"description": part["says"]} if "says" in part else {}
    return {
        "type": "file" if says else "library",
        "bom-ref": f"{of}#{part['name'].replace(' ', '-')}",
        "name": part["name"],
        **says,
        "licenses": _licences(part["licence"]),
    }


def _licences(expression: str) -> list[dict[str, Any]]:
    if not expression:
        return [{"license": {"name": "none stated"}}]
    if " " in expression:
        return [{"expression": expression}]
    return [{"license": {"id": expression}}]


def _told_licence(package: Locked) -> str:
    """Return the licence that the metadata of an installed package tells."""
    try:
        metadata = importlib.metadata.metadata(package.name)
    except importlib.metadata.PackageNotFoundError:
        return _licence_before(package)
    if metadata["Version"] != package.version:
        raise LookupError(
            f"{package.name} {metadata['Version']} is installed, not {package.version}: make setup"
        )
    for told in _row(metadata):
        try:
            return canonicalize_license_expression(told)
        except InvalidLicenseExpression:
            continue
    raise LookupError(_unknown(package, "has no clear licence in its metadata"))


def _licence_before(package: Locked) -> str:
    """Return what the list says already of a package that cannot be installed on this machine."""
    listed: dict[str, Any] = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.is_file() else {}
    for each in listed.get("components", ()):
        if (each["name"], each.get("version")) == (package.name, package.version):
            choice = each["licenses"][0]
            return choice.get("expression") or choice["license"]["id"]
    raise LookupError(_unknown(package, "is not installed here"))


def _row(metadata: importlib.metadata.PackageMetadata) -> Iterator[str]:
    for key in ("License-Expression", "License"):
        yield from metadata.get_all(key) or []
    for classifier in metadata.get_all("Classifier") or []:
        if classifier in _CLASSIFIERS:
            yield _CLASSIFIERS[classifier]


def _unknown(package: Locked, why: str) -> str:
    return f"{package.name} {package.version} {why}: name its licence in {FACTS.relative_to(TOP)}"


if __name__ == "__main__":
    main()
