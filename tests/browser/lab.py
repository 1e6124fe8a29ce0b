"""Serve notebooks with a Jupyter server of our own and look at them with a browser of our own.

One server shows them in three ways: JupyterLab, Notebook 7 and Voilà.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from ast import literal_eval
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from . import chromium

ROOT = Path(__file__).parents[2]
LOCAL = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
PATIENCE = 120_000
"""Milliseconds that a busy machine may take to show a page or to start a kernel."""

# JupyterLab itself says these when a page is opened or left; they are none of ours.
KNOWN_NOISE = ("favicon", "WebSocket is already in CLOSING or CLOSED state")

VOILA_ASKS = (
    "https://cdn.jsdelivr.net/npm/@fortawesome/",
    "https://cdnjs.cloudflare.com/ajax/libs/mathjax/",
)
"""What Voilà's own page asks for beyond this machine: icons and formulas."""

NOTEBOOK_NOISE = ("reading 'schema'", "'filebrowser:open-path' not registered", "/static/notebook/")
"""What Notebook 7 itself complains of beside JupyterLab: its own fonts too, refused from a hidden folder (.venv)."""

VOILA_NOISE = ("net::ERR_NAME_NOT_RESOLVED", "@jupyterlab/docregistry")
"""What Voilà itself complains of: its two look-ups outside fail here, and Notebook's extension is none for it."""

NOT_YET = "widget model not found"
"""What JupyterLab says, on a busy machine, of a widget in a reloaded page before the kernel has told it of all."""

KERNEL_IS_IDLE = """() => {
  const panel = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  const session = panel && panel.sessionContext && panel.sessionContext.session;
  return session && session.kernel && session.kernel.status === 'idle';
}"""


@dataclass
class Watched:
    """What a page said and asked for while it was open.

    Attributes:
        page: The page.
        noise: Parts of messages that are not ours, beside those of JupyterLab.
        errors: Console errors and uncaught exceptions.
        outside: Addresses asked for beyond this machine.
    """

    page: Page
    noise: tuple[str, ...] = ()
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start listening."""
        self.page.on("request", lambda request: self._note_request(request.url))
        self.page.on("console", lambda message: message.type == "error" and self._note_message(message))
        self.page.on("pageerror", lambda error: self._note_error(str(error)))

    def forget(self, noise: str) -> None:
        """Leave out what was said so far with these words: it was of something that has come right since."""
        self.errors[:] = [error for error in self.errors if noise not in error]

    def _note_request(self, url: str) -> None:
        if not url.startswith(LOCAL):
            self.outside.append(url)

    def _note_message(self, message: ConsoleMessage) -> None:
        self._note_error(f"{message.text} ({message.location.get('url', '')})")

    def _note_error(self, text: str) -> None:
        if not any(noise in text for noise in (*KNOWN_NOISE, *self.noise)):
            self.errors.append(text)


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """Serve ``folder`` and yield the address; the server has no token and keeps its settings to itself."""
    port = _free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        _ask_nothing(Path(home))
        log = Path(home, "log")
        with log.open("w") as stream:
            server = subprocess.Popen(
                _command(folder, port), env=_environment(home), stdout=stream, stderr=stream, start_new_session=True
            )
            try:
                yield _wait(f"http://127.0.0.1:{port}", server, log)
            finally:
                _end(server)


def _ask_nothing(home: Path) -> None:
    """Keep JupyterLab from asking whether to fetch its news."""
    settings = home / "JUPYTER_CONFIG_DIR" / "labconfig"
    settings.mkdir(parents=True)
    disabled = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (settings / "page_config.json").write_text(json.dumps(disabled))


def _command(folder: Path, port: int) -> list[str]:
    options = [
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--allow-root",
        "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    return [sys.executable, "-m", "jupyterlab", *options]


def _environment(home: str) -> dict[str, str]:
    own = {name: str(Path(home, name)) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    ours = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    return {**ours, **own, "PYTHONPATH": path}  # TensorFlow as talkative as a user's


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(PATIENCE // 500):
        try:
            with urllib.request.urlopen(f"{address}/api", timeout=5):
                return address
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.5)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(15)
    except subprocess.TimeoutExpired:
        server.kill()


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """Start ``program`` headless."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, headless=True, args=chromium.OPTIONS)
        try:
            yield started
        finally:
            started.close()


