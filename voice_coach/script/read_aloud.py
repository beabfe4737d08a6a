"""What English voices do not read as it is meant: 10 kg is "ten kay gee", 2-3 "two dash three".

Found by listening to espeak-ng; ordinals, degrees, per cent, decimals and 20-second are read well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
_AMOUNT = r"\d+(?:\.\d+)?"
_MISREAD = re.compile(
    r"(?P<joined>(?<![\w{}:])[\w{}:]++(?:/[\w{}:]++)+|(?<![\d-])\d++(?:-\d++){2,}|(?<!\d)\d++[xX]\d+"
    r"|\{[^{}]{0,60}+\}(?:[a-z]{1,3}\b|-\{[^{}]{0,60}+\}))"
    rf"|(?<![\w.-])(?P<amount>{_AMOUNT})(?:(?P<range> ?[-–] ?)(?P<most>{_AMOUNT}))?"
    rf"(?: ?(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![\w'’]))?(?!\w)"
)


def misread(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a text to say that a voice does not read as they are meant, each with what to write."""
    for found in _MISREAD.finditer(text):
        if found["joined"]:
            yield found[0], "write it out as it is said"
        elif found["range"] or found["unit"]:
            most = f" to {found['most']}" if found["range"] else ""
            unit = f" {_UNITS[found['unit']]}" if found["unit"] else ""
            if found["amount"] == "1" and not most:
                unit = unit.removesuffix("s").replace("feet", "foot")
            yield found[0], f"write it out: {found['amount']}{most}{unit}"
