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
def test_values_read_with_four_significant_digits():
    script = f"""
        import {{ valueText }} from "{FOLDER.as_uri()}/numbers.js";
        console.log(JSON.stringify([0.123456, 12.3456, 0, 1.5e-7, 123456, NaN].map(valueText)));
    """
    assert node(script) == ["0.1235", "12.35", "0.000", "1.500e-7", "1.235e+5", "–"]
