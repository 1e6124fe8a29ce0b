"""Real data that installed packages carry: loaded, split with a fixed seed, and scaled as a careful author would.

No data set is used in both halves; those of the fresh set are in ``fresh_data``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from .recipe import Array, Rows

Split = tuple[Rows, Rows]


@cache
def digits() -> Split:
    """Return 8 by 8 pictures of digits, 0 to 1."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return split(x.reshape(-1, 8, 8, 1) / 16, y, validation=0.25, classes=True)


def even_digits() -> Split:
    """Return the same pictures and whether the digit is even."""
    first, second = digits()
    return Rows(first.x, (first.y % 2 == 0).astype(np.int32)), Rows(second.x, (second.y % 2 == 0).astype(np.int32))


@cache
def wine() -> Split:
    """Return 13 measurements of wines of three growers."""
    from sklearn.datasets import load_wine

    x, y = load_wine(return_X_y=True)
    return standardised(*split(x, y, validation=0.4, classes=True))


@cache
def iris() -> Split:
    """Return 4 measurements of three kinds of iris."""
    from sklearn.datasets import load_iris

    x, y = load_iris(return_X_y=True)
    return standardised(*split(x, y, validation=0.4, classes=True))


@cache
def diabetes() -> Split:
    """Return 10 measurements and the progress of an illness a year later, in standard deviations."""
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True)
    return standardised(*split(x, y, validation=0.3), targets=True)


@cache
def sunspots() -> Split:
    """Return eleven years of sunspot numbers and the year that follows."""
    from statsmodels.datasets import sunspots as source

    series = np.log1p(source.load_pandas().data["SUNACTIVITY"].to_numpy())
    return standardised(*split(*windows(series, 11), validation=0.3), targets=True)


@cache
def cancer() -> Split:
    """Return 30 measurements of cells and whether they are benign."""
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    return standardised(*split(x, y, validation=0.35, classes=True))


@cache
def patches() -> Split:
    """Return 8 by 8 colour patches of two photographs and which of the two they are from."""
    from sklearn.datasets import load_sample_images

    pieces, labels = [], []
    for label, image in enumerate(load_sample_images().images):
        grid = image[:416, :640].reshape(26, 16, 40, 16, 3)[:, ::2, :, ::2].swapaxes(1, 2)
        pieces.append(grid.reshape(-1, 8, 8, 3) / 255)
        labels.append(np.full(26 * 40, label))
    return split(np.concatenate(pieces), np.concatenate(labels), validation=0.3, classes=True)


@cache
def penguins() -> Split:
    """Return 4 measurements of penguins of three species."""
    from palmerpenguins import load_penguins

    frame = load_penguins().dropna()
    x = frame[["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]].to_numpy(dtype=np.float64)
    return standardised(*split(x, frame["species"].factorize(sort=True)[0], validation=0.4, classes=True))


@cache
def cars() -> Split:
    """Return 6 facts of cars and their miles per gallon, in standard deviations."""
    from vega_datasets import local_data

    frame = local_data.cars()
    names = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"]
    frame = frame.dropna(subset=[*names, "Miles_per_Gallon"])
    x = np.column_stack([frame[names].to_numpy(dtype=np.float64), frame["Year"].dt.year])
    return standardised(*split(x, frame["Miles_per_Gallon"].to_numpy(), validation=0.35), targets=True)


@cache
def carbon_dioxide() -> Split:
    """Return a year of weekly changes of carbon dioxide in the air and the month's change that follows."""
    from statsmodels.datasets import co2 as source

    series = source.load_pandas().data["co2"].interpolate().to_numpy()
    x, y = windows(np.diff(series[::4]), 13)
    return standardised(*split(x, y, validation=0.35), targets=True)


def windows(series: Array, length: int) -> tuple[Array, Array]:
    """Return every stretch of ``length`` values and the value that follows."""
    parts = np.lib.stride_tricks.sliding_window_view(series, length + 1)
    return parts[:, :-1].copy(), parts[:, -1].copy()


def split(x: Array, y: Array, *, validation: float, classes: bool = False) -> Split:
    """Return training and validation rows, drawn at random, classes in equal shares."""
    from sklearn.model_selection import train_test_split

    parts = train_test_split(x, y, test_size=validation, random_state=0, stratify=y if classes else None)
    kind = np.int32 if classes else np.float32
    return (
        Rows(parts[0].astype(np.float32), parts[2].astype(kind)),
        Rows(parts[1].astype(np.float32), parts[3].astype(kind)),
    )


def standardised(training: Rows, validation: Rows, *, targets: bool = False) -> Split:
    """Return the rows with every feature (and the target) in standard deviations of the training rows."""
    x = _scaler(training.x)
    y: Callable[[Array], Array] = _scaler(training.y) if targets else lambda given: given
    return Rows(x(training.x), y(training.y)), Rows(x(validation.x), y(validation.y))


def _scaler(values: Array) -> Callable[[Array], Array]:
    centre, spread = values.mean(axis=0), values.std(axis=0)
    return lambda given: ((given - centre) / spread).astype(np.float32)
