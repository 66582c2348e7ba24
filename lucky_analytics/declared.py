"""Declarations are found where they stand: a package's modules are imported, and what they declare is listed.

Adding a table or a metric touches its own module only; a name that two modules declare is refused.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import TypeVar

from lucky_analytics.errors import ParameterError

__all__ = ["find_declared"]

T = TypeVar("T")


def find_declared(package: str, kind: type[T]) -> dict[str, T]:
    """All objects of ``kind`` that modules below ``package`` hold, alone or in a tuple, by their ``name``.

    In the order of module names, then of the lines in a module. Raises ``ParameterError`` for a name that
    is declared twice, naming both modules.

    >>> from lucky_analytics.metrics.metric import Metric
    >>> find_declared("lucky_analytics.metrics", Metric)["orders"].unit
    'orders'
    """
    found: dict[str, T] = {}
    home: dict[str, str] = {}
    for module in _modules_below(importlib.import_module(package)):
        for each in _objects(module, kind):
            name = str(getattr(each, "name"))  # noqa: B009 - T is any declaration with a name
            if name in found and found[name] is not each:
                both = f"{home[name]} and {module.__name__}"
                raise ParameterError(f"{kind.__name__} {name}", expected="one declaration", got=both)
            found.setdefault(name, each)
            home.setdefault(name, module.__name__)
    return found


def _modules_below(package: ModuleType) -> Iterator[ModuleType]:
    for info in sorted(pkgutil.iter_modules(package.__path__, f"{package.__name__}."), key=lambda i: i.name):
        # this very package may be half imported: it is the one that asks
        module = importlib.import_module(info.name)
        yield module
        if info.ispkg:
            yield from _modules_below(module)


def _objects(module: ModuleType, kind: type[T]) -> Iterator[T]:
    for value in vars(module).values():
        if isinstance(value, kind):
            yield value
        elif isinstance(value, tuple) and not inspect.isclass(value):
            yield from (each for each in value if isinstance(each, kind))
