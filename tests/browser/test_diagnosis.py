"""Three runs with something wrong: the cause stands first, its fix is applied and proved, nothing else is disturbed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser import lab
from tests.browser.bench import SECONDS, Bench, eventually
from tests.browser.conftest import KERNEL

CELLS = (
    """
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

import kerastune_widget as kt

def show(hidden, inputs, outputs, x, y, epochs, rate):
    keras.utils.set_random_seed(0)
    last = layers.Dense(outputs, activation="softmax")
    model = keras.Sequential([keras.Input((inputs,)), hidden, last])
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    widget = kt.TuneWidget(model, (x, y), validation_split=0.25)
    widget.session.set("epochs", epochs)
    return widget
""",
    """
random = np.random.default_rng(0)
x = random.normal(size=(500, 8))
y = x[:, :3].argmax(axis=1)
unscaled = show(layers.Dense(16, activation="relu"), 8, 3, x * np.logspace(0, 3, 8), y, 12, 0.003)
unscaled
""",
    """
x, y = load_digits(return_X_y=True)
born_dead = layers.Dense(32, activation="relu", bias_initializer=keras.initializers.Constant(-9.0))
dead = show(born_dead, 64, 10, x[:800] / 16, y[:800], 8, 0.003)
dead
""",
    """
random = np.random.default_rng(0)
y = (random.random(1200) < 0.05).astype(int)
x = random.normal(size=(1200, 6)) + 1.2 * y[:, None] * np.array([1, 1, 0, 0, 0, 0])
rare = show(layers.Dense(8, activation="relu"), 6, 2, x, y, 8, 0.01)
rare
""",
)
FIRST_CARD = """cards => [...cards.querySelectorAll(':scope > .kerastune-card')]
  .filter(card => card.offsetParent)
  .sort((a, b) => a.style.order - b.style.order)[0]?.querySelector('.kerastune-code').textContent"""


@pytest.fixture(scope="module")
def notebook(chrome: Browser, address: str, folder: Path) -> Iterator[lab.Watched]:
    """A page with the three widgets."""
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), folder / "diagnosis.ipynb")
    with lab.watched_page(chrome, height=1400) as watched:
        lab.open_notebook(watched.page, address, "diagnosis.ipynb")
        lab.hide_side_bar(watched.page)
        lab.run_all_and_wait(watched.page)
        expect(watched.page.locator(".kerastune-workbench")).to_have_count(3, timeout=lab.PATIENCE)
        yield watched
        assert watched.errors == []
        assert watched.outside == []


def first_cause(bench: Bench) -> str:
    """Return the code of the card that stands first."""
    return str(bench.root.locator(".kerastune-cards").evaluate(FIRST_CARD))


def card_of(bench: Bench, code: str) -> Locator:
    return bench.cards.filter(has=bench.page.get_by_text(code, exact=True))


def verdict(bench: Bench, code: str) -> Locator:
    """Apply the fix, prove it, and return the verdict's line once it stands there."""
    card = card_of(bench, code)
    card.get_by_role("button", name="Apply and prove").click()
    expect(card.locator(".kerastune-proof")).to_contain_text(re.compile(r"Pair \d of 3, with"))
    expect(card.locator(".kerastune-proof")).to_contain_text("95% interval", timeout=SECONDS * 1000)
    return card.locator(".kerastune-proof")


@pytest.mark.parametrize(
    ("place", "name", "code"), [(0, "unscaled", "KT401"), (1, "dead", "KT203"), (2, "rare", "KT402")]
)
def test_the_cause_stands_first_and_its_fix_is_proved(notebook: lab.Watched, place: int, name: str, code: str) -> None:
    bench = Bench(notebook.page, notebook.page.locator(".kerastune-workbench").nth(place))
    if code.startswith("KT4"):  # the data tell before any run
        eventually(lambda: first_cause(bench) == code, f"{code} is not first before the run: {first_cause(bench)}")
    bench.run()
    bench.wait_for_end()
    eventually(lambda: first_cause(bench) == code, f"{code} is not first: {first_cause(bench)}")
    check_span(bench, name, code)
    drawn = bench.legend.all_inner_texts()
    expect(verdict(bench, code)).to_contain_text("Helped")
    expect(bench.status).to_contain_text("Run 1 · finished")
    assert bench.legend.all_inner_texts() == drawn
    check_runs(bench)


def check_span(bench: Bench, name: str, code: str) -> None:
    """Where the finding has a span, it is marked on the chart while its switch is down."""
    card, found = card_of(bench, code), f"{name}.session.runs[0].findings[0]"
    switch = card.get_by_role("button", name="Show on chart")
    if lab.ask(bench.page, f"{found}.span") is None:
        expect(switch).to_be_hidden()
        return
    expect(switch).to_have_class(re.compile("mod-active"))
    marked = bench.picture()
    switch.click()
    eventually(lambda: bench.picture() != marked, "the mark stays on the chart")
    switch.click()
    eventually(lambda: bench.picture() == marked, "the mark does not come back")


def check_runs(bench: Bench) -> None:
    """The runs of the proof stand back until they are asked for."""
    expect(bench.rows).to_have_count(1)
    folded = bench.button("6 proof runs")
    folded.click()
    expect(bench.rows).to_have_count(7)
    expect(bench.rows.filter(has_text="proof 1 · with fix · seed 2")).to_have_count(1)
    folded.click()
    expect(bench.rows).to_have_count(1)
