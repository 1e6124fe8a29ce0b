"""Texts in two languages, and the errors made of them."""

from __future__ import annotations

import copy
import pickle

import pytest

from kerastune_widget.core.control import Choice, ControlSpec
from kerastune_widget.core.hyperparameters import check_hyperparameters
from kerastune_widget.core.text import NO_TEXT, Text
from kerastune_widget.errors import HyperparameterError, KerasTuneError, NotDataError, did_you_mean, nearest

GREETING = Text(en="Hello {name}, {count:.1f}.{more}", zh="你好，{name}，{count:.1f}。{more}")
TITLE = Text(en="Rate", zh="比率")
NUMBER = ControlSpec("rate", TITLE, "slider", 0.5, minimum=0.0, maximum=1e6, parts=("a{0}",))
WHOLE = ControlSpec("size", Text(en="Size", zh="大小"), "integer", 1, minimum=1, maximum=56)
WORDS = ControlSpec("start", Text(en="Start", zh="起点"), "choice", "same", choices=(Choice("same", NO_TEXT),))
SWITCH = ControlSpec("shuffle", Text(en="Shuffle", zh="打乱"), "toggle", True)


def test_a_text_in_a_slot_is_said_in_the_same_language() -> None:
    filled = GREETING.filled(name="{x}", count=1, more=Text(en=" Bye.", zh="再见。"))
    assert filled.get() == "Hello {x}, 1.0. Bye."
    assert filled.get("zh") == "你好，{x}，1.0。再见。"


def test_the_same_words_keep_their_braces() -> None:
    assert Text.same("{a}: {{b}}").get("zh") == "{a}: {{b}}"


def test_the_nearest_name_is_suggested_in_both_languages() -> None:
    assert did_you_mean("Sgdd", ["adam", "sgd"]).get("zh") == "你是想写 'sgd' 吗？"
    assert nearest("Sgdd", ["adam", "sgd"]) == " Did you mean 'sgd'?"
    assert did_you_mean("zzz", ["adam", "sgd"]).get("zh") == nearest("zzz", ["adam"]) == ""


@pytest.mark.parametrize("message", [GREETING.filled(name="{x}", count=2, more=""), "Rows {1} of 2."])
@pytest.mark.parametrize("kind", [KerasTuneError, NotDataError])
def test_an_error_is_english_has_both_languages_and_can_be_copied(
    kind: type[KerasTuneError], message: Text | str
) -> None:
    error = kind(message)
    for copied in (error, pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(copied) is kind
        assert str(copied) == copied.text.get("en") == (message if isinstance(message, str) else message.get())
        assert copied.text.get("zh") == (message if isinstance(message, str) else message.get("zh"))


@pytest.mark.parametrize(
    ("spec", "value", "english", "chinese"),
    [
        (
            NUMBER,
            -1,
            "rate must be a number from 0 to 1e6; received -1.",
            "“比率”必须是 0 到 1e6 之间的数；收到的是 -1。",
        ),
        (WHOLE, 2.5, "size must be a whole number from 1 to 56; received 2.5.", "“大小”必须是 1 到 56 之间的整数；"),
        (WORDS, "sam", "start must be one of ['same']; received 'sam'. Did you mean 'same'?", "你是想写 'same' 吗？"),
        (SWITCH, {"{": 1}, "shuffle must be True or False; received {'{': 1}.", "收到的是 {'{': 1}。"),
        (NUMBER, {"a0": 1}, "rate can be set for ['a{0}']; received 'a0'. Did you mean 'a{0}'?", "['a{0}'] 单独设置"),
        (NUMBER, {3: 1}, "rate can be set for ['a{0}']; received 3.", "收到的是 3。"),
    ],
)
def test_a_control_refuses_in_both_languages(spec: ControlSpec, value: object, english: str, chinese: str) -> None:
    with pytest.raises(HyperparameterError) as caught:
        spec.check(value)
    assert str(caught.value) == english
    assert chinese in caught.value.text.get("zh")


def test_an_unknown_name_is_refused_in_both_languages() -> None:
    with pytest.raises(HyperparameterError) as caught:
        check_hyperparameters({"rat": 1}, {"rate": NUMBER})
    assert str(caught.value) == "Unknown hyperparameter 'rat'; accepted are rate. Did you mean 'rate'?"
    assert caught.value.text.get("zh") == "没有名为 'rat' 的超参数；可用的有 rate。你是想写 'rate' 吗？"
