"""What the tags of an audio file say."""

from __future__ import annotations

from voice_coach.encoding.muxing import Label
from voice_coach.model.about import About
from voice_coach.model.units import format_timestamp

_PAIRS = """
    ar=ara bg=bul ca=cat cs=ces cy=cym da=dan de=deu el=ell en=eng es=spa et=est eu=eus fa=fas fi=fin fr=fra
    ga=gle he=heb hi=hin hr=hrv hu=hun is=isl it=ita ja=jpn ko=kor lt=lit lv=lav nb=nob nl=nld no=nor pl=pol
    pt=por ro=ron ru=rus sk=slk sl=slv sr=srp sv=swe tr=tur uk=ukr vi=vie zh=zho
"""
_THREE_LETTERS = {two: three for two, _, three in (pair.partition("=") for pair in _PAIRS.split())}
"""ISO 639-1 to ISO 639-2, which MP4 and ID3 want; of languages that may have a voice."""
_TWO_LETTERS = {three: two for two, three in _THREE_LETTERS.items()}

_NO_LANGUAGE = ("", "und", "mul", "zxx", "mis", "xxx")
"""What ISO 639-2 and ID3 say where it is not one language."""


_BED = "bed "
"""Before the bed among the keywords: the one tag that every format keeps, and that no player shows."""


def tags(about: About) -> dict[str, str]:
    """The tags that every format has, by FFmpeg's names; what is not known is left out."""
    found = {
        "title": about.full_title,
        "artist": about.author,
        "album": about.album or about.full_title,
        "track": f"{about.track}/{about.tracks}" if about.track else "",
        "genre": "Exercise" if about.session else "",
        "description": about.description,
        "comment": about.source,
        "date": about.date,
        "keywords": f"{_BED}{about.bed}" if about.bed else "",
    }
    return {name: " ".join(words.split()) for name, words in found.items() if words.strip()}


def bed_of(keywords: str) -> str:
    """The bed that the keywords of a file of ours name, as ``tags`` wrote it; "" if they do not."""
    return keywords.removeprefix(_BED) if keywords.startswith(_BED) else ""


def three_letters(language: str) -> str:
    """The three letters (ISO 639-2) of a language, such as ``en`` or ``en-GB``; "" if not known."""
    first = language.partition("-")[0].lower()
    return first if len(first) == 3 else _THREE_LETTERS.get(first, "")


def two_letters(language: str) -> str:
    """A language as BCP 47 wants it, by its shortest name: ``en`` for ``eng``; "" for none."""
    first, hyphen, rest = language.strip().partition("-")
    first = first.lower()
    return "" if first in _NO_LANGUAGE else _TWO_LETTERS.get(first, first) + hyphen + rest


def vorbis_comments(label: Label) -> dict[str, str]:
    """The tags of FLAC and Opus, chapters among them.

    They are written as the Ogg world agreed (``CHAPTER001=00:00:57.788``), and not by FFmpeg, which is a
    second off for every chapter that begins in the latter half of one.

    In the file they are called DESCRIPTION and SOURCE. FFmpeg calls the first "comment" when it reads and
    when it writes, and so cannot write a COMMENT, which is what the source is called in MP3 and MP4.
    """
    tags = dict(label.tags)
    if source := tags.pop("comment", ""):
        tags["source"] = source
    if description := tags.pop("description", ""):
        tags["comment"] = description
    if label.language:
        tags["language"] = label.language
    for number, mark in enumerate(label.marks, 1):
        tags[f"CHAPTER{number:03}"] = format_timestamp(mark.start_ms)
        tags[f"CHAPTER{number:03}NAME"] = mark.title
    return tags
