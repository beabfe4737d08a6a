"""Results of a fit in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from voice_coach.core.parameters import PARAMETERS, Stretch, fit_effect, format_setting
from voice_coach.core.script import Guidance, SessionEntry, Setting
from voice_coach.core.units import format_clock
from voice_coach.pacing.fit_search import BETWEEN, FitPart, Fitted, GapKind
from voice_coach.pacing.layers import YOURS, Layer, effective_pace

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

_COUNTED: Mapping[str, tuple[str, str]] = {
    "reps": ("rep", "reps"),
    "sets": ("set", "sets"),
    "rounds": ("round", "rounds"),
    "cycles": ("breath", "breaths"),
}

_SHARES = {
    0.03: "a little",
    0.1: "a tenth",
    0.15: "a seventh",
    0.2: "a fifth",
    0.25: "a quarter",
    1 / 3: "a third",
    0.4: "two fifths",
    0.5: "half",
    0.6: "three fifths",
    2 / 3: "two thirds",
    0.75: "three quarters",
}


def fit_report(parts: Sequence[FitPart], fitted: Fitted, *, sided: bool) -> str:
    """Return what a fit did: the length it found, and what is shorter or longer for it.

    Args:
        parts: as they were given to ``fit``.
        fitted: what it found.
        sided: whether anything is done on each side in turn.
    """
    before, after = format_clock(fitted.before_ms), format_clock(fitted.duration_ms)
    clauses = [*_words(parts, fitted), *_times(parts, fitted), *_counts(parts, fitted)]
    if not clauses:
        return f"It is {before} long as it is: nothing had to be changed."
    what = ", ".join(clauses)
    sides = "; both sides equal" if sided else ""
    return f"Fitted to {after}; without that it is {before} long.\n{what[0].upper()}{what[1:]}{sides}."


def blocking_user_values(
    entries: Sequence[SessionEntry | None], layers: Sequence[Sequence[Layer]], *, shorter: bool
) -> str:
    """The person's own values that a fit leaves alone and that keep a session from a time, and what to do.

    Args:
        entries: what has a pace of its own.
        layers: the layers of each.
        shorter: whether the session is to be shorter than it can be; else longer.
    """
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for entry, each in zip(entries, layers, strict=True):
        if entry is None:
            continue
        exercise = entry.exercise
        pace = effective_pace(exercise.tune, each)
        without = effective_pace(exercise.tune, [layer for layer in each if not layer.name.startswith(YOURS)])
        for name, limits in exercise.tune.items():
            own, other = pace.values[name], without.values[name]
            longer = _length(own) > _length(other)
            if fit_effect(name) == "stays" and own != other and longer == shorter:
                texts = format_setting(own, limits.type), format_setting(other, limits.type)
                found[exercise.id, name] = texts
    if not found:
        return ""
    values = ", ".join(f"{name} {own} in {exercise}" for (exercise, name), (own, _) in found.items())
    options = " ".join(f"--set {exercise}.{name}={other}" for (exercise, name), (_, other) in found.items())
    worse = "longer" if shorter else "shorter"
    return f"Your own values make it {worse}: {values}. Without them, for this time: {options}"


def _length(value: Setting) -> int:
    return value if isinstance(value, int) else sum(value)


def _words(parts: Sequence[FitPart], fitted: Fitted) -> Iterator[str]:
    where: dict[Guidance, list[str]] = {}
    for part, layer in zip(parts, fitted.layers, strict=True):
        if layer.guidance:
            where.setdefault(layer.guidance, []).append(part.title or "the opening and closing")
    for guidance, titles in where.items():
        everywhere = all(
            (layer.guidance or part.pace.guidance) == guidance
            for part, layer in zip(parts, fitted.layers, strict=True)
        )
        among = "" if everywhere else f" in {_listed(titles)}"
        yield f"{'fewer' if fitted.words < 0 else 'more'} words ({guidance}){among}"


def _times(parts: Sequence[FitPart], fitted: Fitted) -> Iterator[str]:
    for name in BETWEEN:
        if fitted.shift.of(name):
            yield f"{name} {_changed(_ratio(parts, fitted, name))}"


def _ratio(parts: Sequence[FitPart], fitted: Fitted, name: GapKind) -> float:
    """By how much times of a kind were multiplied: parameters if there are any, else what is written."""
    before = after = 0
    for part, layer in zip(parts, fitted.layers, strict=True):
        for parameter in part.tune:
            value = part.pace.values[parameter]
            if fit_effect(parameter) == name and parameter not in part.fixed and isinstance(value, int):
                changed = layer.values.get(parameter, value)
                before += value
                after += changed if isinstance(changed, int) else value
    if before and name == "rests":
        return after / before
    factors = [(layer.stretch or Stretch()).factor_of(name) for layer in fitted.layers]
    return sum(factors) / len(factors)


def _changed(ratio: float) -> str:
    """Return how much shorter or longer something is."""
    if 0.45 < ratio < 0.55:
        return "half as long"
    if ratio <= 0.45:
        return f"down to {round(100 * ratio)} %"
    if ratio < 1:
        return f"{_share(1 - ratio)} shorter"
    if ratio < 1.45:
        return f"{_share(ratio - 1)} longer"
    if ratio < 1.55:
        return "half as long again"
    if ratio < 1.9:
        return f"{_share(ratio - 1)} longer"
    return "twice as long" if ratio < 2.1 else f"{ratio:.1f} times as long"


def _share(amount: float) -> str:
    return _SHARES[min(_SHARES, key=lambda share: abs(share - amount))]


def _counts(parts: Sequence[FitPart], fitted: Fitted) -> Iterator[str]:
    """Return the fewer and more counts, part by part; parts of the same title and change are one sentence."""
    told = {
        (parts[index].title, name): change
        for (index, name), change in sorted(
            fitted.counts.items(), key=lambda item: (item[0][0], list(PARAMETERS).index(item[0][1]))
        )
    }
    yield from (
        f"{_number(abs(change), *_COUNTED[name])} of {title} {'fewer' if change < 0 else 'more'}"
        for (title, name), change in told.items()
    )


def _listed(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _number(count: int, one: str, many: str) -> str:
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{number} {one if count == 1 else many}"
