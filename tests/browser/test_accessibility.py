"""No serious or critical violation, says axe-core: light and dark, in JupyterLab and in Voilà."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import lab
from tests.browser.bench import Bench

GRAVE = ("serious", "critical")
UNFOLD = "root => root.querySelectorAll('.kerastune-fold-toggle:not(.mod-active)').forEach(fold => fold.click())"


def grave_violations(page: Page, part: str) -> list[str]:
    """Return what axe-core has against ``part`` of the page: rule, element and what to do."""
    found = Axe().run(page, context=part).response["violations"]
    grave = [violation for violation in found if violation["impact"] in GRAVE]
    return [f"{rule['id']}: {node['html']}\n{node['failureSummary']}" for rule in grave for node in rule["nodes"]]


def with_everything_open(bench: Bench) -> Bench:
    """Finish a run and unfold what can be unfolded."""
    if "finished" not in bench.status.inner_text():
        bench.field("Epochs").fill("15")
        bench.field("Epochs").press("Enter")
        bench.run()
        bench.wait_for_end()
        bench.cards.first.wait_for()
        bench.root.evaluate(UNFOLD)
        for part in (".kerastune-range-test", ".kerastune-race"):  # made when the folds around them are opened
            bench.root.locator(part).wait_for()
            bench.root.evaluate(UNFOLD)
    return bench


def with_rates_found(bench: Bench) -> Bench:
    """Make a range test, unless there is one."""
    if not bench.root.locator(".kerastune-suggestion").count():
        bench.button("Find a rate").click()
        bench.root.locator(".kerastune-suggestion").first.wait_for()
        bench.wait_for_end()
    return bench


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_in_lab(bench: Bench, dark: bool) -> None:
    with_rates_found(with_everything_open(bench))
    lab.use_theme(bench.page, dark)
    bench.page.wait_for_timeout(500)  # colours fade
    found = grave_violations(bench.page, ".kerastune-workbench")
    lab.use_theme(bench.page, dark=False)
    assert found == []


def test_in_voila(dashboard: Bench) -> None:
    with_everything_open(dashboard)
    assert grave_violations(dashboard.page, ".kerastune-workbench") == []
    assert grave_violations(dashboard.page, "#rendered_cells, main, [role=main]") == []
