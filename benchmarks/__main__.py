"""Runs benchmarks: ``make bench``, or ``python -m benchmarks [NAME ...]`` for some of them.

A single one may be given arguments of its own: ``python -m benchmarks soak 3 --loaded``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

_HERE = Path(__file__).parent

_ONLY_NAMED = ("soak",)
"""Half an hour or more each."""


def main(words: list[str]) -> None:
    """Runs the benchmarks of these names; without any, all but the very long ones."""
    known = sorted(path.stem for path in _HERE.glob("*.py") if not path.stem.startswith("_"))
    names, arguments = (words[:1], words[1:]) if words[1:] and words[1] not in known else (words, [])
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]!r}; there are {', '.join(known)}.")
    for name in names or [name for name in known if name not in _ONLY_NAMED]:
        print(f"== {name}", flush=True)
        import_module(f"benchmarks.{name}").main(arguments)
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
