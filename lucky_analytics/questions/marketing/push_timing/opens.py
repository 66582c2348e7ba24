"""What goes with opening a notification, for the same customer: own hour, frequency, hour of day, content.

No send was left to chance, so these are associations. Customers are compared with themselves alone, months,
time since registering, hours, contents and frequency each net of the others; what changed for a customer at
the same time as the hour of a send is not taken out.

How many come after a send cannot change whether it is opened. Where it goes with openings, sends follow
openings (whoever opened is sent more, or less), and within customers how many came before is then off too:
frequency is not read. The test is that of Wooldridge (2010), Econometric Analysis of Cross Section and Panel
Data, 10.7.1, on what a comparison within units takes for granted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.within_units import WithinFit, fit_within
from lucky_analytics.questions.marketing.push_timing.send_log import (
    HOUR,
    NEW_DAYS,
    OPEN_HOURS,
    RECENT_DAYS,
    PushLog,
)

__all__ = [
    "FEWEST_OPENS",
    "NEAR_HOURS",
    "Opens",
    "compare_opens",
    "count_claims",
    "has_opens",
    "list_tracked",
    "select_tracked",
]

Array = NDArray[Any]
# Around a customer's usual hour of ordering: half of the three hours that a day's sends are apart at most.
NEAR_HOURS = 1.5
FEWEST_OPENS = 100
MANY = 5  # recent notifications from which they are counted together in the picture
_AGES = (14, 28, 56, 112)  # days since registering from which the next step of age begins
_RARE = 0.01  # share of sends below which an hour or a content counts with the other rare ones
# Own hour, frequency and its steps, sends after; orders after pushes, text messages and failed ones, and
# before sends.
_OTHER_CLAIMS = 3 + MANY + 4


@dataclass(frozen=True)
class Opens:
    """``table``: a row for each association: ``group`` (own hour, frequency, after, hour, content),
    ``label``, ``value`` (points of opened sends), ``low``, ``high``, ``n`` sends that it is about, ``share``
    of them opened (as they are), ``is_clear``. Intervals hold together for all of the page (``half`` errors
    wide).

    ``by_recent``: ``recent`` (0 to ``MANY``), ``label``, ``value`` (points against none), ``low``, ``high``,
    ``n``. ``opened``: share of delivered sends opened; ``lift``: by what share more would be opened, were all
    sends near the own hour and the association its doing; ``near_share``, ``unknown_share`` of sends that are
    near, and to customers without an order so far; ``n_sends``, ``n_customers`` compared.
    """

    table: pd.DataFrame
    by_recent: pd.DataFrame
    opened: Estimate
    lift: Estimate
    near_share: float
    unknown_share: float
    n_sends: int
    n_customers: int
    half: float

    @property
    def is_followed(self) -> bool:
        """Whether sends follow openings: how many came after a send goes with whether it was opened."""
        return bool(self.row("after").get("is_clear", False))

    def row(self, group: str) -> dict[str, Any]:
        """The one association of a group that has one; empty where it could not be made."""
        own = self.table[self.table["group"] == group]
        return {str(key): value for key, value in own.iloc[0].items()} if len(own) else {}

    def estimate(self, group: str, level: float) -> Estimate:
        row = self.row(group)
        return Estimate.of(row, "value", level=level, n=self.n_customers) if row else Estimate(None, n=0)


def has_opens(log: PushLog) -> bool:
    """Whether enough openings are on record, and enough sends without one, of customers who got several, to
    compare any."""
    rows = select_tracked(log)
    rows = rows[(rows["age"] >= NEW_DAYS) & rows["customer"].duplicated(keep=False)]
    opened = int(rows["is_opened"].sum())
    return min(opened, len(rows) - opened) >= FEWEST_OPENS


def list_tracked(log: PushLog) -> list[str]:
    """Kinds of notification whose opening is on record at all: a text message's is not."""
    opened = log.sends.loc[log.sends["was_opened"], "kind"]
    return [str(kind) for kind in opened.cat.categories if (opened == kind).any()]


def select_tracked(log: PushLog) -> pd.DataFrame:
    """Sends that were delivered, of kinds whose opening is on record, whose ``OPEN_HOURS`` are over."""
    sends = log.sends
    is_told = sends["kind"].isin(list_tracked(log)) & sends["is_delivered"]
    return sends[is_told & (sends["at"] + OPEN_HOURS * HOUR <= log.end)]


