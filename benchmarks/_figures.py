"""Figures that a benchmark finds: printed beside their bounds, kept, and compared with the last ones."""

from __future__ import annotations

import json
import os
import platform
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

RESULTS: Final = Path(__file__).with_name("results")
MOVED: Final = 0.10

_TIMES: Final[dict[str, Callable[[], float]]] = {
    "s": time.perf_counter,
    "s of processor": time.process_time,
}
"""Units that are also given as multiples of the calibration loop, with the clock that measures it."""

_found: dict[str, dict[str, float | str]] = {}


def record(
    name: str, value: float, unit: str = "", *, at_most: float | None = None, at_least: float | None = None
) -> None:
    """Print a figure with its bound, and keep it for ``save``.

    Args:
        name: unique within its benchmark.
        value: seconds where the unit is one of ``_TIMES``; a share from 0 to 1 where it begins with "%".
        unit: printed behind the value.
        at_most: the bound that it must not exceed.
        at_least: the bound that it must reach.
    """
    figure: dict[str, float | str] = {"value": round(float(value), 4), "unit": unit}
    if unit in _TIMES:
        figure["loops"] = round(value / calibration_s(_TIMES[unit]), 2)
    _found[name] = figure
    text = f"{name:<52} {_written(value, unit)}"
    if "loops" in figure:
        text += f" = {figure['loops']:.1f} loops"
    for bound, sign, holds in (
        (at_most, "≤", at_most is None or value <= at_most),
        (at_least, "≥", at_least is None or value >= at_least),
    ):
        if bound is not None:
            text += f"   {sign} {_written(bound, unit).strip()}{'' if holds else ': FAILS'}"
    print(text, flush=True)


def calibration_s(clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds of a fixed loop of Python and numpy, here and now: the best of three."""
    import numpy as np

    samples = np.random.default_rng(0).normal(size=1 << 16)
    took: list[float] = []
    for _ in range(3):
        began = clock()
        for _ in range(6):
            samples = np.fft.irfft(np.fft.rfft(samples))
            sum(number * number for number in range(20_000))
        took.append(clock() - began)
    return min(took)


def save(benchmark: str) -> None:
    """Write what was recorded into this machine's file, and print what moved by more than a tenth.

    Times are compared as multiples of the calibration loop.
    """
    if not _found:
        return
    path = RESULTS / f"{machine()}.json"
    kept: dict[str, dict[str, float | str]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for name, figure in _found.items():
        before = kept.get(f"{benchmark}: {name}", {})
        of = "loops" if "loops" in figure else "value"
        now, was = float(figure[of]), float(before.get(of, figure[of]))
        if abs(now - was) > MOVED * abs(was):
            print(f"moved: {name}: {was:g} -> {now:g} {'loops' if of == 'loops' else figure['unit']}")
        kept[f"{benchmark}: {name}"] = figure | {"load": round(os.getloadavg()[0], 1)}
    path.parent.mkdir(exist_ok=True)
    lines = (f" {_json(name)}: {_json(figure)}" for name, figure in sorted(kept.items()))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    _found.clear()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def machine() -> str:
    """Return a name for machines like this one: system, processor and number of cores."""
    cpuinfo = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else []
    name = f"{platform.system()} {models[0] if models else platform.machine()} {os.cpu_count()} cores"
    return re.sub(r"[^a-z0-9]+", "-", name.replace("(R)", "").lower()).strip("-")


def _written(value: float, unit: str) -> str:
    return f"{value:8.2%}{unit[1:]}" if unit.startswith("%") else f"{value:8.3f} {unit}".rstrip()
