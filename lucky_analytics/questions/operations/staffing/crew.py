"""Who works in the stores, what they cost an hour, what they can do, and on which days they work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from lucky_analytics.methods.scheduling.shift_assignment import Rules
from lucky_analytics.questions.operations.staffing.availability import (
    WEEKDAYS,
    apply_availability,
    read_availability,
)

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["WEEKDAYS", "list_people", "pay_people", "read_away"]

_KNOWN_SHIFTS = 10  # rostered shifts from which the weekdays of somebody are taken as theirs
_DAY = pd.Timedelta(days=1)


def list_people(
    suite: Suite, shifts: pd.DataFrame, stores: pd.DataFrame, availability_file: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who is employed in the stores on ``as_of``, and everybody's wages.

    People: ``store_id``, ``label`` ("employee 1", counted within the store: no number or name of anybody),
    ``cents`` (an hour), ``is_able`` (past learning at the bar), ``can_open``, ``can_close``, ``is_lead``, and
    for each of ``WEEKDAYS`` whether they can work on it, ``Mon_first`` and ``Mon_last`` (half-hours of the
    day) from when to when, and ``is_told``: that ``availability_file`` says so
    (``availability.read_availability``). Of whom it does not name it is taken that they can work on weekdays
    on which they were rostered in the last weeks (all, where they have fewer than ten shifts): no table holds
    wishes. Wages: ``employee_id``, ``hour_cents``, ``start_date`` up to, not including, ``next_date`` (null:
    still).
    """
    wage = suite.wages
    after = ibis.window(group_by="employee_id", order_by=["start_date", "wage_id"])
    wages = wage.select(
        "employee_id", "hour_cents", "start_date", next_date=wage.start_date.lead().over(after)
    ).execute()
    for name in ("start_date", "next_date"):
        wages[name] = pd.to_datetime(wages[name])
    person = suite.employees.filter(_.left_date.isnull(), _.store_id.isin(list(stores["store_id"])))
    people = person.select("employee_id", "store_id", "role").order_by("store_id", "employee_id").execute()
    now = wages[(wages["start_date"] <= pd.Timestamp(suite.as_of)) & wages["next_date"].isna()]
    hourly = now.drop_duplicates("employee_id").set_index("employee_id")["hour_cents"].astype(float)
    cents = people["employee_id"].map(hourly).astype(float)
    people["cents"] = cents.fillna(cents.median())
    people["label"] = "employee " + (people.groupby("store_id").cumcount() + 1).astype(str)
    people["is_lead"] = people["role"] == "shift lead"
    skills = suite.skills.execute()
    able = skills[skills["level"] != "learning"]
    for name, skill in (("is_able", "bar"), ("can_open", "opening"), ("can_close", "closing")):
        people[name] = people["employee_id"].isin(able.loc[able["skill"] == skill, "employee_id"])
    own = shifts[shifts["date"] > pd.Timestamp(suite.as_of) - pd.Timedelta(weeks=8)]
    count = own.groupby(["employee_id", own["date"].dt.day_of_week]).size().unstack(fill_value=0)
    n = count.reindex(index=people["employee_id"], columns=range(7), fill_value=0).to_numpy()
    seen = np.where(n.sum(axis=1, keepdims=True) >= _KNOWN_SHIFTS, n > 0, True)
    days = pd.DataFrame(seen, columns=list(WEEKDAYS), index=people.index)
    told = read_availability(availability_file)
    none = pd.DataFrame({"employee": [], "weekday": [], "first": [], "last": []})
    known = suite.employees.select("employee_id").execute()["employee_id"] if availability_file else ()
    rows = none if told is None else told
    both = apply_availability(pd.concat([people, days], axis=1), rows, availability_file, tuple(known))
    columns = ["store_id", "label", "cents", "is_able", "can_open", "can_close", "is_lead", "is_told"]
    times = [f"{day}_{end}" for day in WEEKDAYS for end in ("first", "last")]
    return both[[*columns, *WEEKDAYS, *times]], wages


def pay_people(
    shifts: pd.DataFrame, wages: pd.DataFrame, stores: pd.DataFrame, rules: Rules
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hours and wages in cents, overtime included, of a week's worked ``shifts``, (stores,) each.

    Hours of a person beyond ``straight_hours`` of the week cost ``overtime`` times their wage, in the store
    where they worked most. A wage that is not known is the median.
    """
    worked = shifts.assign(hours=(shifts["ends"] - shifts["begins"]) / 60)
    known = worked[["shift_id", "employee_id", "date"]].merge(wages, on="employee_id", how="left")
    holds = (known["start_date"] <= known["date"]) & (
        known["next_date"].isna() | (known["next_date"] > known["date"])
    )
    cents = known[holds].drop_duplicates("shift_id").set_index("shift_id")["hour_cents"]
    worked["cents"] = worked["shift_id"].map(cents).astype(float)
    worked["cents"] = worked["cents"].fillna(worked["cents"].median()).fillna(0.0)
    week = worked.groupby("employee_id")["hours"].transform("sum")
    # Overtime falls on all hours of the week alike, as its premium is paid on the mean wage.
    share = np.maximum(week - rules.straight_hours, 0) / np.maximum(week, 1e-9)
    worked["pay"] = worked["hours"] * worked["cents"] * (1 + share * (rules.overtime - 1))
    sums = worked.groupby("store_id")[["hours", "pay"]].sum().reindex(stores["store_id"]).fillna(0.0)
    return sums["hours"].to_numpy(float), sums["pay"].to_numpy(float)


def read_away(said: list[str], people: pd.DataFrame, stores: pd.DataFrame) -> pd.DataFrame:
    """``people`` without the days on which somebody is away: each "store; number; weekday".

    Raises ``ParameterError`` for a store, a number or a weekday that is not known.

    >>> crew = pd.DataFrame({"store_id": ["1"], "label": ["employee 1"], "Sat": [True]})
    >>> shops = pd.DataFrame({"store_id": ["1"], "store_name": ["221 Grand"]})
    >>> bool(read_away(["221 Grand; 1; Sat"], crew, shops)["Sat"].iloc[0])
    False
    """
    from lucky_analytics.errors import ParameterError

    found = people.copy()
    names = stores.set_index("store_name")["store_id"]
    for each in said:
        parts = [part.strip() for part in each.split(";")]
        store, number, day = parts if len(parts) == 3 else ("", "", "")
        own = (found["store_id"] == names.get(store)) & (found["label"] == f"employee {number}")
        if not own.any() or day not in WEEKDAYS:
            raise ParameterError(
                "away", expected="store; number of the employee; weekday (Mon to Sun)", got=repr(each[:60])
            )
        found.loc[own, day] = False
    return found
