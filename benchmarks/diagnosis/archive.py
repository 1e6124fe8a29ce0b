"""Recorded runs on disk: one JSON file a run, under half, program, fault and seed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kerastune_widget.core.history import History
from kerastune_widget.core.history_json import history_from_json, history_to_json

from .program import HALVES, Half, Program

DEFAULT = Path("build") / "diagnosis"


@dataclass(frozen=True)
class Recorded:
    """One run.

    Attributes:
        half: The half of its program.
        program: Its program's name.
        fault: Its fault's name, or "healthy".
        seed: What its weights and order were drawn with.
        score: How good it was in the end, on its validation rows: accuracy, or for regression the share of the mean
            absolute deviation that it explains; NaN when it failed.
        history: All that the diagnosis may read.
    """

    half: Half
    program: str
    fault: str
    seed: int
    score: float
    history: History


def place(folder: Path, program: Program, fault: str, seed: int) -> Path:
    """Return the file of a run."""
    return folder / program.half / program.name / fault / f"{seed}.json"


def write(path: Path, history: History, score: float) -> None:
    """Write a run; a file is either whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f'{{"score":{json.dumps(score)},"history":{history_to_json(history, steps=True)}}}'
    partial = path.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def read(path: Path) -> Recorded:
    """Read a run."""
    half, program, fault = path.parts[-4:-1]
    text = path.read_text(encoding="utf-8")
    start = text.index('"history":') + len('"history":')
    score = float(json.loads(text[:start] + "0}")["score"])
    return Recorded(half, program, fault, int(path.stem), score, history_from_json(text[start:-1]))  # type: ignore[arg-type]


def read_all(folder: Path, halves: tuple[Half, ...] = HALVES) -> Iterator[Recorded]:
    """Read all runs of some halves."""
    for half in halves:
        for path in sorted((folder / half).glob("*/*/*.json")):
            yield read(path)
