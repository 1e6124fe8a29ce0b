"""Settings and their values in words: nobody meets ``cosine(warmup_epochs=2.0)`` where a title exists."""

import pytest

from kerastune_widget.core.control import Choice, ControlSpec, readable
from kerastune_widget.core.text import Text
from kerastune_widget.core.value_text import setting_title, setting_value, value_text

WARMUP = ControlSpec("warmup_epochs", Text(en="Warm-up epochs", zh="预热轮数"), "slider", 0.0, 0.0, 100.0)
LENGTH = ControlSpec("length", Text(en="Length (epochs)", zh="长度（轮）"), "slider", None, 0.0, 100.0, optional=True)
LEAST = ControlSpec("alpha", Text(en="Lowest share (alpha)", zh="最低比例（alpha）"), "slider", 0.0, 0.0, 1.0)
POINTS = ControlSpec("points", Text(en="Boundaries (epochs)", zh="分界点（轮）"), "numbers", (5, 8), 0.0, 100.0)
CLIP = ControlSpec("amsgrad", Text(en="AMSGrad", zh="AMSGrad"), "toggle", False)
SHAPES = (Choice("linear", Text(en="straight lines", zh="直线")), Choice("cosine", Text(en="waves", zh="波")))
SHAPE = ControlSpec("shape", Text(en="Shape", zh="形状"), "choice", "cosine", choices=SHAPES)
COSINE = Choice(
    "cosine", Text(en="cosine decay", zh="余弦衰减"), parameters=(WARMUP, LENGTH, LEAST, POINTS, CLIP, SHAPE)
)
SCHEDULE = ControlSpec("schedule", Text(en="Schedule", zh="学习率计划"), "choice", "cosine", choices=(COSINE,))


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        ("cosine", "cosine decay", "余弦衰减"),
        ({"warmup_epochs": 2}, "cosine decay (warm-up 2 epochs)", "余弦衰减（预热 2 轮）"),
        ({"warmup_epochs": 1}, "cosine decay (warm-up 1 epoch)", "余弦衰减（预热 1 轮）"),
        (
            {"length": 2.5, "alpha": 0.1},
            "cosine decay (length 2.5 epochs, alpha 0.1)",
            "余弦衰减（长度 2.5 轮，alpha 0.1）",
        ),
        ({"points": (3, 4.5)}, "cosine decay (boundaries [3, 4.5] epochs)", "余弦衰减（分界点 [3, 4.5] 轮）"),
        ({"amsgrad": True}, "cosine decay (AMSGrad on)", "余弦衰减（AMSGrad 开）"),
        ({"shape": "linear"}, "cosine decay (shape straight lines)", "余弦衰减（形状 直线）"),
    ],
)
def test_a_choice_reads_by_its_title_and_what_was_set_of_it(value, english, chinese):
    checked = SCHEDULE.check({"name": "cosine", **value} if isinstance(value, dict) else value)
    said = setting_value("schedule", checked, {"schedule": SCHEDULE})
    assert said.get("en") == english
    assert said.get("zh") == chinese


def test_without_the_control_our_schedules_still_have_their_names():
    said = setting_value("schedule", "cosine(warmup_epochs=2.0)")
    assert (said.get("en"), said.get("zh")) == ("cosine decay (warm-up 2 epochs)", "余弦衰减（预热 2 轮）")


def test_what_has_no_title_is_readable_all_the_same():
    assert setting_value("optimizer", "mine(beta_1=0.8)").get("en") == "mine (beta 1 0.8)"
    assert value_text("not(a call").get("en") == "not(a call"
    assert value_text("a{b}").get("zh") == "a{b}"
    assert value_text({"Dense_1": 0.5, "a{b}": 0.25}).get("en") == "Dense_1 0.5, a{b} 0.25"


def test_a_number_is_no_choice():
    sizes = ControlSpec(
        "batch_size", Text(en="B", zh="B"), "choice", 32, 1, 99, choices=(Choice(32, Text("few", "少")),)
    )
    assert setting_value("batch_size", 32, {"batch_size": sizes}).get("en") == "32"


def test_a_setting_is_called_as_the_session_calls_it():
    assert setting_title("schedule", {"schedule": SCHEDULE}).zh == "学习率计划"
    assert setting_title("learning_rate").en == "Learning rate"


def test_whole_numbers_lose_no_digit():
    assert [readable(value) for value in (32, 70_001, 1_000_000, 1_000_001, 10**9)] == [
        "32",
        "70001",
        "1e6",
        "1000001",
        "1e9",
    ]
    assert readable(1_000_001.0) == "1e6" and readable(3e-5) == "3e-5"
