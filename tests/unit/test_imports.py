"""Every module of the package can be imported, also one that no test asks for."""

from __future__ import annotations

import importlib
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "lucky_analytics"
# papermill imports the engine while it imports itself; a main module runs; pyspark is an extra.
NEVER = ("engine", "__main__", "spark_backend")


def test_every_module_can_be_imported():
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.stem not in NEVER:
            name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
            assert importlib.import_module(name.removesuffix(".__init__")), name
