"""Whether the servers that incidents name answered the newest collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from ibis import _

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["find_heard"]


def find_heard(suite: Suite) -> pd.DataFrame:
    """What each server said of itself last: ``server``, ``asked_at`` (UTC), ``is_reached``."""
    answers = suite.server_answers
    newest = answers.group_by("server").agg(
        asked_at=_.asked_at.max(), is_reached=_.is_reached.argmax(_.asked_at)
    )
    return newest.execute()
