"""In JupyterLab no cell goes on with an old step because the edited one cannot be read."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from IPython.core.error import InputRejected

__all__ = ["RefuseBroken", "say_broken"]


class RefuseBroken(ast.NodeTransformer):
    """Ends a cell before it begins while a module that was edited cannot be read again: autoreload tells it
    once, and would run every later cell with the module as it was before.

    A cell of magics alone runs, because one may write or restore the file.
    """

    def __init__(self, failed: Mapping[str, float]) -> None:
        self._failed = failed  # autoreload's own: the files, until they are read again

    def visit(self, node: ast.AST) -> Any:
        """``node`` as it is. Raises ``InputRejected`` with a line for each file."""
        body = getattr(node, "body", [])
        if self._failed and not all(_is_magic(line) for line in body):
            raise InputRejected("\n".join(say_broken(Path(file)) for file in sorted(self._failed)))
        return node


def say_broken(file: Path) -> str:
    """What keeps a file from being read, in a line.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "steps.py"
    >>> _ = file.write_text("def load(:\\n")
    >>> say_broken(file).removeprefix(str(file))
    ' line 1: invalid syntax. Nothing runs with the step as it was before: mend it, and run the cell again'
    """
    where, why = str(file), "it cannot be imported, the lines above say why"
    try:
        compile(file.read_text(encoding="utf-8"), file.name, "exec")
    except SyntaxError as error:
        where, why = f"{file} line {error.lineno}", str(error.msg)
    except (OSError, ValueError) as error:
        why = str(error)
    return f"{where}: {why}. Nothing runs with the step as it was before: mend it, and run the cell again"


def _is_magic(line: ast.AST) -> bool:
    return isinstance(line, ast.Expr) and "get_ipython()" in ast.unparse(line)
