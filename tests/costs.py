"""Processor seconds of the tests, by question: ``python -m tests.costs [PATH...]``.

Runs what ``make test`` runs of each PATH (all tests without one) in one process, and prints what every
question and every other file of tests took, children included, dearest first. What several files share (an
estate, the fork server of kernels) is in the first that asks for it, and kernels in the last test of all. The
seconds of a busy machine are up to twice those of an idle one: compare runs that were made beside each other.
"""

from __future__ import annotations

import collections
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

BUDGET = 15  # seconds of one question (README.md, "Tests")
OF_QUESTIONS = ("tests/notebooks/", "tests/recovery/", "tests/unit/questions/")
QUESTION = re.compile(r'(?:questions\.(?!\w+\.test_)|said_by\(\s*"|NOTEBOOK = ")(\w+)[./](\w+)')


class Costs:
    """Adds up what each file's tests take, by question."""

    def __init__(self) -> None:
        self.seconds: collections.Counter[str] = collections.Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        before = _spent()
        try:
            return (yield)
        finally:
            self.seconds[name_costs(item.path)] += _spent() - before


def _spent() -> float:
    return sum(os.times()[:4])


def name_costs(path: Path) -> str:
    """``department/question`` of a file that tests one, by its name or what it names most; else the file."""
    name = str(path.relative_to(Path.cwd()))
    asked = collections.Counter(QUESTION.findall(path.read_text(encoding="utf-8")))
    if not asked or not name.startswith(OF_QUESTIONS):
        return name
    own = [each for each in asked if each[1] in path.stem]
    return "/".join(own[0] if own else asked.most_common(1)[0][0])


def main(paths: list[str]) -> int:
    costs = Costs()
    status = pytest.main(["-q", "-n", "0", "-m", "not full", *paths], plugins=[costs])
    for name, seconds in costs.seconds.most_common():
        if seconds >= 1:
            is_over = not name.endswith(".py") and seconds > BUDGET
            print(f"{seconds:7.1f} s  {name}" + (f"  (over {BUDGET} s)" if is_over else ""))
    print(f"{costs.seconds.total():7.1f} s  in all")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
