"""The widget in Voilà: a page without cells."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.bench import Bench, trains_and_stops


def test_trains_and_stops(dashboard: Bench, pictures: Path) -> None:
    trains_and_stops(dashboard)
    expect(dashboard.page.locator(".kerastune-saved:visible")).to_have_count(0)
    dashboard.page.screenshot(path=pictures / "voila.png")
