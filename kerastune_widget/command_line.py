"""``kerastune diagnose FILE``: the diagnosis on the command line, with an exit status for scripts."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from .core.diagnosis import SEVERITIES, Diagnosis, Severity
from .core.reading import diagnose
from .core.report import report_text
from .core.text import LANGUAGES
from .errors import KerasTuneError
from .version import __version__

_EPILOG = """\
exit status: 0 nothing as bad as --fail-on was found; 1 something was; 2 a file or the options could not be read.

example, in a build:  kerastune diagnose logs/training.csv --fail-on problem
"""
_LOGS = """\
a log of one run: CSV, of Keras's CSVLogger, pandas or Lightning, with commas, semicolons or tabs; or JSON, a dict of
lists, one dict per epoch, or what pandas' to_json writes. Of several runs in a file the last is judged\
"""
_THRESHOLDS: dict[str, Severity | None] = {"problem": "problem", "warning": "warning", "never": None}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What follows the program's name; None takes it from the shell.

    Returns:
        The exit status: 0, 1 when a finding is as severe as ``--fail-on``, 2 when something cannot be read.
    """
    options = _parser().parse_args(arguments)
    try:
        found = {path: diagnose(path) for path in options.logs}
    except KerasTuneError as error:
        print(error.text.get(options.language), file=sys.stderr)
        return 2
    _write(_as_json(found, options.language) if options.json else _as_text(found, options.language))
    return int(any(_fails(diagnosis, _THRESHOLDS[options.fail_on]) for diagnosis in found.values()))


def _write(words: str) -> None:
    """Print what a terminal without Chinese can show, and stop quietly when nobody reads on, as in ``| head``."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    try:
        print(words, flush=True)
    except BrokenPipeError:  # Python writes what is left once more when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kerastune", description="Says what is right or wrong with a training run.")
    parser.add_argument("--version", action="version", version=f"kerastune-widget {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    command = commands.add_parser(
        "diagnose",
        help="diagnose the curves of one or more runs",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("logs", nargs="+", metavar="FILE", help=_LOGS)
    command.add_argument("--json", action="store_true", help="print an object of findings by file")
    command.add_argument("--language", choices=LANGUAGES, default="en", help="language of the texts (default: en)")
    command.add_argument(
        "--fail-on",
        choices=list(_THRESHOLDS),
        default="warning",
        help="least severity that makes the exit status 1 (default: warning)",
    )
    return parser


def _as_json(found: dict[str, Diagnosis], language: str) -> str:
    described = {path: diagnosis.to_dicts(language) for path, diagnosis in found.items()}
    return json.dumps(described, ensure_ascii=False, indent=2)


def _as_text(found: dict[str, Diagnosis], language: str) -> str:
    if len(found) == 1:
        return report_text(next(iter(found.values())), language)
    return "\n\n".join(f"{path}\n{report_text(diagnosis, language)}" for path, diagnosis in found.items())


def _fails(diagnosis: Diagnosis, least: Severity | None) -> bool:
    return least is not None and SEVERITIES.index(diagnosis.worst) <= SEVERITIES.index(least)
