"""Pick recorded runs of the tuning half as fixtures of the tests: small JSON, a file for each fault."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from kerastune_widget.core.history_json import history_to_json

from . import archive
from .fault import HEALTHY, all_faults
from .judge import Judged, count

TARGET = Path("tests") / "core" / "recorded"
DIGITS = 3
HEALTHY_SEEDS = 2
PROGRAMS = 3  # of each fault


def main(arguments: list[str]) -> int:
    """Write the first seed of every fault in some programs, and two of every healthy program."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks diagnosis fixtures")
    parser.add_argument("--folder", type=Path, default=archive.DEFAULT)
    parser.add_argument("--target", type=Path, default=TARGET)
    options = parser.parse_args(arguments)
    options.target.mkdir(parents=True, exist_ok=True)
    counted = count(archive.read_all(options.folder, ("tuning",)))
    chosen: dict[str, list[Judged]] = {}
    for one in (*counted.faulty, *counted.healthy):
        kept, healthy = chosen.setdefault(one.run.fault, []), one.run.fault == HEALTHY
        if one.run.seed < (HEALTHY_SEEDS if healthy else 1) and (healthy or len(kept) < PROGRAMS):
            kept.append(one)
    for old in options.target.glob("*.json"):
        old.unlink()
    for name, ones in chosen.items():
        (options.target / f"{name}.json").write_text(_text(name, ones), encoding="utf-8")
    return 0


def _text(name: str, ones: list[Judged]) -> str:
    """Return one run a line under what should be said of all of them."""
    fault = all_faults().get(name)
    head = {
        "shows": {} if fault is None else {shown: sorted(names) for shown, names in fault.shows.items()},
        "root": [] if fault is None else sorted(fault.root),
    }
    runs = (
        f'{{"program":"{one.run.program}","seed":{one.run.seed},'
        f'"history":{history_to_json(one.run.history, digits=DIGITS)}}}'
        for one in ones
    )
    body = ",\n".join(runs)
    return f'{json.dumps(head)[:-1]}, "runs": [\n{body}\n]}}\n'
