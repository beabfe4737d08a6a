"""SSML (W3C, version 1.1): the session for a voice of one's own, pauses and all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from voice_coach.model.speech import DEFAULT_RATE_WPM
from voice_coach.model.timeline import Event
from voice_coach.model.words import ends_sentence
from voice_coach.outputs.captions import joined
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.spoken import SpokenWord, placed_chapters, prompts
from voice_coach.outputs.text_file import TextFile

NAMESPACE = "http://www.w3.org/2001/10/synthesis"

LONGEST_BREAK_MS = 10_000
"""What the services that speak SSML take in one ``<break>``; a longer pause is several of them."""

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2

_Said = tuple[Event, list[SpokenWord]]


class SsmlFile(TextFile):
    """Writes a paragraph for each chapter, a sentence for each sentence, a mark before each prompt.

    Pauses are as long as between the prompts of the session, and a rate of ``DEFAULT_RATE_WPM`` is taken for
    the voice's own, 100 %. How long it lasts depends on the voice.
    """

    def pieces(self, programme: Programme) -> Iterator[str]:
        language = quoteattr(programme.about.language)
        yield (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<speak version="1.1" xmlns="{NAMESPACE}" xml:lang={language}>\n'
        )
        ended_ms = whole_ms = 0
        for part, placed in enumerate(placed_chapters(programme), 1):
            said = list(prompts(programme, placed))
            yield _paragraph(part, said, ended_ms)
            ended_ms = said[-1][1][-1].end_ms if said else ended_ms
            whole_ms = placed.end_ms
        yield f"{_breaks(whole_ms - ended_ms)}</speak>\n"


def _paragraph(part: int, said: Sequence[_Said], ended_ms: int) -> str:
    """A chapter; ``ended_ms`` is when the word before it ended."""
    numbered = enumerate(said, 1)
    pieces = [f'<p>\n<mark name="chapter-{part}"/>\n']
    for rate_wpm, group in groupby(numbered, key=lambda each: _rate_wpm(each[1][0])):
        slower = rate_wpm != DEFAULT_RATE_WPM
        if slower:
            pieces.append(f'<prosody rate="{100 * rate_wpm / DEFAULT_RATE_WPM:.0f}%">\n')
        for number, (_, words) in group:
            pieces.append(_breaks(words[0].start_ms - ended_ms))
            pieces.append(f'<mark name="prompt-{part}-{number}"/>{_sentences(words)}\n')
            ended_ms = words[-1].end_ms
        if slower:
            pieces.append("</prosody>\n")
    return "".join([*pieces, "</p>\n"])


def _sentences(words: Sequence[SpokenWord]) -> str:
    sentences: list[list[SpokenWord]] = [[]]
    for word in words:
        sentences[-1].append(word)
        if ends_sentence(word.text):
            sentences.append([])
    return "".join(f"<s>{_escaped(joined(each))}</s>" for each in sentences if each)


def _breaks(pause_ms: int) -> str:
    whole, rest = divmod(max(0, pause_ms), LONGEST_BREAK_MS)
    lengths_ms = [LONGEST_BREAK_MS] * whole + ([rest] if rest else [])
    return "".join(f'<break time="{ms}ms"/>\n' for ms in lengths_ms)


def _rate_wpm(event: Event) -> int:
    return event.utterance.rate_wpm if event.utterance else DEFAULT_RATE_WPM


def _escaped(text: str) -> str:
    return escape(_NO_XML.sub(" ", text))
