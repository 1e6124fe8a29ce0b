"""The documentation names everything there is, leads nowhere wrong, and its code runs."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import kerastune_widget as kt
from kerastune_widget.core.diagnosis import all_rules
from kerastune_widget.core.discover import discover
from kerastune_widget.engine import controls
from kerastune_widget.engine.controls._base import Control

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MADE = {
    DOCS / "rules",
    DOCS / "notebooks",
    DOCS / "notebooks" / "zh",
    DOCS / "_build",
}  # links to these are the build's to check
WRITTEN = sorted(page for page in DOCS.rglob("*.md") if not MADE & set(page.parents))
READABLE = [*WRITTEN, *sorted(ROOT.glob("*.md"))]
INTERNAL = {"Run.begin_with", "Run.held_bytes", "Run.let_go", "Run.take_down"}  # for the training thread
RECIPES = ["branch_sweep_compare", "getting_started", "how_much_they_differ", "keep_your_runs", "same_again"]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def without_comments(code: str) -> str:
    return re.sub(r"  # .*", "", code)


def levels(text: str) -> list[int]:
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [len(marks) for marks in re.findall(r"^(#+) ", prose, flags=re.MULTILINE)]


def test_every_control_is_described() -> None:
    page = read(DOCS / "panels" / "controls.md")
    names = discover(controls, "CONTROL", Control)
    assert names
    assert [name for name in names if f"| `{name}` |" not in page] == []


def local_links(text: str) -> set[str]:
    text = re.sub(r"^```python.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return {target.partition("#")[0] for target in targets if not re.match(r"\w+:|#", target)}


@pytest.mark.parametrize("page", READABLE, ids=lambda page: str(page.relative_to(ROOT)))
def test_local_links_lead_somewhere(page: Path) -> None:
    targets = {(page.parent / link).resolve() for link in local_links(read(page))}
    assert [target for target in targets if not target.exists() and target.parent not in MADE] == []


def test_both_readmes_have_the_same_parts() -> None:
    english, chinese = read(ROOT / "README.md"), read(ROOT / "README.zh-CN.md")
    assert levels(english) == levels(chinese)
    assert code_blocks(english, "sh") == code_blocks(chinese, "sh")
    python = [[without_comments(code) for code in code_blocks(text, "python")] for text in (english, chinese)]
    assert python[0] == python[1] != []
    assert "(README.zh-CN.md)" in english and "(README.md)" in chinese


def test_both_readmes_have_the_same_figures() -> None:
    tables = [
        re.findall(r"\d[\d.,–]*\d|\d", "".join(line for line in read(ROOT / name).splitlines() if line.startswith("|")))
        for name in ("README.md", "README.zh-CN.md")
    ]
    english, chinese = ([figure for figure in table if "." in figure or "–" in figure] for table in tables)
    assert [figure for figure in english if figure != "8.5"] == chinese != []  # 8.5 million is 850 万


def follow(page: Path, space: dict[str, Any]) -> dict[str, Any]:
    """Run a page's code from top to bottom."""
    blocks = code_blocks(read(page), "python")
    assert blocks
    for block in blocks:
        exec(compile(block, page.name, "exec"), space)
    return space


@pytest.mark.parametrize("name", RECIPES)
def test_code_of_a_page_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    follow(DOCS / f"{name}.md", {})


def small_model() -> keras.Model:
    layers = [keras.Input((4,)), keras.layers.Dropout(0.1, name="dropout_1"), keras.layers.Dense(1, "sigmoid")]
    model = keras.Sequential(layers)
    model.compile(loss="binary_crossentropy")
    return model


def small_data() -> tuple[Any, Any]:
    x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
    return x, (x[:, 0] > 0).astype("float32")


def test_code_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("training.csv").write_text("epoch,loss\n0,1.0\n1,0.9\n", encoding="utf-8")
    x, y = small_data()
    done = follow(ROOT / "README.md", {"model": small_model(), "x": x, "y": y, "x_val": x, "y_val": y})
    assert done["second"].epochs == 20
    assert {"runs", "runs.csv", "tensorboard", "exported"} <= {path.name for path in tmp_path.iterdir()}


def test_code_of_the_panels_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("training.csv").write_text("epoch,loss\n0,1.0\n1,0.9\n", encoding="utf-8")
    session = kt.Session(small_model(), small_data())
    pages = [page for page in WRITTEN if page.parent.name == "panels" and code_blocks(read(page), "python")]
    assert len(pages) > 3
    runs = {name: session.run(epochs=20) for name in ("run", "first", "second")}
    for page in pages:
        follow(page, {"kt": kt, "session": session, **runs})
        session.wait()
    session.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished pages; a warning is an error."""
    out = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-b", "html", "-q", "-d", str(out / "doctrees")]
    done = subprocess.run([*command, str(DOCS), str(out / "html")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out / "html"


class Requests(HTMLParser):
    """Collects the addresses that a browser asks for by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {"link": ("href",), "a": ()}.get(tag, ("src", "srcset", "data", "poster"))
        self.found += [value for name, value in attrs if name in names and value]


def public_names() -> list[str]:
    """All names of the package, and what their classes offer."""
    offered = [
        f"{kind.__name__}.{name}"
        for kind in (kt.Session, kt.Run, kt.TuneWidget)
        for name in vars(kind)
        if not name.startswith("_") and f"{kind.__name__}.{name}" not in INTERNAL
    ]
    return [*kt.__all__, *offered]


def test_every_public_name_is_in_the_api(built: Path) -> None:
    page = read(built / "api.html")
    names = public_names()
    assert "Session.start" in names
    assert [name for name in names if f'id="kerastune_widget.{name}"' not in page] == []


def test_pages_ask_nobody_outside(built: Path) -> None:
    asked = Requests()
    for page in built.rglob("*.html"):
        asked.feed(read(page))
    styles = [address for sheet in built.rglob("*.css") for address in re.findall(r"url\(['\"]?([^)]*)", read(sheet))]
    assert asked.found
    assert [address for address in (*asked.found, *styles) if re.match(r"(https?:)?//", address)] == []


def test_every_rule_has_its_page(built: Path) -> None:
    for rule in all_rules():
        page = read(built / "rules" / f"{rule.code.lower()}-{rule.name}.html")
        assert rule.title.en in page and rule.title.zh in page
        assert "When it is wrong" in page and "何时会错" in page
