"""Find a Chromium that really starts."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
"""Headless Chromium that asks nobody but this machine."""

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

MISSING = (
    "No usable Chromium was found. Run `python tests/browser/install_chromium.py`, install Chromium or Chrome "
    "yourself, or set KERASTUNE_CHROMIUM to the program."
)


def find() -> str | None:
    """Return the first Chromium that starts, or None."""
    return next((program for program in candidates() if starts(program)), None)


def candidates() -> Iterator[str]:
    """Yield programs to try: the one asked for, Playwright's own, those on the PATH."""
    asked_for = os.environ.get("KERASTUNE_CHROMIUM")
    if asked_for:
        yield asked_for
        return
    own = playwrights_own()
    if own is not None:
        yield own
    yield from filter(None, map(shutil.which, NAMES))


def playwrights_own() -> str | None:
    """Return the Chromium that ``playwright install`` put down, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = playwright.chromium.executable_path
    return program if Path(program).exists() else None


def starts(program: str) -> bool:
    """Return whether ``program`` can show an empty page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, "--headless=new", *OPTIONS, f"--user-data-dir={profile}", "--dump-dom", "about:blank"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0 and b"<html>" in done.stdout
