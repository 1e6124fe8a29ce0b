"""A result, its table, and where it is kept."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from . import __version__

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("tensorflow", "keras", "numpy", "ipywidgets", "anywidget", "livelossplot", "tensorboard")


@dataclass(frozen=True)
class Goal:
    """What was aimed at and what came out."""

    text: str
    measured: str
    met: bool


@dataclass(frozen=True)
class Result:
    """What one benchmark found.

    Attributes:
        title: Headline.
        counted: What the clock covers, in a sentence or two.
        columns: Heads of the table.
        rows: Its rows, as they are printed.
        goals: What was aimed at.
        raw: Every single measurement, for the JSON file.
    """

    title: str
    counted: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    goals: Sequence[Goal] = ()
    raw: dict[str, Any] = field(default_factory=dict)


def main(name: str, measure: Callable[[bool], Result]) -> None:
    """Measure, print the table and, unless it was a quick try, keep the result."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="few repetitions, nothing kept")
    quick = parser.parse_args().quick
    result = measure(quick)
    text = markdown(result)
    if not quick:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
        kept = {"machine": machine(), **asdict(result)}
        (RESULTS / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(text)


def markdown(result: Result) -> str:
    """Return the result as a page."""
    about = " · ".join(f"{key} {value}" for key, value in machine().items())
    goals = "".join(f"- {'✔' if goal.met else '✘'} {goal.text}: **{goal.measured}**\n" for goal in result.goals)
    return f"## {result.title}\n\n{result.counted}\n\n{table(result.columns, result.rows)}\n{goals}\n_{about}_\n"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, numbers to the right."""
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def machine() -> dict[str, str]:
    """Return what it was measured on."""
    found = {
        "date": date.today().isoformat(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "kerastune-widget": __version__,
    }
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
