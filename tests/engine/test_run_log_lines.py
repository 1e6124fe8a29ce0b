"""Events as lines, and histories as events: what comes back is what went in."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kerastune_widget.core.data_profile import DataProfile, InputProfile, TargetProfile
from kerastune_widget.core.events import (
    EpochEnded,
    Probed,
    RunEnded,
    RunPaused,
    RunQueued,
    RunRequested,
    RunResumed,
    RunStarted,
    SettingChanged,
    StepsEnded,
)
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile
from kerastune_widget.core.text import Text
from kerastune_widget.engine.recorder import Recorder
from kerastune_widget.engine.run_log.event_lines import describe, read_event
from kerastune_widget.engine.run_log.profiles import profile_values, read_profile
from kerastune_widget.engine.run_log.replay import events_of
from kerastune_widget.engine.run_log.strict_json import from_json, pack, to_line, unpack
from kerastune_widget.errors import LogError

ODD = np.array([0.1 + 0.2, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308])
SETTINGS = {"epochs": 3, "learning_rate": 0.1, "dropout": {"层 1": 0.1, "b": 0.0}, "optimizer": "adam", "other": None}

EVENTS = [
    RunRequested(7),
    RunQueued(7),
    RunStarted(7, SETTINGS, 5, 2, 9, "keras", Text(en="{{braces}} stay", zh="括号 {{}} 保留")),
    RunStarted(7, SETTINGS),
    SettingChanged(7, 3, "dropout", 0.1, {"a": 0.5}),
    EpochEnded(7, 1, 12, {"loss": math.nan, "val_loss": -math.inf, "准确率": 0.1 + 0.2}),
    Probed(7, 2, {"gradient_norm": {"层 1": math.nan, "b": 0.1 + 0.2}, "inference_loss": {"model": math.inf}}),
    RunPaused(7),
    RunResumed(7),
    RunEnded(7, "failed", 1.25, "损失", 'Traceback:\n  "/tmp/\udcff.py"\n'),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_equal(event):
    line = to_line(describe(event, 12.5))
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    found, at = read_event(7, from_json(line))
    assert at == 12.5 and repr(found) == repr(event)


def test_the_numbers_of_steps_come_back_to_the_last_bit():
    event = StepsEnded(7, 4, 1, {"loss": ODD, "a b": ODD[::-1]}, ODD)
    found, _ = read_event(7, from_json(to_line(describe(event, 0.0))))
    assert (found.run, found.first_step, found.epoch) == (7, 4, 1)
    assert found.values["loss"].tobytes() == ODD.tobytes()
    assert found.values["a b"].tobytes() == ODD[::-1].tobytes()
    assert found.learning_rates.tobytes() == ODD.tobytes()
    assert unpack(pack(np.empty(0))).shape == (0,)


@pytest.mark.parametrize("text", ["AAAA", "å", "AAAAAAAAAAA", "AAAAAAAA\nAAA="])
def test_what_is_no_array_is_refused(text):
    with pytest.raises(ValueError, match=r"base64|buffer size"):
        unpack(text)


def recorded(events):
    recorder = Recorder(SETTINGS, {"classes": 4})
    for event in events:
        recorder.add(event)
    return recorder.history()


def steps(first, count, epoch):
    values = np.arange(first, first + count) * 0.1
    return StepsEnded(1, first, epoch, {"loss": values, "accuracy": -values}, values + 1)


def probed(epochs, value):
    return Probed(1, epochs, {"update_ratio": {"a": math.nan if epochs == 0 else value}, "weight_norm": {"a": value}})


HISTORIES = {
    "nothing": [],
    "probed at the start, left out once": [
        steps(0, 2, 0),
        probed(0, 0.1),
        EpochEnded(1, 0, 2, {"loss": 1.0}),
        steps(2, 2, 1),
        probed(2, 0.3),
        EpochEnded(1, 1, 4, {"loss": 0.5}),
    ],
    "probed later only": [steps(0, 2, 0), probed(1, 0.2), EpochEnded(1, 0, 2, {"loss": 1.0})],
    "changes in the middle of a chunk, at an epoch's end, and right after it": [
        SettingChanged(1, 0, "learning_rate", 0.2, 0.1),
        steps(0, 2, 0),
        SettingChanged(1, 2, "learning_rate", 0.1, 0.2),
        steps(2, 3, 0),
        SettingChanged(1, 5, "learning_rate", 0.2, 0.3),
        EpochEnded(1, 0, 5, {"loss": 1.0, "val_loss": math.nan}),
        SettingChanged(1, 5, "batch_size", 32, 16),
        SettingChanged(1, 5, "learning_rate", 0.3, 0.4),
        steps(5, 5, 1),
        EpochEnded(1, 1, 10, {"loss": 0.5}),
        steps(10, 2, 2),
        SettingChanged(1, 12, "learning_rate", 0.4, 0.5),
    ],
}


@pytest.mark.parametrize("events", HISTORIES.values(), ids=HISTORIES)
def test_a_history_told_as_events_is_the_same_history(events):
    history = recorded(events)
    again = recorded(events_of(history, 1))
    assert repr(again) == repr(history)
    for name, values in history.steps.items():
        assert again.steps[name].tobytes() == values.tobytes()


def test_signals_have_one_value_an_epoch_and_one_before():
    history = recorded(HISTORIES["probed at the start, left out once"])
    assert repr(history.signals) == repr(
        {"update_ratio": {"a": (math.nan, math.nan, 0.3)}, "weight_norm": {"a": (0.1, math.nan, 0.3)}}
    )
    assert repr(history.up_to(1, {}).signals["weight_norm"]) == repr({"a": (0.1, math.nan)})


PROFILES = [
    ModelProfile(
        layers=(LayerProfile("层/a", "Dense", "relu", 8, initializer_config={"seed": None, "scale": 0.5, "own": [1]}),),
        outputs=(OutputProfile("", "层/a", None, "softmax", "mse", True, ("mae",)),),
        optimizer="adam",
        learning_rate=1e-3,
    ),
    ModelProfile(),
    DataProfile(
        rows=3,
        inputs=(InputProfile("x", (2, 3), maximum=math.inf, feature_means=(-1.0, 2.5)),),
        targets=(TargetProfile("", "one_hot", 2, 2, (1, 2), trivial={"accuracy": 0.1 + 0.2}),),
        shift=(0.5, 3.0),
    ),
    DataProfile(),
]


@pytest.mark.parametrize("profile", PROFILES, ids=repr)
def test_a_profile_comes_back_equal(profile):
    line = to_line({"profile": profile_values(profile)})
    assert repr(read_profile(type(profile), from_json(line)["profile"])) == repr(profile)


def test_what_json_cannot_hold_of_a_users_own_configuration_is_left_out():
    layer = LayerProfile("a", "Own", initializer_config={"function": print, "scale": np.float32(2)})
    assert profile_values(layer)["initializer_config"] == {"function": None, "scale": 2.0}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (ModelProfile, []),
        (ModelProfile, {"layers": {}}),
        (ModelProfile, {"layers": [{"name": 1, "kind": "Dense"}]}),
        (ModelProfile, {"parameters": 1.5}),
        (DataProfile, {"rows": "3"}),
        (DataProfile, {"shift": [1.0]}),
        (DataProfile, {"targets": [{"kind": "poem"}]}),
        (DataProfile, {"duplicates": True}),
    ],
)
def test_a_profile_of_another_shape_is_refused(kind, values):
    with pytest.raises(LogError, match="profile"):
        read_profile(kind, values)


def test_a_profile_of_an_older_log_keeps_defaults():
    assert read_profile(DataProfile, {"rows": 7, "unheard of": 1}) == DataProfile(rows=7)
