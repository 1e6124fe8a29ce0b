"""The table of runs on a page, by keyboard and by mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import lab
from tests.browser.bench import Bench, eventually

FOCUSED_RUN = "() => document.activeElement.closest('tr')?.dataset.run"


@pytest.fixture
def table(bench: Bench) -> Locator:
    """The table after two runs, the second with another rate."""
    lab.execute(bench.page, "for run in widget.session.runs: widget.session.delete(run)")
    bench.set(epochs=3)
    bench.run()
    bench.wait_for_end()
    bench.set(learning_rate=0.01)
    bench.run()
    bench.wait_for_end()
    found = bench.root.locator(".kerastune-runs-table")
    expect(found.locator("tbody tr")).to_have_count(2)
    return found


def numbers(table: Locator) -> list[int]:
    """Return the numbers of the runs from top to bottom."""
    return [
        int(number) for number in table.locator("tbody tr").evaluate_all("rows => rows.map(row => row.dataset.run)")
    ]


def test_a_line_in_use_is_never_rebuilt_nor_moved(bench: Bench, table: Locator) -> None:
    newest, older = numbers(table)
    name = table.locator(f"tr[data-run='{older}'] .ktr-name")
    name.focus()
    line = table.locator(f"tr[data-run='{older}']").element_handle()
    lab.execute(bench.page, "widget.session.run()")
    expect(table.locator("tbody tr")).to_have_count(3)
    assert bench.page.evaluate(FOCUSED_RUN) == str(older)
    assert line is not None and line.evaluate("line => line.isConnected")
    assert numbers(table)[1:] == [newest, older]


def test_by_keyboard_alone(bench: Bench, table: Locator) -> None:
    newest, older = numbers(table)
    table.locator(f"tr[data-run='{newest}'] .ktr-name").focus()
    keyboard = bench.page.keyboard
    keyboard.press("ArrowDown")
    assert bench.page.evaluate(FOCUSED_RUN) == str(older)
    keyboard.press("Enter")
    expect(table.locator("[aria-current]")).to_have_text(f"Run {older}")
    keyboard.press("F2")
    keyboard.type("the first")
    keyboard.press("Enter")
    expect(table.locator("[aria-current]")).to_have_text("the first")
    assert bench.page.evaluate(FOCUSED_RUN) == str(older)
    keyboard.press("F2")
    keyboard.type("not this")
    keyboard.press("Escape")
    expect(table.locator("[aria-current]")).to_have_text("the first")
    assert lab.ask(bench.page, f"widget.session.find({older}).name") == "the first"


def test_a_heading_sorts(bench: Bench, table: Locator) -> None:
    best = table.get_by_role("columnheader", name="Best")
    expect(best).to_have_attribute("aria-sort", "none")
    best.get_by_role("button").click()
    expect(best).to_have_attribute("aria-sort", "ascending")
    ascending = numbers(table)
    best.get_by_role("button").click()
    expect(best).to_have_attribute("aria-sort", "descending")
    assert numbers(table) == ascending[::-1]
    best.get_by_role("button").click()
    expect(best).to_have_attribute("aria-sort", "none")
    assert numbers(table) == sorted(ascending, reverse=True)


def test_two_runs_over_each_other_are_compared(bench: Bench, table: Locator) -> None:
    newest, older = numbers(table)
    table.get_by_label(f"Show Run {older} on the chart").check()
    expect(bench.root.locator(".kerastune-fold-toggle", has_text="Fair: only learning rate differs")).to_be_visible()
    expect(bench.root.locator(".kerastune-curves .ktc-legend")).to_contain_text(f"Run {newest}")
    table.get_by_role("button", name="Show only this").click()
    expect(table.get_by_label(f"Show Run {older} on the chart")).not_to_be_checked()
    expect(table.get_by_label(f"Show Run {newest} on the chart")).to_be_disabled()


def test_a_deleted_run_comes_back(bench: Bench, table: Locator) -> None:
    newest, _ = numbers(table)
    table.get_by_role("button", name="Delete").click()
    expect(table.get_by_text(f"Run {newest} deleted.")).to_be_visible()
    expect(table.locator("tbody tr")).to_have_count(1)
    table.get_by_role("button", name="Undo").click()
    expect(table.locator("tbody tr")).to_have_count(2)
    assert numbers(table)[0] == newest


def test_a_branch_from_the_table(bench: Bench, table: Locator) -> None:
    newest, _ = numbers(table)
    table.get_by_role("button", name="Branch").click()
    field = bench.root.locator(".kerastune-branch input")
    expect(field).to_be_focused()
    field.fill("2")
    field.press("Enter")
    bench.set(dropout=0.5)
    expect(bench.root.locator(".kerastune-branch")).to_contain_text("dropout 0.5")
    bench.button("Run branch").click()
    expect(table.locator("tbody tr")).to_have_count(3)
    expect(table.get_by_text(f"run {newest} @ epoch 2")).to_be_visible()
    bench.wait_for_end()
    eventually(lambda: numbers(table)[0] == newest, "the branch stands under the run it came from")


def test_code_is_shown_and_put_away(bench: Bench, table: Locator) -> None:
    table.get_by_role("button", name="Code").click()
    expect(table.locator("pre")).to_contain_text("import keras")
    table.get_by_role("button", name="Close").last.click()
    expect(table.locator("pre")).to_be_hidden()
