"""Names of headlines, figures and tables: checked, and unique in a notebook, where they are given.

A name becomes a file, an anchor of the page and the key of a headline in alerts and history.
"""

from __future__ import annotations

import re
from typing import Any

from lucky_analytics.errors import ParameterError

__all__ = ["GIVEN", "Given", "check"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_EXPECTED = "at most 80 letters a to z, digits, _ and -, the first a letter or a digit"


def check(kind: str, name: Any) -> str:
    """The name, when it can be one. Raises ``ParameterError`` with a name that can.

    >>> check("table", "by_store")
    'by_store'
    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    near = re.sub(r"[^A-Za-z0-9]+", "_", str(name)).strip("_")[:40].lower()
    remedy = f"Call it {near}" if near else "Name it after what it shows"
    raise ParameterError(f"{kind} {str(name)[:60]!r}", expected=_EXPECTED, got="another name", remedy=remedy)


class Given:
    """The names that the cells of one kernel have given.

    The same cell may run again, as it does on an analyst's desk; two cells, or one cell twice, may not give
    one name, because the second would take the place of the first on the page, in the downloads and in
    alerts. Names that differ only in case or in ``_`` and ``-`` are one.
    """

    def __init__(self) -> None:
        self._shell: Any = None
        self._names: dict[tuple[str, str], tuple[str, int]] = {}

    def add(self, kind: str, name: str, shell: Any) -> None:
        """Note that a cell of ``shell`` (IPython's, or null outside a notebook) gives this name."""
        check(kind, name)
        if shell is None:
            return
        if shell is not self._shell:
            self._shell, self._names = shell, {}
        cell, count = _cell_id(shell), getattr(shell, "execution_count", 0)
        key = (kind, name.casefold().replace("_", "-"))
        before = self._names.get(key)
        if before and (before[1] == count or not cell or before[0] != cell):
            raise ParameterError(
                f"{kind} {name}",
                expected="each name once in a notebook",
                got="a second one",
                remedy="Rename one, or restart the kernel when the other cell is gone",
            )
        self._names[key] = (cell, count)


def _cell_id(shell: Any) -> str:
    """The id that JupyterLab gives to the running cell; empty where nobody sits before it."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return ""
    return str((kernel.get_parent("shell") or {}).get("metadata", {}).get("cellId", ""))


GIVEN = Given()
