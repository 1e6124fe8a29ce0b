"""Make sure that there is a Chromium to test with, and a Chinese font for the screenshots.

Run: python tests/browser/install_chromium.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser import chromium

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
CAN_APT = IS_ROOT and shutil.which("apt-get") is not None


def run(*command: str) -> bool:
    """Run ``command``, showing it and what it prints; return whether it worked."""
    print("$", *command, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0


def apt_install(package: str) -> bool:
    """Install one Debian package; False when that is not possible here."""
    install = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package)
    return CAN_APT and run("apt-get", "update", "--quiet") and run(*install)


def by_playwright() -> bool:
    """Let Playwright download its own Chromium, with the libraries it needs where we may install them."""
    playwright = (sys.executable, "-m", "playwright")
    return run(*playwright, "install", "chromium") and (not CAN_APT or run(*playwright, "install-deps", "chromium"))


def ensure_chromium() -> str | None:
    """Return a Chromium that starts, installing one if there is none; None when all ways failed."""
    found = chromium.find()
    for install in (by_playwright, lambda: apt_install("chromium")):
        if found is None and install():
            found = chromium.find()
    return found


def ensure_chinese_font() -> None:
    """Install a font with Chinese characters where we may; without it, pictures show boxes."""
    lister = shutil.which("fc-list")
    listed = lister and subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout.strip()
    if not listed and not apt_install("fonts-noto-cjk") and sys.platform == "linux":
        print("No Chinese font was found: screenshots will show boxes for Chinese text.")


def main() -> int:
    """Return 0 when the browser tests can run."""
    program = ensure_chromium()
    if program is None:
        print(chromium.MISSING, file=sys.stderr)
        return 1
    ensure_chinese_font()
    print(f"Browser tests will use {program}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
