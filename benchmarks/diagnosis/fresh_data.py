"""Data of the fresh set: generated, or small public tables, none of them used by the two halves."""

from __future__ import annotations

from functools import cache

import numpy as np

from .data import Split, split, standardised, windows
from .recipe import Array


@cache
def blobs() -> Split:
    """Return points around five centres that touch."""
    from sklearn.datasets import make_blobs

    x, y = make_blobs(900, n_features=8, centers=5, cluster_std=4.0, random_state=3)
    return standardised(*split(x, y, validation=0.35, classes=True))


@cache
def clusters() -> Split:
    """Return four classes of two clusters each, with features that say nothing."""
    from sklearn.datasets import make_classification

    x, y = make_classification(
        1200, n_features=16, n_informative=8, n_classes=4, n_clusters_per_class=2, class_sep=2.0, random_state=5
    )
    return standardised(*split(x, y, validation=0.35, classes=True))


@cache
def moons() -> Split:
    """Return two half-moons, turned into eight dimensions."""
    from sklearn.datasets import make_moons

    x, y = make_moons(800, noise=0.15, random_state=7)
    turned = x @ np.random.default_rng(7).normal(size=(2, 8))
    return standardised(*split(turned, y, validation=0.35, classes=True))


@cache
def friedman() -> Split:
    """Return Friedman's first function of ten features, five of them idle, with noise."""
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(900, n_features=10, noise=1.0, random_state=11)
    return standardised(*split(x, y, validation=0.35), targets=True)


@cache
def votes() -> Split:
    """Return what voters of 1996 thought and whom they voted for."""
    from statsmodels.datasets import anes96 as source

    frame = source.load_pandas().data
    names = ["logpopul", "TVnews", "selfLR", "ClinLR", "DoleLR", "PID", "age", "educ", "income"]
    return standardised(*split(frame[names].to_numpy(), frame["vote"].to_numpy(), validation=0.35, classes=True))


@cache
def weather() -> Split:
    """Return a day's weather in Seattle and its highest temperature."""
    from vega_datasets import local_data

    frame = local_data.seattle_weather()
    angle = 2 * np.pi * frame["date"].dt.dayofyear.to_numpy() / 365.25
    facts = frame[["precipitation", "temp_min", "wind"]].to_numpy()
    x = np.column_stack([np.log1p(facts[:, 0]), facts[:, 1:], np.sin(angle), np.cos(angle)])
    return standardised(*split(x, frame["temp_max"].to_numpy(), validation=0.35), targets=True)


@cache
def ocean() -> Split:
    """Return a year of monthly temperatures of the Pacific and the month that follows."""
    from statsmodels.datasets import elnino as source

    series = source.load_pandas().data.to_numpy()[:, 1:].astype(np.float64).ravel()
    return standardised(*split(*windows(series, 12), validation=0.3), targets=True)


@cache
def tones() -> Split:
    """Return noisy sines, squares and saws of any pitch and phase."""
    draw = np.random.default_rng(13)
    y = draw.integers(0, 3, 900)
    turns = draw.uniform(1.5, 4, (900, 1)) * np.linspace(0, 1, 32) + draw.uniform(0, 1, (900, 1))
    waves = np.stack([np.sin(2 * np.pi * turns) * 1.2, np.sign(np.sin(2 * np.pi * turns)), 2 * (turns % 1) - 1])
    x = waves[y, np.arange(900)] + draw.normal(0, 0.35, (900, 32))
    return split(x[..., None], y, validation=0.35, classes=True)


@cache
def strokes() -> Split:
    """Return noisy 8 by 8 pictures of lines: across, down, and along both diagonals."""
    draw = np.random.default_rng(17)
    y = draw.integers(0, 4, 1000)
    pictures = np.stack([_stroke(kind, draw) for kind in y])
    noisy = np.clip(pictures + draw.normal(0, 0.25, pictures.shape), 0, 1)
    return split(noisy[..., None], y, validation=0.35, classes=True)


def _stroke(kind: int, draw: np.random.Generator) -> Array:
    place = int(draw.integers(1, 7)) if kind < 2 else int(draw.integers(-3, 4))
    if kind < 2:
        picture = np.zeros((8, 8))
        picture[place] = draw.uniform(0.5, 1)
        return picture.T if kind else picture
    picture = np.eye(8, k=place) * draw.uniform(0.5, 1)
    return picture[:, ::-1] if kind == 3 else picture


@cache
def rhythms() -> Split:
    """Return random walks around a mean that is kept closely, loosely, or crossed at every step."""
    draw = np.random.default_rng(19)
    y = draw.integers(0, 3, 900)
    memory = np.array([0.9, 0.1, -0.8])[y]
    x = draw.normal(size=(900, 20))
    for step in range(1, 20):
        x[:, step] = memory * x[:, step - 1] + draw.normal(size=900)
    return standardised(*split(x, y, validation=0.35, classes=True))
