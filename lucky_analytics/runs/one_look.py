"""One look at the code for many notebooks: what is asked of a file within it is found out once.

Three hundred notebooks share most of the modules that they reach. Outside of a look every question is
answered from the files as they are, because a process that lives long (a schedule in the foreground) sees
them change.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

__all__ = ["one_look", "within_look"]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_found: list[dict[Any, Any]] = []  # one entry while a look lasts


@contextlib.contextmanager
def one_look() -> Iterator[None]:
    """Until the end of the block the code is what it is now. A look within a look is the same one.

    >>> with one_look():
    ...     len(_found)
    1
    """
    if _found:
        yield
        return
    _found.append({})
    try:
        yield
    finally:
        _found.clear()


def within_look(function: _Function) -> _Function:
    """The function, which computes each answer once within a look; callers leave what it returns as it is."""

    @functools.wraps(function)
    def answer(*arguments: Any, **named: Any) -> Any:
        memo = next(iter(_found), None)
        if memo is None:
            return function(*arguments, **named)
        key = (function, arguments, *named.items())
        if key not in memo:
            memo[key] = function(*arguments, **named)
        return memo[key]

    return answer  # type: ignore[return-value]
