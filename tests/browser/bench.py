"""The widget on a page, as a person meets it: by roles, visible words and our own class names."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from . import lab

SECONDS = 60

CELLS = (
    "import kerastune_widget as kt",
    """
import keras
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
keras.utils.set_random_seed(0)
hidden = [keras.layers.Dense(64, activation="relu"), keras.layers.Dropout(0.2)]
model = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
""",
    """
widget = kt.TuneWidget(model, (x[:1500] / 16, y[:1500]), validation_data=(x[1500:] / 16, y[1500:]))
widget
""",
)
"""A notebook that ends in a widget nobody has run yet."""


class Bench:
    """One widget on one page.

    Args:
        page: The page of a notebook that shows it.
        root: The widget; the first on the page when left out.
    """

    def __init__(self, page: Page, root: Locator | None = None) -> None:
        self.page = page
        self.root = root or page.locator(".kerastune-workbench").first

    # What there is to see

    @property
    def status(self) -> Locator:
        """How the newest run stands."""
        return self.root.locator(".kerastune-status")

    @property
    def progress(self) -> Locator:
        """The line over the progress bar."""
        return self.root.get_by_role("status")

    @property
    def cards(self) -> Locator:
        """The findings on show."""
        return self.root.locator(".kerastune-card:visible")

    @property
    def rows(self) -> Locator:
        """The lines of the table of runs."""
        return self.root.locator("tr[data-run]")

    def row(self, number: int) -> Locator:
        """Return the line of one run."""
        return self.root.locator(f"tr[data-run='{number}']")

    def action(self, name: str) -> Locator:
        """Return the button under the table of runs with this name."""
        return self.root.locator(".ktr-action").filter(has_text=name)

    @property
    def legend(self) -> Locator:
        """The entries of the chart's legend."""
        return self.curves.locator(".ktc-key")

    @property
    def curves(self) -> Locator:
        """The chart of the runs; a sweep has one of its own."""
        return self.root.locator(".kerastune-curves")

    def button(self, name: str) -> Locator:
        """Return the button with these words on it, whatever its icon; the first one from above."""
        return self.root.get_by_role("button", name=re.compile(rf"^\W*{name}$")).first

    def field(self, name: str) -> Locator:
        """Return the input field with this label."""
        words = re.compile(name)
        return self.root.get_by_role("textbox", name=words).or_(self.root.get_by_role("spinbutton", name=words))

    def handle(self, name: str) -> Locator:
        """Return the slider handle of the control with this label."""
        rows = self.root.locator(".kerastune-control").filter(has_text=name)
        return rows.first.get_by_role("slider").first

    def last_point(self) -> tuple[int, int]:
        """Read step and epoch of the chart's last point, by keyboard; (0, 0) when it is empty."""
        return self._point("End")

    def first_point(self) -> tuple[int, int]:
        """Read step and epoch of the chart's first point."""
        return self._point("Home")

    def resting_point(self) -> tuple[int, int]:
        """Wait until the chart stands still and return its last point."""
        seen = [self.last_point()]

        def rests() -> bool:
            self.page.wait_for_timeout(200)
            seen.append(self.last_point())
            return seen[-1] == seen[-2]

        eventually(rests, "the chart goes on moving", seconds=10)
        return seen[-1]

    def _point(self, key: str) -> tuple[int, int]:
        pane = self.curves.locator(".ktc-plot").first
        if not pane.count() or self.curves.locator(".ktc-is-empty").count():
            return (0, 0)
        pane.focus()
        pane.press(key)
        card = pane.locator(".ktc-card")
        expect(card).to_contain_text(re.compile(r"Step|第"))
        step, epoch = (int(number.replace(",", "")) for number in re.findall(r"[\d,]+", card.inner_text())[:2])
        pane.blur()
        return step, epoch

    def picture(self) -> str:
        """Return what the chart's first pane looks like, to tell whether it was drawn anew."""
        canvas = self.curves.locator("canvas.ktc-canvas").first
        return str(canvas.evaluate("canvas => canvas.toDataURL()")) if canvas.count() else ""

    # What there is to do

    def set(self, **settings: Any) -> None:
        """Set hyperparameters from code."""
        lab.execute(
            self.page, "".join(f"widget.session.set({name!r}, {value!r})\n" for name, value in settings.items())
        )

    def setting(self, name: str) -> Any:
        """Return what the session's setting is."""
        return lab.ask(self.page, f"widget.session.settings[{name!r}]")

    def run(self) -> None:
        """Press Run and wait until the widget speaks of the new run."""
        before = self.status.inner_text()
        self.button("Run").click()
        expect(self.status).not_to_have_text(before, timeout=SECONDS * 1000)

    def run_for_long(self) -> None:
        """Run until somebody presses Stop; by hand, for pages that offer no way to the kernel."""
        self.field("Epochs").fill("5000")
        self.field("Epochs").press("Enter")
        self.run()

    def wait_for_end(self, status: str = "finished") -> None:
        """Wait until the run has ended that way."""
        expect(self.status).to_contain_text(status, timeout=SECONDS * 1000)

    def come_to_rest(self) -> None:
        """End any training, speak English, start with the model's settings."""
        reset = "{name: spec.default for name, spec in widget.session.controls.items()}.items()"
        stop = "widget.session.stop(); widget.session.wait(); widget.language = 'en'"
        lab.execute(self.page, f"{stop}\nfor name, value in {reset}:\n    widget.session.set(name, value)")
        expect(self.button("Run")).to_be_enabled()


def trains_and_stops(bench: Bench) -> None:
    """Press Run, see the curve grow, press Stop."""
    bench.run_for_long()
    eventually(lambda: bench.last_point()[0] > 0, "no point appeared")
    first, drawn = bench.last_point(), bench.picture()
    eventually(lambda: bench.last_point() > first, "the curve did not grow")
    eventually(lambda: bench.picture() != drawn, "the picture did not change")
    bench.button("Stop").click()
    bench.wait_for_end("stopped")
    expect(bench.button("Run")).to_be_enabled()


def eventually(condition: Callable[[], bool], message: str, seconds: float = SECONDS) -> None:
    """Wait for ``condition``, looking often."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, message
        time.sleep(0.05)
