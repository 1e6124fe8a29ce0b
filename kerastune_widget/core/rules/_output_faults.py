"""The single ways in which an output layer, its loss and its targets do not fit: one question an output each."""

from __future__ import annotations

from ._model import ACCURACY, BINARY, CATEGORICAL, DIFFERENCE, HINGE, SPARSE, Head

ROUNDING = 1e-3  # beyond 0 and 1 that is forgiven
OUT_OF_REACH = 0.05  # share of the targets' range
FEW = 50  # classes; a vocabulary may well be larger than what one data set uses

_SQUASHED = ("sigmoid", "hard_sigmoid", "softmax", "sparsemax")
_POSITIVE = (*_SQUASHED, "softplus", "exponential", "")  # divided by their sum they are shares
_REACH = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, float("inf")),
    "softplus": (0.0, float("inf")),
    "exponential": (0.0, float("inf")),
    "relu6": (0.0, 6.0),
}


def _entropy(head: Head) -> bool:
    return head.output.loss in CATEGORICAL + SPARSE + BINARY


def _difference(head: Head) -> bool:
    return head.output.loss in DIFFERENCE


def _columns(head: Head) -> int:
    return head.target.columns if head.target else 0


def _counts_accuracy(head: Head) -> bool:
    return any(metric in ACCURACY for metric in head.output.metrics)


def softmax_over_one(head: Head) -> bool:
    """Return whether softmax acts on a single unit."""
    return head.output.activation == "softmax" and head.units == 1


def one_unit_for_classes(head: Head) -> bool:
    """Return whether a single unit is to choose among classes."""
    return head.units == 1 and head.output.loss in CATEGORICAL + SPARSE


def labels_from_one(head: Head) -> bool:
    """Return whether labels are counted from 1 rather than from 0."""
    starts_at_one = head.kind == "classes" and head.target is not None and head.target.minimum >= 1
    return starts_at_one and head.output.loss in SPARSE and head.units == head.classes - 1


def too_few_units(head: Head) -> bool:
    """Return whether there are more classes than units."""
    return head.output.loss in SPARSE and 0 < head.units < head.classes and head.kind in ("classes", "binary")


def integers_for_categorical(head: Head) -> bool:
    """Return whether class numbers are given to a loss that needs columns."""
    loss = head.output.loss in CATEGORICAL
    return loss and head.kind in ("classes", "binary") and _columns(head) == 1 and head.units > 1


def one_hot_for_sparse(head: Head) -> bool:
    """Return whether columns are given to a loss that needs class numbers."""
    return head.output.loss in SPARSE and head.kind == "one_hot" and _columns(head) == head.units


def no_class_numbers(head: Head) -> bool:
    """Return whether a loss that needs class numbers gets others."""
    if head.output.loss not in SPARSE or head.target is None or head.kind == "one_hot":
        return False
    return head.target.minimum < 0 or not head.target.minimum.is_integer() or not head.target.maximum.is_integer()


def spread_over(head: Head) -> bool:
    """Return whether a difference is taken of unlike counts of numbers a row, which broadcasting lets pass."""
    if head.target is None or not _difference(head):
        return False
    given, wanted = head.output.numbers, head.target.numbers
    return given is not None and wanted is not None and given != wanted and 1 in (given, wanted)


def other_width(head: Head) -> bool:
    """Return whether outputs and targets differ in width."""
    if head.target is None or not head.units or head.output.loss not in CATEGORICAL + BINARY + DIFFERENCE:
        return False
    if head.units == 1:
        return head.kind == "one_hot" and _columns(head) > 1  # others may be images without a channel axis
    return _columns(head) != head.units


def targets_no_shares(head: Head) -> bool:
    """Return whether a cross-entropy gets targets beyond 0 and 1."""
    if head.output.loss not in (*CATEGORICAL, *BINARY, "kl_divergence") or head.target is None:
        return False
    return head.target.minimum < -ROUNDING or head.target.maximum > 1 + ROUNDING


def logits_unannounced(head: Head) -> bool:
    """Return whether a loss takes logits for probabilities."""
    expects = (_entropy(head) and not head.output.from_logits) or head.output.loss == "kl_divergence"
    return expects and head.output.activation == "linear"


def no_probabilities(head: Head) -> bool:
    """Return whether a loss that expects probabilities gets something else."""
    if head.output.from_logits or not (_entropy(head) or head.output.loss == "kl_divergence"):
        return False
    return head.output.activation not in ((*_SQUASHED, "") if head.output.loss in BINARY else _POSITIVE)


def negative_counts(head: Head) -> bool:
    """Return whether a loss for counts gets negative targets."""
    return head.output.loss == "poisson" and head.target is not None and head.target.minimum < 0


