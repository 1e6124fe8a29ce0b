"""The chart's JavaScript as far as it can be tested without a browser; Node only, where there is one."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import kerastune_widget
from kerastune_widget.core.plot import smoothed
from kerastune_widget.ui.bundle import bundle

FOLDER = Path(kerastune_widget.__file__).parent / "ui" / "static" / "chart"
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")


def node(script):
    done = subprocess.run(
        ["node", "--input-type=module", "-"], input=script, capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def test_the_bundle_is_one_module_with_one_export():
    code = bundle(FOLDER)
    assert not re.search(r"^import ", code, re.MULTILINE)
    assert re.findall(r"^export .*", code, re.MULTILINE) == ["export default { render };"]


def test_no_two_modules_declare_the_same_name():
    names = re.findall(r"^(?:export )?(?:function|const|class) (\w+)", bundle(FOLDER), re.MULTILINE)
    assert len(names) == len(set(names)) > 80


def test_both_languages_have_the_same_words():
    english, chinese = re.findall(r"^  (?:en|zh): \{(.*?)^  \}", (FOLDER / "words.js").read_text("utf-8"), re.M | re.S)
    assert re.findall(r"^    (\w+):", english, re.M) == re.findall(r"^    (\w+):", chinese, re.M)


@needs_node
def test_the_page_smooths_as_python_does():
    values = [3.0, 1.0, None, 2.0, 5.0, 4.0]
    script = f"""
        import {{ extend, frontOf, newCurve }} from "{FOLDER.as_uri()}/curves.js";
        const chart = {{ view: {{ smoothing: 0.9 }}, spec: {{}} }};
        const curve = newCurve({{ smooth: true }});
        for (const value of {json.dumps(values)}) {{
          extend(curve, [curve.count + 1], [value ?? NaN]);
          frontOf(chart, curve);
        }}
        console.log(JSON.stringify([...frontOf(chart, curve).subarray(0, curve.count)]));
    """
    expected = smoothed(np.array(values, dtype=float), 0.9)
    found = np.array(node(script), dtype=float)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@needs_node
@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 500, [0, 100, 200, 300, 400, 500]), (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (-1, 1, [-1, -0.5, 0, 0.5, 1])],
)
def test_ticks_are_round(low, high, ticks):
    script = f"""
        import {{ linearTicks }} from "{FOLDER.as_uri()}/numbers.js";
        console.log(JSON.stringify(linearTicks({low}, {high}, 5).ticks));
    """
    assert node(script) == pytest.approx(ticks)


@needs_node
def test_a_position_to_pick_reads_as_a_person_writes_it():
    script = f"""
        import {{ roundText }} from "{FOLDER.as_uri()}/numbers.js";
        console.log(JSON.stringify([0.0021449, 3.14159e-5, 0.0000999, 1, 12.6, 0.1].map(roundText)));
    """
    assert node(script) == ["0.0021", "3.1e-5", "0.0001", "1", "13", "0.1"]


@needs_node
@pytest.mark.parametrize(("range_", "expected"), [(None, [0.01, 0.1]), ([1e-6, 10], [1e-6, 10])])
def test_an_axis_with_ends_of_its_own_keeps_them(range_, expected):
    script = f"""
        import {{ extend, newCurve }} from "{FOLDER.as_uri()}/curves.js";
        import {{ rangeX }} from "{FOLDER.as_uri()}/scales.js";
        const curve = newCurve({{ id: "a", title: {{ en: "a" }}, role: "training", hue: 0 }});
        extend(curve, Float32Array.of(0.01, 0.1), Float32Array.of(1, 2));
        const spec = {{ x_log: true, x_range: {json.dumps(range_)}, series: [] }};
        const chart = {{ spec, curves: new Map([["a", curve]]), view: {{ hidden: [] }}, zoom: null }};
        console.log(JSON.stringify(rangeX(chart)));
    """
    assert node(script) == pytest.approx(expected)


@needs_node
def test_the_words_of_suggestions_stand_in_rows_and_none_is_left_out():
    script = f"""
        import {{ drawMarks }} from "{FOLDER.as_uri()}/ground.js";
        const written = [];
        const context = {{ measureText: (text) => ({{ width: 6 * text.length }}), fillRect() {{}}, beginPath() {{}},
          moveTo() {{}}, lineTo() {{}}, stroke() {{}}, setLineDash() {{}},
          fillText: (text, x, y) => written.push([text, y]) }};
        const mark = (x, en, kind) => ({{ x, text: {{ en }}, kind }});
        const close = [mark(50, "Recommended", "suggestion"), mark(51, "Valley", "suggestion")];
        close.push(mark(52, "changed", "change"));
        const far = mark(200, "Minimum", "suggestion");
        const pane = {{ axis: {{ id: "loss" }} }};
        const spec = {{ annotations: [...close, far] }};
        const chart = {{ spec, panes: [pane], theme: {{}}, words: (text) => text.en }};
        const scale = {{ x0: 0, x1: 300, left: 0, right: 300, top: 18, bottom: 200, px: (x) => x }};
        drawMarks(context, chart, scale, pane);
        console.log(JSON.stringify(written));
    """
    written = dict(node(script))
    assert set(written) == {"Recommended", "Valley", "Minimum"}
    assert written["Recommended"] == written["Minimum"] < written["Valley"]


@needs_node
def test_only_the_pane_of_rates_spans_what_is_still_to_come():
    script = f"""
        import {{ extend, newCurve }} from "{FOLDER.as_uri()}/curves.js";
        import {{ rangeX }} from "{FOLDER.as_uri()}/scales.js";
        const curve = (id, mark, role) => newCurve({{ id, mark, role, title: {{ en: id }}, hue: 0 }});
        const [taken, ahead] = [curve("1/loss", "line", "training"), curve("1/planned", "faint", "rate")];
        extend(taken, Float32Array.of(1, 50), Float32Array.of(1, 2));
        extend(ahead, Float32Array.of(1, 400), Float32Array.of(1, 2));
        const curves = new Map([["1/loss", taken], ["1/planned", ahead]]);
        const chart = {{ spec: {{ series: [] }}, curves, view: {{ hidden: [] }}, zoom: null }};
        const panes = [{{ axis: {{ wide: false }} }}, {{ axis: {{ wide: true }} }}];
        const ranges = panes.map((pane) => rangeX(chart, pane));
        chart.zoom = [10, 20];
        console.log(JSON.stringify([...ranges, rangeX(chart, panes[1])]));
    """
    assert node(script) == [[0, 50], [0, 400], [10, 20]]


@needs_node
def test_a_mark_of_one_pane_is_no_other_panes():
    script = f"""
        import {{ drawMarks, marksOf }} from "{FOLDER.as_uri()}/ground.js";
        const written = [];
        const context = {{ measureText: (text) => ({{ width: 6 * text.length }}), fillRect() {{}}, beginPath() {{}},
          moveTo() {{}}, lineTo() {{}}, stroke() {{}}, setLineDash() {{}}, fillText: (text) => written.push(text) }};
        const annotations = [
          {{ x: 50, text: {{ en: "changed" }}, kind: "change", axis: "" }},
          {{ x: 150, text: {{ en: "why it was cut" }}, short: {{ en: "cut" }}, kind: "change", axis: "rate" }},
          {{ x: 250, text: {{ en: "waited" }}, kind: "wait", axis: "rate" }},
        ];
        const panes = [{{ axis: {{ id: "loss" }} }}, {{ axis: {{ id: "rate" }} }}];
        const chart = {{ spec: {{ annotations }}, panes, theme: {{}}, words: (text) => text.en }};
        const scale = {{ x0: 0, x1: 300, left: 0, right: 300, top: 18, bottom: 200, px: (x) => x }};
        for (const pane of panes) drawMarks(context, chart, scale, pane);
        console.log(JSON.stringify([written, panes.map((pane) => marksOf(chart, pane).map((mark) => mark.x))]));
    """
    written, marks = node(script)
    assert written == ["changed", "cut"]  # in the pane of the rate there is room for its own words only
    assert marks == [[50], [50, 150, 250]]


@needs_node
def test_values_read_with_four_significant_digits():
    script = f"""
        import {{ valueText }} from "{FOLDER.as_uri()}/numbers.js";
        console.log(JSON.stringify([0.123456, 12.3456, 0, 1.5e-7, 123456, NaN].map(valueText)));
    """
    assert node(script) == ["0.1235", "12.35", "0.000", "1.500e-7", "1.235e+5", "–"]