@contextmanager
def watched_page(
    started: Browser, width: int = 1400, height: int = 1000, noise: tuple[str, ...] = (), **context: Any
) -> Iterator[Watched]:
    """Open an empty page and write down what it says and asks for."""
    surroundings = started.new_context(viewport={"width": width, "height": height}, **context)
    try:
        yield Watched(surroundings.new_page(), noise)
    finally:
        surroundings.close()


def open_notebook(page: Page, address: str, name: str, where: str = "lab/tree") -> None:
    """Open a notebook in JupyterLab, or in Notebook 7 (``where="notebooks"``), and wait until its kernel is idle."""
    page.goto(f"{address}/{where}/{name}?reset", timeout=PATIENCE)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE)
    wait_until_idle(page)


def open_dashboard(page: Page, address: str, name: str) -> None:
    """Let Voilà run a notebook and show what it put out."""
    page.goto(f"{address}/voila/render/{name}", timeout=PATIENCE)
    page.wait_for_selector(".kerastune-workbench", timeout=PATIENCE)


def wait_until_idle(page: Page) -> None:
    """Wait until the kernel has nothing to do."""
    page.wait_for_function(KERNEL_IS_IDLE, timeout=PATIENCE)


def command(page: Page, name: str, **arguments: Any) -> None:
    """Run one of JupyterLab's commands without waiting for its end."""
    page.evaluate("([name, args]) => { window.jupyterapp.commands.execute(name, args) }", [name, arguments])


def run_all(page: Page) -> None:
    """Run every cell, without waiting."""
    command(page, "notebook:run-all-cells")


def run_all_and_wait(page: Page) -> None:
    """Run every cell and wait for the last one."""
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    wait_until_idle(page)


def show_widget(page: Page, address: str, name: str) -> None:
    """Open a notebook, run its cells and wait for the widget, at rest and as wide as the page."""
    open_notebook(page, address, name)
    hide_side_bar(page)
    execute(page, "if 'widget' in globals(): widget.session.stop()")  # another page may have used the same kernel
    run_all(page)
    page.wait_for_selector(".kerastune-workbench", timeout=PATIENCE)
    wait_until_idle(page)


def insert_and_run(page: Page, code: str) -> None:
    """Add a cell at the end of the notebook and run it."""
    script = """async code => {
      const { content } = window.jupyterapp.shell.currentWidget;
      content.activeCellIndex = content.widgets.length - 1;
      await window.jupyterapp.commands.execute('notebook:insert-cell-below');
      content.activeCell.model.sharedModel.setSource(code);
      await window.jupyterapp.commands.execute('notebook:run-cell');
    }"""
    page.evaluate(script, code)


def execute(page: Page, code: str) -> None:
    """Run ``code`` in the notebook's kernel, outside its cells, and wait; an error in it is raised here."""
    script = """async code => {
      const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
      const reply = await kernel.requestExecute({ code, store_history: false }).done;
      return reply.content.status === 'ok' ? '' : `${reply.content.ename}: ${reply.content.evalue}`;
    }"""
    error = page.evaluate(script, code)
    if error:
        raise RuntimeError(f"{error} in {code!r}")


def execute_and_leave(page: Page, code: str) -> None:
    """Run ``code`` in the notebook's kernel, outside its cells, without waiting; errors in it go unseen."""
    script = """code => {
      const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
      const leave = () => { window.leftRunning = false };
      window.leftRunning = true;
      kernel.requestExecute({ code, store_history: false }).done.then(leave, leave);
    }"""
    page.evaluate(script, code)


def still_runs(page: Page) -> bool:
    """Return whether what ``execute_and_leave`` began has not ended."""
    return bool(page.evaluate("() => window.leftRunning"))


def ask(page: Page, expression: str) -> Any:
    """Return the value, a plain one, of ``expression`` in the notebook's kernel."""
    script = """async expression => {
      const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
      const reply = await kernel.requestExecute({ code: '', user_expressions: { value: expression } }).done;
      return reply.content.user_expressions.value.data['text/plain'];
    }"""
    return literal_eval(page.evaluate(script, expression))


def save(page: Page) -> None:
    """Save the notebook and wait until it is on disk."""
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")


def hide_side_bar(page: Page) -> None:
    """Give the notebook the whole width."""
    script = """() => {
      const shell = window.jupyterapp.shell;
      shell.collapseLeft();
      shell.collapseRight();
    }"""
    page.evaluate(script)


def use_theme(page: Page, dark: bool) -> None:
    """Switch JupyterLab's theme."""
    theme = f"JupyterLab {'Dark' if dark else 'Light'}"
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    light = "false" if dark else "true"
    page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached", timeout=PATIENCE)
