"""The one incident that the documents name, put under a kind as any other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lucky_analytics.declarations import read
from lucky_analytics.methods.texts.word_votes import Votes
from lucky_analytics.questions.platform.incident_runbooks.incident_kinds import put_under

__all__ = ["UNTOLD", "Case", "load_case"]

UNTOLD = "not on record"


@dataclass(frozen=True)
class Case:
    """The incident that the documents name: ``server``, ``when``, what was ``said``; ``kind`` by its words;
    ``noticed`` by whom, and whether that was an alarm of our own (``is_own``); ``facts``: ``what``, ``told``
    (``UNTOLD`` where nobody wrote it down), ``ask``."""

    server: str
    when: str
    said: str
    kind: str
    noticed: str
    is_own: bool
    facts: pd.DataFrame

    @property
    def n_told(self) -> int:
        """Of what one should know of it, how much is on record."""
        return int((self.facts["told"] != UNTOLD).sum())


def load_case(votes: Votes, sure: float) -> Case:
    """The worked case, put under a kind as any other."""
    given = read(Path(__file__).with_name("worked_case.yml"))
    kind = str(put_under(votes, votes.weigh([given["said"]]), sure)[0])
    rows = [{"what": each["what"], "told": each["is"], "ask": ""} for each in given["known"]]
    rows += [{"what": each["what"], "told": UNTOLD, "ask": each["ask"]} for each in given["unknown"]]
    noticed = given["noticed"]
    return Case(
        given["server"],
        given["when"],
        given["said"],
        kind,
        noticed["by"],
        bool(noticed["is_own"]),
        pd.DataFrame(rows),
    )
