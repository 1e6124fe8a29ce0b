"""What the live chart holds on the kernel's side, and the messages that carry it to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.plot import Annotation, PlotSpec, Series
from .palette import DARK, LIGHT, SEVERITY_COLOURS

Message = tuple[dict[str, Any], bytes]
Picks = Mapping[int, tuple[Sequence[int], Sequence[int]]]
"""What can be picked in each run: epochs, counted from 1, and the positions of their ends."""

_COLOURS = {"palettes": {"light": LIGHT, "dark": DARK}, "severities": SEVERITY_COLOURS}
_generations = count(1)  # never repeats in a process, so that a page can't mistake one whole for another


class GrowingCurve:
    """Numbers of one curve that only ever grow; room is doubled, so that appending is cheap."""

    def __init__(self, x: ArrayLike, y: ArrayLike) -> None:
        self.count = 0
        self._room = np.empty((2, 256), dtype=np.float32)
        self.extend(x, y)

    @property
    def numbers(self) -> NDArray[np.float32]:
        """Positions and values, two rows; a view that the next ``extend`` may outdate."""
        return self._room[:, : self.count]

    def extend(self, x: ArrayLike, y: ArrayLike) -> None:
        """Append numbers.

        Raises:
            ValueError: If there are not as many positions as values.
        """
        with np.errstate(over="ignore"):
            new_x, new_y = (np.atleast_1d(np.asarray(part, dtype=np.float32)) for part in (x, y))
        if new_x.shape != new_y.shape or new_x.ndim != 1:
            raise ValueError(f"x and y must be of equal length; received shapes {new_x.shape} and {new_y.shape}.")
        end = self.count + len(new_x)
        if end > self._room.shape[1]:
            room = np.empty((2, max(end, 2 * self._room.shape[1])), dtype=np.float32)
            room[:, : self.count] = self.numbers
            self._room = room
        self._room[0, self.count : end], self._room[1, self.count : end] = new_x, new_y
        self.count = end

    def begins(self, series: Series) -> bool:
        """Tell whether ``series`` starts with exactly the numbers held."""
        x, y = self.numbers
        return (
            len(series.x) >= self.count
            and np.array_equal(x, series.x[: self.count])
            and np.array_equal(y, series.y[: self.count], equal_nan=True)
        )


class ChartStore:
    """One plot that grows. Not safe by itself: the chart's lock guards it."""

    def __init__(self, spec: PlotSpec) -> None:
        self._sequence = 0
        self._picks: dict[str, dict[str, list[int]]] = {}
        self.replace(spec)

    def replace(self, spec: PlotSpec) -> None:
        """Forget everything and hold ``spec``."""
        self._generation = next(_generations)
        self._curves = {curve.id: GrowingCurve(curve.x, curve.y) for curve in spec.series}
        self._spec = _without_numbers(spec)

    @property
    def ids(self) -> frozenset[str]:
        """The curves that numbers can be appended to."""
        return frozenset(self._curves)

    @property
    def annotations(self) -> Sequence[Annotation]:
        """The vertical marks as they stand."""
        return self._spec.annotations

    @property
    def empty(self) -> bool:
        """Whether no curve has a number yet."""
        return not any(curve.count for curve in self._curves.values())

    def spec(self) -> PlotSpec:
        """Return the plot as it stands, numbers included (copies)."""
        series = []
        for part in self._spec.series:
            x, y = self._curves[part.id].numbers.copy()
            series.append(replace(part, x=x, y=y))
        return replace(self._spec, series=series)

    def whole(self) -> Message:
        """Return the message that carries everything."""
        counts = [{"id": name, "start": 0, "count": curve.count} for name, curve in self._curves.items()]
        numbers = b"".join(curve.numbers.tobytes() for curve in self._curves.values())
        spec = {**self._spec.to_json(), **_COLOURS}
        return self._message("whole", counts, spec=spec, picks=self._picks), numbers

    def advance(self, spec: PlotSpec) -> Message | None:
        """Take over ``spec`` and return the message that brings the page there; None if it is there already.

        Only what is new travels: numbers of curves that are held and go on, and curves that come.
        """
        if _structure(spec) != _structure(self._spec) or not all(map(self._continues, spec.series)):
            return self._reshape(spec)
        numbers = {}
        for part in spec.series:
            held = self._curves[part.id].count
            if len(part.x) > held:
                numbers[part.id] = (part.x[held:], part.y[held:])
        return self.extend(numbers, _marks(spec))

    def extend(self, numbers: Mapping[str, tuple[ArrayLike, ArrayLike]], marks: Mapping[str, Any]) -> Message | None:
        """Append numbers, change marks, and return the message that says so; None if nothing is new.

        Args:
            numbers: Positions and values by curve; those of a curve that is not in the plot are ignored.
            marks: New values of the spec's ``annotations``, ``spans`` or ``epoch_ends``.
        """
        starts = {name: self._curves[name].count for name in numbers if name in self._curves}
        for name in starts:
            self._curves[name].extend(*numbers[name])
        marks = {"epoch_ends": self._epoch_ends(starts), **marks}
        changed = {name: value for name, value in marks.items() if list(value) != list(getattr(self._spec, name))}
        self._spec = replace(self._spec, **changed)
        parts = [
            {"id": name, "start": start, "count": self._curves[name].count - start} for name, start in starts.items()
        ]
        if not changed and not any(part["count"] for part in parts):
            return None
        described = self._spec.to_json()
        new = b"".join(self._curves[name].numbers[:, start:].tobytes() for name, start in starts.items())
        return self._message("delta", parts, **{name: described[name] for name in changed}), new

    def mark(self, **marks: Any) -> Message | None:
        """Change ``annotations``, ``spans`` or ``epoch_ends``; return the message that says so, if anything changed."""
        return self.extend({}, marks)

    def offer(self, picks: Picks) -> Message | None:
        """Say which ends of epochs can be picked, and no others; return the message unless it is known."""
        offered = {
            str(run): {"epochs": [int(epoch) for epoch in epochs], "ends": [int(end) for end in ends]}
            for run, (epochs, ends) in picks.items()
        }
        if offered == self._picks:
            return None
        self._picks = offered
        return self._message("delta", [], picks=offered), b""

    def _continues(self, part: Series) -> bool:
        return part.id in self._curves and self._curves[part.id].begins(part)

    def _reshape(self, spec: PlotSpec) -> Message:
        """Hold ``spec``; the page keeps the curves that go on, so that another run beside them moves nothing."""
        starts = {part.id: self._curves[part.id].count if self._continues(part) else 0 for part in spec.series}
        if not any(starts.values()):
            self.replace(spec)
            return self.whole()
        self._curves = {
            part.id: self._grown(part, starts[part.id]) if starts[part.id] else GrowingCurve(part.x, part.y)
            for part in spec.series
        }
        self._spec = _without_numbers(spec)
        parts = [
            {"id": name, "start": starts[name], "count": curve.count - starts[name]}
            for name, curve in self._curves.items()
        ]
        new = b"".join(curve.numbers[:, starts[name] :].tobytes() for name, curve in self._curves.items())
        return self._message("delta", parts, spec=self._spec.to_json()), new

    def _grown(self, part: Series, held: int) -> GrowingCurve:
        curve = self._curves[part.id]
        curve.extend(part.x[held:], part.y[held:])
        return curve

    def _epoch_ends(self, starts: Mapping[str, int]) -> list[int]:
        """Return the known ends of epochs and those that new points (one an epoch) tell."""
        ends = list(self._spec.epoch_ends)
        counts_steps = any(part.smooth for part in self._spec.series)
        for part in self._spec.series if counts_steps else ():
            if part.mark != "points" or part.id not in starts:
                continue
            for x in self._curves[part.id].numbers[0, starts[part.id] :].tolist():
                if not ends or x > ends[-1]:
                    ends.append(int(x))
        return ends

    def _message(self, kind: str, curves: list[dict[str, Any]], **parts: Any) -> dict[str, Any]:
        self._sequence += kind == "delta"
        return {
            "kind": kind,
            "generation": self._generation,
            "sequence": self._sequence,
            "curves": curves,
            **parts,
        }


def _marks(spec: PlotSpec) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in ("annotations", "spans", "epoch_ends")}


def _without_numbers(spec: PlotSpec) -> PlotSpec:
    nothing = np.empty(0, dtype=np.float32)
    return replace(spec, series=[replace(curve, x=nothing, y=nothing) for curve in spec.series])


def _structure(spec: PlotSpec) -> dict[str, Any]:
    described = spec.to_json()
    return {name: part for name, part in described.items() if name not in _marks(spec)}
