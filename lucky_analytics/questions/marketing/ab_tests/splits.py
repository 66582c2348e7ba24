"""How customers were split before they met an experiment, beside who was logged: where a fault came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.methods.experiments.sample_ratio import BROKEN, measure_ratio

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["judge_splits", "say_splits"]

_SPLIT, _LOG, _WELL, _NONE = "in the split", "after the split, in what was logged", "none", "not known"


def judge_splits(suite: Suite, table: pd.DataFrame) -> pd.DataFrame:
    """``table`` of ``judge_experiments`` with ``split_0``, ``split_1`` (customers split into control and
    treatment, null where nobody knows), ``split_p`` (of the planned share, for one look) and ``fault``: where
    branches got out of ratio."""
    splits = suite.optional("traffic_splits")
    if splits is None:
        return table.assign(split_0=np.nan, split_1=np.nan, split_p=np.nan, fault=_NONE)
    known = splits.filter(splits.experiment_id.notnull(), splits.branch.isin(["control", "treatment"]))
    sums = known.group_by("experiment_id", "branch").agg(n=known.n_customers.sum()).execute()
    wide = sums.pivot(index="experiment_id", columns="branch", values="n")
    wide = wide.reindex(index=table["experiment_id"], columns=["control", "treatment"]).astype(float)
    control, treated = wide["control"].to_numpy(), wide["treatment"].to_numpy()
    p = np.array([
        measure_ratio(*sizes) if sizes[0] == sizes[0] and sizes[1] == sizes[1] else np.nan
        for sizes in zip(control, treated, table["planned"], strict=True)
    ])  # fmt: skip
    fault = np.select(
        [np.isnan(p), p < BROKEN, table["verdict"].to_numpy() == "broken"], [_NONE, _SPLIT, _LOG], _WELL
    )
    return table.assign(split_0=control, split_1=treated, split_p=p, fault=fault)


def say_splits(table: pd.DataFrame) -> str:
    """What the split says of the experiments that cannot be trusted, a sentence. ``table`` of
    ``judge_splits``."""
    known = table["split_p"].notna()
    if not known.any():
        return "How traffic was split before the assignments is not known: this snapshot has no table of it."
    n = int(table.loc[known, ["split_0", "split_1"]].to_numpy().sum())
    said = f"Before the assignments traffic was split, {n:,} times a customer into a branch of an experiment"
    uneven = int((table["fault"] == _SPLIT).sum())
    logged = table.loc[table["fault"] == _LOG, "experiment"].tolist()
    said += "; every split was as planned, chance aside" if not uneven else f"; {uneven} not as planned"
    if not logged:
        return f"{said}."
    names = ", ".join(f"'{name}'" for name in logged)
    return f"{said}. So the fault of {names} came after the split: part of a branch was not logged."
