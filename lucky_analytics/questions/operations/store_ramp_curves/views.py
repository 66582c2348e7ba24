"""What the store ramp page shows beside its estimates: data checks, stores that fell, the panels."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.formats import format_change, format_interval, format_number
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.growth.growth_paths import estimate_paths

__all__ = [
    "add_months",
    "assemble_panels",
    "check_days",
    "describe_claim",
    "describe_fall",
    "describe_losses",
    "describe_months",
    "describe_next_store",
    "describe_panels",
    "format_reached",
]


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


def add_months(levels: pd.DataFrame, days: pd.DataFrame, stores: pd.DataFrame, as_of: object) -> pd.DataFrame:
    """Adds to ``estimate_launch_levels`` the revenue, dollars, of a store's best whole month and of its last.

    ``best_month``, ``best_dollars``, ``last_month``, ``last_dollars``: as they were, holidays and prices of
    the day included. A month counts when the store was open from its first day on and it has ended by
    ``as_of``; null without one.
    """
    opened = days["unique_id"].map(stores.set_index("unique_id")["opened"])
    month = days["ds"].dt.to_period("M")
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)  # type: ignore[arg-type]
    whole = days[(month.dt.start_time >= opened) & ((month + 1).dt.start_time <= end)].assign(month=month)
    sums = (whole.groupby(["unique_id", "month"])["value"].sum() / 100).reset_index()
    names = stores.set_index("unique_id")["store_name"]
    sums = sums.assign(store_name=sums["unique_id"].map(names), label=sums["month"].dt.strftime("%b %Y"))
    best = sums.sort_values("value").groupby("store_name").tail(1).set_index("store_name")
    last = sums.groupby("store_name").tail(1).set_index("store_name")
    added: dict[str, pd.Series] = {}
    for name, rows in (("best", best), ("last", last)):
        added |= {f"{name}_month": levels["store_name"].map(rows["label"])}
        added |= {f"{name}_dollars": levels["store_name"].map(rows["value"])}
    return levels.assign(**added)


def describe_claim(chances: Collection[float], claimed_weeks: float) -> str:
    """A sentence on a claim about the time to 90 %, from its chance under each growth curve that fits.

    >>> describe_claim([0.05, 0.38], 4)
    'Whether 4 weeks are enough is open: the chance is 5 % to 38 %, depending on the curve'
    """
    low, high = (f"{100 * p:.0f} %" for p in (min(chances), max(chances)))
    span = low if low == high else f"{low} to {high}, depending on the curve"
    if max(chances) < 0.1:
        return f"{claimed_weeks:g} weeks are not enough: the chance is {span}"
    if min(chances) > 0.9:
        return f"{claimed_weeks:g} weeks are enough: the chance is {span}"
    return f"Whether {claimed_weeks:g} weeks are enough is open: the chance is {span}"


def describe_panels(plateaus: pd.DataFrame, stores: pd.DataFrame, launch: list[str]) -> str:
    """What the panels of all stores show, in words: the plateau of each store on a ramp, and the others."""
    facts = [
        f"{row.store_name} {'has reached' if row.is_reached else 'is heading for'} {row.plateau:,.0f}"
        for row in plateaus.itertuples()
    ]
    names = stores.set_index("unique_id").loc[launch, "store_name"].tolist()
    others = f" {' and '.join(names)} opened with the chain and are not on a ramp." if names else ""
    return f"Plateaus in orders a week: {'; '.join(facts)}.{others}"


def describe_losses(losses: pd.DataFrame) -> str:
    """Which store takes most from which, in a sentence."""
    worst = losses.sort_values("loss").iloc[-1]
    return (
        f"{worst['neighbour_name']} takes {100 * worst['loss']:.0f} % of the orders of {worst['store_name']} "
        f"({100 * worst['low']:.0f} to {100 * worst['high']:.0f})"
    )


def describe_fall(causes: pd.DataFrame, store_name: str) -> str:
    """How far a store fell, or rose, and what carries most of it, in a sentence."""
    change = causes.set_index("cause")["change"]
    named = causes[~causes["cause"].isin(["all", "unexplained"])].sort_values("log_change")
    fell = change["all"] < 0
    largest = named.iloc[0 if fell else -1]
    return (
        f"{store_name} {'lost' if fell else 'gained'} {abs(100 * change['all']):.0f} % of its orders; "
        f"the largest single cause is {largest['cause']} ({format_change(largest['change'])})"
    )


def describe_next_store(forecast: pd.DataFrame) -> str:
    """Where a store not yet opened may stand in the last of its weeks, in a sentence."""
    last = forecast.iloc[-1]
    ends = (
        format_interval(last["dollars_low"], last["dollars_high"], "USD").strip("()").replace(" to ", " and ")
    )
    return f"A new store may take between {ends} in week {last['week']:.0f}"


def describe_months(levels: pd.DataFrame, store_name: str) -> str:
    """What a store took in its best and its last whole month (``add_months``), in words; empty for none."""
    row = levels[(levels["store_name"] == store_name) & levels["best_dollars"].notna()]
    if row.empty:
        return ""
    best, last = (format_number(row[f"{name}_dollars"].iloc[0], "USD") for name in ("best", "last"))
    return f"Revenue went from {best} in {row['best_month'].iloc[0]} to {last} in {row['last_month'].iloc[0]}"


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
