"""``make bench-coverage``: what share of simulated worlds each interval holds, a row for each claim.

Run: ``python -m tests.bench.coverage_table [--worlds 200] [PATH...]``; by default the tests of
``tests/recovery`` and of shrinkage that draw worlds and hold intervals against the planted value. Each row is
one call of ``coverage_rule.holds``: what it claims, what was covered, in how many worlds, and whether sound
intervals would do so. A test that expects naive or too short intervals to fail has "no" there and passes.
Writes ``outputs/coverage.json``. Tests whose limits are counts of a fixed number of worlds keep it, and with
few worlds some tests of a rate fail by chance: 200 is what they are made for.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lucky_analytics import settings

ROOT = Path(__file__).parents[2]
_RULE = "from tests.coverage_rule import"


class Watch:
    """A plugin of pytest that notes each claim with the test that made it, and how that test ended."""

    def __init__(self) -> None:
        from tests import coverage_rule

        self.rows: list[dict[str, Any]] = []
        self.open: list[dict[str, Any]] = []
        self.rule, coverage_rule.holds = coverage_rule.holds, self.holds

    def holds(self, coverage: Sequence[float], level: float, false_alarm: float = 0.01) -> bool:
        values = [float(value) for value in coverage]
        is_held = self.rule(values, level, false_alarm)
        share = sum(values) / len(values)
        self.open.append(
            {"level": level, "covered": round(share, 4), "worlds": len(values), "sound": is_held}
        )
        return is_held

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call":
            return
        name = report.nodeid.rpartition("/")[2]
        for row in self.open:
            self.rows.append({"test": name, **row, "passed": report.passed})
            print(f"\r{_line(self.rows[-1])}", flush=True)
        self.open.clear()


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("paths", nargs="*", metavar="PATH")
    arguments.add_argument("--worlds", type=int, default=200)
    options = arguments.parse_args()
    os.environ["LUCKY_REPLICATIONS"] = str(options.worlds)
    paths = options.paths or find_tests()
    watch = Watch()
    code = pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:randomly", *paths], [watch])
    file = settings.load().outputs_dir / "coverage.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(watch.rows, indent=1) + "\n")
    print(f"\n{len(watch.rows)} claims: {file}")
    return int(code)


def find_tests() -> list[str]:
    """The test modules that ask whether intervals hold what they claim."""
    found = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(path) for path in found if _RULE in path.read_text() and "holds" in path.read_text()]


def _line(row: dict[str, Any]) -> str:
    said = "yes" if row["sound"] else "no"
    ended = "" if row["passed"] else "  FAILED"
    covered = f"{row['covered']:.3f} of {row['level']:.3f} in {row['worlds']:5} worlds"
    return f"{covered}  sound: {said:3}  {row['test']}{ended}"


if __name__ == "__main__":
    sys.exit(main())
