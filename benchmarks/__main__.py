"""Run benchmarks, each in a process of its own, and print their tables.

Usage: python -m benchmarks [whole_run] [first_point] [memory] [response] [start_up] [in_browser] [hour] [probe]
                            [repeat] [--quick]
       python -m benchmarks diagnosis {record,report,fixtures} [--help]
       python -m benchmarks range_test {grid,quality,cost} [--quick]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

NAMES = ("whole_run", "first_point", "memory", "response", "start_up", "in_browser", "hour", "probe", "repeat")


def main() -> int:
    """Return 0 when all could be measured, whatever they measured."""
    if sys.argv[1:2] in (["diagnosis"], ["range_test"]):  # have commands of their own
        own = [sys.executable, "-m", f"benchmarks.{sys.argv[1]}", *sys.argv[2:]]
        return subprocess.run(own, check=False).returncode
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which: {', '.join(NAMES)}; all when left out")
    parser.add_argument("--quick", action="store_true", help="few repetitions, nothing kept")
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    more = ["--quick"] if options.quick else []
    commands = [[sys.executable, "-m", f"benchmarks.{name}", *more] for name in options.names or NAMES]
    fresh = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}  # ours, not asked for
    return max(subprocess.run(command, env=fresh, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main())
