"""The frames that the page on staffing shows, names in place of numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.questions.operations.staffing.past_weeks import Trial
from lucky_analytics.questions.operations.staffing.staffing_answer import Planned
from lucky_analytics.questions.operations.staffing.staffing_plan import STATES
from lucky_analytics.questions.operations.staffing.staffing_prepared import PreparedStaffing
from lucky_analytics.reference.fair_workweek import FairWorkweek

__all__ = [
    "show_change",
    "show_crew",
    "show_grid",
    "show_hours",
    "show_law",
    "show_lights",
    "show_profile",
    "show_scores",
    "show_scores_told",
    "show_shifts",
    "show_stores",
    "show_trial",
]

_EVENING, CLOSED = 34, "closed"  # a half-hour of the day: five in the afternoon


def clock(slot: float) -> str:
    """A half-hour of the day as a time.

    >>> clock(14), clock(41), clock(14.2)
    ('07:00', '20:30', '07:06')
    """
    minutes = round(30 * slot)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def name_days(prepared: PreparedStaffing) -> list[str]:
    return [f"{day:%a} {day.day} {day:%b}" for day in prepared.ahead.dates]


def show_stores(planned: list[Planned], prepared: PreparedStaffing, same: pd.DataFrame) -> pd.DataFrame:
    """One row a store: paid hours, the plan's, the fewest, the same service's; under-staffed shares; late
    orders; dollars a week of both; ``verdict`` in words; and a last row of all."""
    names = prepared.stores.set_index("store_id")["store_name"]
    rows = []
    for each, own in zip(planned, same.to_dict("records"), strict=True):
        red = [
            float((one == 0).sum() / max((one >= 0).sum(), 1))
            for one in (each.lights_today, each.lights_plan)
        ]
        rows.append(
            {
                "store_name": names[each.store_id],
                "orders": float(prepared.ahead.mean[prepared.place(each.store_id)].sum()),
                "paid": own["paid"],
                "plan": each.plan.hours,
                "fewest": own["fewest"],
                "same": own["hours"],
                "red_today": red[0],
                "red_plan": red[1],
                "late_today": each.late_today,
                "late_plan": each.late_plan,
                "cost_today": each.cents_today / 100,
                "cost_plan": each.cents_plan / 100,
                "gap": each.plan.gap,
                "verdict": _judge(own["paid"], own["fewest"], own["hours"]),
            }
        )
    return pd.DataFrame(rows)


def _judge(paid: float, fewest: float, same: float) -> str:
    if paid <= 1.02 * fewest:
        return "as lean as opening times allow"
    return "lean for its service" if same >= 0.98 * paid else "hours at the wrong times"


def show_profile(planned: list[Planned], prepared: PreparedStaffing) -> pd.DataFrame:
    """The mean of the working days (all days, where there is none): ``store_name``, ``hour``, ``need``,
    ``today``, ``plan`` (heads), ``orders`` of the half-hour."""
    days = [place for place, day in enumerate(prepared.ahead.dates) if day.weekday() < 5]
    parts = []
    for each, name in zip(planned, prepared.stores["store_name"], strict=True):
        open_ = (each.need.planned[days] > 0).any(axis=0)
        slots = np.flatnonzero(open_)
        parts.append(
            pd.DataFrame(
                {
                    "store_name": name,
                    "hour": slots / 2,
                    "need": each.need.planned[days][:, slots].mean(axis=0),
                    "today": each.today[days][:, slots].mean(axis=0),
                    "plan": each.plan.heads[days][:, slots].mean(axis=0),
                    "orders": prepared.ahead.mean[prepared.place(each.store_id)][days][:, slots].mean(axis=0),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def show_lights(planned: list[Planned], prepared: PreparedStaffing) -> pd.DataFrame:
    """Of the seven days, on how many each half-hour is under-staffed: ``which`` (roster or plan),
    ``store_name``, ``hour``, ``days``."""
    parts = []
    for which, name in (("last week's rosters", "lights_today"), ("the plan", "lights_plan")):
        for each, store in zip(planned, prepared.stores["store_name"], strict=True):
            lights = getattr(each, name)
            slots = np.flatnonzero((lights >= 0).any(axis=0))
            parts.append(pd.DataFrame({"which": which, "store_name": store, "hour": slots / 2,
                                       "days": (lights[:, slots] == 0).sum(axis=0)}))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def show_grid(planned: list[Planned], prepared: PreparedStaffing) -> pd.DataFrame:
    """Every staffed half-hour of every store: ``store_name``, ``day``, ``time``, ``orders``, ``need``,
    ``today`` and ``plan`` (heads), ``light_today`` and ``light_plan`` (words of ``STATES``)."""
    days, rows = name_days(prepared), []
    for each, name in zip(planned, prepared.stores["store_name"], strict=True):
        day, slot = np.nonzero(each.need.planned > 0)
        orders = prepared.ahead.mean[prepared.place(each.store_id)]
        rows.append(
            pd.DataFrame(
                {
                    "store_name": name,
                    "day": [days[one] for one in day],
                    "time": [clock(one) for one in slot.tolist()],
                    "orders": orders[day, slot],
                    "need": each.need.planned[day, slot],
                    "today": each.today[day, slot],
                    "plan": each.plan.heads[day, slot],
                    "light_today": [STATES[one] for one in each.lights_today[day, slot]],
                    "light_plan": [STATES[one] for one in each.lights_plan[day, slot]],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def show_shifts(planned: list[Planned], prepared: PreparedStaffing) -> pd.DataFrame:
    """The plan's shifts: ``store_name``, ``day``, ``begins``, ``ends``, ``hours``, ``who`` (a number within
    the store, no name; "open" where nobody can)."""
    days, rows = name_days(prepared), []
    for each, name in zip(planned, prepared.stores["store_name"], strict=True):
        labels = prepared.people.loc[prepared.people["store_id"] == each.store_id, "label"].tolist()
        person = np.full(len(each.plan.shifts), -1) if each.who is None else each.who.person
        shifts = each.plan.shifts[["day", "start", "end"]].to_numpy(int)
        for (day, start, end), one in zip(shifts.tolist(), person.tolist(), strict=True):
            who = labels[one] if one >= 0 else "open"
            rows.append((name, days[day], clock(start), clock(end), (end - start) / 2, who))
    return pd.DataFrame(rows, columns=["store_name", "day", "begins", "ends", "hours", "who"])


def show_crew(planned: list[Planned], prepared: PreparedStaffing) -> pd.DataFrame:
    """How even the plan is: by employee ``hours``, ``days``, ``evenings`` (shifts that end after five),
    ``weekend`` (shifts); those without a shift too."""
    weekend = [place for place, day in enumerate(prepared.ahead.dates) if day.weekday() >= 5]
    rows = []
    for each, name in zip(planned, prepared.stores["store_name"], strict=True):
        labels = prepared.people.loc[prepared.people["store_id"] == each.store_id, "label"].tolist()
        person = np.full(len(each.plan.shifts), -1) if each.who is None else each.who.person
        for number, label in enumerate(labels):
            own = each.plan.shifts[person == number]
            rows.append(
                (
                    name,
                    label,
                    float((own["end"] - own["start"]).sum() / 2),
                    own["day"].nunique(),
                    int((own["end"] > _EVENING).sum()),
                    int(own["day"].isin(weekend).sum()),
                )
            )
    return pd.DataFrame(rows, columns=["store_name", "label", "hours", "days", "evenings", "weekend"])


def show_hours(stores: pd.DataFrame) -> pd.DataFrame:
    """Paid hours of each store in four ways: ``store_name``, ``kind``, ``hours``."""
    kinds = {
        "fewest": "fewest that opening times allow",
        "same": "same service, moved",
        "plan": "the plan",
        "paid": "last week's roster",
    }
    long = stores.melt("store_name", list(kinds), "kind", "hours")
    return long.assign(kind=long["kind"].map(kinds))


def show_trial(trial: Trial) -> pd.DataFrame:
    """``trial.weeks`` with late orders as shares of all."""
    weeks = trial.weeks.copy()
    for name in ("late_today", "late_plan"):
        weeks[f"{name}_share"] = weeks[name] / weeks["orders"].where(weeks["orders"] > 0)
    weeks["saved"] = 1 - weeks["hours_same"] / weeks["paid"].where(weeks["paid"] > 0)
    return weeks.sort_values("first_day", ignore_index=True)


def show_scores(prepared: PreparedStaffing) -> pd.DataFrame:
    """How the foretold half-hours came out, by week: ``made``, ``inside`` and ``expected`` (shares),
    ``factor`` (orders that came for each foretold), ``off`` and ``off_raw`` (shares of orders)."""
    return _score_weeks(prepared.scores)


def show_scores_told(prepared: PreparedStaffing) -> pd.DataFrame:
    """``show_scores`` of weeks that were foretold 14 days before they began; ``made`` is the day of
    telling."""
    return _score_weeks(prepared.scores_told)


def _score_weeks(scores: pd.DataFrame) -> pd.DataFrame:
    weeks = scores.groupby("made", as_index=False).sum(numeric_only=True)
    return pd.DataFrame(
        {
            "made": weeks["made"],
            "inside": weeks["inside"] / weeks["n"],
            "expected": weeks["expected"] / weeks["n"],
            "bias_raw": weeks["predicted"] / weeks["y"] - 1,
            "bias": weeks["mean"] / weeks["y"] - 1,
            "off_raw": weeks["off_raw"] / weeks["y"],
            "off": weeks["off"] / weeks["y"],
        }
    )


def show_law(premiums: pd.DataFrame, rules: FairWorkweek) -> pd.DataFrame:
    """Premiums of the last weeks by kind: ``kind``, ``n`` (shifts), ``dollars``, ``source`` (the rule)."""
    sums = premiums.groupby("kind", as_index=False, sort=False)[["n", "cents"]].sum()
    change = str(rules.premiums["source"].iloc[0])
    sources = {"called in": change, "told late": change, "too short a rest": rules.sources["rest"]}
    return pd.DataFrame(
        {
            "kind": sums["kind"],
            "n": sums["n"],
            "dollars": sums["cents"] / 100,
            "source": sums["kind"].map(sources),
        }
    )


def show_change(change: pd.DataFrame, prepared: PreparedStaffing) -> pd.DataFrame:
    """``workweek.price_change`` with names and dollars."""
    named = change["store_id"].map(prepared.stores.set_index("store_id")["store_name"])
    return change.assign(store_name=named, dollars=change["cents"] / 100).drop(columns=["store_id", "cents"])
