"""The audit in a browser: a planted stateful LSTM is found, named, and explained in both languages."""

from __future__ import annotations

from pathlib import Path

import nbformat
from playwright.sync_api import expect

from tests.browser import lab
from tests.browser.bench import Bench
from tests.browser.conftest import KERNEL

SERIES = """
import keras
import numpy as np
import kerastune_widget as kt

waves = np.sin(np.arange(64)[:, None] / 5 + np.arange(12) / 5)[..., None]
inputs = keras.Input(batch_shape=(8, 12, 1))
hidden = keras.layers.LSTM(8, stateful=True, name="memory")(inputs)
model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
model.compile("adam", "mse")
"""
SHOWN = "widget = kt.TuneWidget(model, (waves, waves[:, -1]))\nwidget"


def test_a_planted_stateful_lstm_is_found(watched: lab.Watched, folder: Path, address: str) -> None:
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (SERIES, SHOWN)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), folder / "audit.ipynb")
    lab.show_widget(watched.page, address, "audit.ipynb")
    bench = Bench(watched.page)
    bench.button("Reproducibility lab").click()
    bench.button(r"Why does it answer differently\?").click()
    audit = bench.root.locator(".kerastune-audit")
    audit.get_by_role("button", name="Audit the model").click()
    expect(bench.status).to_contain_text("Audit 1")
    expect(bench.button("Run")).to_be_disabled()
    expect(audit).to_contain_text("of 9 checks found a reason", timeout=lab.PATIENCE)
    found = audit.locator(".kerastune-audit-finding")
    expect(found.first).to_contain_text("The same input twice")
    expect(found.first).to_contain_text("'memory' (LSTM) keeps its state from one call to the next (stateful=True)")
    expect(found.first).to_contain_text("reset_state()")
    expect(found).to_have_count(2)
    expect(bench.button("Run")).to_be_enabled()
    bench.root.get_by_role("button", name="中文").click()
    expect(found.first).to_contain_text("会把状态保留到下一次调用")
