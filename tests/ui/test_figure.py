import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from kerastune_widget.core.history import Change, History
from kerastune_widget.core.plot import Annotation, Axis, PlotSpec, Series, Span, smoothed
from kerastune_widget.core.plots.training_curves import build
from kerastune_widget.core.text import NO_TEXT, Text
from kerastune_widget.ui import figure as painter
from kerastune_widget.ui.figure import draw, to_png

LOSSES = np.array([3.0, 2, np.nan, 1, 1, np.inf])


def spec():
    history = History(
        epochs={"loss": [2, 1], "val_loss": [1.5, 1.2], "val_accuracy": [0.5, 0.6]},
        steps={"loss": LOSSES, "accuracy": np.linspace(0, 1, 6)},
        epoch_ends=[3, 6],
        changes=[Change(3, 1, "learning_rate", 0.001, 0.01)],
    )
    return replace(build(history), spans=[Span(3, 6, "warning")])


def lines(figure):
    return {line.get_gid(): line for place in figure.axes for line in place.get_lines() if line.get_gid()}


def words(figure):
    found = [text.get_text() for place in figure.axes for text in (place.title, place.xaxis.label, *place.texts)]
    found += [place.get_title(loc="left") for place in figure.axes]
    return found + [text.get_text() for legend in figure.legends for text in legend.get_texts()]


@pytest.mark.parametrize("width", [6, 12])
def test_every_curve_is_drawn_with_its_numbers(width):
    drawn = lines(draw(spec(), width_inches=width))
    assert set(drawn) == {"loss", "val_loss", "accuracy", "val_accuracy"}
    np.testing.assert_allclose(drawn["loss"].get_ydata(), smoothed(LOSSES, 0.9))
    np.testing.assert_allclose(drawn["val_loss"].get_xdata(), [3, 6])
    assert drawn["val_loss"].get_linestyle() == "--" and drawn["loss"].get_linestyle() == "-"


def test_without_smoothing_the_raw_values_are_the_line():
    drawn = lines(draw(replace(spec(), smoothing=0.0)))
    np.testing.assert_allclose(drawn["loss"].get_ydata()[[0, 1, 3]], [3, 2, 1])
    assert np.isnan(drawn["loss"].get_ydata()[5])


def test_english_words():
    found = words(draw(spec()))
    assert {"Loss", "Accuracy", "Training", "Validation", "Step · 2 epochs", "learning rate 0.001 → 0.01"} <= set(found)


@pytest.mark.parametrize(("kind", "kept"), [("suggestion", {"a", "b", "c"}), ("change", {"a", "c"})])
def test_words_of_suggestions_are_never_left_out_and_stand_apart_on_a_logarithmic_axis(kind, kept):
    curve = Series("curve", NO_TEXT, "loss", x=np.geomspace(1e-6, 10, 8, dtype="f4"), y=np.ones(8, "f4"))
    marks = [Annotation(x, Text.same(word), kind=kind) for x, word in ((1e-5, "a"), (2e-5, "b"), (1e-2, "c"))]
    logged = PlotSpec("p", NO_TEXT, NO_TEXT, [Axis("loss", NO_TEXT)], [curve], marks, x_log=True, x_range=(1e-6, 10.0))
    figure = draw(logged)
    assert {"a", "b", "c"} & set(words(figure)) == kept
    assert figure.axes[0].get_xlim() == pytest.approx((1e-6, 10.0))


def test_a_rate_and_its_reasons_have_a_pane_of_their_own():
    axes = [Axis("loss", Text.same("Loss")), Axis("rate", Text.same("Rate"), wide=True)]
    x = np.arange(1, 5, dtype=np.float32)
    own = Series("rate", Text.same("Rate"), "rate", "rate", x=x, y=1 / x)
    planned = replace(own, id="planned", mark="faint", y=x)
    reasons = [
        Annotation(2, Text.same("a long reason"), axis="rate", short=Text.same("cut")),
        Annotation(3, Text.same("waited"), "wait", axis="rate"),
        Annotation(1, Text.same("changed")),
    ]
    figure = draw(PlotSpec("p", NO_TEXT, Text.same("Step"), axes, [planned, own], reasons))
    loss, rate = figure.axes[:2]
    assert [text.get_text() for text in loss.texts] == ["changed"]
    assert [text.get_text() for text in rate.texts] == ["cut"]
    dashed = [line for line in rate.lines if list(line.get_ydata()) == list(planned.y)]
    assert len(dashed) == 1 and dashed[0].get_linestyle() == "--" and dashed[0].get_alpha() < 1


def test_a_low_pane_takes_the_full_width_below_two_others():
    axes = [Axis(name, Text.same(name), wide=name == "rate") for name in ("loss", "accuracy", "rate")]
    places = [place.get_position() for place in draw(PlotSpec("p", NO_TEXT, NO_TEXT, axes)).axes]
    assert (places[2].x0, places[2].x1) == pytest.approx((places[0].x0, places[1].x1))
    assert places[2].y1 < places[0].y0


def test_chinese_words_where_a_font_has_them(monkeypatch):
    monkeypatch.setattr(painter, "chinese_font", lambda: "Some Font")
    assert {"损失", "训练", "学习率 0.001 → 0.01"} <= set(words(draw(spec(), "zh")))


def test_english_words_where_no_font_has_chinese(monkeypatch):
    monkeypatch.setattr(painter, "chinese_font", lambda: None)
    assert "Loss" in words(draw(spec(), "zh"))


@pytest.mark.parametrize("dark", [False, True])
def test_a_png_comes_out(dark):
    assert to_png(draw(spec(), dark=dark)).startswith(b"\x89PNG")


@pytest.mark.parametrize("empty", [PlotSpec("p", NO_TEXT, NO_TEXT), build(History())], ids=["no panes", "no numbers"])
def test_an_empty_plot_is_an_empty_picture(empty):
    assert to_png(draw(empty)).startswith(b"\x89PNG")


def test_logarithmic_axes():
    history = History(epochs={"loss": [10, 0.0, 0.1]})
    figure = draw(replace(build(history, log=True), x_log=True))
    assert (figure.axes[0].get_yscale(), figure.axes[0].get_xscale()) == ("log", "log")
    assert to_png(figure)


def test_long_curves_keep_their_extremes():
    values = np.zeros(100_000)
    values[[12_345, 99_999]] = [7, -7]
    values[500:600] = np.nan
    x, y = painter._thinned(np.arange(100_000), values)
    assert len(x) < 5000 and (np.diff(x) >= 0).all()
    assert np.nanmax(y) == 7 and np.nanmin(y) == -7


def test_several_runs_keep_their_colours():
    from kerastune_widget.core.plots.training_curves import overlay
    from kerastune_widget.core.text import Text

    runs = [build(History(epochs={"loss": [1, 2], "val_loss": [1, 2]}), prefix=str(n), colour=n) for n in (0, 1)]
    drawn = lines(draw(overlay([replace(run, title=Text(en="", zh="")) for run in runs])))
    assert drawn["0/loss"].get_color() == drawn["0/val_loss"].get_color() != drawn["1/loss"].get_color()


def test_importing_the_chart_loads_neither_matplotlib_nor_keras():
    code = "import sys, kerastune_widget.ui.chart; print({'matplotlib', 'keras', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_pyplot_is_never_loaded():
    code = "\n".join(
        [
            "import sys",
            "from kerastune_widget.core.plots.training_curves import History, build",
            "from kerastune_widget.ui.figure import draw, to_png",
            "to_png(draw(build(History(epochs={'loss': [1, 2]}))))",
            "print('matplotlib.pyplot' in sys.modules)",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
