"""Records of where runs were trained, compared in words; what is promised of repeating a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kerastune_widget.core.comparison import compare
from kerastune_widget.core.environment import Environment, environment_differences
from kerastune_widget.core.promises import promises
from kerastune_widget.core.seeds import Seeds, moved_seeds, seeds_of
from kerastune_widget.core.strict_cost import StrictCost
from tests.core.test_comparison import make_run

HERE = Environment(
    python="3.12.3",
    keras="3.10.0",
    backend="tensorflow",
    backend_version="2.20.0",
    numpy="2.1.0",
    package="0.1.0",
    system="Linux 6.1 x86_64",
    processor="Some CPU",
    features=("avx2", "fma"),
    cores=8,
    intra_threads=8,
    inter_threads=2,
    onednn=True,
    git_commit="a" * 40,
    git_dirty=False,
    data_id="d1",
    model_id="m1",
)


@pytest.mark.parametrize(
    ("change", "english", "chinese"),
    [
        ({"backend_version": "2.21.0"}, "TensorFlow 2.20.0 against 2.21.0", "TensorFlow 2.20.0 对 2.21.0"),
        ({"backend": "jax", "backend_version": "0.7"}, "backend TensorFlow 2.20.0 against JAX 0.7", "后端"),
        ({"keras": "3.11.0"}, "Keras 3.10.0 against 3.11.0", "Keras"),
        ({"processor": "Other"}, "processor Some CPU against Other", "处理器"),
        ({"features": ("avx2", "avx512f")}, "fma on one, avx512f on the other", "指令集"),
        ({"intra_threads": 1}, "threads within an operation: 8 against 1", "线程"),
        ({"onednn": False}, "oneDNN on against off", "oneDNN 开 对 关"),
        ({"gpus": ("A GPU",)}, "GPU no GPU against A GPU", "无 GPU"),
        ({"strict": True}, "strict mode off against on", "严格模式"),
        ({"data_id": "d2"}, "other data", "数据不同"),
        ({"model_id": "m2"}, "another model", "模型不同"),
        ({"git_commit": "b" * 40}, "commit aaaaaaaa against bbbbbbbb", "提交"),
        ({"git_dirty": True}, "changes to files that the commit does not have", "尚未提交"),
    ],
)
def test_a_difference_is_named(change: dict[str, Any], english: str, chinese: str) -> None:
    (said,) = environment_differences(HERE, replace(HERE, **change))
    assert english in said.get("en") and chinese in said.get("zh")


def test_what_is_equal_or_not_known_is_no_difference() -> None:
    dirty = replace(HERE, git_dirty=True)
    assert environment_differences(HERE, HERE) == environment_differences(dirty, dirty) == ()
    assert environment_differences(HERE, Environment()) == ()


def test_a_record_reads_as_lines() -> None:
    assert "TensorFlow: 2.20.0\nKeras: 3.10.0" in str(HERE)
    assert "GPU" not in str(HERE)


def test_a_comparison_says_so_beside_its_verdict() -> None:
    first, second = make_run(1), make_run(2, settings={"learning_rate": 0.1})
    first.environment, second.environment = HERE, replace(HERE, keras="3.11.0", data_id="d2")
    found = compare(first, second)
    assert [text.en for text in found.environment] == ["Keras 3.10.0 against 3.11.0"]  # other data: said elsewhere
    assert "different places: Keras 3.10.0 against 3.11.0." in found.report()
    assert found.fair and found.to_json()["environment"][0]["zh"] == "Keras 3.10.0 对 3.11.0"
    second.environment = None
    assert compare(first, second).environment == ()


def test_promises_say_what_holds_first() -> None:
    for strict in (False, True):
        made = promises(replace(HERE, strict=strict))
        assert [one.kept for one in made] == sorted((one.kept for one in made), reverse=True)
        words = "\n".join(one.text.get("en") + one.text.get("zh") for one in made)
        assert "(here 8 within an operation)" in words and "oneDNN (here on)" in words
        assert ("deterministic operations only" in words) == strict
    loose, tight = (promises(replace(HERE, gpus=("A GPU",), strict=strict)) for strict in (False, True))
    assert "to the last bit" not in loose[0].text.en and "to the last bit" in tight[0].text.en


def test_seeds_in_force() -> None:
    assert seeds_of({"seed": 3}) == seeds_of({"seed": 3, "order_seed": None}) == Seeds(3, 3, 3)
    assert seeds_of({"seed": 3, "weights_seed": 0, "dropout_seed": 9}) == Seeds(0, 3, 9)
    assert moved_seeds({"seed": 2**31 - 1, "order_seed": 4, "weights_seed": None}, 1) == {"seed": 0, "order_seed": 5}


def test_runs_that_differ_in_the_seed_of_one_source_are_told_so_and_tell_no_spread() -> None:
    seeds = {"weights_seed": None, "order_seed": None, "dropout_seed": None}
    runs = [make_run(number, settings={**seeds, "dropout_seed": own}) for number, own in ((1, None), (2, 4), (3, 5))]
    found = compare(runs[0], runs[1], runs)
    assert found.verdict == "repeat" and "dropout seed" in found.reasons[0].en and found.same_order
    spread = found.metrics[0].spread
    assert (spread.first_runs, spread.second_runs) == ((1,), (2,))
    anew = make_run(5, settings={"weights_seed": 5, "order_seed": 5, "dropout_seed": 5})
    spread = compare(runs[0], runs[1], [*runs, anew]).metrics[0].spread
    assert (spread.first_runs, spread.second_runs) == ((1, 5), (2, 5))
    other = make_run(4, settings={**seeds, "order_seed": 7, "learning_rate": 0.1})
    assert compare(runs[0], other).verdict == "unfair" and not compare(runs[0], other).same_order


def test_seeds_of_their_own_that_draw_the_same_are_no_difference() -> None:
    plain = make_run(1, settings={"seed": 3, "weights_seed": None, "order_seed": None, "dropout_seed": None})
    apart = make_run(2, settings={"seed": 9, "weights_seed": 3, "order_seed": 3, "dropout_seed": 3})
    assert compare(plain, apart).verdict == "same"
    order = make_run(3, settings={"seed": 9, "weights_seed": 3, "order_seed": 4, "dropout_seed": 3})
    assert "batch order seed" in compare(plain, order).reasons[0].en


def test_the_cost_is_the_median_of_rounds() -> None:
    cost = StrictCost((0.001, 0.001, 0.002), (0.002, 0.0011, 0.003), 30)
    assert cost.ratio == pytest.approx(1.5)
    assert "1.50 times" in str(cost) and "2 ms a step against 1 ms (30 steps each way)" in str(cost)
    assert "1.50 倍" in cost.text.get("zh")
