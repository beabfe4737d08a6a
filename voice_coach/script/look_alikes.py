"""What word processors put for spaces and dashes: it looks like structure, and is read as words."""

from __future__ import annotations

import re
import unicodedata

from voice_coach.script.collecting import Collector

DASH = re.compile(r"-(?=[^\W\d]|[\"'{\[])|[–—−•·]")
"""What people begin a step with in the place of a dash and a space."""

AS_STEP = "a step begins with a plain dash (-) and a space"

_WIDE = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_WITHOUT_WIDTH = "\u200b-\u200d\u2060\ufeff"
_ODD = re.compile(f"[{_WIDE}{_WITHOUT_WIDTH}]")
_SPACE = rf"[ \t{_WIDE}{_WITHOUT_WIDTH}]"
_LEAD = rf"^{_SPACE}*+(?:-{_SPACE}++)*+(?:\w[\w-]*+{_SPACE}*+:{_SPACE}++)?"
"""What tells how a line is read: its indentation, its dashes, its key. Compiled when a text needs it."""


def plain_spaces(text: str, problems: Collector) -> str:
    """The text with plain spaces where its structure has odd ones; each line that has any is a problem.

    Within words they do no harm, and stay.
    """
    if not _ODD.search(text):
        return text
    pieces: list[str] = []
    done = 0
    for lead in re.finditer(_LEAD, text, re.MULTILINE):
        odd = _ODD.search(lead[0])
        if odd is None:
            continue
        column = odd.start() + 1
        name = unicodedata.name(odd[0], "odd space").lower()
        message = f"this is a {name} (U+{ord(odd[0]):04X}), pasted from elsewhere, not an ordinary space"
        hint = "type an ordinary space over it" if re.match(f"[{_WIDE}]", odd[0]) else "take it away"
        # splitlines, as the problem's line is found by it too
        line = len(text[: lead.start()].splitlines()) + 1
        problems.add_at(line, column, message, hint)
        pieces += [text[done : lead.start()], re.sub(f"[{_WITHOUT_WIDTH}]", "", lead[0])]
        pieces[-1] = re.sub(f"[{_WIDE}]", " ", pieces[-1])
        done = lead.end()
    return "".join([*pieces, text[done:]])
