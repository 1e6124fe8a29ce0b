"""What the plot of repeated runs shows."""

from __future__ import annotations

import numpy as np

from kerastune_widget.core.plots import repeat_band
from kerastune_widget.core.repeat import RepeatRow

ROWS = [
    RepeatRow(1, epochs={"val_accuracy": [0.5, 0.7], "val_loss": [2.0, 1.0]}),
    RepeatRow(2, epochs={"val_accuracy": [0.7, 0.9], "val_loss": [1.0, 0.5]}),
    RepeatRow(3, status="failed"),
]


def test_each_run_is_pale_behind_the_mean_and_the_band() -> None:
    spec = repeat_band.build(ROWS, ["val_accuracy", "val_loss"])
    assert [axis.id for axis in spec.axes] == ["val_accuracy", "val_loss"]
    curves = {curve.id: curve for curve in spec.series if curve.axis == "val_accuracy"}
    mean, low, high = (curves[f"val_accuracy/{name}"] for name in ("mean", "low", "high"))
    sd = np.std([0.5, 0.7], ddof=1)
    np.testing.assert_allclose(mean.y, [0.6, 0.8], rtol=1e-6)
    np.testing.assert_allclose([low.y, high.y], [[0.6 - sd, 0.8 - sd], [0.6 + sd, 0.8 + sd]], rtol=1e-6)
    assert (high.fill_to, low.fill_to) == (low.id, None)
    assert [curve.mark for name, curve in curves.items() if "/run" in name] == ["faint", "faint"]
    assert mean.mark == "points" and "2 runs" in mean.title.en and list(mean.x) == [1, 2]


def test_one_run_has_no_band() -> None:
    spec = repeat_band.build(ROWS[:1], ["val_loss"])
    assert [curve.id for curve in spec.series] == ["val_loss/run 0", "val_loss/mean"]


def test_no_run_with_numbers_draws_nothing() -> None:
    assert repeat_band.build(ROWS[2:], ["val_loss"]).series == []
