"""Repeat: the same settings over several seeds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..core.repeat import GOVERNED, noise_floor
from ..core.seeds import seeds_of
from .repeated import Repeated


def noise_floor_of(repeats: Iterable[Repeat], metric: str, *, best: bool = False) -> float | None:
    """Return the noise floor by the repeat with most finished runs, the newest of equals; None while there is none.

    Args:
        repeats: All of a session, oldest first; those that vary less than what the seed governs are passed over.
        metric: By Keras's name.
        best: Of the best value over the epochs; else of the last one.
    """
    told = [one for one in repeats if one.ended and set(one.vary) == set(GOVERNED) and metric in one.metrics]
    each = [[row.best(metric) if best else row.value(metric) for row in repeat.rows] for repeat in told]
    return noise_floor(max(reversed(each), key=lambda values: sum(map(math.isfinite, values)), default=()))


class Repeat(Repeated):
    """The same settings over several seeds, going on or ended. Made by a ``Session``; safe to read from any thread.

    Args:
        number: No other repeat of the session has it, those of spreads included.
        seeds: The seed of each run.
        vary: Which sources of chance draw by it.
        metric: What the table shows, by Keras's name; None for the first metric of the validation data, or the loss.

    Example:
        >>> repeat = session.repeat(10, epochs=20)
        >>> found = repeat.statistics("val_accuracy")
        >>> print(f"{found.mean:.3f} ± {found.sd:.3f}, 95% interval of the mean {found.low:.3f} to {found.high:.3f}")
    """

    def __init__(self, number: int, seeds: Sequence[int], vary: Sequence[str], metric: str | None) -> None:
        super().__init__(number, len(seeds), metric)
        self._seeds, self._vary = tuple(seeds), tuple(vary)

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each run."""
        return self._seeds

    @property
    def vary(self) -> tuple[str, ...]:
        """Which sources of chance differ: "weights", "order", "dropout", "split", "subset"."""
        return self._vary

    @property
    def noise_floor(self) -> float | None:
        """The difference in the table's metric below which two single runs may well differ by chance alone."""
        return self.statistics().noise_floor

    @property
    def on_own_data(self) -> bool:
        """Whether all its runs see the session's own data."""
        return not {"split", "subset"} & set(self._vary)

    def plan(self, base: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the hyperparameters of each run.

        Args:
            base: Those that they share.
        """
        fixed = seeds_of(base)
        for seed in self._seeds:
            if set(GOVERNED) <= set(self._vary):  # as a person writes it: run(seed=..., start="new")
                yield {**base, "seed": seed, **{f"{name}_seed": None for name in GOVERNED}}
                continue
            own = {f"{name}_seed": seed if name in self._vary else getattr(fixed, name) for name in GOVERNED}
            yield {**base, **own}

    def __repr__(self) -> str:
        found = self.statistics()
        sd = "" if found.sd is None else f" ± {found.sd:.3g}"
        standing = f"{found.metric} {found.mean:.4g}{sd}" if found.count else "no number yet"
        return f"<Repeat {self.number}: {len(self.rows)} of {self.planned} runs, {standing}>"
