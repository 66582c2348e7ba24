"""Matrices of parameters: ``params/grids/<notebook>.yml``, one run for each combination."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from lucky_analytics.declarations import is_written
from lucky_analytics.errors import ParameterError
from lucky_analytics.runs.notebooks import Notebook
from lucky_analytics.runs.parameters import read_file
from lucky_analytics.settings import Settings

__all__ = ["MOST", "grid", "name_point"]

MOST = 500


def grid(notebook: Notebook, settings: Settings) -> list[dict[str, Any]]:
    """The combinations of a notebook's grid file, in file order; an empty list without a file.

    The file maps parameters to lists of values. Values stay the text that was written until the
    notebook's own declarations convert them. Raises ``ParameterError`` for anything else, for an empty
    list, and for more than ``MOST`` combinations.

    >>> grid(notebook, settings)                       # doctest: +SKIP
    [{'store_code': 'US00001'}, {'store_code': 'US00002'}]
    """
    path = settings.params_dir / "grids" / f"{notebook.name}.yml"
    if not is_written(path):
        return []
    lists = read_file(path)
    for name, values in lists.items():
        if not isinstance(values, list) or not values:
            raise lists.wrong(name, "a list of values", repr(values)[:60])
    points = [dict(zip(lists, values, strict=True)) for values in itertools.product(*lists.values())]
    if len(points) > MOST:
        raise ParameterError(
            f"grid {path.name}", expected=f"at most {MOST} combinations", got=str(len(points))
        )
    return points if lists else []


def name_point(point: Mapping[str, Any]) -> str:
    """The text of one combination, as runs have it in ``Record.variant``.

    >>> name_point({"store": "221 Grand", "level": "0.8"})
    'store=221 Grand, level=0.8'
    """
    return ", ".join(f"{name}={value}" for name, value in point.items())
