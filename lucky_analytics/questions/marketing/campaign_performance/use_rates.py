"""Share of coupons that are used, by age and by template, where it can be known."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.customers.survival import estimate_share, estimate_survival
from lucky_analytics.methods.inference.shrunken_rates import fit_rates, shrink_rates
from lucky_analytics.questions.marketing.campaign_performance.kept_coupons import SOON_DAYS

__all__ = ["estimate_campaigns", "estimate_templates", "follow_use", "share_used"]


def share_used(ages: pd.DataFrame, days: int, level: float) -> Estimate:
    """Share of coupons used within ``days`` (that of the gift is the first), of all campaigns in ``ages``
    whose coupons are valid so long. Null where none was seen that long."""
    found = estimate_share(_alone(ages), days - 1, level)
    ends = {"use": found["share"], "use_low": found["low"], "use_high": found["high"]}
    n = int(ages[["n_event", "n_censored"]].sum().sum())
    return Estimate.of(ends, "use", level=level, n=n)


def follow_use(ages: pd.DataFrame, level: float) -> pd.DataFrame:
    """Share used by age, one curve a campaign: ``campaign``, ``day`` (1 is that of the gift), ``used``,
    ``low``, ``high``, ``n_at_risk``. Coupons still open count for the days that they were seen.

    >>> ages = pd.DataFrame({"campaign": "holiday", "duration": [0, 9], "n_event": [1, 0],
    ...     "n_censored": [0, 3], "alike": 1.0})
    >>> follow_use(ages, 0.9)[["day", "used"]].values.tolist()
    [[1.0, 0.25], [10.0, 0.25]]
    """
    parts = []
    for name, own in ages.groupby("campaign"):
        curve = estimate_survival(_alone(own), level)
        parts.append(
            pd.DataFrame(
                {
                    "campaign": name, "day": curve["duration"] + 1, "used": 1 - curve["survival"],
                    "low": 1 - curve["high"], "high": 1 - curve["low"], "n_at_risk": curve["n_at_risk"],
                }
            )
        )  # fmt: skip
    columns = ["campaign", "day", "used", "low", "high", "n_at_risk"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def estimate_campaigns(ages: pd.DataFrame, days: int, level: float) -> pd.DataFrame:
    """``campaign``, ``n_known`` (coupons whose use is known), ``use`` within ``days`` with ends; weekly
    coupons within their seven."""
    rows = []
    for name, own in ages.groupby("campaign"):
        longest = int(own["duration"].max())
        found = estimate_share(_alone(own), min(days - 1, longest), level)
        n = int(own[["n_event", "n_censored"]].sum().sum())
        rows.append((name, n, found["share"], found["low"], found["high"]))
    return pd.DataFrame(rows, columns=["campaign", "n_known", "use", "use_low", "use_high"])


def estimate_templates(ages: pd.DataFrame, level: float) -> pd.DataFrame:
    """Share used within ``SOON_DAYS`` by template, of coupons that were seen that long, each drawn towards
    its campaign's: ``template_id``, ``n_seen``, ``n_soon`` (used), ``raw``, ``use_soon`` with ends,
    ``weight`` of the template's own coupons in it.
    """
    columns = [
        "template_id",
        "n_seen",
        "n_soon",
        "raw",
        "use_soon",
        "use_soon_low",
        "use_soon_high",
        "weight",
    ]
    if ages.empty:
        return pd.DataFrame(columns=columns)
    old = ages[ages["is_seen"].astype(bool)]
    seen = old.assign(
        n_soon=old["n_event"].where(old["duration"] < SOON_DAYS, 0), n_seen=old["n_event"] + old["n_censored"]
    )
    parts = []
    for _, own in seen.groupby("campaign"):
        sums = own.groupby("template_id", as_index=False)[["n_seen", "n_soon"]].sum()
        if not sums["n_seen"].sum():
            continue
        cases, hits = (sums[name] / own["alike"].max() for name in ("n_seen", "n_soon"))
        found = shrink_rates(cases, hits, fit_rates(cases, hits), level)
        found = found.rename(columns={"rate": "use_soon", "low": "use_soon_low", "high": "use_soon_high"})
        raw = sums["n_soon"] / sums["n_seen"].where(sums["n_seen"] > 0)
        parts.append(sums.assign(raw=raw).join(found))
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _alone(ages: pd.DataFrame) -> pd.DataFrame:
    """The same counts, of as many coupons as tell as much, each of a customer of its own."""
    names = ["n_event", "n_censored"]
    return ages.assign(**{name: ages[name].astype(float) / ages["alike"].astype(float) for name in names})