def count_claims(log: PushLog) -> int:
    """How many associations the page makes: all its intervals hold together."""
    rows = select_tracked(log)
    n_hours = len(_common(rows["hour"]))
    return _OTHER_CLAIMS + 2 * n_hours + len(_common(_name_contents(rows).codes))


def _name_contents(rows: pd.DataFrame) -> pd.Categorical:
    """The template of each send, "none" where it had none: as codes, because names of millions are slow."""
    named = rows["template"].astype("category")
    names = sorted({*map(str, named.cat.categories), "none"})
    coded: pd.Categorical = named.cat.set_categories(names).fillna("none").array
    return coded


def compare_opens(log: PushLog, level: float = 0.9) -> Opens:
    """Associations of openings, of customers' sends from ``NEW_DAYS`` after registration on."""
    every = select_tracked(log)
    half = float(norm.ppf(1 - (1 - level) / 2 / count_claims(log)))
    rows = every[every["age"] >= NEW_DAYS]
    unit, whose = pd.factorize(rows["customer"])
    facts = _describe_sends(rows, log)
    columns = _make_columns(facts)
    y = rows["is_opened"].to_numpy(float)
    many = np.minimum(facts["recent"], MANY)
    steps = {f"recent {n}": (many == n).astype(float) for n in range(1, MANY + 1)}
    fit = fit_within(y, {**steps, **columns}, unit)
    made = pd.DataFrame(_list_associations(fit, facts, y, half))
    opened = _rate(every["is_opened"].to_numpy(float), pd.factorize(every["customer"])[0], level)
    return Opens(
        made.assign(is_clear=(made["low"] > 0) | (made["high"] < 0)),
        pd.DataFrame(_list_steps(fit, facts, half)), opened, _lift(fit, facts, y, unit, half, level),
        float(facts["near"].mean()), float(facts["unknown"].mean()), len(rows), len(whose), half,
    )  # fmt: skip


