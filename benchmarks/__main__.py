"""Runs benchmarks: ``make bench``, or ``python -m benchmarks [NAME ...]`` for some of them."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

_HERE = Path(__file__).parent


def main(names: list[str]) -> None:
    """Runs the benchmarks of these names, all if there are none."""
    known = sorted(path.stem for path in _HERE.glob("*.py") if not path.stem.startswith("_"))
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]!r}; there are {', '.join(known)}.")
    for name in names or known:
        print(f"== {name}", flush=True)
        import_module(f"benchmarks.{name}").main([])
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
