"""What the page on servers relies on, and the queries behind its headlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from ibis import _

from lucky_analytics.estate import servers as fleet
from lucky_analytics.methods.growth.tried_trends import FEWEST_TESTS
from lucky_analytics.models.server_readings import Readings
from lucky_analytics.questions.platform.database_health.filling import Outlook
from lucky_analytics.questions.platform.database_health.unusual import Unusual

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["check_servers", "write_queries"]


def check_servers(found: Readings, outlook: Outlook, odd: Unusual, level: float) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of each property."""
    known = set(fleet.load().servers)
    strangers = {name.partition("/")[0] for name in found.asked["server"]} - known
    tested = outlook.tested
    inside = float(tested["inside"].mean()) if len(tested) else 1.0
    facts = [
        ("every named server was asked", not found.never, f"{len(found.never)} of {len(known)} never were"),
        (
            "every server that answers is one that the company names",
            not strangers,
            f"{len(strangers)} are not",
        ),
        (
            "two weeks of hours come before the judged ones",
            odd.n_series > 0,
            f"{odd.n_series} series are judged",
        ),
        (
            "trends could be tested on the 30 days that came after them",
            len(tested) >= FEWEST_TESTS,
            f"{inside:.0%} of {len(tested)} held; ranges are widened where fewer than {level:.0%} did",
        ),
    ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def write_queries(suite: Suite) -> dict[str, str]:
    """SQL by what it is of: ``answers``, ``levels``, ``counted``, ``tables``."""
    answers, said = suite.server_answers, suite.server_metrics
    newest = answers.group_by("server").agg(asked_at=_.asked_at.max())
    levels = said.filter(_.subject == "").group_by("server", "metric").agg(value=_.value.argmax(_.said_at))
    day = _.said_at.truncate("D").name("day")
    counted = said.filter(_.is_counter).group_by("server", "metric", day).agg(n=(_.rate * _.seconds).sum())
    rows = said.filter(_.metric == "table_rows").group_by("server", "subject", day)
    tables = rows.agg(n=_.value.argmax(_.said_at))
    of = {"answers": newest, "levels": levels, "counted": counted, "tables": tables}
    return {name: suite.sql(query) for name, query in of.items()}
