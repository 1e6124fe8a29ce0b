"""The data profile against numbers worked out by other means, in every form that people hold data in."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits, load_iris
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import log_loss, mean_absolute_error, mean_squared_error
from sklearn.model_selection import train_test_split

from kerastune_widget.core.history import History
from kerastune_widget.core.history_json import history_from_json, history_to_json
from kerastune_widget.core.profile_data import profile_any, profile_data

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(200, 4)), RNG.integers(0, 3, 200)


class Batches:
    """Batches that are read as a ``PyDataset`` is."""

    def __init__(self, count, rows=20):
        self.count, self.rows, self.read = count, rows, 0
        self.num_batches = count

    def __len__(self):
        return self.count

    def __getitem__(self, place):
        if not 0 <= place < self.count:
            raise IndexError(place)
        self.read += 1
        at = place * self.rows % len(X)
        return X[at : at + self.rows], Y[at : at + self.rows]


class Dataset:
    """What is known of a ``tf.data.Dataset``: it has an ``element_spec`` and goes round."""

    element_spec = ()

    def __init__(self, elements, length=None):
        self.elements, self.length = elements, length

    def __iter__(self):
        return iter(self.elements)

    def __len__(self):
        if self.length is None:
            raise TypeError("The dataset is infinite.")
        return self.length


def only(found):
    assert len(found) == 1
    return found[0]


def test_an_input_is_measured_by_feature():
    x = RNG.normal((0.0, 5.0, -70.0, 2.0), (1.0, 0.01, 20.0, 3.0), (5000, 4))
    x[:, 3] = 7.0
    x[0, 0] = np.nan
    found = only(profile_data(x, None).inputs)
    rest = x[1:]
    assert found.shape == (4,) and found.features == 4
    assert found.not_finite == 1 and found.constant_features == 1
    assert found.minimum == rest.min() and found.maximum == rest.max()
    assert found.feature_means == pytest.approx((rest[:, 2].mean(), 7.0), abs=0.02)
    assert found.feature_spreads == pytest.approx((rest[:, 1].std(), rest[:, 2].std()), rel=0.02)
    assert found.mean == pytest.approx(np.nanmean(x)) and found.spread == pytest.approx(np.nanstd(x))
    assert not found.whole_numbers


def test_features_of_pictures_are_their_channels_and_large_ones_are_sampled():
    pictures = RNG.integers(0, 256, (3000, 32, 32, 3), dtype=np.uint8)
    pictures[..., 1] = 9
    found = only(profile_data(pictures, None).inputs)
    assert found.features == 3 and found.constant_features == 1 and found.whole_numbers
    assert found.feature_means == pytest.approx((9.0, 127.5), abs=1.0)
    assert (found.minimum, found.maximum) == (0.0, 255.0)


@pytest.mark.parametrize(
    ("y", "kind", "classes", "counts"),
    [
        (np.array([0, 1, 1, 1] * 5), "binary", 2, (5, 15)),
        (np.array([[0.0], [1.0]] * 5), "binary", 2, (5, 5)),
        (np.array([False, True] * 5), "binary", 2, (5, 5)),
        (np.array([-1, 1, 1] * 4), "binary", 2, (4, 8)),
        (np.array([0, 1, 2, 2] * 5), "classes", 3, (5, 5, 10)),
        (np.array([1.0, 2.0, 3.0] * 5), "classes", 4, (0, 5, 5, 5)),
        (np.eye(3)[[0, 1, 2, 2]], "one_hot", 3, (1, 1, 2)),
        (np.array([[0.9, 0.1], [0.3, 0.7], [0.2, 0.8]]), "one_hot", 2, (1, 2)),
        (np.array([[1, 1, 0], [0, 1, 0]]), "multi_label", 3, (1, 2, 0)),
        (RNG.normal(size=30), "regression", None, ()),
        (RNG.normal(size=(30, 2)), "regression", None, ()),
        (RNG.integers(25, 347, 442).astype(float), "regression", None, ()),
        (np.arange(30), "regression", None, ()),
        (np.array([-2, 0, 1, 2] * 5), "regression", None, ()),
        (RNG.integers(3, 9, 500), "regression", None, ()),
    ],
)
def test_the_kind_of_a_target_is_seen(y, kind, classes, counts):
    found = only(profile_data(None, y).targets)
    assert (found.kind, found.classes, found.counts) == (kind, classes, counts)
    assert found.columns == (y.shape[1] if y.ndim > 1 else 1)


def test_who_knows_better_says_whether_whole_numbers_are_classes():
    few = np.arange(30)
    assert only(profile_data(None, few, classification=True).targets).classes == 30
    assert only(profile_data(None, np.array([0, 1, 2] * 9), classification=False).targets).kind == "regression"
    assert only(profile_data(None, np.array([0, 1] * 9), classification=False).targets).kind == "binary"
    assert only(profile_data(None, RNG.normal(size=9), classification=True).targets).kind == "regression"


def test_trivial_scores_of_classes_are_those_of_a_dummy_classifier():
    y, other = RNG.choice(3, 300, p=(0.6, 0.3, 0.1)), RNG.choice(3, 80, p=(0.2, 0.5, 0.3))
    dummy = DummyClassifier(strategy="prior").fit(np.zeros((300, 1)), y)
    zeros = np.zeros((80, 1))
    for targets, judged in ((y, other), (np.eye(3)[y], np.eye(3)[other])):
        found = only(profile_data(None, targets, None, judged).targets)
        assert found.trivial["accuracy"] == pytest.approx(dummy.score(zeros, other))
        assert found.trivial["cross_entropy"] == pytest.approx(log_loss(other, dummy.predict_proba(zeros)))
        assert found.validation_counts == tuple(np.bincount(other))


def test_trivial_scores_of_a_regression_are_those_of_a_dummy_regressor():
    y, other = RNG.gamma(2.0, size=(300, 2)), RNG.gamma(3.0, size=(70, 2))
    for measure, strategy, error in (
        ("mean_squared_error", "mean", mean_squared_error),
        ("mean_absolute_error", "median", mean_absolute_error),
    ):
        dummy = DummyRegressor(strategy=strategy).fit(np.zeros((300, 1)), y)
        expected = error(other, dummy.predict(np.zeros((70, 1))))
        assert only(profile_data(None, y, None, other).targets).trivial[measure] == pytest.approx(expected)


def test_a_class_that_training_lacks_costs_much_but_not_everything():
    trivial = only(profile_data(None, np.array([0, 1, 2] * 9), None, np.array([3, 3, 0])).targets).trivial
    assert 1.0 < trivial["cross_entropy"] < 10.0


@pytest.mark.parametrize("scale", [1, 255])
def test_equal_rows_are_counted_whatever_their_type(scale):
    x = (RNG.random((120, 30)) * scale).astype(np.float32 if scale == 1 else np.uint8)
    x[10:20] = x[0:10]
    y = np.zeros(120, dtype=int)
    y[10:13] = 1
    other = np.concatenate([x[50:65], (RNG.random((45, 30)) * scale).astype(x.dtype)]).astype(np.float64)
    found = profile_data(x, y, other, np.zeros(60))
    assert found.duplicates == pytest.approx(20 / 120) and found.contradictions == pytest.approx(6 / 120)
    assert found.shared == pytest.approx(15 / 60)
    assert (found.rows, found.validation_rows, found.sampled) == (120, 60, 120)


def test_one_hot_rows_do_not_collide():
    rows = np.eye(2000, dtype=np.float32)
    assert profile_data(rows, None).duplicates == 0.0


def test_rows_of_several_inputs_are_equal_only_when_all_inputs_are():
    a, b = RNG.integers(0, 2, (50, 1)), np.arange(50)[:, None]
    assert profile_data({"a": a, "b": b}, None).duplicates == 0.0
    assert profile_data({"a": a, "b": a}, None).duplicates == 1.0


def test_altered_copies_are_near_but_windows_of_a_series_are_not():
    x = RNG.normal(size=(400, 8))
    copies = x[:50] + 1e-3 * RNG.normal(size=(50, 8))
    found = profile_data(x, None, np.concatenate([copies, RNG.normal(size=(50, 8))]), None)
    assert found.shared == 0.0 and found.near_shared == pytest.approx(0.5, abs=0.03)
    series = np.sin(np.arange(900) / 9) + 0.05 * RNG.normal(size=900)
    windows = np.lib.stride_tricks.sliding_window_view(series, 20)
    training, validation = train_test_split(windows, random_state=0)
    assert profile_data(training, None, validation, None).near_shared < 0.05


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.3])
def test_neighbours_tell_the_share_of_wrong_labels(noise):
    x, y = load_digits(return_X_y=True)
    rng = np.random.default_rng(1)
    wrong = rng.random(len(y)) < noise
    found = profile_data(x, np.where(wrong, (y + rng.integers(1, 10, len(y))) % 10, y))
    assert found.neighbour_disagreement == pytest.approx(noise, abs=0.06)
    assert found.inner_disagreement == pytest.approx(noise, abs=0.06)
    assert found.neighbour_chance == pytest.approx(0.9, abs=0.05)


def test_order_is_0_for_shuffled_and_1_for_sorted_rows():
    y = np.repeat(np.arange(5), 60)
    shuffled = np.random.default_rng(0).permutation(y)
    assert profile_data(None, y).order_dependence == pytest.approx(1.0)
    assert abs(profile_data(None, shuffled).order_dependence) < 0.15
    assert profile_data(None, np.linspace(0, 1, 300)).order_dependence > 0.95
    assert abs(profile_data(None, RNG.normal(size=300)).order_dependence) < 0.2
    assert profile_data(None, np.zeros(50)).order_dependence is None


def test_shift_and_stretch_say_how_validation_differs():
    x, other = RNG.normal(size=(2000, 6)), RNG.normal(size=(500, 6))
    assert profile_data(x, None, other, None).shift[1] < 5
    assert profile_data(x, None, other, None).stretch == pytest.approx(1.0, abs=0.1)
    deviations, errors = profile_data(x, None, other + np.eye(6)[2], None).shift
    assert deviations == pytest.approx(1.0, abs=0.15) and errors > 15
    assert profile_data(x, None, 4 * other, None).stretch == pytest.approx(4.0, abs=0.4)


def test_every_form_of_the_same_data_gives_the_same_numbers():
    expected = profile_data(X, Y)
    table = pd.DataFrame(X, columns=list("abcd"))
    assert profile_any((X, Y)) == expected
    assert profile_any([X, Y]) == expected
    assert profile_any((X, Y, np.ones(200))) == expected
    assert profile_any((X.tolist(), Y.tolist())) == expected
    assert profile_any((table, pd.Series(Y))) == expected
    assert profile_any(Batches(10)) == expected
    assert profile_any(Dataset([(X[:120], Y[:120]), (X[120:], Y[120:])], 2)) == expected
    assert profile_any(Dataset([(row, label) for row, label in zip(X, Y, strict=True)], 200)) == expected
    assert profile_any(expected) is expected


def test_validation_data_may_stand_beside_training_data():
    expected = profile_data(X[:150], Y[:150], X[150:], Y[150:])
    assert expected.validation_rows == 50 and expected.shared == 0.0
    assert profile_any(((X[:150], Y[:150]), (X[150:], Y[150:]))) == expected
    assert profile_any((X[:150], Y[:150]), (X[150:], Y[150:])) == expected
    batched = Dataset([(X[:150], Y[:150])], 1), Dataset([(X[150:], Y[150:])], 1)
    assert profile_any(batched) == expected
    both = profile_any(((X, X[:, :2]), (Y, Y * 1.5)))  # two inputs and two outputs, not two sets
    assert both.validation_rows is None and len(both.inputs) == len(both.targets) == 2


def test_only_the_first_rows_of_a_long_stream_are_read():
    stream = Batches(10_000)
    found = profile_any(stream)
    assert found.rows == 200_000 and stream.read < 300
    endless = profile_any(Dataset([(X, Y)] * 30))
    assert endless.duplicates == 0.0  # rows read twice


@pytest.mark.parametrize("data", [None, object(), "text", iter([(X, Y)]), [], np.array(["a", "b"])])
def test_what_cannot_be_read_is_nothing(data):
    assert profile_any(data) is None


@pytest.mark.parametrize(
    "x", [np.array(["a", "b"]), [[1], [1, 2]], np.array([object(), None]), pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})]
)
def test_what_holds_no_numbers_is_left_out(x):
    found = profile_data(x, [0, 1])
    assert found.inputs == () and found.rows == 2 and only(found.targets).kind == "binary"


@pytest.mark.parametrize("x", [np.full((40, 3), np.nan), np.zeros((40, 3)), np.zeros((1, 3)), np.zeros((40, 0))])
def test_degenerate_inputs_are_measured_all_the_same(x):
    found = profile_data(x, np.arange(len(x)) % 2, x, np.arange(len(x)) % 2)
    assert found.rows == found.validation_rows == len(x)


def test_nothing_is_changed_and_nothing_is_left_to_chance():
    x, y = X.copy(), Y.copy()
    state = np.random.get_state()[1].copy()
    assert profile_data(x, y, x[:50], y[:50]) == profile_data(x, y, x[:50], y[:50])
    assert np.array_equal(x, X) and np.array_equal(y, Y)
    assert np.array_equal(state, np.random.get_state()[1])


def test_a_profile_survives_its_way_through_json():
    x, y = load_iris(return_X_y=True)
    history = History(data=profile_data(x, y, x[:20], y[:20]))
    assert history_from_json(history_to_json(history, digits=17)).data == history.data
