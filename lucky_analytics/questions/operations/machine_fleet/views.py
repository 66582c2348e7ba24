"""The frames that the page draws and lists."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.methods.reliability.cumulative_incidence import estimate_incidence
from lucky_analytics.questions.operations.machine_fleet.failures_ahead import Outlook, expect
from lucky_analytics.questions.operations.machine_fleet.lives import (
    GONE,
    OFFLINE,
    ONLINE,
    WAITING,
    WORKING,
    Fleet,
    Seen,
)
from lucky_analytics.questions.operations.machine_fleet.velocity import RINSE, Cups, sum_since

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "LESS",
    "SILENT",
    "SILENT_DAYS",
    "add_states",
    "count_programmes",
    "list_events",
    "list_machines",
    "list_stores",
    "place_stores",
    "show_clocks",
    "show_composition",
    "show_lives",
    "show_types",
    "show_units",
]

LESS, SILENT = "pours less", "pours nothing"
SILENT_DAYS = 3
_FEWEST_POURED = 10.0  # cups that its part would have been: by chance it is nought once in 20,000
_SHOWN = {ONLINE: "at work", OFFLINE: "out of touch", WORKING: "at work", WAITING: "waits for repair"}
_WORST_FIRST = ["waits for repair", SILENT, LESS, "out of touch", "at work"]
_OTHERS = "Other places"
_RECENT_WEEKS = 4
_COUNTED = {"online": ONLINE, "offline": OFFLINE, "waiting": WAITING}


def add_states(fleet: Fleet, cups: Cups | None, drops: pd.DataFrame | None) -> pd.DataFrame:
    """``Fleet.standing`` with ``shown``, its state for readers, and ``poured`` (cups and rinses in the last
    three days; null without the table).

    "pours nothing": in service, whole days at work all the time, not a cup, though the store's others
    poured ten each on average; "pours less": a drop of ``velocity.judge_drops``; else whether it is at work,
    out of touch or waits for repair.
    """
    own = fleet.standing.copy()
    own["shown"] = own["state"].map(_SHOWN)
    own["poured"] = np.nan
    if cups is None:
        return own
    part = np.s_[:, -SILENT_DAYS:]
    poured = (cups.counts + cups.rinses)[part]
    whole = pd.Series(cups.is_whole[part].all(axis=1), fleet.machines.index)
    own["poured"] = poured.sum(axis=1)[own.index]
    done = pd.Series(np.where(cups.is_whole[part], cups.counts[part], 0.0).sum(axis=1), fleet.machines.index)
    usual = done.where(whole & (done > 0)).groupby(fleet.machines["store_id"]).transform("median")
    is_silent = (own["poured"] == 0) & whole[own.index] & (usual[own.index] >= _FEWEST_POURED)
    own.loc[is_silent, "shown"] = SILENT
    if drops is not None:
        less = drops.loc[drops["is_drop"], "machine"]
        own.loc[own.index.isin(less) & ~is_silent & (own["state"] != WAITING), "shown"] = LESS
    return own


def show_units(states: pd.DataFrame) -> pd.DataFrame:
    """One row a machine that stands, for charts: ``place`` (places that do not trade are one), ``nth`` from 0
    (what wants looking at first), ``state``, ``serial``, ``machine_type``."""
    units = states.assign(place=states["place"].where(states["is_trading"], _OTHERS), state=states["shown"])
    units["order"] = units["state"].map({name: k for k, name in enumerate(_WORST_FIRST)})
    units = units.sort_values(["is_trading", "place", "order", "serial"], ascending=[False, True, True, True])
    units["nth"] = units.groupby("place").cumcount()
    return units[["place", "nth", "state", "serial", "machine_type"]].reset_index(drop=True)


def place_stores(stores: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """``store_name``, ``latitude``, ``longitude`` of ``stores`` as ``place``, with its ``label``: machines at
    work of those that stand."""
    is_up = ~units["state"].isin(["waits for repair", SILENT])
    counts = units.assign(is_up=is_up).groupby("place").agg(up=("is_up", "sum"), n=("is_up", "size"))
    own = stores.rename(columns={"store_name": "place"}).merge(counts.reset_index(), on="place")
    own["label"] = [f"{row.place} {row.up}/{row.n}" for row in own.itertuples()]
    return own[["place", "latitude", "longitude", "label"]]


def list_stores(
    fleet: Fleet, states: pd.DataFrame, risk: pd.DataFrame, outlook: Outlook | None, level: float
) -> pd.DataFrame:
    """Each trading store, as ``tables/fleet_columns.STORES`` names it: counts by state, what its busiest hour
    needs, sales at risk, failures expected in the days ahead; the most at risk first."""
    rows = []
    for place, own in states[states["is_trading"]].groupby("place"):
        all_ = fleet.machines[(fleet.machines["place"] == place) & fleet.machines["is_trading"]]
        counts = {name: (own["state"] == state).sum() for name, state in _COUNTED.items()}
        row: dict[str, Any] = {"place": place, **counts, "less": own["shown"].isin([LESS, SILENT]).sum()}
        row |= {"gone": (all_["state"] == GONE).sum(), "expected": np.nan, "few": np.nan, "many": np.nan}
        if outlook is not None:
            member = np.isin(outlook.seen.rows, own.index)
            found = expect(outlook.ahead.failures[:, member].sum(axis=1), level, int(member.sum()))
            row |= {"expected": found.value, "few": found.low, "many": found.high}
        rows.append(row)
    names = ["place", "online", "offline", "waiting", "less", "gone", "expected", "few", "many"]
    counted = pd.DataFrame(rows, columns=names).merge(risk, on="place")
    return counted.sort_values(
        ["loss", "p_short", "place"], ascending=[False, False, True], ignore_index=True
    )


def list_machines(
    fleet: Fleet, states: pd.DataFrame, ranked: pd.DataFrame | None, drops: pd.DataFrame | None,
    cups: Cups | None, programmes: pd.Series | None,
) -> pd.DataFrame:  # fmt: skip
    """Every machine that stands, the likeliest to fail first, as ``tables/fleet_columns.MACHINES`` names it.

    ``programmes``: how many each machine poured of late, by its id. What is not known is null.
    """
    own = states.assign(machine=states.index)
    empty = pd.DataFrame({"machine": pd.Series(dtype=int)})
    for part in (ranked, drops):
        own = own.merge(empty if part is None else part, on="machine", how="left")
    names = ["p_fail", "p_low", "p_high", "best", "last", "soon", "late", "half_by", "days", "saving",
             "saving_low", "saving_high", "years", "recent", "before", "ratio", "low", "high",
             "busy"]  # fmt: skip
    own = own.reindex(columns=[*own.columns, *(name for name in names if name not in own)])
    own["since_cups"] = np.nan if cups is None else own["machine"].map(sum_since(cups, fleet))
    own["programmes"] = np.nan if programmes is None else own["machine_id"].map(programmes).fillna(0.0)
    for name in ("failed", "repaired"):
        own[f"last_{name}"] = (
            own[f"last_{name}_at"].dt.date.astype(object).where(own[f"last_{name}_at"].notna(), None)
        )
    own["installed"] = own["installed_at"].dt.date
    own = own.sort_values(["p_fail", "place", "serial"], ascending=[False, True, True], ignore_index=True)
    return own.drop(
        columns=["machine", "kind", "last_failed_at", "last_repaired_at", "installed_at", "state"]
    )


def show_composition(fleet: Fleet, states: pd.DataFrame) -> pd.DataFrame:
    """What a count of all machines ever installed mixes: ``what``, ``machines``, ``share``, ``poured``."""
    poured = states["poured"] > 0
    known = states["poured"].notna().any()
    rows = [("In other markets and test shops", fleet.n_other, np.nan)]
    rows.append(("Decommissioned: taken out for good", int((fleet.machines["state"] == GONE).sum()), np.nan))
    words = {
        WAITING: "Waiting for repair",
        OFFLINE: "In service, out of touch",
        ONLINE: "In service, in touch",
        WORKING: "In service",
    }
    for state, what in words.items():
        is_it = states["state"] == state
        if is_it.any():
            rows.append((what, int(is_it.sum()), int((is_it & poured).sum()) if known else np.nan))
    table = pd.DataFrame(rows, columns=["what", "machines", "poured"])
    return table.assign(share=table["machines"] / max(fleet.n_all, 1))


def show_types(
    fleet: Fleet, types: pd.DataFrame, cups: Cups | None, drops: pd.DataFrame | None
) -> pd.DataFrame:
    """``plans.compare_types`` with ``up`` (share of the days since installation at work), ``cups`` (an open
    hour), ``pour`` (seconds a cup) and ``rinses`` (share of all cups); null without the cups."""
    one, kind = fleet.stretches, fleet.machines["kind"].to_numpy()
    days = one["days"].groupby(kind[one["machine"]]).sum()
    up = one["days"].where(one["is_up"], 0.0).groupby(kind[one["machine"]]).sum()
    table = types.assign(up=types["kind"].map(up / days.where(days > 0)))
    table = table.assign(cups=np.nan, pour=np.nan, rinses=np.nan)
    if cups is not None:
        sums = (
            pd.DataFrame({name: getattr(cups, name).sum(axis=1) for name in ("counts", "seconds", "rinses")})
            .groupby(kind)
            .sum()
        )
        table["pour"] = table["kind"].map(sums["seconds"] / sums["counts"].where(sums["counts"] > 0))
        every = sums["counts"] + sums["rinses"]
        table["rinses"] = table["kind"].map(sums["rinses"] / every.where(every > 0))
    if drops is not None and len(drops):
        table["cups"] = table["kind"].map(drops.groupby(kind[drops["machine"]])["recent"].mean())
    return table


def list_events(suite: Suite, fleet: Fleet, n_days: int = 60) -> pd.DataFrame:
    """What happened to machines in the last ``n_days``, newest first: ``at``, ``place``, ``serial``,
    ``machine_type``, ``what``, ``days`` (since its last event: at work before a failure, out of work before a
    repair)."""
    own = fleet.machines[["machine_id", "place", "serial", "machine_type"]]
    event = suite.device_events.select(
        "machine_id", "kind", "happened_at", "event_date", "event_id"
    ).execute()
    event = event.sort_values(["machine_id", "happened_at", "event_id"])
    gap = event.groupby("machine_id")["happened_at"].diff()
    event = event.assign(days=gap.dt.total_seconds() / 86_400, what=event["kind"])
    event["at"] = pd.to_datetime(event["event_date"]).dt.date
    event = event[event["at"] > suite.as_of - dt.timedelta(days=n_days)]
    found = event.merge(own, on="machine_id").sort_values(
        ["happened_at", "serial"], ascending=[False, True], ignore_index=True
    )
    return found[["at", "place", "serial", "machine_type", "what", "days"]]


def show_lives(seen: Seen, fleet: Fleet, level: float) -> pd.DataFrame:
    """``estimate_incidence`` of all spells at work: what ended them, by days since start."""
    up = fleet.stretches[fleet.stretches["is_up"]]
    cause = up["ended_by"].where(up["ended_by"].isin(["failed", GONE]), "").to_numpy(object)
    return estimate_incidence(seen.spells.days, cause, level)


def show_clocks(clocks: pd.DataFrame) -> pd.DataFrame:
    """``compare_clocks`` with words for readers."""
    words = {
        "constant": "chance alone: neither clock",
        "since repair": "days since installed or repaired (as good as new)",
        "age": "age of the machine (repair leaves it as worn)",
        "both": "both",
    }
    return clocks.assign(clock=clocks["clock"].map(words))


def count_programmes(suite: Suite) -> tuple[pd.DataFrame, pd.Series] | None:
    """What machines were told to pour in the last four weeks, the most first (``programme_name``,
    ``programme``, ``loaded``, ``cups``, ``machines``), and how many programmes each machine poured, by its
    id. Null without one of the tables."""
    every, cup = suite.optional("programmes"), suite.optional("cups")
    if every is None or cup is None:
        return None
    recent = cup.filter(
        (cup.cup_date > suite.as_of - dt.timedelta(weeks=_RECENT_WEEKS)) & (cup.poured_for != RINSE)
    )
    used = (
        recent.group_by("programme").agg(cups=ibis._.count(), machines=ibis._.machine_id.nunique()).execute()
    )
    table = (
        every.select("programme", "programme_name", "is_loaded")
        .execute()
        .merge(used, on="programme", how="outer")
    )
    # A programme on no list was poured all the same: it keeps its code.
    table["programme_name"] = table["programme_name"].fillna("on no list")
    table["loaded"] = table["is_loaded"].map({True: "yes", False: "superseded"}).fillna("not known")
    table[["cups", "machines"]] = table[["cups", "machines"]].fillna(0.0).astype(float)
    table = table.dropna(subset="programme").sort_values(
        ["cups", "programme"], ascending=[False, True], ignore_index=True
    )
    by_machine = (
        recent.group_by("machine_id").agg(n=ibis._.programme.nunique()).execute().set_index("machine_id")["n"]
    )
    return table[["programme_name", "programme", "loaded", "cups", "machines"]], by_machine.astype(float)
