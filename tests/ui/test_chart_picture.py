"""The chart as a picture file, from code and as the page paints it, and the colours of both."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import kerastune_widget
from kerastune_widget.core.history import History
from kerastune_widget.core.plot import PALETTE_SIZE
from kerastune_widget.core.plots.training_curves import build
from kerastune_widget.errors import KerasTuneError
from kerastune_widget.ui.figure import draw
from kerastune_widget.ui.figure_file import check_path, save
from kerastune_widget.ui.palette import DARK, LIGHT

FOLDER = Path(kerastune_widget.__file__).parent / "ui" / "static" / "chart"
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")


@pytest.mark.parametrize(("name", "start"), [("a.png", b"\x89PNG"), ("b.SVG", b"<?xml"), ("c.pdf", b"%PDF")])
def test_the_ending_says_what_is_written(tmp_path: Path, name: str, start: bytes) -> None:
    path = check_path(str(tmp_path / name))
    save(draw(build(History(epochs={"loss": [3.0, 2.0, 1.0]}))), path)
    assert path.read_bytes().startswith(start)


def test_the_words_of_an_svg_stay_words(tmp_path: Path) -> None:
    save(draw(build(History(epochs={"loss": [3.0, 2.0, 1.0]}))), tmp_path / "a.svg")
    assert ">Loss<" in (tmp_path / "a.svg").read_text("utf-8")


@pytest.mark.parametrize("path", ["curves.jpg", "curves", "{odd}.gif"])
def test_another_ending_is_refused_in_both_languages(path: str) -> None:
    with pytest.raises(KerasTuneError, match=re.escape(f"received '{path}'")) as caught:
        check_path(path)
    assert path in caught.value.text.get("zh")


@needs_node
def test_the_page_answers_a_canvas_calls_with_svg() -> None:
    script = f"""
        import {{ SvgContext }} from "{FOLDER.as_uri()}/vectors.js";
        const context = new SvgContext(200, 100, {{ measureText: (text) => ({{ width: 6 * text.length }}) }});
        context.fillStyle = "rgb(1, 2, 3)";
        context.fillRect(0, 0, 200, 100);
        context.save();
        context.translate(10, 20);
        context.beginPath();
        context.rect(0, 0, 50, 50);
        context.clip();
        context.strokeStyle = "#0072b2";
        context.setLineDash([6, 3]);
        context.beginPath();
        context.moveTo(0, 0);
        context.lineTo(12.345, 6);
        context.stroke();
        context.restore();
        context.fillStyle = "rgba(1, 2, 3, 0.6)";
        context.font = "600 13px 'A', sans-serif";
        context.textAlign = "center";
        context.fillText("a < b & \\"c\\"", 5, 6);
        console.log(JSON.stringify(context.toString()));
    """
    done = subprocess.run(
        ["node", "--input-type=module", "-"], input=script, capture_output=True, text=True, timeout=60, check=True
    )
    svg = ElementTree.fromstring(json.loads(done.stdout))
    space = "{http://www.w3.org/2000/svg}"
    (line,) = svg.findall(f"{space}g/{space}g/{space}path")
    assert (line.get("d"), line.get("stroke"), line.get("stroke-dasharray")) == ("M0 0L12.35 6", "#0072b2", "6 3")
    (text,) = svg.findall(f"{space}text")
    assert (text.text, text.get("text-anchor"), text.get("font-weight")) == ('a < b & "c"', "middle", "600")
    assert (text.get("fill"), text.get("fill-opacity")) == ("rgb(1, 2, 3)", "0.6")


def luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("palette", "ground"), [(LIGHT, "#ffffff"), (DARK, "#111111"), (DARK, "#1e1e1e")], ids=["light", "dark", "code"]
)
def test_every_curve_can_be_seen_on_its_ground(palette: tuple[str, ...], ground: str) -> None:
    assert len(palette) == PALETTE_SIZE == len(set(palette))
    for colour in palette:
        darker, lighter = sorted((luminance(colour), luminance(ground)))
        assert (lighter + 0.05) / (darker + 0.05) >= 3, colour
