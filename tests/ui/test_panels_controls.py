"""Controls: what a person sets reaches the session; what the session says reaches the person."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread

import pytest

from kerastune_widget.ui.panels._control_row import ControlRow
from kerastune_widget.ui.panels._fields import readable
from kerastune_widget.ui.workbench import Workbench
from tests.ui.fake_session import FakeSession


def row(bench: Workbench, name: str) -> ControlRow:
    return bench.controls.rows[name]


def test_every_control_starts_at_its_default(bench: Workbench) -> None:
    assert row(bench, "learning_rate").field.text.value == "0.001"
    assert row(bench, "learning_rate").field.slider.value == pytest.approx(0.001)
    assert row(bench, "batch_size").field.slider.value == 32
    assert row(bench, "optimizer").field.widget.value == "adam"
    assert row(bench, "epochs").field.widget.value == 10
    assert row(bench, "shuffle").field.check_box.value is True


def test_the_log_slider_moves_the_number_field(bench: Workbench, session: FakeSession) -> None:
    row(bench, "learning_rate").field.slider.value = 10**-2.53
    assert row(bench, "learning_rate").field.text.value == "0.003"
    assert session.calls == [("set", "learning_rate", 0.003)]


def test_a_slider_in_motion_is_not_written_to(bench: Workbench) -> None:
    slider = row(bench, "learning_rate").field.slider
    slider.value = 10**-2.53
    bench.flush()
    assert slider.value == 10**-2.53


def test_the_number_field_moves_the_log_slider(bench: Workbench, session: FakeSession) -> None:
    row(bench, "learning_rate").field.text.value = "3e-5"
    assert row(bench, "learning_rate").field.slider.value == pytest.approx(3e-5)
    assert session.calls == [("set", "learning_rate", 3e-5)]


@pytest.mark.parametrize(("name", "rate", "snapped"), [("learning_rate", 0.003, 10**-2.5), ("dropout", 0.23, 0.25)])
def test_a_page_that_moves_the_slider_to_its_nearest_step_sets_nothing(
    bench: Workbench, session: FakeSession, name: str, rate: float, snapped: float
) -> None:
    session.set(name, rate)
    bench.flush()
    field = row(bench, name).field
    field.slider.set_state({"value": snapped})
    assert session.settings[name] == rate
    assert field.text.value == str(rate)
    field.slider.set_state({"value": snapped * 10**0.1})
    assert session.settings[name] != rate
    field.slider.set_state({"value": snapped})
    assert session.settings[name] == pytest.approx(snapped, rel=0.02)


def test_the_number_field_takes_more_than_the_slider_spans(bench: Workbench, session: FakeSession) -> None:
    row(bench, "learning_rate").field.text.value = "1e-9"
    assert session.settings["learning_rate"] == 1e-9
    assert row(bench, "learning_rate").field.slider.value == pytest.approx(1e-6)


@pytest.mark.parametrize("wrong", ["fast", "-1", "", "1e9", "nan"])
def test_a_wrong_value_is_explained_beside_the_control(bench: Workbench, session: FakeSession, wrong: str) -> None:
    field = row(bench, "learning_rate")
    field.field.text.value = wrong
    assert session.calls == []
    assert "from 1e-12 to 1e6" in field._note.value
    assert field._note.layout.display is None
    field.field.text.value = "0.01"
    assert field._note.layout.display == "none"


def test_a_batch_size_between_the_suggestions_can_be_typed(bench: Workbench, session: FakeSession) -> None:
    row(bench, "batch_size").field.text.value = "50"
    assert session.calls == [("set", "batch_size", 50)]
    assert row(bench, "batch_size").field.slider.value == 64


def test_the_other_kinds_pass_on_normal_values(bench: Workbench, session: FakeSession) -> None:
    row(bench, "batch_size").field.slider.value = 128
    row(bench, "optimizer").field.widget.value = "sgd"
    row(bench, "epochs").field.widget.value = 3
    row(bench, "shuffle").field.check_box.value = False
    assert [call[1:] for call in session.calls] == [
        ("batch_size", 128),
        ("optimizer", "sgd"),
        ("epochs", 3),
        ("shuffle", False),
    ]


def test_one_slider_moves_all_parts(bench: Workbench, session: FakeSession) -> None:
    row(bench, "dropout").field.slider.value = 0.4
    assert session.settings["dropout"] == pytest.approx(0.4)
    assert [part.slider.value for part in row(bench, "dropout").parts.values()] == [0.4, 0.4]


def test_a_part_moves_alone(bench: Workbench, session: FakeSession) -> None:
    row(bench, "dropout").parts["dropout_2"].slider.value = 0.5
    assert session.settings["dropout"] == {"dropout_1": 0.2, "dropout_2": 0.5}
    assert row(bench, "dropout").field.text.value == "0.35"
    assert "differ" in row(bench, "dropout")._fold.toggle.description


def test_an_optional_control_is_off_until_ticked(bench: Workbench, session: FakeSession) -> None:
    penalty = row(bench, "l2")
    assert penalty.field.widget.layout.display == "none"
    penalty.enabled.value = True
    assert session.settings["l2"] == pytest.approx(0.025)
    assert penalty.field.widget.layout.display is None
    penalty.enabled.value = False
    assert session.settings["l2"] is None


def test_a_disabled_control_says_why(bench: Workbench) -> None:
    assert row(bench, "momentum").field.text.disabled
    assert row(bench, "momentum").field.slider.disabled
    assert "Adam has no momentum" in row(bench, "momentum")._note.value


def test_what_code_sets_moves_the_control(bench: Workbench, session: FakeSession) -> None:
    session.set("learning_rate", 0.05)
    session.set("batch_size", 48)
    session.set("dropout", {"dropout_1": 0.1, "dropout_2": 0.6})
    bench.flush()
    assert row(bench, "learning_rate").field.text.value == "0.05"
    assert row(bench, "batch_size").field.text.value == "48"
    assert row(bench, "dropout").parts["dropout_2"].text.value == "0.6"
    assert len(session.calls) == 3


def test_the_browser_may_write_from_any_thread_while_we_write_too(bench: Workbench, session: FakeSession) -> None:
    slider = row(bench, "learning_rate").field.slider
    rates = [10 ** (-5 + place / 60) for place in range(240)]

    def drag() -> None:
        for rate in rates:
            slider.set_state({"value": rate})

    hand = Thread(target=drag)
    hand.start()
    for _ in range(240):
        session.set("optimizer", "sgd")
        bench.flush()
    hand.join()
    moved = [call for call in session.calls if call[1] == "learning_rate"]
    assert session.settings["learning_rate"] == float(f"{rates[-1]:.2g}")
    assert len(moved) == len({float(f"{rate:.2g}") for rate in rates}) or len(moved) == len(rates)
    assert row(bench, "learning_rate").field.text.value == readable(session.settings["learning_rate"])


def test_badges_show_while_training_only(bench: Workbench, session: FakeSession) -> None:
    assert "kerastune-training" not in bench.controls.widget._dom_classes
    session.begin()
    bench.flush()
    assert "kerastune-training" in bench.controls.widget._dom_classes
    assert "next epoch" in row(bench, "batch_size").field.text.description


@pytest.mark.parametrize(
    ("number", "text"), [(0.001, "0.001"), (3e-5, "3e-5"), (32, "32"), (1e6, "1e6"), (0.35, "0.35")]
)
def test_numbers_read_as_a_person_writes_them(number: float, text: str) -> None:
    assert readable(number) == text


def advanced_session() -> FakeSession:
    session = FakeSession(script=False)
    session.controls["dropout"] = replace(session.controls["dropout"], advanced=True)
    return session


def test_what_is_for_the_few_is_folded_away() -> None:
    bench = Workbench(advanced_session())
    folded = list(bench.controls.more.body.children)
    assert row(bench, "dropout").widget in folded
    assert row(bench, "learning_rate").widget not in folded
    assert bench.controls.more.toggle.value is False
    bench.close()


def test_the_closed_fold_tells_what_was_changed_in_it() -> None:
    session = advanced_session()
    bench = Workbench(session)
    assert bench.controls.more.toggle.description == "More settings"
    session.set("dropout", 0.5)
    session.set("learning_rate", 0.5)
    bench.flush()
    assert bench.controls.more.toggle.description == "More settings · 1 changed"
    bench.language = "zh"
    assert bench.controls.more.toggle.description == "更多设置 · 已改动 1 项"
    session.set("dropout", 0.2)
    bench.flush()
    assert bench.controls.more.toggle.description == "更多设置"
    bench.close()


def test_what_is_for_code_only_has_no_row_and_is_not_swept() -> None:
    session = FakeSession()
    shown = list(session.controls)
    hidden = replace(session.controls["seed"], name="order_seed", hidden=True)
    session.controls["order_seed"] = hidden
    session.settings = session.defaults = session.settings.replace(order_seed=None)
    bench = Workbench(session)
    assert list(bench.controls.rows) == shown
    assert "order_seed" not in [value for _, value in bench.sweep.control.options]
    bench.close()
