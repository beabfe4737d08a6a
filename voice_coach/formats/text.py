"""Text formats: WebVTT, SubRip, LRC, Audacity labels, transcript and SSML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import count, groupby
from textwrap import fill
from xml.sax.saxutils import escape as escape_xml
from xml.sax.saxutils import quoteattr

from voice_coach.core.script import BREATH_PHASES
from voice_coach.core.speech import DEFAULT_RATE_WPM
from voice_coach.core.text import clean_text, ends_sentence, legal
from voice_coach.core.timeline import Event, Mark
from voice_coach.core.units import MS_PER_MINUTE, format_clock, format_timestamp
from voice_coach.formats.base import TextFile
from voice_coach.formats.captions import (
    Caption,
    CaptionLine,
    PlacedChapter,
    SpokenWord,
    chapter_captions,
    join_words,
    placed_chapters,
    prompts,
    spoken_words,
)
from voice_coach.rendering.performance import Programme


class WebVttFile(TextFile):
    """Writes captions numbered from 1, and a note with its title before each chapter."""

    def pieces(self, programme: Programme) -> Iterator[str]:
        yield f"WEBVTT {_note(programme.about.full_title)}".rstrip() + "\n"
        numbers = count(1)
        for placed in placed_chapters(programme):
            yield f"\nNOTE {_note(placed.chapter.title)}".rstrip() + "\n"
            yield "".join(
                f"\n{next(numbers)}\n"
                f"{format_timestamp(caption.start_ms)} --> {format_timestamp(caption.end_ms)}\n"
                f"{_timed(caption)}\n"
                for caption in chapter_captions(programme, placed)
            )


def _timed(caption: Caption) -> str:
    """The lines of a caption, each word but the first behind the time at which it is spoken.

    By the standard these times rise, and lie between the start and the end of the caption.
    """
    latest_ms = caption.start_ms
    lines: list[str] = []
    for line in caption.lines:
        words: list[str] = []
        for word in line:
            told = latest_ms < word.start_ms < caption.end_ms
            latest_ms = word.start_ms if told else latest_ms
            words.append(
                (f"<{format_timestamp(word.start_ms)}>" if told else "") + escape(word.text, quote=False)
            )
        lines.append(" ".join(words))
    return "\n".join(lines)


def _note(text: str) -> str:
    return clean_text(text).replace("-->", "→")


_NOT_MARKUP = str.maketrans({"<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", "{": "(", "}": ")"})
"""Players take these for markup, and there is no way to write them as they are."""


class SubRipFile(TextFile):
    """Writes captions numbered from 1."""

    def pieces(self, programme: Programme) -> Iterator[str]:
        numbers = count(1)
        for placed in placed_chapters(programme):
            yield "".join(
                f"{next(numbers)}\n{_time(caption.start_ms)} --> {_time(caption.end_ms)}\n"
                f"{_plain(caption.texts)}\n\n"
                for caption in chapter_captions(programme, placed)
            )


def _plain(lines: tuple[str, ...]) -> str:
    return "\n".join(line.replace("-->", "→").translate(_NOT_MARKUP) for line in lines)


def _time(ms: int) -> str:
    return format_timestamp(ms).replace(".", ",")


CLEAR_AFTER_MS = 1_000
"""A line stays until the next, so in a longer pause an empty one follows it."""

_NO_TAGS = str.maketrans("[]<>", "()\u2039\u203a")
"""There is no escaping in LRC: what looks like a time would be one."""


class LyricsFile(TextFile):
    """Writes LRC with the times of words in angle brackets, as first the A2 player read them.

    Players show one line at a time: it is the line of a caption. Times are in hundredths, rounded down.
    """

    def pieces(self, programme: Programme) -> Iterator[str]:
        about = programme.about
        tags = {"ti": about.full_title, "ar": about.author, "la": about.language, "re": "voice_coach"}
        yield "".join(
            f"[{tag}:{clean_text(text).translate(_NO_TAGS)}]\n" for tag, text in tags.items() if text
        )
        for placed in placed_chapters(programme):
            lines = [line for each in chapter_captions(programme, placed) for line in each.lines]
            nexts = [*(line[0].start_ms for line in lines), placed.end_ms + CLEAR_AFTER_MS][1:]
            yield "".join(_written(lines, nexts))


def _written(lines: Sequence[CaptionLine], nexts: Sequence[int]) -> Iterator[str]:
    for line, following_ms in zip(lines, nexts, strict=True):
        words = " ".join(f"<{_lyrics_time(word.start_ms)}>{word.text.translate(_NO_TAGS)}" for word in line)
        yield f"[{_lyrics_time(line[0].start_ms)}]{words} <{_lyrics_time(line[-1].end_ms)}>\n"
        if following_ms - line[-1].end_ms >= CLEAR_AFTER_MS:
            yield f"[{_lyrics_time(line[-1].end_ms)}]\n"


def _lyrics_time(ms: int) -> str:
    minutes, rest = divmod(ms, MS_PER_MINUTE)
    return f"{minutes:02}:{rest // 1000:02}.{rest % 1000 // 10:02}"


class LabelTrack(TextFile):
    """Writes a label over each chapter and over each prompt: start and end in seconds, and text, by tabs."""

    def pieces(self, programme: Programme) -> Iterator[str]:
        for placed in placed_chapters(programme):
            yield _label(placed.start_ms, placed.end_ms, placed.chapter.title) + "".join(
                _label(words[0].start_ms, words[-1].end_ms, join_words(words))
                for _, words in prompts(programme, placed)
            )


def _label(start_ms: int, end_ms: int, text: str) -> str:
    return f"{start_ms / 1000:.6f}\t{end_ms / 1000:.6f}\t{clean_text(text)}\n"


LINE_CHARACTERS = 78

_TOLD = {"hold": "Hold for {}.", "rest": "Rest for {}.", "wait": "Get ready: {}.", "move": "Move: {}."}
_PAUSE = "Pause of {}."
_LONG_PAUSE_MS = 10_000
"""A pause between sentences explains itself; one of this length has to be told."""

_BREATH = {"inhale": "in {}", "top": "hold {}", "exhale": "out {}", "bottom": "wait {}"}
_SHORT = ("countdown", "count", "breath")
"""Single words, spoken one by one, that make one sentence."""


class Transcript(TextFile):
    """Writes plain text: title and purpose, then each chapter with a paragraph for each rep."""

    def pieces(self, programme: Programme) -> Iterator[str]:
        about = programme.about
        yield _heading(about.full_title, "=")
        for paragraph in (about.description, about.source and f"Source: {about.source}"):
            if paragraph:
                yield f"\n{_filled(clean_text(paragraph))}\n"
        for placed in placed_chapters(programme):
            title = f"{clean_text(placed.chapter.title)} ({format_clock(placed.start_ms)})"
            paragraphs = [_filled(each) for each in _paragraphs(programme, placed)]
            yield "\n".join(["", _heading(title, "-"), *(f"{each}\n" for each in paragraphs)])


def _paragraphs(programme: Programme, placed: PlacedChapter) -> Iterator[str]:
    told = (event for event in placed.chapter.events if event.lane != "sound")
    for _, events in groupby(told, key=lambda event: _turn(event.mark)):
        sentences = list(_sentences(programme, list(events), placed.start_ms))
        if sentences:
            yield " ".join(sentences)


def _turn(mark: Mark) -> tuple[object, ...]:
    return mark.set, mark.rep, mark.side


def _sentences(programme: Programme, events: Sequence[Event], offset_ms: int) -> Iterator[str]:
    for kind, run in groupby(events, key=_kind):
        if kind == "breathe":
            yield from _breaths(run)
        elif kind in _SHORT:
            said = [text for event in run if (text := _text(programme, event, offset_ms))]
            if said:
                words = ", ".join(said)
                yield f"{words[0].upper()}{words[1:]}."
        else:
            yield from (text for event in run if (text := _text(programme, event, offset_ms)))


def _kind(event: Event) -> str:
    """Return what two events must share to make one sentence, or ""."""
    if event.lane == "speech":
        return event.kind if event.kind in _SHORT else ""
    return "breathe" if event.kind in BREATH_PHASES else ""


def _text(programme: Programme, event: Event, offset_ms: int) -> str:
    if event.lane == "speech":
        said = join_words(spoken_words(programme, event, offset_ms))
        return said.rstrip(".") if event.kind in _SHORT else said
    length_ms = event.end_ms - event.start_ms
    told = _TOLD.get(event.kind, _PAUSE if event.kind == "pause" and length_ms >= _LONG_PAUSE_MS else "")
    return f"[{told.format(_length(length_ms))}]" if told else ""


def _breaths(phases: Iterable[Event]) -> Iterator[str]:
    """Guided breaths that nothing interrupts, those of one pattern in one sentence."""
    each_s = ((phase.kind, phase.end_ms - phase.start_ms) for phase in phases)
    told = ", ".join(_BREATH[kind].format(_length(ms)) for kind, ms in dict.fromkeys(each_s))
    yield f"[Breathe {told}.]"


def _length(ms: int) -> str:
    """A length in words: ``1 minute 30 seconds``, ``4.5 seconds``."""
    minutes, rest = divmod(ms, 60_000)
    counts = ((minutes, "minute"), (round(rest / 1000, 1), "second"))
    return " ".join(f"{count:g} {unit}{'' if count == 1 else 's'}" for count, unit in counts if count)


def _heading(text: str, line: str) -> str:
    title = clean_text(text)
    return f"{title}\n{line * len(title)}\n"


def _filled(paragraph: str) -> str:
    return fill(paragraph, LINE_CHARACTERS, break_long_words=False, break_on_hyphens=False)


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
            f"{_ssml_note(programme.about.full_title)}"
        )
        ended_ms = whole_ms = 0
        for part, placed in enumerate(placed_chapters(programme), 1):
            whole_ms = placed.end_ms
            said: list[str] = []
            for number, (event, words) in enumerate(prompts(programme, placed), 1):
                marks = "" if said else f'<mark name="chapter-{part}"/>'
                marks += f'<mark name="prompt-{part}-{number}"/>'
                said += _breaks(words[0].start_ms - ended_ms, f"pause-{part}-{number}")
                said.append(_ssml_sentences(words, marks, _rate_wpm(event)))
                ended_ms = words[-1].end_ms
            if said:
                yield "\n".join(["<p>", *said, "</p>\n"])
        yield "\n".join([*_breaks(whole_ms - ended_ms, "pause-end"), "</speak>\n"])


def _ssml_note(title: str) -> str:
    """The title as a comment: ``<metadata>`` is refused by some voices, such as those of Amazon Polly."""
    text = legal(clean_text(title), " ").replace("-", "\N{NON-BREAKING HYPHEN}")  # a comment holds no "--"
    return f"<!-- {text} -->\n" if text else ""


def _ssml_sentences(words: Sequence[SpokenWord], marks: str, rate_wpm: int) -> str:
    """The sentences of a prompt, the marks at the start of the first."""
    sentences: list[list[SpokenWord]] = [[]]
    for word in words:
        sentences[-1].append(word)
        if ends_sentence(word.text):
            sentences.append([])
    texts = [_paced(_escaped(join_words(each)), rate_wpm) for each in sentences if each]
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
