"""A podcast feed as RSS 2.0 with what Apple, Podcasting 2.0 and Podlove add."""

from __future__ import annotations

import html
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from voice_coach.core.errors import OutputError, WrongOutputError, display_path
from voice_coach.core.options import About
from voice_coach.core.text import legal
from voice_coach.core.units import MS_PER_SECOND, format_timestamp
from voice_coach.formats.base import FILE_FORMATS
from voice_coach.podcast.episodes import Episode, audio_files, read_episode
from voice_coach.storage.atomic import atomic_write

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FEED_NAME, COVER_NAME = "feed.xml", "cover.jpg"
CHAPTERS_ENDING = ".chapters.json"
GENERATOR = "voice_coach"
"""By this we know a feed of ours."""

_ATOM = "http://www.w3.org/2005/Atom"
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_PODCAST = "https://podcastindex.org/namespace/1.0"
_PSC = "http://podlove.org/simple-chapters"
_PREFIXES = {"atom": _ATOM, "itunes": _ITUNES, "podcast": _PODCAST, "psc": _PSC}

_OURS = uuid.UUID("6d3a4f0e-3a55-5d0b-9a53-0b9a5f0a6c11")
"""Names in here are addresses of feeds; each gives the same guid on every machine."""

LARGEST_BYTES = 16 * 1024 * 1024
"""A feed that is larger than this was not written by us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Facts of a feed about itself.

    Attributes:
        address: where its folder is on the web, ending in a slash; what players fetch lies below it.
        title: its title.
        description: a sentence about it.
        language: of its episodes.
        author: who made it.
        guid: what players know it by, wherever it moves; "" gives it one by its address.
    """

    address: str
    title: str = "My exercises"
    description: str = "Voice-guided exercise sessions, made with voice_coach."
    language: str = "en"
    author: str = "voice_coach"
    guid: str = ""


def check_address(address: str) -> str:
    """An address that ends in a slash.

    Raises:
        WrongOutputError: it is none on the web.
    """
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or not address.isprintable() or " " in address:
        raise WrongOutputError(
            f"{address!r} is not an address on the web, such as http://192.168.1.20:8000/."
        )
    return address if address.endswith("/") else f"{address}/"


