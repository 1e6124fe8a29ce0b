"""Diagnose the recorded runs again and count: what was found, how soon, what came first, and false alarms."""

from __future__ import annotations

import argparse
import json
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import _report
from . import archive
from .baseline import Baseline, all_baselines
from .judge import Counted, Judged, count
from .program import HALVES, Half

RESULTS = Path(__file__).parent / "results"
TITLES: dict[Half, str] = {"tuning": "tuning half", "held_out": "held-out half", "fresh": "fresh set"}
COUNTED = """\
{faulty} runs with an injected fault and {healthy} of the same programs without, recorded once and diagnosed here.
*found*: a finding that names the fault, at any severity; *shown*: among the first three; *first*: the first finding
is a right root cause; *delay*: epochs until it is said, median, 0 for before training; *also on healthy*: how many
healthy runs have a finding of this name, *as problem* with that severity. Messages of the other detectors count for
every pathology that they could mean; they have no order and no severities, so that each message is an alarm. Faults
that did no harm (Mann-Whitney over seeds, and a least size: `harm.py`) are left out: {dropped}."""
ROOT_GOAL, RECALL_GOAL, ALARM_GOAL = 0.8, 0.9, 0.03


def main(arguments: list[str]) -> int:
    """Print the report of each set, and keep it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks diagnosis report")
    parser.add_argument("--half", choices=HALVES, help="one set only")
    parser.add_argument("--misses", action="store_true", help="list what was missed; tuning half only")
    parser.add_argument("--folder", type=Path, default=archive.DEFAULT)
    parser.add_argument("--quick", action="store_true", help="without delays, nothing kept")
    options = parser.parse_args(arguments)
    if options.misses and options.half != "tuning":
        parser.error("--misses goes with --half tuning only: single runs of the other sets are looked at by nobody")
    for half in HALVES if options.half is None else (options.half,):
        counted = count(archive.read_all(options.folder, (half,)))
        if options.misses:
            print(list_misses(counted))
        else:
            _tell(half, counted, options.quick)
    return 0


def _tell(half: Half, counted: Counted, quick: bool) -> None:
    result = measure(half, counted, quick)
    text = f"{summary(result.raw['totals'])}\n{_report.markdown(result)}"
    print(text)
    if not quick:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{half}.md").write_text(text, encoding="utf-8")
        kept = {"machine": _report.machine(), "title": result.title, **result.raw}
        (RESULTS / f"{half}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def summary(totals: dict[str, Any]) -> str:
    """Return the totals of all detectors side by side, for a README."""
    columns = (
        "detector",
        "faults found (macro)",
        "root cause first",
        "healthy runs with an alarm",
        "... with a problem",
    )
    alarms = [_percent(totals[key]) for key in ("healthy_warning", "healthy_problem")]
    ours = ["kerastune-widget", *(_percent(totals[key]) for key in ("macro_recall", "root_first")), *alarms]
    others = [
        [name, _percent(one["macro_recall"]), "–", _percent(one["healthy_alarm"]), "–"]
        for name, one in totals["baselines"].items()
    ]
    return _report.table(columns, [ours, *others])


def measure(half: Half, counted: Counted, quick: bool = False) -> _report.Result:
    """Return the tables of one set as a result."""
    baselines = list(all_baselines().values())
    rows = {name: _row(name, counted, baselines, quick) for name in counted.pathologies}
    totals = _totals(rows, counted, baselines)
    if not quick:
        totals["healthy_problem_ever"] = _share(one.problem_ever for one in counted.healthy)
    return _report.Result(
        title=f"Diagnosis, {TITLES[half]}",
        counted=COUNTED.format(faulty=len(counted.faulty), healthy=len(counted.healthy), dropped=_dropped(counted)),
        columns=[
            *("pathology", "programs", "runs", "found", "shown", "first", "delay", "also on healthy", "as problem"),
            *(baseline.name for baseline in baselines),
        ],
        rows=[*(_printed(name, row, baselines) for name, row in rows.items()), *_total_rows(totals, baselines)],
        goals=_goals(totals),
        raw={"pathologies": rows, "totals": totals},
    )


def _row(pathology: str, counted: Counted, baselines: Sequence[Baseline], quick: bool) -> dict[str, Any]:
    runs, healthy = counted.of(pathology), counted.healthy
    accepted = [(one, one.fault.shows[pathology]) for one in runs]
    delays = [] if quick else [one.delay(names) for one, names in accepted]
    said = [one for one in healthy if pathology in one.names]
    return {
        "programs": len({one.run.program for one in runs}),
        "runs": len(runs),
        "found": _share(one.finds(names) for one, names in accepted),
        "shown": _share(one.shows(names) for one, names in accepted),
        "warned": _share(one.warns(names) for one, names in accepted),
        "first": _share(one.root_first for one in runs),
        "delay": statistics.median_low(known) if (known := [one for one in delays if one is not None]) else None,
        "healthy": len(said),
        "healthy_problems": sum(_is_problem(one, pathology) for one in said),
    } | {
        baseline.name: _share(not names.isdisjoint(baseline.names(one.run.history)) for one, names in accepted)
        for baseline in baselines
    }


def _is_problem(one: Judged, name: str) -> bool:
    return any(finding.name == name and finding.severity == "problem" for finding in one.diagnosis)


def _totals(rows: dict[str, dict[str, Any]], counted: Counted, baselines: Sequence[Baseline]) -> dict[str, Any]:
    measured = [row for row in rows.values() if row["runs"]]
    return {
        "macro_recall": _mean([row["found"] for row in measured]),
        "macro_shown": _mean([row["shown"] for row in measured]),
        "macro_warned": _mean([row["warned"] for row in measured]),
        "root_first": _share(one.root_first for one in counted.faulty),
        "healthy_problem": _share(one.alarm("problem") for one in counted.healthy),
        "healthy_warning": _share(one.alarm("problem", "warning") for one in counted.healthy),
        "baselines": {
            baseline.name: {
                "macro_recall": _mean([row[baseline.name] for row in measured]),
                "healthy_alarm": _share(bool(baseline.check(one.run.history)) for one in counted.healthy),
            }
            for baseline in baselines
        },
    }


def _printed(name: str, row: dict[str, Any], baselines: Sequence[Baseline]) -> list[str]:
    shares = [_percent(row[key]) for key in ("found", "shown", "first")]
    delay = "–" if row["delay"] is None else str(row["delay"])
    counts = [str(row["healthy"] or ""), str(row["healthy_problems"] or "")]
    others = [_percent(row[baseline.name]) for baseline in baselines]
    return [name, str(row["programs"]), str(row["runs"]), *shares, delay, *counts, *others]


def _total_rows(totals: dict[str, Any], baselines: Sequence[Baseline]) -> list[list[str]]:
    ours = [f"**{_percent(totals[key])}**" for key in ("macro_recall", "macro_shown", "root_first")]
    others = [totals["baselines"][baseline.name] for baseline in baselines]
    alarms = [_percent(totals["healthy_warning"]), _percent(totals["healthy_problem"])]
    return [
        ["**macro average**", "", "", *ours, "", "", "", *(f"**{_percent(one['macro_recall'])}**" for one in others)],
        ["**healthy runs with an alarm**", *[""] * 6, *alarms, *(_percent(one["healthy_alarm"]) for one in others)],
    ]


def _goals(totals: dict[str, Any]) -> list[_report.Goal]:
    recall, root, alarm = totals["macro_recall"], totals["root_first"], totals["healthy_problem"]
    best = max(one["macro_recall"] for one in totals["baselines"].values())
    ever = (
        f"; {totals['healthy_problem_ever']:.1%} at any moment of the run" if "healthy_problem_ever" in totals else ""
    )
    return [
        _report.Goal("macro recall at least 90%", f"{recall:.1%}", recall >= RECALL_GOAL),
        _report.Goal("healthy runs called a problem at most 3%", f"{alarm:.1%} at the end{ever}", alarm <= ALARM_GOAL),
        _report.Goal("root cause first in at least 80%", f"{root:.1%}", root >= ROOT_GOAL),
        _report.Goal("better than every baseline", f"{recall:.1%} against {best:.1%}", recall > best),
    ]


def list_misses(counted: Counted) -> str:
    """Return what was missed, what came first in place of the root cause, and every alarm on a healthy run."""
    lines = ["## Missed", ""]
    for pathology in counted.pathologies:
        for key, ones in _by_case(counted.of(pathology)).items():
            missed = [one for one in ones if not one.finds(one.fault.shows[pathology])]
            if missed:
                lines.append(f"- {pathology}: {key}: {len(missed)} of {len(ones)}; said {_said(missed)}")
    lines += ["", "## Something else first", ""]
    for key, ones in _by_case(counted.faulty).items():
        wrong = [one for one in ones if not one.root_first]
        if wrong:
            firsts = Counter(one.names[0] if one.names else "nothing" for one in wrong)
            lines.append(
                f"- {key}: {len(wrong)} of {len(ones)}; first {dict(firsts)}; right: {sorted(wrong[0].fault.root)}"
            )
    lines += ["", "## Alarms on healthy runs", ""]
    for one in counted.healthy:
        alarms = [repr(finding) for finding in one.diagnosis if finding.severity in ("problem", "warning")]
        lines += [f"- {one.run.program} seed {one.run.seed}: {alarm}" for alarm in alarms]
    lines += ["", f"No harm, left out: {_dropped(counted)}"]
    return "\n".join(lines)


def _by_case(ones: Sequence[Judged]) -> dict[str, list[Judged]]:
    cases: dict[str, list[Judged]] = {}
    for one in ones:
        cases.setdefault(f"{one.run.fault} in {one.run.program}", []).append(one)
    return cases


def _said(ones: Sequence[Judged]) -> str:
    names = Counter(f"{finding.name} ({finding.severity})" for one in ones for finding in one.diagnosis)
    return ", ".join(f"{name} x{number}" for name, number in names.most_common(6)) or "nothing"


def _dropped(counted: Counted) -> str:
    return ", ".join(f"{fault} in {program}" for fault, program in counted.dropped) or "none"


def _share(truths: Any) -> float:
    known = list(truths)
    return sum(known) / len(known) if known else 0.0


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else 0.0


def _percent(share: float) -> str:
    return f"{share:.0%}"
