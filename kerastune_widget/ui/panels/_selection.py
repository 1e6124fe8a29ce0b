"""Which runs are on the chart, and which of them is looked at; the only place that knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...core.plots.runs import assign_colours
from ...core.training import RunLike


class Selection:
    """The runs that are overlaid, oldest first, and the one in focus: its marks and findings are drawn.

    The run that started last comes into focus by itself, together with those it cannot be read without: the other runs
    of its sweep, the runs of its race, or the one it was branched from. A run that a person ticked or pinned stays.
    The runs of a proof come by themselves neither into focus nor onto the chart. Read and changed under the context's
    lock only.

    Attributes:
        shown: Numbers of the overlaid runs, ascending; empty only before the first run.
        focus: Number of the run in focus, always one of ``shown``; None before the first run.
        colours: Place in the palette of every run that is or was shown, by number; those shown differ if they can.
        version: Grows with every change, so that a panel sees whether it is behind.
    """

    def __init__(self) -> None:
        self.shown: tuple[int, ...] = ()
        self.focus: int | None = None
        self.colours: Mapping[int, int] = {}
        self.version = 0
        self._runs: Sequence[RunLike] = ()
        self._ticks: dict[int, bool] = {}  # what a person ticked or unticked; the rest shows by itself or not
        self._companions: frozenset[int] = frozenset()
        self._races: Sequence[Sequence[int]] = ()
        self._came: int | None = None  # what came into focus by itself last
        self._group: object = None  # its sweep or race
        self._held = False
        self._settled: tuple[tuple[int, ...], int | None] = ((), None)
        self._observers: list[Callable[[], None]] = []

    def observe(self, handler: Callable[[], None]) -> None:
        """Call ``handler``, under the context's lock, after each change."""
        self._observers.append(handler)

    def follow(self, runs: Sequence[RunLike], started: int | None = None, races: Sequence[Sequence[int]] = ()) -> None:
        """Take in the session's runs.

        Args:
            runs: All of them, oldest first.
            started: Number of a person's own run that began or went on since the last time; None when none did.
            races: The numbers of the runs of each race, those to be drawn together.
        """
        self._runs = runs
        joined = races != self._races
        self._races = races
        run = self._find(started)
        if joined and run is None:
            self._companions = frozenset(self._belonging(self._find(self._came)))
        if run is not None:
            self._come_to(run)
        elif self._find(self.focus) is None:
            self._hand_on()
        self._settle()

    def tick(self, number: int, shown: bool) -> None:
        """Overlay a run, or take it off; the last one stays."""
        if shown or self.shown != (number,):
            self._ticks[number] = shown
        if number == self.focus and not shown and len(self.shown) > 1:
            self.focus = [other for other in self.shown if other != number][-1]
        self._settle()

    def look_at(self, number: int) -> None:
        """Bring a run into focus, overlaying it if need be; another run of a sweep that goes on does not take over."""
        if self._find(number) is None:
            return
        if self._ticks.get(number) is False:
            del self._ticks[number]
        self.focus, self._held = number, True
        self._settle()

    def only(self, number: int) -> None:
        """Take every run but this one off the chart."""
        if self._find(number) is None:
            return
        self.focus, self._held = number, True
        self._ticks = {run.number: False for run in self._runs if run.number != number}
        self._settle()

    def _hand_on(self) -> None:
        """The run in focus is gone: go to another one on the chart, else to the newest."""
        left = [number for number in self.shown if self._find(number) is not None]
        if left:
            self.focus, self._held = left[-1], False
        else:
            self._come_to(next((run for run in reversed(self._runs) if run.proof is None), None))

    def _come_to(self, run: RunLike | None) -> None:
        """Bring a run that started into focus, unless a person looks at another while a sweep goes on."""
        group = self._group_of(run)
        going_on = group is not None and group == self._group
        self._group, self._came = group, run.number if run is not None else None
        self._companions = frozenset(self._belonging(run))
        if run is not None:
            self._ticks.pop(run.number, None)
        if not (going_on and self._held and self._find(self.focus) is not None):
            self.focus, self._held = (run.number if run is not None else None), False

    def _belonging(self, run: RunLike | None) -> list[int]:
        """Return a run's number with those of its sweep, of its race and of its parent."""
        if run is None:
            return []
        siblings = [other.number for other in self._runs if run.sweep is not None and other.sweep == run.sweep]
        rivals = [number for race in self._races if run.number in race for number in race]
        return [run.number, *siblings, *rivals, *([run.parent.run] if run.parent is not None else [])]

    def _group_of(self, run: RunLike | None) -> object:
        """Return what tells a run's sweep or race from others; None for a run on its own."""
        if run is None:
            return None
        race = next((place for place, race in enumerate(self._races) if run.number in race), None)
        return ("race", race) if race is not None else ("sweep", run.sweep) if run.sweep is not None else None

    def _settle(self) -> None:
        """Work out what is shown; tell the observers if anything changed."""
        shown = tuple(sorted(run.number for run in self._runs if self._is_shown(run)))
        if (shown, self.focus) == self._settled:
            return
        self._settled, self.shown = (shown, self.focus), shown
        self.colours = {**self.colours, **assign_colours(shown, self.colours)}
        self.version += 1
        for handler in self._observers:
            handler()

    def _is_shown(self, run: RunLike) -> bool:
        if run.number == self.focus:
            return True
        return self._ticks.get(run.number, run.pinned or run.number in self._companions)

    def _find(self, number: int | None) -> RunLike | None:
        return next((run for run in self._runs if run.number == number), None)
