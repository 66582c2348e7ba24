"""What tools that watch the servers handed in as files: slow statements, disks, consumers of Kafka."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.estate import servers as fleet
from lucky_analytics.models.server_readings import name_short

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "HandedIn",
    "describe_disks",
    "describe_statements",
    "describe_topics",
    "read_handed_in",
    "say_disks",
]

_WEEK = pd.Timedelta(days=7)


@dataclass(frozen=True)
class HandedIn:
    """Null where the file is not there; no row where the page is of one server that it does not name.

    ``statements`` of the newest seven days (UTC) of the logs, the dearest first: ``name`` (server), ``verb``,
    ``tables``, ``n`` (slow calls), ``seconds`` (of all), ``share`` (of the seconds of all kinds), ``before``
    (seconds of the seven days before; null where no log is that old), ``longest`` (seconds), ``examined``
    (rows looked at for one that came back; null where none did), ``digest``.
    ``disks``, the fullest first: ``machine``, ``disk``, ``used`` (share), ``free_gib``, ``before`` (share a
    week earlier or longer ago; null without), ``said_at`` (UTC).
    ``topics`` by group and topic, the furthest behind first: ``group``, ``topic``, ``n_partitions``,
    ``behind`` (messages), ``before`` (a day earlier or longer ago; null without), ``unread`` (partitions that
    the group never read), ``said_at`` (UTC).
    """

    statements: pd.DataFrame | None
    disks: pd.DataFrame | None
    topics: pd.DataFrame | None

    @property
    def known(self) -> set[str]:
        """The entries of ``unknown.yml`` that are known by these."""
        parts = {"statements": self.statements, "disk_space": self.disks, "topic_lags": self.topics}
        return {name for name, found in parts.items() if found is not None}


def read_handed_in(suite: Suite, server: str = "") -> HandedIn:
    """What the snapshot has of them; ``server`` limits it to one of the fleet, by any of its names.

    Topics belong to no server of the fleet and stand on the page of all servers alone.
    """
    chosen = fleet.load().server(server) if server else None
    statements, disks = suite.optional("slow_statements"), suite.optional("disk_space")
    topics = suite.optional("topic_lags")

    def own(rows: pd.DataFrame, column: str) -> pd.DataFrame:
        if chosen is None:
            return rows
        return rows[rows[column].isin([chosen.name, chosen.source])]

    return HandedIn(
        None if statements is None else _sum_statements(own(statements.execute(), "server")),
        None if disks is None else _list_disks(own(disks.execute(), "machine")),
        None if topics is None else _sum_topics(topics.execute().head(0 if chosen else None)),
    )


def _sum_statements(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(rows["day"])
    back = (day.max() - day).dt.days // 7
    by = ["server", "digest", "verb", "tables"]
    own = rows[back == 0].groupby(by, as_index=False).agg(
        n=("n_slow", "sum"), seconds=("seconds", "sum"), longest=("longest_seconds", "max"),
        looked=("n_examined", "sum"), sent=("n_sent", "sum"),
    )  # fmt: skip
    earlier = rows[back == 1].groupby(["server", "digest"])["seconds"].sum()
    keys = pd.MultiIndex.from_frame(own[["server", "digest"]])
    before = earlier.reindex(keys, fill_value=0.0).to_numpy(float) if len(earlier) else np.nan
    own = own.assign(
        name=own["server"].map(name_short),
        share=own["seconds"] / max(own["seconds"].sum(), 1e-9),
        before=before,
        examined=own["looked"] / own["sent"].where(own["sent"] > 0),
    )
    order = own.sort_values(["seconds", "name", "digest"], ascending=[False, True, True], ignore_index=True)
    return order[
        ["name", "verb", "tables", "n", "seconds", "share", "before", "longest", "examined", "digest"]
    ]


def _list_disks(rows: pd.DataFrame) -> pd.DataFrame:
    by = ["machine", "disk"]
    newest = rows.sort_values("said_at").groupby(by, as_index=False).last()
    both = rows.merge(newest[[*by, "said_at"]], on=by, suffixes=("", "_newest"))
    old = both[both["said_at"] <= both["said_at_newest"] - _WEEK].sort_values("said_at")
    before = old.groupby(by)["used_share"].last().reindex(pd.MultiIndex.from_frame(newest[by]))
    found = newest.assign(
        used=newest["used_share"], free_gib=newest["free_bytes"] / 2**30, before=before.to_numpy(float)
    )
    found = found.sort_values(["used", *by], ascending=[False, True, True], ignore_index=True)
    return found[[*by, "used", "free_gib", "before", "said_at"]]


def _sum_topics(rows: pd.DataFrame) -> pd.DataFrame:
    by = ["consumer_group", "topic"]
    read = rows[rows["consumer_group"] != ""]
    newest = read.groupby(by, as_index=False).agg(newest=("said_at", "max"))
    read = read.merge(newest, on=by)

    def at(chosen: pd.DataFrame) -> pd.DataFrame:
        return chosen.assign(
            behind=chosen["n_behind"].astype(float), is_unread=chosen["n_behind"].isna()
        ).groupby(by, as_index=False).agg(
            n_partitions=("partition", "nunique"), behind=("behind", "sum"), unread=("is_unread", "sum"),
            said_at=("said_at", "max"),
        )  # fmt: skip

    old = read[read["said_at"] <= read["newest"] - pd.Timedelta(days=1)]
    old = old[old["said_at"] == old.groupby(by)["said_at"].transform("max")]
    now = at(read[read["said_at"] == read["newest"]])
    found = now.merge(at(old)[[*by, "behind"]].rename(columns={"behind": "before"}), on=by, how="left")
    found = found.sort_values(["behind", *by], ascending=[False, True, True], ignore_index=True)
    found = found.rename(columns={"consumer_group": "group"})
    return found[["group", "topic", "n_partitions", "behind", "before", "unread", "said_at"]]


def describe_statements(found: pd.DataFrame) -> str:
    """The title of the table of statements."""
    if found.empty:
        return "The logs that were handed in name no slow statement here"
    first = found.iloc[0]
    on = f" on {first['tables']}" if first["tables"] else ""
    return f"{first['verb']}{on} takes {100 * first['share']:.0f} % of the time of slow statements"


def describe_disks(found: pd.DataFrame) -> str:
    """The title of the table of disks."""
    if found.empty:
        return "No disk here was handed in"
    return f"The fullest disk is {100 * found.iloc[0]['used']:.0f} % full, on {found.iloc[0]['machine']}"


def describe_topics(found: pd.DataFrame) -> str:
    """The title of the table of topics."""
    if found.empty:
        return "No consumer of Kafka is in what was handed in"
    first = found.iloc[0]
    if not first["behind"]:
        return "No consumer of Kafka is behind"
    return f"{first['group']} is {first['behind']:,.0f} messages behind on {first['topic']}"


def say_disks(found: HandedIn) -> str:
    """What is not known of disks, a sentence."""
    if found.disks is None:
        return "Disk space is not collected: a table that grows has no date at which a disk is full."
    return (
        "How full disks are is as it was handed in; which tables lie on which disk nobody says, so a table "
        "that grows has no date at which its disk is full."
    )
