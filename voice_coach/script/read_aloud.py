"""Numbers and abbreviations that English voices do not read as they are meant.

Found by listening to espeak-ng: 10 kg is "ten kay gee", 2-3 "two dash three", 2–3 "two three", 2,5 "two
five". So every number is told unless it is written plainly: in the digits 0 to 9, with a decimal point at
most, as an ordinal, before ° or %, or joined to letters as in L4, 3D and 20-second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

AS_SAID = "write it out as it is said"

_UNITS = {
    "kg": "kilograms",
    "g": "grams",
    "lb": "pounds",
    "lbs": "pounds",
    "km": "kilometres",
    "m": "metres",
    "cm": "centimetres",
    "mm": "millimetres",
    "ft": "feet",
    "ml": "millilitres",
    "l": "litres",
    "h": "hours",
    "hr": "hours",
    "hrs": "hours",
    "min": "minutes",
    "mins": "minutes",
    "sec": "seconds",
    "secs": "seconds",
    "s": "seconds",
    "x": "times",
    "X": "times",
}
_LETTER = r"[^\W\d_]"
_DASH = "[-\u2010-\u2015\u2212]"
_NUMERAL = "[\\d²³¹¼-¾\u2070-\u209f\u2150-\u218b\u2460-\u24ff\u2776-\u2793]"
"""A digit, or another sign that stands for a number."""

_OPENING, _CLOSING = "([\"'“\u2018«", ")]\"'”’».,;:!?…"
_BEFORE = rf"[{re.escape(_OPENING)}]*+(?:[^\s\d{{}}]*{_LETTER}{_DASH})?"
_AFTER = rf"[{re.escape(_CLOSING)}]*+(?:{_DASH}(?:{_LETTER}[^\s\d{{}}]*)?)?(?!\S)"
"""What may stand around a number and is read as it is meant: punctuation, and a word joined by a dash."""

_GROUPED = r"[1-9][0-9]{0,2}(?: [0-9]{3}(?![0-9]))+(?:[.,][0-9]+)?"
_AMOUNT = rf"(?:\{{[^\s{{}}]+\}}|{_GROUPED}|[0-9]+(?:[.,'’_][0-9]+)*)"
_UNIT = rf"(?: ?(?:[°%]|(?:{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?!['’\w]|-{_LETTER})))?"
_NUMBER = re.compile(
    rf"{_BEFORE}(?P<number>(?P<least>{_AMOUNT})(?P<unit>{_UNIT})"
    rf"(?:(?P<dash> ?{_DASH} ?)(?P<most>{_AMOUNT})(?P<most_unit>{_UNIT}))?)(?={_AFTER})"
)
_JOINED_TO_LETTERS = re.compile(
    rf"{_BEFORE}(?:[0-9]+(?:st|nd|rd|th)|{_LETTER}+[0-9]+|[0-9]+[A-WYZ])(?={_AFTER})"
)
_IN_BRACES = re.compile(r"\{[^{}]*\}")
_JOINED = re.compile(r"(?<![\w{}:])[\w{}:]++(?:/[\w{}:]++)+|\{[^{}]{0,60}+\}[a-z]{1,3}\b")
"""Words on both sides of a slash, and a name in braces with an abbreviation."""

_ANY = re.compile(rf"{_NUMERAL}|[{{/]")
"""What every part that may be misread holds."""

_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\{.*")
_EITHER = re.compile(r"[1-9][0-9]{0,2}\.[0-9][0-9]0")
"""In English a decimal point, elsewhere a thousand: nobody says three decimals of which the last is 0."""

_BY_SPACE = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_BY_COMMA = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_BY_MARK = re.compile(r"[1-9][0-9]{0,2}(?:['’_][0-9]{3})+(?:[.,][0-9]+)?")
_BY_POINT = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,})")
"""Thousands, by the sign that stands between them."""

_DECIMAL = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")


def misread(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text that a voice does not read as they are meant, each with what to do."""
    if not _ANY.search(text):  # as most texts; looking at every word of thousands takes its time
        return
    end = 0
    for run in re.finditer(r"\S+", text):
        if run.start() < end:
            continue
        if number := _NUMBER.match(text, run.start()):
            end = number.end()
            if advice := _advice(number):
                yield number["number"], advice
        elif re.search(_NUMERAL, _IN_BRACES.sub("", run[0])):
            if not _JOINED_TO_LETTERS.match(run[0]):
                yield run[0].lstrip(_OPENING).rstrip(_CLOSING), AS_SAID
        else:
            yield from ((joined[0], AS_SAID) for joined in _JOINED.finditer(run[0]))


def _advice(number: re.Match[str]) -> str:
    """Return what to do about a number, or two with a dash between; "" where it is read as it is meant."""
    amounts, units = [number["least"]], [number["unit"].replace(" ", "")]
    dash = number["dash"] or ""
    if dash:
        amounts.append(number["most"])
        units.append(number["most_unit"].replace(" ", ""))
    elif _is_plain(amounts[0]) and units[0] in ("", "°", "%"):
        return ""
    names = sum(amount.startswith("{") for amount in amounts)
    if names and " " in dash:
        return ""  # between words it is a pause
    as_thousands, as_decimals = (_reading(amounts, units, grouped=grouped) for grouped in (True, False))
    if names == len(amounts) or not (as_thousands or as_decimals):
        return AS_SAID
    hint = f"write it out: {as_thousands or as_decimals}"
    if as_thousands and as_decimals and as_thousands != as_decimals:
        sign = "comma" if "," in number["number"] else "point"
        return f"{hint}, or {as_decimals} if the {sign} is a decimal one"
    if any(" " in amount for amount in amounts):
        return f"{hint}, if that is one number"
    if " " in dash:
        return f"{hint}, or put a comma for the dash if it is a pause"
    if re.fullmatch(r"[0-9]+,[0-9]+", number["number"]):
        return f"{hint}, or a space after the comma if these are two numbers"
    return hint


def _reading(amounts: list[str], units: list[str], *, grouped: bool) -> str:
    """Return amounts with their units so that they are read well; "" where they do not make one number each.

    Args:
        amounts: one, or the two ends of a range.
        units: the unit of each as it is written, "" for none.
        grouped: whether the sign before three digits stands between thousands.
    """
    said = [_plain(amount, grouped=grouped) for amount in amounts]
    if not all(said):
        return ""
    for place, unit in enumerate(units):
        if unit in _UNITS:
            word = _UNITS[unit]
            if said[place] == "1":
                word = word.removesuffix("s").replace("feet", "foot")
            if unit not in units[place + 1 :]:
                said[place] += f" {word}"
        else:
            said[place] += unit
    return " to ".join(said)


def _is_plain(amount: str) -> bool:
    return bool(_PLAIN.fullmatch(amount)) and not _EITHER.fullmatch(amount)


def _plain(amount: str, *, grouped: bool) -> str:
    """Return an amount in digits and a decimal point; "" where it is not surely one number."""
    if _is_plain(amount):
        return amount
    if _BY_MARK.fullmatch(amount) or (grouped and _BY_SPACE.fullmatch(amount)):
        amount = re.sub(r"[ '’_]", "", amount)
    elif grouped and _BY_COMMA.fullmatch(amount):
        amount = amount.replace(",", "")
    elif _BY_POINT.fullmatch(amount) or (grouped and _EITHER.fullmatch(amount)):
        amount = amount.replace(".", "")
    if not (decimal := _DECIMAL.fullmatch(amount)):
        return ""
    whole, rest = decimal[1].lstrip("0") or "0", (decimal[2] or "").rstrip("0")
    return f"{whole}.{rest}" if rest else whole
