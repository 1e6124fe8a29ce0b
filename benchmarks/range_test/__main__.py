"""The command line: record the grid, then measure how good the suggestions are, and what a test costs."""

from __future__ import annotations

import sys

USAGE = "python -m benchmarks range_test {grid,quality,cost} [--quick]"


def main(arguments: list[str]) -> int:
    """Do one of them."""
    if arguments[:1] == ["grid"]:
        from .grid import main as record

        return record()
    if arguments[:1] == ["quality"]:
        from .quality import main as quality

        return quality()
    if arguments[:1] == ["cost"]:
        from .cost import main as cost

        return cost()
    print(f"usage: {USAGE}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
