"""SSML (W3C, version 1.1): the session for a voice of one's own, pauses and all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape as escape_xml
from xml.sax.saxutils import quoteattr

from voice_coach.model.speech import DEFAULT_RATE_WPM
from voice_coach.model.timeline import Event
from voice_coach.model.words import ends_sentence, written
from voice_coach.outputs.captions import joined
from voice_coach.outputs.programme import Programme
from voice_coach.outputs.spoken import SpokenWord, placed_chapters, prompts
from voice_coach.outputs.text_file import TextFile
from voice_coach.outputs.xml_text import legal

NAMESPACE = "http://www.w3.org/2001/10/synthesis"

LONGEST_BREAK_MS = 10_000
"""The most that Amazon Polly takes in one ``<break>``; a longer pause is several of them."""


class SsmlFile(TextFile):
    """Writes a paragraph for each chapter, a sentence for each sentence, a mark at each chapter and prompt.

    Pauses are as long as between the prompts of the session, and a rate of ``DEFAULT_RATE_WPM`` is taken for
    the voice's own, 100 %. How long it lasts depends on the voice.

    Three things are as they are for espeak-ng, and good for all: a break stands right before the sentence, or
    the voice's own pause after the one before is added to it; marks between breaks make them add up; and no
    break stands inside ``<prosody>``, which would stretch it.
    """

    def pieces(self, programme: Programme) -> Iterator[str]:
        language = quoteattr(programme.about.language)
        yield (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<speak version="1.1" xmlns="{NAMESPACE}" xml:lang={language}>\n'
            f"{_note(programme.about.full_title)}"
        )
        ended_ms = whole_ms = 0
        for part, placed in enumerate(placed_chapters(programme), 1):
            whole_ms = placed.end_ms
            said: list[str] = []
            for number, (event, words) in enumerate(prompts(programme, placed), 1):
                marks = "" if said else f'<mark name="chapter-{part}"/>'
                marks += f'<mark name="prompt-{part}-{number}"/>'
                said += _breaks(words[0].start_ms - ended_ms, f"pause-{part}-{number}")
                said.append(_sentences(words, marks, _rate_wpm(event)))
                ended_ms = words[-1].end_ms
            if said:
                yield "\n".join(["<p>", *said, "</p>\n"])
        yield "\n".join([*_breaks(whole_ms - ended_ms, "pause-end"), "</speak>\n"])


def _note(title: str) -> str:
    """The title as a comment: ``<metadata>`` is refused by some voices, such as those of Amazon Polly."""
    text = legal(written(title), " ").replace("-", "\N{NON-BREAKING HYPHEN}")  # a comment holds no "--"
    return f"<!-- {text} -->\n" if text else ""


def _sentences(words: Sequence[SpokenWord], marks: str, rate_wpm: int) -> str:
    """The sentences of a prompt, the marks at the start of the first."""
    sentences: list[list[SpokenWord]] = [[]]
    for word in words:
        sentences[-1].append(word)
        if ends_sentence(word.text):
            sentences.append([])
    texts = [_paced(_escaped(joined(each)), rate_wpm) for each in sentences if each]
    return f"<s>{marks}{'</s><s>'.join(texts)}</s>"


def _paced(text: str, rate_wpm: int) -> str:
    if rate_wpm == DEFAULT_RATE_WPM:
        return text
    return f'<prosody rate="{100 * rate_wpm / DEFAULT_RATE_WPM:.0f}%">{text}</prosody>'


def _breaks(pause_ms: int, name: str) -> list[str]:
    """A pause, with marks of this name between its breaks if it takes several."""
    whole, rest = divmod(max(0, pause_ms), LONGEST_BREAK_MS)
    lengths_ms = [LONGEST_BREAK_MS] * whole + ([rest] if rest else [])
    return [
        f'<break time="{ms}ms"/>' + (f'<mark name="{name}-{number}"/>' if number < len(lengths_ms) else "")
        for number, ms in enumerate(lengths_ms, 1)
    ]


def _rate_wpm(event: Event) -> int:
    return event.utterance.rate_wpm if event.utterance else DEFAULT_RATE_WPM


def _escaped(text: str) -> str:
    return escape_xml(legal(text, " "))
