"""Runs benchmarks: ``make bench``, or ``python -m benchmarks [NAME ...]`` for some of them.

A single one may be given arguments of its own: ``python -m benchmarks soak 3 --loaded``. Figures are kept in
``results/MACHINE.json``, which is committed; what moved by more than a tenth since then is told. Times are
also given as multiples of a loop that is measured beside them, and compared as such.

Of voices, each with ``--voice ENGINE:NAME`` for any (the default one, and espeak beside it):

=============  ==========================================================================================
voice_quality  words wrong in quiet and in noise, one-word prompts understood, errors of word times
naturalness    scores of DistillMOS; needs an environment of its own, see there
same_bytes     clips that differ between processes, orders and threads
export         time and memory of an export that the engine speaks, beside the bare engine; warm
start          time until the first sound; the first word against its place in the timeline
playing        memory and share of a core while sessions are played
memory         memory of exports by length
=============  ==========================================================================================
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from benchmarks._figures import save

_HERE = Path(__file__).parent

_ONLY_NAMED = ("soak",)
"""Half an hour or more each."""


def main(words: list[str]) -> None:
    """Run the benchmarks of these names; without any, all but the very long ones."""
    known = sorted(path.stem for path in _HERE.glob("*.py") if not path.stem.startswith("_"))
    names, arguments = (words[:1], words[1:]) if words[1:] and words[1] not in known else (words, [])
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]!r}; there are {', '.join(known)}.")
    for name in names or [name for name in known if name not in _ONLY_NAMED]:
        print(f"== {name}", flush=True)
        import_module(f"benchmarks.{name}").main(arguments)
        save(name)
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
