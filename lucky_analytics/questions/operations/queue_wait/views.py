"""The frames that the page shows: seconds and minutes, half-hours as a clock has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.operations.queue_wait.benches import Benches
from lucky_analytics.questions.operations.queue_wait.one_more import of_all_models
from lucky_analytics.questions.operations.queue_wait.wait_tickets import name_slot
from lucky_analytics.questions.operations.queue_wait.worth import weigh_one

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["list_missing", "name_times", "show_busiest", "show_gains", "show_models", "weigh_cells"]

_NEEDS = {
    "how many were on shift": ("rosters", "luckyus_opempefficiency.t_shift_roster", "opempefficiency"),
    "what an hour of crew costs": (
        "accounting_costs", "luckyus_ifiaccounting.t_acc_cost_bill", "ifiaccounting",
    ),
    "what the next week expects": (
        "order_forecasts", "luckyus_ireplenishment.t_order_predict_alg_v2", "ireplenishment",
    ),
}  # fmt: skip


def list_missing(suite: Suite) -> dict[str, dict[str, str]]:
    """What cannot be shown, each with the tables that the snapshot lacks and their servers."""
    return {
        section: {table: f"aws-luckyus-{server}-rw"}
        for section, (name, table, server) in _NEEDS.items()
        if suite.optional(name) is None
    }


def name_times(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with ``from``: its half-hour as a clock shows it."""
    return frame.assign(**{"from": [name_slot(int(slot)) for slot in frame["slot"]]})


def weigh_cells(
    gains: pd.DataFrame,
    nearest: str | None,
    shifts: Estimate,
    lost: Estimate,
    margin: Estimate,
    cost: Estimate,
) -> pd.DataFrame:
    """One more barista in each half-hour, the one that brings most first: ``store``, ``slot``, ``orders``,
    ``people``, ``gain`` (seconds an order, nearest model) with ``low``, ``high`` of all models, ``worth``
    (dollars a month less the wage) with ``worth_low``, ``worth_high``."""
    found = []
    for _, own in gains.groupby(["store", "slot"], sort=False):
        gain = of_all_models(own, nearest)
        store, slot = str(own["store"].iloc[0]), int(own["slot"].iloc[0])
        orders, people = float(own["orders"].iloc[0]), float(own["people"].iloc[0])
        worth = weigh_one(orders, gain, shifts, lost, margin, cost)
        ends = (gain.value, gain.low, gain.high, worth.value, worth.low, worth.high)
        found.append((store, slot, orders, people, *(np.nan if end is None else end for end in ends)))
    names = ["store", "slot", "orders", "people", "gain", "low", "high", "worth", "worth_low", "worth_high"]
    cells = pd.DataFrame(found, columns=names)
    return cells.sort_values(["worth", "orders", "store"], ascending=[False, False, True], ignore_index=True)


def show_busiest(busiest: pd.DataFrame, cells: pd.DataFrame, benches: Benches) -> pd.DataFrame:
    """Each store in its busiest weekday half-hour: waits as measured, orders worked on at once, people on
    shift, and what one more would take off and bring."""
    at_once = benches.table[["store", "servers", "low", "high"]].rename(
        columns={"low": "servers_low", "high": "servers_high"}
    )
    waits = busiest.rename(columns={"low": "wait_low", "high": "wait_high"})
    own = cells.drop(columns=["orders", "people"])
    shown = waits.merge(own, on=["store", "slot"], how="left").merge(at_once, on="store", how="left")
    return name_times(shown)


def show_gains(busiest: pd.DataFrame, gains: pd.DataFrame) -> pd.DataFrame:
    """``gains`` of each store's busiest weekday half-hour, the busiest store first, models in their order."""
    place = {(row.store, row.slot): number for number, row in enumerate(busiest.itertuples())}
    keys = list(zip(gains["store"], gains["slot"], strict=True))
    own = gains.assign(place=[place.get(key, -1) for key in keys])
    own = own[own["place"] >= 0].sort_values("place", kind="stable", ignore_index=True)
    return name_times(own.drop(columns="place"))


def show_models(compared: pd.DataFrame) -> pd.DataFrame:
    """The models with the share of the rise that they give: ``share``, null for what was seen."""
    seen = float(compared.loc[compared["model"] == "seen", "rise"].iloc[0]) if len(compared) else np.nan
    share = compared["rise"] / seen if seen > 0 else np.nan
    return compared.assign(share=np.where(compared["model"] == "seen", np.nan, share))
