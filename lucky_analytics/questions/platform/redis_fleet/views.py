"""The frames that charts and tables of the page on caches show."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.platform.redis_fleet.cache_fleet import GIB, LATELY, Caches
from lucky_analytics.questions.platform.redis_fleet.cache_money import Saving
from lucky_analytics.questions.platform.redis_fleet.cache_sizes import DROP, GROW, SHRINK
from lucky_analytics.questions.platform.redis_fleet.key_lives import Keys
from lucky_analytics.questions.platform.redis_fleet.texts import say_risk, say_undo

__all__ = ["STATES", "count_low", "draw_cache", "draw_grid", "draw_hits", "draw_savings", "find_fullest",
           "find_wasted",
           "list_low", "name_each", "pick_cache", "show_actions", "show_caches", "show_prefixes",
           "sum_filled"]  # fmt: skip

STATES = {GROW: "too small", DROP: "serves nobody", SHRINK: "larger than it needs"}
FITS, SILENT, UNNAMED = "fits", "nothing heard of it", "counted, not named"
_ACROSS = 10


def show_actions(saving: Saving, found: Caches, again: Estimate) -> pd.DataFrame:
    """What IT does, what is too small first, then by worth: ``what``, ``name``, ``size``, ``new``, ``saves``
    with ends, ``risk``, ``undo``."""
    extra = found.rows[["server", "quiet", "watched", "connections"]]
    rows = saving.rows[saving.rows["what"].isin([GROW, DROP, SHRINK])].merge(extra, on="server")
    rank = rows["what"].map({GROW: 0, DROP: 1, SHRINK: 2})
    gain = rows["saves"].fillna(rows["size"] - rows["new"].fillna(0))
    rows = rows.assign(rank=rank, gain=-gain).sort_values(["rank", "gain", "name"], ignore_index=True)
    rows["risk"] = [say_risk(row, again, int(row["watched"])) for _, row in rows.iterrows()]
    rows["undo"] = [say_undo(what) for what in rows["what"]]
    columns = ["what", "name", "size", "new", "saves", "saves_low", "saves_high", "risk", "undo"]
    return rows[columns].assign(size=rows["size"], new=rows["new"].where(rows["what"] != DROP))


def show_caches(saving: Saving, found: Caches) -> pd.DataFrame:
    """Every cache that was asked, fullest first."""
    rows = found.rows.merge(saving.rows.drop(columns="name"), on="server", how="left")
    rows["evicted"] = rows["evicted"] / LATELY
    rows["wasted"] = find_wasted(found)
    rows["peak_share"] = rows["peak"] / rows["limit"]
    columns = ["name", "what", "size", "filled", "peak_share", "keys", "asked", "hits", "hits_before",
               "evicted", "fragmentation", "wasted", "connections", "quiet", "cost", "cost_low",
               "cost_high"]  # fmt: skip
    return rows[columns]


def show_prefixes(keys: Keys, only_odd: bool) -> pd.DataFrame:
    """Beginnings of keys by memory; or those alone that expire in other caches and not here."""
    rows = keys.prefixes
    if only_odd:
        rows = rows[rows["should_expire"]].reset_index(drop=True)
    texts = [f"{int(e)} of {int(n)}" for e, n in zip(rows["peers_expiring"], rows["peers"], strict=True)]
    hours = rows["ttl"] / 3_600
    return rows.assign(others=texts, hours=hours)


def draw_grid(saving: Saving, found: Caches, n_unnamed: int) -> pd.DataFrame:
    """A cell for each of the fleet, fullest first: ``across``, ``row``, ``name``, ``state``, ``label``."""
    state = saving.rows.set_index("server")["what"].map(STATES).fillna(FITS)
    rows = pd.DataFrame({
        "name": found.rows["name"],
        "state": found.rows["server"].map(state).where(found.rows["is_reached"], SILENT),
        "filled": found.rows["filled"],
        "label": [_percent(share) for share in found.rows["filled"]],
    })  # fmt: skip
    rest = [(name, SILENT, np.nan, "–") for name in found.never]
    rest += [("without a name", UNNAMED, np.nan, "–")] * n_unnamed
    if rest:
        more = pd.DataFrame(rest, columns=["name", "state", "filled", "label"])
        rows = pd.concat([rows, more.astype({"filled": float})], ignore_index=True)
    place = np.arange(len(rows))
    return rows.assign(across=place % _ACROSS, row=place // _ACROSS)


def draw_savings(saving: Saving) -> pd.DataFrame:
    """Shares of the bill: ``what``, ``value``, ``low``, ``high``, by action and together."""
    ends = ["saves", "saves_low", "saves_high"]
    shares = saving.parts[ends].astype(float) / (saving.bill or np.nan)
    labels = [f"{what} ({n})" for what, n in zip(saving.parts["what"], saving.parts["n"], strict=True)]
    parts = [(label, *row) for label, row in zip(labels, shares.to_numpy().tolist(), strict=True)]
    for label, share in (("one size at a time", saving.first_share), ("all of it", saving.share)):
        if share.value is not None and share.low is not None and share.high is not None:
            parts.append((label, share.value, share.low, share.high))
    return pd.DataFrame(parts, columns=["what", "value", "low", "high"])


def draw_hits(found: Caches) -> pd.DataFrame:
    """Every cache that was asked for keys: ``name``, ``hits``, ``asked`` a second, ``label`` of the least."""
    rows = found.rows.dropna(subset="hits")[["name", "hits", "reads"]]
    rows = rows.sort_values("hits", ignore_index=True)
    rows["asked"] = rows["reads"] / (LATELY * 86_400)
    return rows.assign(label=rows["name"].where(rows.index < 1, ""))


def pick_cache(found: Caches, cache: str) -> str:
    """The cache that is drawn by day: the one asked for by its full or short name, else the fullest.

    Raises ``UnknownNameError`` for a name that no cache has."""
    rows = found.rows
    own = rows[(rows["server"] == cache) | (rows["name"] == cache)] if cache else rows
    if own.empty:
        raise UnknownNameError("cache", cache, rows["name"].tolist())
    return str(own["server"].iloc[0])


def draw_cache(found: Caches, server: str) -> pd.DataFrame:
    """Its days: ``panel``, ``day``, ``value``: memory, share found, connections, statements."""
    own = found.days[found.days["server"] == server]
    reads = own["cache_hits"] + own["cache_misses"]
    panels = {
        "Memory used, GiB": own["used_memory"] / GIB,
        "Found, %": 100 * own["cache_hits"] / reads.where(reads > 0),
        "Connections": own["connections"],
        "Statements a second": own["statements"] / own["seconds"].where(own["seconds"] > 0),
    }
    parts = [
        pd.DataFrame({"panel": name, "day": own["day"], "value": value}) for name, value in panels.items()
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset="value")


def list_low(found: Caches, least: float) -> pd.DataFrame:
    """Caches that surely find less than ``least`` of what they are asked for."""
    rows = found.rows
    return rows[rows["hits_high"].fillna(rows["hits"]) < least]


def count_low(found: Caches) -> int:
    """Caches below the one in a hundred that documents name."""
    return int((found.rows["hits"] < 0.01).sum())


def find_wasted(found: Caches) -> pd.Series:
    """MiB of the machine's memory that fragmentation takes, beyond what is used."""
    lost = (found.rows["fragmentation"].astype(float) - 1).clip(lower=0)
    return found.rows["used"] * lost / 2**20


def find_fullest(found: Caches) -> float | None:
    """The largest share of its memory that a cache uses now."""
    shares = found.rows["filled"].dropna()
    return float(shares.max()) if len(shares) else None


def sum_filled(found: Caches) -> float | None:
    """Share of all memory that is used."""
    known = found.rows.dropna(subset=["used", "limit"])
    return float(known["used"].sum() / known["limit"].sum()) if len(known) else None


def name_each(rows: pd.DataFrame, words: str) -> dict[str, str]:
    """Each cache by its name, with its words: so that alerts tell it once."""
    return {str(name): f"{name} {words}" for name in rows["name"]}


def _percent(share: float) -> str:
    return "–" if pd.isna(share) else "<1" if share < 0.01 else f"{100 * share:.0f}"
