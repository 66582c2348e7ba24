"""What the store ramp page shows beside its estimates: data checks, dates of plateaus, the panels."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.growth.growth_paths import estimate_paths

__all__ = ["assemble_panels", "check_days", "format_reached"]


def check_days(days: pd.DataFrame, stores: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``, one row per property.

    Raises ``LuckyError`` when there is not a single order.

    >>> check_days(days, stores, pd.Timestamp("2026-02-13"))["passed"].all()     # doctest: +SKIP
    True
    """
    if days.empty:
        raise LuckyError(
            "store ramp", expected="orders of trading stores", got=f"none up to {as_of:%Y-%m-%d}"
        )
    opened = days["unique_id"].map(stores.set_index("unique_id")["opened"])
    early = int((days["ds"] < opened).sum())
    spans = days.assign(since=opened).groupby("unique_id")["since"].first()
    possible = int(((as_of - spans).dt.days + 1).sum())
    traded = int((days.loc[days["ds"] >= opened, "y"] > 0).sum())
    unplaced = stores["latitude"].isna() | stores["longitude"].isna()
    silent = sorted(set(stores["unique_id"]) - set(days["unique_id"]))
    last = days["ds"].max()
    facts = [
        ("no order before a store's opening date", early == 0, f"{early} store-days before it"),
        (
            "every store sold on every day since it opened",
            traded == possible and not silent,
            f"{traded:,} of {possible:,} store-days; days without orders count as closed",
        ),
        ("orders reach the business date of the page", last >= as_of, f"last order on {last:%Y-%m-%d}"),
        (
            "every store has coordinates",
            not unplaced.any(),
            f"{int(unplaced.sum())} without; they count as having no neighbours",
        ),
    ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def format_reached(plateaus: pd.DataFrame) -> pd.Series:
    """When 90 % of the plateau was reached, or is expected where it has not been observed yet."""
    dates = plateaus["t90_date"].dt.strftime("%b %Y")
    return dates.where(plateaus["is_reached"], "not yet seen; " + dates)


def assemble_panels(
    fit: GrowthFit,
    weeks: pd.DataFrame,
    stores: pd.DataFrame,
    plateaus: pd.DataFrame,
    n_ahead: int = 4,
    level: float = 0.9,
) -> pd.DataFrame:
    """The frame of ``plot_store_panels``: observed weeks of all stores, fitted paths where there are any.

    Stores are in the order of ``plateaus`` (highest first), then those that are not on a ramp.
    """
    names = stores.set_index("unique_id")["store_name"]
    ranked = plateaus["unique_id"].tolist()
    others = [unit for unit in names.index if unit not in ranked]
    position = {unit: place for place, unit in enumerate([*ranked, *others])}
    observed = weeks.rename(columns={"y_week": "y", "y": "orders"})[["unique_id", "age_weeks", "y"]]
    observed = observed.assign(kind="week")
    unreached = plateaus.loc[~plateaus["is_reached"], "unique_id"]
    last = observed.groupby("unique_id")["age_weeks"].transform("max")
    is_last = observed["unique_id"].isin(unreached) & (observed["age_weeks"] == last)
    observed.loc[is_last, "kind"] = "censored"
    paths = estimate_paths(fit, n_ahead, level)
    prior = fit.units.loc[fit.units["role"] == "prior only", "unique_id"]
    is_ahead = paths["is_ahead"] | paths["unique_id"].isin(prior)
    fitted = paths[~is_ahead].assign(kind="path")
    # The dashed part starts where the solid one ends.
    joint = fitted.groupby("unique_id").tail(1) if n_ahead else fitted.head(0)
    ahead = pd.concat([joint, paths[is_ahead]]).assign(kind="ahead")
    parts = [frame[["unique_id", "age_weeks", "kind", "y", "low", "high"]] for frame in (fitted, ahead)]
    panels = pd.concat([observed, *parts])
    panels["position"] = panels["unique_id"].map(position)
    panels["label"] = panels["unique_id"].map(names)
    columns = ["label", "position", "age_weeks", "kind", "y", "low", "high"]
    return panels.sort_values(["position", "kind", "age_weeks"])[columns].reset_index(drop=True)
