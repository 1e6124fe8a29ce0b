"""Train every program with and without faults and write down all that the diagnosis may read."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import kerastune_widget as kt
from kerastune_widget.core.history import History
from kerastune_widget.core.profile_data import profile_data
from kerastune_widget.core.profile_model import profile_model

from . import archive
from .build import build
from .fault import HEALTHY, all_faults
from .program import HALVES, Program, all_programs
from .recipe import Recipe

Case = tuple[Program, str, Recipe]


def main(arguments: list[str]) -> int:
    """Record what is missing; return how many cases failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks diagnosis record")
    parser.add_argument("--half", choices=HALVES, help="one set only")
    parser.add_argument(
        "--seeds", type=int, default=5, help="runs of each faulty program; healthy ones get twice as many"
    )
    parser.add_argument("--only", help="one fault only, or 'healthy'")
    parser.add_argument("--program", help="one program only")
    parser.add_argument("--folder", type=Path, default=archive.DEFAULT)
    parser.add_argument(
        "--profiles", action="store_true", help="read model and data of recorded runs again; no training"
    )
    options = parser.parse_args(arguments)
    failed = 0
    for program, fault, recipe in cases(options.half, options.program, options.only):
        seeds = options.seeds * (2 if fault == HEALTHY else 1)
        paths = {seed: archive.place(options.folder, program, fault, seed) for seed in range(seeds)}
        clock = time.perf_counter()
        try:
            done = _profile_again(recipe, paths) if options.profiles else _record(recipe, paths)
        except kt.KerasTuneError as error:
            failed += 1
            print(f"{program.name} {fault}: {error}", flush=True)
            continue
        if done:
            print(f"{program.name} {fault}: {done} runs, {time.perf_counter() - clock:.1f} s", flush=True)
    return failed


def cases(half: str | None = None, program: str | None = None, only: str | None = None) -> Iterator[Case]:
    """Return every program, healthy and with each fault that goes into it."""
    for one in all_programs().values():
        if half in (None, one.half) and program in (None, one.name):
            if only in (None, HEALTHY):
                yield one, HEALTHY, one.recipe()
            for fault in all_faults().values():
                if one.name in fault.programs and only in (None, fault.name):
                    yield one, fault.name, fault.inject(one.recipe())


def _record(recipe: Recipe, paths: dict[int, Path]) -> int:
    """Train with those seeds that are not recorded yet, in one session."""
    missing = {seed: path for seed, path in paths.items() if not path.exists()}
    if not missing:
        return 0
    session = _session(recipe)
    try:
        for seed, path in missing.items():
            run = session.run(
                epochs=recipe.epochs, batch_size=recipe.batch_size, shuffle=recipe.shuffle, start="new", seed=seed
            )
            history = run.record()
            archive.write(path, history, score(recipe, history))
    finally:
        session.close()
    return len(missing)


def _session(recipe: Recipe) -> Any:
    training, validation = recipe.training, recipe.validation
    return kt.Session(build(recipe), (training.x, training.y), validation_data=(validation.x, validation.y))


def score(recipe: Recipe, history: History) -> float:
    """Return how good the run was in the end: accuracy, or the share of the mean absolute deviation explained."""
    if recipe.task != "regression":
        values = history.series("val_accuracy")
        return float(values[-1]) if len(values) else float("nan")
    error, targets = history.series("val_mae"), recipe.validation.y
    return float(1 - error[-1] / np.abs(targets - np.median(targets)).mean()) if len(error) else float("nan")


def _profile_again(recipe: Recipe, paths: dict[int, Path]) -> int:
    """Put today's reading of model and data into recordings, so that they need no new training."""
    kept = [path for path in paths.values() if path.exists()]
    if not kept:
        return 0
    training, validation = recipe.training, recipe.validation
    classes = "crossentropy" in recipe.loss or None
    model = profile_model(build(recipe))
    data = profile_data(training.x, training.y, validation.x, validation.y, classification=classes)
    for path in kept:
        old = archive.read(path)
        archive.write(path, replace(old.history, model=model, data=data), old.score)
    return len(kept)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