def read_feed(path: Path, *, force: bool = False) -> tuple[Channel, dict[str, datetime]]:
    """Return what a feed of ours that is there says about itself, and since when it lists each file.

    Args:
        path: the feed.
        force: pass over what is not ours.

    Raises:
        OutputError: it cannot be read, or is not ours.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    channel = Channel(address="")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES)
    except FileNotFoundError:
        return channel, {}
    except OSError as error:
        raise OutputError(f"{display_path(path)} cannot be read: {error.strerror or error}.") from None
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError) as error:
        if force:
            return channel, {}
        raise OutputError(
            f"{display_path(path)} is damaged ({error}). Remove it, and it is written anew."
        ) from None
    found = root.find("channel")
    if found is None or _text(found, "generator") != GENERATOR:
        if force:
            return channel, {}
        raise OutputError(
            f"{display_path(path)} was not written by voice_coach. "
            "Use --force to replace it, or choose another folder."
        )
    link = found.find(f"{{{_ATOM}}}link")
    address = urljoin(link.get("href", ""), ".") if link is not None else ""
    channel = Channel(
        address=check_address(address) if address else "",
        title=_text(found, "title") or channel.title,
        description=_text(found, "description") or channel.description,
        language=_text(found, "language") or channel.language,
        author=_text(found, f"{{{_ITUNES}}}author") or channel.author,
        guid=_text(found, f"{{{_PODCAST}}}guid"),
    )
    since: dict[str, datetime] = {}
    for item in found.findall("item"):
        name = _text(item, "guid").partition(":")[2]
        try:
            day = parsedate_to_datetime(_text(item, "pubDate"))
        except ValueError:
            continue
        since[name] = day if day.tzinfo else day.replace(tzinfo=UTC)
    return channel, since


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def feed_xml(channel: Channel, episodes: Sequence[Episode]) -> bytes:
    """The feed; the same for the same episodes."""
    from xml.etree import ElementTree

    for prefix, namespace in _PREFIXES.items():
        ElementTree.register_namespace(prefix, namespace)
    root = ElementTree.Element("rss", {"version": "2.0"})
    top = ElementTree.SubElement(root, "channel")
    here = urljoin(channel.address, FEED_NAME)
    guid = channel.guid or str(uuid.uuid5(_OURS, channel.address))
    cover = urljoin(channel.address, COVER_NAME)
    _add(top, "title", channel.title)
    _add(top, "link", channel.address)
    _add(top, "description", channel.description)
    _add(top, "language", channel.language)
    _add(top, f"{{{_ATOM}}}link", href=here, rel="self", type="application/rss+xml")
    _add(top, "generator", GENERATOR)
    _add(top, "lastBuildDate", format_datetime(max(episode.since for episode in episodes)))
    image = _add(top, "image")
    _add(image, "url", cover)
    _add(image, "title", channel.title)
    _add(image, "link", channel.address)
    _add(top, f"{{{_ITUNES}}}author", channel.author)
    _add(top, f"{{{_ITUNES}}}image", href=cover)
    category = _add(top, f"{{{_ITUNES}}}category", text="Health & Fitness")
    _add(category, f"{{{_ITUNES}}}category", text="Fitness")
    _add(top, f"{{{_ITUNES}}}explicit", "false")
    _add(top, f"{{{_ITUNES}}}type", "episodic")
    _add(top, f"{{{_ITUNES}}}block", "Yes")  # private: no directory is to list it
    _add(top, f"{{{_PODCAST}}}guid", guid)
    _add(top, f"{{{_PODCAST}}}locked", "yes")
    for episode in episodes:
        _item(top, channel, guid, episode)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, "utf-8", xml_declaration=True) + b"\n"


def _item(top: Element, channel: Channel, guid: str, episode: Episode) -> None:
    from xml.etree import ElementTree

    item = ElementTree.SubElement(top, "item")
    where = urljoin(channel.address, quote(episode.name))
    description = html.escape(episode.description or episode.title, quote=False)  # readers take it as HTML
    _add(item, "title", episode.title)
    _add(item, "description", description)
    _add(item, "link", where)
    _add(item, "guid", f"{guid}:{episode.name}", isPermaLink="false")
    _add(item, "pubDate", format_datetime(episode.since))
    media_type = FILE_FORMATS[Path(episode.name).suffix.lower()].media_type
    _add(item, "enclosure", url=where, length=str(episode.size_bytes), type=media_type)
    _add(item, f"{{{_ITUNES}}}title", episode.title)
    _add(item, f"{{{_ITUNES}}}duration", str(round(episode.duration_ms / MS_PER_SECOND)))
    _add(item, f"{{{_ITUNES}}}explicit", "false")
    if episode.transcript:
        kind = "text/vtt" if episode.transcript.endswith(".vtt") else "application/x-subrip"
        address = urljoin(channel.address, quote(episode.transcript))
        _add(item, f"{{{_PODCAST}}}transcript", url=address, type=kind, language=channel.language)
    if episode.chapters:
        address = urljoin(channel.address, quote(episode.name + CHAPTERS_ENDING))
        _add(item, f"{{{_PODCAST}}}chapters", url=address, type="application/json+chapters")
        chapters = _add(item, f"{{{_PSC}}}chapters", version="1.2")
        for mark in episode.chapters:
            _add(chapters, f"{{{_PSC}}}chapter", start=format_timestamp(mark.start_ms), title=mark.title)


def _add(parent: Element, tag: str, content: str = "", **attributes: str) -> Element:
    from xml.etree import ElementTree

    element = ElementTree.SubElement(parent, tag, {key: legal(value) for key, value in attributes.items()})
    if content:
        element.text = legal(content)
    return element


def write_feed(
    folder: Path, address: str = "", title: str = "", *, force: bool = False
) -> tuple[str, list[Episode]]:
    """Write or updates ``feed.xml`` over the audio files in a folder, with chapters and a cover beside it.

    What was said in it before about the feed itself stays, and so does the day on which each file was first
    listed; files that are gone are left out.

    Args:
        folder: where the audio files are.
        address: where the folder is on the web; the one that the feed names already if not given.
        title: of the feed; the one that it has already if not given.
        force: replace a feed that is not ours; nothing of it is kept.

    Returns:
        The address of the feed, and its episodes, the newest first.

    Raises:
        OutputError: there is no such folder, no address is known, there are no audio files, the feed
            that is there is not ours, or something cannot be read or written.
    """
    if not folder.is_dir():
        raise WrongOutputError(f"{display_path(folder)} is not a folder. Export sessions into one first.")
    channel, since = read_feed(folder / FEED_NAME, force=force)
    channel = replace(
        channel,
        address=check_address(address) if address else channel.address,
        title=title or channel.title,
    )
    if not channel.address:
        raise WrongOutputError(
            "A feed has to say where its files are on the web: give it with --url, "
            "such as --url http://192.168.1.20:8000/ for a computer at home."
        )
    episodes = sorted(
        (read_episode(path, since) for path in audio_files(folder)),
        key=lambda each: (each.since, each.name),
        reverse=True,
    )
    if not episodes:
        raise OutputError(
            f"There are no audio files in {display_path(folder)}. Export one: voice-coach export -o "
            f"{display_path(folder / 'lower-back-relief.mp3')}"
        )
    languages = [episode.language for episode in episodes if episode.language]
    channel = replace(channel, language=languages[0] if languages else channel.language)
    if not (folder / COVER_NAME).exists():
        _write(folder / COVER_NAME, _cover(channel))
    for episode in episodes:
        if episode.chapters:
            _write(folder / (episode.name + CHAPTERS_ENDING), _chapters_json(episode))
    _write(folder / FEED_NAME, feed_xml(channel, episodes))
    return channel.address + FEED_NAME, episodes


def _chapters_json(episode: Episode) -> bytes:
    """The chapters as podcastindex.org's JSON chapters format 1.2 has them, in seconds."""
    chapters = [
        {"startTime": mark.start_ms / MS_PER_SECOND, "title": mark.title} for mark in episode.chapters
    ]
    return json.dumps({"version": "1.2.0", "chapters": chapters}, ensure_ascii=False, indent=1).encode()


def _cover(channel: Channel) -> bytes:
    from voice_coach.formats.cover import cover_jpeg

    return cover_jpeg(About(session="", title=channel.title, language=channel.language))


def _write(path: Path, data: bytes) -> None:
    with atomic_write(path, force=True) as file:
        file.write(data)


def update_feed(
    folder: Path, address: str = "", title: str = "", *, force: bool = False
) -> tuple[str, int, tuple[str, ...]]:
    """Write or updates a podcast feed over the audio files in a folder.

    Args:
        folder: where the audio files are.
        address: where the folder is on the web; the one that the feed names already if not given.
        title: of the feed; the one that it has already if not given.
        force: replace a feed that is not ours.

    Returns:
        Its address, how many files they are, and the names of those that say that they have no bed.

    Raises:
        OutputError: it could not be written.
    """
    found, episodes = write_feed(folder, address, title, force=force)
    return found, len(episodes), tuple(sorted(each.name for each in episodes if each.bed == "none"))
