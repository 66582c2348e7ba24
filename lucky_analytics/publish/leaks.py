"""Nothing is published while a report counts rows of another market as the home market's."""

from __future__ import annotations

from collections.abc import Sequence

from lucky_analytics.errors import PublishError
from lucky_analytics.publish.shelf import Run

__all__ = ["require_no_leak"]


def require_no_leak(shown: Sequence[Run]) -> None:
    """Raises ``PublishError`` that names what leaked, and the reports, where one was made from a canary.

    The portal that stands is left as it is; the pages of such runs withhold their numbers themselves.
    """
    leaking = [run for run in shown if run.leaks]
    if not leaking:
        return
    leaks = list(dict.fromkeys(leak for run in leaking for leak in run.leaks))
    names = ", ".join(run.key for run in leaking[:3])
    if len(leaking) > 3:
        names += f" and {len(leaking) - 3} more"
    tables = ", ".join(dict.fromkeys(leak.split()[0] for leak in leaks))
    raise PublishError(
        f"reports {names}",
        expected="no row of another market among those of the home market",
        got="; ".join(leaks),
        remedy=f"The last portal stands. Mend the definition of {tables}, lucky run --all, publish again",
    )
