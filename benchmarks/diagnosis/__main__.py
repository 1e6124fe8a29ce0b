"""The command line: record, report, or pick the fixtures of the tests."""

from __future__ import annotations

import sys

USAGE = "python -m benchmarks diagnosis {record,report,fixtures} [--help]"


def main(arguments: list[str]) -> int:
    """Do one of them; TensorFlow is loaded for recording only."""
    if arguments[:1] == ["record"]:
        from .record import main as record

        return record(arguments[1:])
    if arguments[:1] == ["report"]:
        from .report import main as report

        return report(arguments[1:])
    if arguments[:1] == ["fixtures"]:
        from .fixtures import main as fixtures

        return fixtures(arguments[1:])
    print(f"usage: {USAGE}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