def _describe_sends(rows: pd.DataFrame, log: PushLog) -> dict[str, Array]:
    """What each send was like, known before it: arrays (n,)."""
    at, usual = rows["at"].to_numpy(np.int64), rows["usual"].to_numpy(float)
    away = np.abs(at % (24 * HOUR) / HOUR - usual)
    month = (np.datetime64(log.origin) + (at // (24 * HOUR)).astype("timedelta64[D]")).astype("datetime64[M]")
    contents = _name_contents(rows)
    return {
        "near": (np.nan_to_num(away, nan=np.inf) <= NEAR_HOURS).astype(float),
        "unknown": np.isnan(usual).astype(float),
        "recent": rows["recent"].to_numpy(float),
        "following": rows["following"].to_numpy(float),
        "is_late": at > log.end - RECENT_DAYS * 24 * HOUR,
        "age": np.searchsorted(_AGES, rows["age"].to_numpy(), side="right"),
        "hour": rows["hour"].to_numpy(int),
        "template": contents.codes,
        "template names": contents.categories.to_numpy(),
        "month": month,
    }


def _common(values: Any) -> list[int]:
    """Values of more than ``_RARE`` of the rows, whole numbers from 0, in their order."""
    counts = np.bincount(np.asarray(values))
    return np.flatnonzero((counts > 0) & (counts >= _RARE * max(len(values), 1))).tolist()


def _make_columns(facts: dict[str, Array]) -> dict[str, Array]:
    """Columns of the comparison but frequency: each hour, content, month and step of age but the first beside
    it. What comes in the last days of the log is not whole: their sends count apart."""
    late = facts["is_late"].astype(float)
    columns = {"near": facts["near"], "unknown": facts["unknown"], "late": late}
    columns["following"] = facts["following"] * (1 - late)
    columns |= {f"age {step}": (facts["age"] == step).astype(float) for step in range(1, len(_AGES) + 1)}
    for name in ("hour", "template"):
        columns |= {
            f"{name} {value}": (facts[name] == value).astype(float) for value in _common(facts[name])[1:]
        }
    months = np.unique(facts["month"])[1:]
    return columns | {f"month {month}": (facts["month"] == month).astype(float) for month in months}


def _list_associations(
    fit: WithinFit, facts: dict[str, Array], y: Array, half: float
) -> list[dict[str, Any]]:
    near, recent = facts["near"] > 0, facts["recent"] > 0
    listed = []
    if "near" in fit.names:
        listed.append(("own hour", "near the own usual hour of ordering", {"near": 1.0}, near))
    if slope := _weigh_steps(fit, facts["recent"]):
        label = f"each further one in the {RECENT_DAYS} days before"
        listed.append(("frequency", label, slope, recent))
    if "following" in fit.names:
        label = f"each further one in the {RECENT_DAYS} days after"
        listed.append(("after", label, {"following": 1.0}, (facts["following"] > 0) & ~facts["is_late"]))
    for group, name in (("hour", "hour"), ("content", "template")):
        values = _common(facts[name])
        shares = {f"{name} {value}": float((facts[name] == value).mean()) for value in values}
        total = sum(shares.values())
        for value in values if len(values) > 1 else []:
            weights = {key: -share / total for key, share in shares.items()}
            weights[f"{name} {value}"] += 1.0
            named = f"at {value}:00" if name == "hour" else str(facts["template names"][value])
            label = named.replace("_", " ")
            listed.append((group, label, weights, facts[name] == value))
    return [
        {"group": group, "label": label, **_span(fit, weights, half), "n": int(rows.sum()),
         "share": float(y[rows].mean()) if rows.any() else np.nan}
        for group, label, weights, rows in listed
    ]  # fmt: skip


def _weigh_steps(fit: WithinFit, recent: Array) -> dict[str, float]:
    """Weights of the steps' effects in the line through them, each step counting as often as it occurs."""
    many = np.minimum(recent, MANY)
    names = [n for n in range(1, MANY + 1) if f"recent {n}" in fit.names]
    if not names:
        return {}
    at = np.array([0.0, *(float(recent[many == n].mean()) for n in names)])
    counts = np.array([(many == n).sum() for n in (0, *names)], float)
    away = counts * (at - counts @ at / counts.sum())
    return {f"recent {n}": float(w) for n, w in zip(names, away[1:] / (away @ at), strict=True)}


def _span(fit: WithinFit, weights: dict[str, float], half: float) -> dict[str, float]:
    """Value and ends in points."""
    value, moves = fit.combine(weights)
    error = half * float(np.sqrt((moves**2).sum()))
    return {"value": 100 * value, "low": 100 * (value - error), "high": 100 * (value + error)}


def _list_steps(fit: WithinFit, facts: dict[str, Array], half: float) -> list[dict[str, Any]]:
    many = np.minimum(facts["recent"], MANY)
    base = {"recent": 0, "label": "none", "value": 0.0, "low": 0.0, "high": 0.0, "n": int((many == 0).sum())}
    return [base] + [
        {"recent": n, "label": f"{n} or more" if n == MANY else str(n),
         **_span(fit, {f"recent {n}": 1.0}, half), "n": int((many == n).sum())}
        for n in range(1, MANY + 1) if f"recent {n}" in fit.names
    ]  # fmt: skip


def _rate(y: Array, unit: Array, level: float) -> Estimate:
    """A share with the error of customers' own sums."""
    value, moves = _mean(y, unit)
    error = float(norm.ppf(0.5 + level / 2) * np.sqrt((moves**2).sum()))
    return Estimate(value, max(value - error, 0.0), min(value + error, 1.0), level=level, n=len(y))


def _mean(y: Array, unit: Array) -> tuple[float, Array]:
    """A mean, and how far each unit moves it."""
    value = float(y.mean())
    return value, (np.bincount(unit, y) - value * np.bincount(unit)) / len(y)


def _lift(
    fit: WithinFit, facts: dict[str, Array], y: Array, unit: Array, half: float, level: float
) -> Estimate:
    """What the association would add to openings if every send to somebody with a usual hour were near it, as
    a share of all openings. The errors of association, of the rest's share and of openings count together."""
    rate, by_rate = _mean(y, unit)
    if "near" not in fit.names or not rate > 0:
        return Estimate(None, n=0)
    effect, by_effect = fit.combine({"near": 1.0})
    rest, by_rest = _mean((1 - facts["near"]) * (1 - facts["unknown"]), unit)
    value = effect * rest / rate
    moves = (rest * by_effect + effect * by_rest - value * by_rate) / rate
    error = half * float(np.sqrt((moves**2).sum()))
    return Estimate(value, value - error, value + error, level=level, n=len(by_rate))