def out_of_reach(head: Head) -> bool:
    """Return whether targets lie beyond what the activation can give."""
    reach = _REACH.get(head.output.activation)
    if reach is None or head.target is None or not _difference(head):
        return False
    target = head.target
    beyond = max(reach[0] - target.minimum, target.maximum - reach[1])
    return beyond > OUT_OF_REACH * (target.maximum - target.minimum) and beyond > ROUNDING


def softmax_for_numbers(head: Head) -> bool:
    """Return whether softmax is to give quantities."""
    return head.output.activation == "softmax" and _difference(head) and head.kind in ("regression", "multi_label")


def softmax_for_labels(head: Head) -> bool:
    """Return whether softmax is to give several labels at once."""
    return head.output.activation == "softmax" and head.kind == "multi_label" and _entropy(head)


def softmax_twice(head: Head) -> bool:
    """Return whether softmax acts twice."""
    own = head.layer is not None and head.layer.activation == "softmax"
    return own and head.output.activation == "softmax" and head.activated_again


def squashed_logits(head: Head) -> bool:
    """Return whether what a loss takes for logits went through an activation."""
    return bool(head.output.from_logits) and head.output.activation not in ("linear", "log_softmax", "")


def softmax_judged_one_by_one(head: Head) -> bool:
    """Return whether the units of a softmax are judged each by itself."""
    return head.output.activation == "softmax" and head.output.loss in BINARY and head.units > 2


def sigmoid_for_one_class(head: Head) -> bool:
    """Return whether independent units are to choose one class."""
    loss = head.output.loss in CATEGORICAL + SPARSE and not head.output.from_logits
    return loss and head.output.activation in ("sigmoid", "hard_sigmoid") and head.units > 1


def one_sided_hinge(head: Head) -> bool:
    """Return whether a hinge loss gets outputs that cannot be negative."""
    return head.output.loss in HINGE and head.output.activation in (*_SQUASHED, "relu", "softplus")


def negative_rate(head: Head) -> bool:
    """Return whether a logarithm may be taken of negative outputs."""
    return head.output.loss == "poisson" and head.output.activation in ("linear", "tanh", "leaky_relu", "elu")


def logarithm_of_negative(head: Head) -> bool:
    """Return whether a logarithm is taken of negative targets."""
    logarithmic = head.output.loss == "mean_squared_logarithmic_error"
    return logarithmic and head.target is not None and head.target.minimum < 0


def division_by_zero(head: Head) -> bool:
    """Return whether a loss divides by targets around 0."""
    relative = head.output.loss == "mean_absolute_percentage_error"
    return relative and head.target is not None and head.target.minimum <= 0 <= head.target.maximum


def numbered_classes(head: Head) -> bool:
    """Return whether one unit is to hit class numbers."""
    counted = head.kind == "classes" and head.classes > 2 and _counts_accuracy(head)
    return counted and _difference(head) and head.units == 1 and head.single


def difference_of_shares(head: Head) -> bool:
    """Return whether several classes are learnt by differences."""
    if not _difference(head):
        return False
    if head.output.activation == "softmax":
        return head.kind in ("one_hot", "")
    return head.kind == "one_hot" and head.units > 1 and head.output.activation not in ("sigmoid", "hard_sigmoid", "")


def difference_of_two(head: Head) -> bool:
    """Return whether two classes are learnt by differences, and accuracy is watched."""
    return difference_of_two_unwatched(head) and _counts_accuracy(head)


def difference_of_two_unwatched(head: Head) -> bool:
    """Return whether two classes are learnt by differences, sigmoid left aside."""
    yes_or_no = head.kind == "binary" and head.single and head.units == 1 and _difference(head)
    return yes_or_no and head.output.activation not in ("sigmoid", "hard_sigmoid", "")


def difference_of_sigmoid(head: Head) -> bool:
    """Return whether differences are taken behind a sigmoid."""
    if not _difference(head) or head.output.activation not in ("sigmoid", "hard_sigmoid"):
        return False
    if head.target is None:
        return head.units == 1 and _counts_accuracy(head)
    return (head.kind == "binary" and head.single) or (head.kind == "one_hot" and _counts_accuracy(head))


def labels_one_by_one(head: Head) -> bool:
    """Return whether each of several classes is a question by itself."""
    sigmoid = head.output.activation in ("sigmoid", "hard_sigmoid")
    return sigmoid and head.output.loss in BINARY and head.kind == "one_hot" and head.units > 2


def idle_units(head: Head) -> bool:
    """Return whether there are more units than classes."""
    return head.output.loss in SPARSE and 1 < head.classes < min(head.units, FEW)
