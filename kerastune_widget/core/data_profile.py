"""What the data look like, as plain numbers that a rule can read without the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TargetKind = Literal["binary", "classes", "one_hot", "multi_label", "regression"]


@dataclass(frozen=True)
class InputProfile:
    """One input, measured on training rows (a sample of them when there are many).

    Attributes:
        name: Its name; "" for a single input.
        shape: Shape of one row.
        whole_numbers: Whether all values are whole and not negative: pixels, counts, or token numbers.
        minimum: Least finite value.
        maximum: Greatest finite value.
        mean: Mean of all values.
        spread: Standard deviation of all values.
        feature_means: Least and greatest mean of a feature (a position of the last axis).
        feature_spreads: Least and greatest standard deviation of a feature that varies.
        constant_features: How many features never vary.
        features: Length of the last axis; 1 for rows of a single number.
        not_finite: How many values are NaN or infinite.
    """

    name: str = ""
    shape: tuple[int, ...] = ()
    whole_numbers: bool = False
    minimum: float = 0.0
    maximum: float = 0.0
    mean: float = 0.0
    spread: float = 0.0
    feature_means: tuple[float, float] = (0.0, 0.0)
    feature_spreads: tuple[float, float] = (0.0, 0.0)
    constant_features: int = 0
    features: int = 1
    not_finite: int = 0


@dataclass(frozen=True)
class TargetProfile:
    """One target.

    Attributes:
        name: Its name; "" for a single output.
        kind: "binary" (two classes in one column), "classes" (whole numbers), "one_hot", "multi_label" (several of 0
            and 1 in a row) or "regression".
        columns: Length of its last axis; 1 for one number a row.
        classes: How many classes; None for regression.
        counts: Training rows of each class (of each label, for "multi_label"), by class number.
        validation_counts: Likewise for validation rows; empty without them.
        minimum: Least finite value.
        maximum: Greatest finite value.
        mean: Mean of all values.
        spread: Standard deviation of all values; for several columns the mean over columns.
        not_finite: How many values are NaN or infinite.
        numbers: How many numbers a row has; None when unknown.
        trivial: What a model that knows nothing of the inputs gets, by metric, on the data that judge (validation
            rows if any): "accuracy" (training's majority class), "cross_entropy" (training's class shares, natural
            logarithm), "mean_squared_error" (training's mean), "mean_absolute_error" (training's median).
    """

    name: str = ""
    kind: TargetKind = "regression"
    columns: int = 1
    classes: int | None = None
    counts: tuple[int, ...] = ()
    validation_counts: tuple[int, ...] = ()
    minimum: float = 0.0
    maximum: float = 0.0
    mean: float = 0.0
    spread: float = 0.0
    not_finite: int = 0
    numbers: int | None = None
    trivial: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class DataProfile:
    """Training and validation data.

    Attributes:
        rows: Training rows.
        validation_rows: Validation rows; None without validation data.
        inputs: The inputs.
        targets: The targets.
        duplicates: Share of the sampled training rows whose inputs equal another training row's.
        shared: Share of the sampled validation rows whose inputs equal a training row's; None without validation.
        near_shared: Share of the sampled validation rows that lie far nearer to a training row than training rows lie
            to each other (see ``profile_data``); None when not measured.
        contradictions: Share of the sampled training rows that have the same inputs as another with another label.
        neighbour_disagreement: Share of the sampled training rows whose class is not that of most of their 10 to 30
            nearest neighbours; None when not measured.
        neighbour_chance: What that share would be if labels were drawn at random with the same class shares.
        inner_disagreement: Likewise, only among the third of those rows whose neighbours agree most with each other:
            classes that overlap at their borders agree there, wrong labels are everywhere; None when not measured.
        order_dependence: Share of neighbouring rows (as given) with the same class, less the share that chance
            gives, over the rest to 1: 0 for a random order, 1 for sorted rows; for regression the correlation of
            neighbours; None when not measured.
        shift: Largest difference between training and validation means of a feature, in training standard
            deviations, and in standard errors: (deviations, errors); None without validation.
        target_shift: Likewise for the targets of a regression; None for classes, or without validation.
        sorted_by_target: Whether the targets, as given, only rise or only fall: no series of measurements does so.
        stretch: Median over features of validation's standard deviation over training's, of features that vary in both;
            None without validation.
        sampled: Rows that were looked at for the shares above.
    """

    rows: int = 0
    validation_rows: int | None = None
    inputs: tuple[InputProfile, ...] = ()
    targets: tuple[TargetProfile, ...] = ()
    duplicates: float = 0.0
    shared: float | None = None
    near_shared: float | None = None
    contradictions: float = 0.0
    neighbour_disagreement: float | None = None
    neighbour_chance: float | None = None
    inner_disagreement: float | None = None
    order_dependence: float | None = None
    shift: tuple[float, float] | None = None
    target_shift: tuple[float, float] | None = None
    sorted_by_target: bool = False
    stretch: float | None = None
    sampled: int = 0
