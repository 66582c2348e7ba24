"""One card for each event: what, where, since when, how serious, what it cost, likely why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.formats import format_interval, format_value, join_names
from lucky_analytics.models.watched_days.judged_days import WatchedDays
from lucky_analytics.models.watched_days.kpis import ALL
from lucky_analytics.models.watched_days.store_events import NO_CAUSE
from lucky_analytics.questions.platform.anomaly_feed.card_money import Worth
from lucky_analytics.questions.platform.anomaly_feed.feed_series import NO_ROW, SOURCES, find_watched
from lucky_analytics.questions.platform.anomaly_feed.grouped_alarms import group_alarms
from lucky_analytics.questions.platform.anomaly_feed.judged_feed import name_series
from lucky_analytics.questions.platform.anomaly_feed.severity import SEVERITIES, Thresholds, grade
from lucky_analytics.questions.platform.anomaly_feed.systems import RECORDS, SALES, SYSTEMS, find_system

__all__ = ["COLUMNS", "DRIFT", "EVENT", "list_cards", "list_symptoms", "say_alarm"]

EVENT, DRIFT = "event", "drift"
COLUMNS = ["card", "id", "kind", "place", "where", "system", "systems", "all_systems", "first", "last",
           "n_days", "n_numbers", "n_worse", "headline", "what", "off", "off_low", "off_high", "severity",
           "why", "cause", "owner", "series"]  # fmt: skip
_ORDER = {system.name: place for place, system in enumerate(SYSTEMS)}


def list_cards(
    judged: pd.DataFrame,
    drifts: pd.DataFrame,
    watched: WatchedDays,
    events: pd.DataFrame,
    special: Mapping[pd.Timestamp, str],
    limits: Thresholds,
) -> pd.DataFrame:
    """All cards, the most serious first, then by money, then the newest.

    ``judged`` of ``watch_days``, ``drifts`` of ``list_drifts``, ``events`` of ``store_events.list_events``:
    what other tables show of a store's day; ``special``: days with their names. ``COLUMNS``: ``card`` of
    ``group_alarms`` (below 0 of a drift); ``id`` (of kind, place, system and first day alone, so that it
    stays when days are added or other cards come); ``place`` (a store id or ``ALL``), ``where`` in words;
    ``system`` that it is told by, all ``systems`` in words and ``all_systems`` by name; ``first``, ``last``
    day, ``n_days`` with an alarm, ``n_numbers``, ``n_worse`` of them; ``headline`` and ``what`` in words;
    ``off`` with its ends (dollars over what was usual, null where no money can be put on it); ``severity``
    and ``why``; ``cause``, ``owner`` and its ``series`` (``"store|number"``, a list).
    """
    names: dict[Any, str] = watched.stores.set_index("store_id")["store_name"].to_dict()
    names[ALL] = ALL
    worth = Worth(judged, watched)
    causes = events.set_index(["store_id", "ds"])["cause"].to_dict()
    grouped = group_alarms(judged)
    rows = [
        _tell_event(alarms, names, worth, causes, special, limits) for _, alarms in grouped.groupby("card")
    ]
    rows += _tell_drifts(drifts, judged, names, limits)
    cards = pd.DataFrame(rows, columns=COLUMNS)
    cards[["off", "off_low", "off_high"]] = cards[["off", "off_low", "off_high"]].astype(float)
    rank = cards["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
    size = cards["off"].abs().fillna(0.0)
    order = cards.assign(rank=rank, size=-size, age=-cards["last"].astype("int64"))
    return order.sort_values(["rank", "size", "age", "id"], ignore_index=True)[COLUMNS]


def list_symptoms(judged: pd.DataFrame, cards: pd.DataFrame, names: Mapping[Any, str]) -> pd.DataFrame:
    """Every alarm of the cards: ``id``, ``ds``, ``where``, ``number``, ``value`` and ``usual`` in words."""
    found = group_alarms(judged).merge(cards[["card", "id"]], on="card")
    found = found.sort_values(["ds", "id", "p_value"], ascending=[False, True, True])
    return pd.DataFrame(
        [
            (row["id"], row["ds"], names.get(row["store_id"], ALL), find_watched(row["kpi"]).label,
             _say(row), _say_usual(row))
            for row in found.to_dict("records")
        ],
        columns=["id", "ds", "where", "number", "value", "usual"],
    )  # fmt: skip


def say_alarm(row: Mapping[Any, Any]) -> str:
    """One alarm with what was usual: "Orders 12 (usually 28 to 40)"."""
    return f"{find_watched(row['kpi']).label} {_say(row)} (usually {_say_usual(row)})"


def _say(row: Mapping[Any, Any]) -> str:
    value = 0.0 if row["kpi"] in SOURCES and row["value"] <= NO_ROW else row["value"]
    return format_value(value, find_watched(row["kpi"]).unit)


def _say_usual(row: Mapping[Any, Any]) -> str:
    return format_interval(row["low"], row["high"], find_watched(row["kpi"]).unit).strip("()")


def _tell_event(
    alarms: pd.DataFrame, names: Mapping[Any, str], worth: Worth,
    causes: Mapping[Any, str], special: Mapping[pd.Timestamp, str], limits: Thresholds,
) -> dict[str, Any]:  # fmt: skip
    place, days = alarms["place"].iloc[0], sorted(alarms["ds"].unique())
    lead = _find_lead(alarms)
    off = worth.estimate(alarms)
    is_worse = alarms["side"].ne("better")
    systems = sorted(set(alarms["system"]), key=lambda name: _ORDER[name])
    first = alarms[alarms["ds"] == days[0]]
    numbers = alarms.assign(is_worse=is_worse).groupby("kpi")["is_worse"].any()
    has_bad = bool(is_worse.any())
    severity, why = grade(
        (off.value, off.low, off.high),
        n_days=len(days),
        n_worse=int(numbers.sum()),
        is_records=RECORDS in systems,
        is_shared=place == ALL and has_bad and any(s.is_shared for s in SYSTEMS if s.name in systems),
        limits=limits,
    )
    told = alarms.sort_values(["p_value"]).drop_duplicates("kpi").head(4)
    return {
        "card": int(alarms["card"].iloc[0]),
        "id": _name(EVENT, place, _system_of(set(first["system"])), pd.Timestamp(days[0])),
        "kind": EVENT, "place": place, "where": names.get(place, place), "system": lead["system"],
        "systems": ", ".join(s.label for s in SYSTEMS if s.name in systems), "all_systems": systems,
        "first": days[0], "last": days[-1],
        "n_days": len(days), "n_numbers": len(numbers), "n_worse": int(numbers.sum()),
        "headline": _headline(lead), "what": "; ".join(say_alarm(row) for row in told.to_dict("records")),
        "off": off.value, "off_low": off.low, "off_high": off.high, "severity": severity, "why": why,
        "cause": _find_cause(alarms, causes, special), "owner": find_system(lead["kpi"]).owner,
        "series": sorted(set(name_series(alarms))),
    }  # fmt: skip


def _tell_drifts(
    drifts: pd.DataFrame, judged: pd.DataFrame, names: Mapping[Any, str], limits: Thresholds
) -> list[dict[str, Any]]:
    """Alarms of one series that follow within four weeks are one drift, which goes on."""
    rows: list[dict[str, Any]] = []
    for _, own in drifts.sort_values("found").groupby(["store_id", "kpi"]):
        store, kpi = str(own["store_id"].iloc[0]), str(own["kpi"].iloc[0])
        run = own["found"].diff().gt(pd.Timedelta(days=28)).cumsum()
        for _, part in own.groupby(run):
            first, last = part["since"].iloc[0], part["found"].iloc[-1]
            days = judged[(judged["store_id"] == store) & (judged["kpi"] == kpi)].set_index("ds")["value"]
            before = days[(days.index < first) & (days.index >= first - pd.Timedelta(days=28))].mean()
            now = days[(days.index <= last)].tail(7).mean()
            own_kpi, system = find_watched(kpi), find_system(kpi)
            n_days = int((last - first).days) + 1
            severity, why = grade((None, None, None), n_days=n_days, n_worse=1, is_records=False,
                                  is_shared=False, limits=limits)  # fmt: skip
            shown = [format_value(value, own_kpi.unit) for value in (before, now)]
            rows.append({
                "card": -1 - len(rows), "id": _name(DRIFT, store, kpi, first), "kind": DRIFT, "place": store,
                "where": names.get(store, store), "system": system.name, "systems": system.label,
                "all_systems": [system.name], "first": first, "last": last, "n_days": n_days, "n_numbers": 1,
                "n_worse": 1, "headline": f"{own_kpi.label.lower()} creeps to the worse",
                "what": f"{own_kpi.label} went from {shown[0]} to {shown[1]}", "off": np.nan,
                "off_low": np.nan, "off_high": np.nan, "severity": severity, "why": why, "cause": NO_CAUSE,
                "owner": system.owner, "series": [f"{store}|{kpi}"],
            })  # fmt: skip
    return rows


def _find_lead(alarms: pd.DataFrame) -> dict[Any, Any]:
    """The number that a card is told by: of the first system that is not sales (records, payments), but a
    store's sales before its other numbers; there the first that is declared, on its rarest day."""
    is_store = alarms["place"].iloc[0] != ALL
    systems = set(alarms["system"])
    chosen = SALES if is_store and SALES in systems else _system_of(systems)
    own = alarms[alarms["system"] == chosen]
    kpis = next(system.kpis for system in SYSTEMS if system.name == chosen)
    rank = own["kpi"].map({name: place for place, name in enumerate(kpis)})
    # Of all stores the sum is told, not one of them.
    part = own.assign(rank=rank, one=own["store_id"].ne(ALL) & (not is_store))
    return part.sort_values(["one", "rank", "p_value"]).iloc[0].to_dict()


def _system_of(systems: set[str]) -> str:
    """The system of an identity: the first declared that is not sales, which most events move."""
    other = sorted(systems - {SALES}, key=lambda name: _ORDER[name])
    return other[0] if other else SALES


def _headline(lead: Mapping[Any, Any]) -> str:
    kpi = find_watched(lead["kpi"])
    is_below = lead["value"] < lead["expected"]
    if lead["system"] == RECORDS:
        beside = {"orders": " for the orders there are", "rows_payments": " for the payments there are"}
        many = "missing" if lead["value"] <= NO_ROW else "too few" if is_below else "too many"
        return f"{kpi.label.lower()} {many}{'' if many == 'missing' else beside.get(kpi.per, '')}"
    if kpi.name == "hours_kept" and is_below:
        return "closed in planned hours"
    return f"{kpi.label.lower()} {'below' if is_below else 'above'} usual"


def _find_cause(alarms: pd.DataFrame, causes: Mapping[Any, str], special: Mapping[pd.Timestamp, str]) -> str:
    """What other tables show of the card's days, the rarest first; ``NO_CAUSE`` where none does."""
    place = alarms["place"].iloc[0]
    found = []
    rows: list[dict[Any, Any]] = alarms.sort_values("p_value").to_dict("records")
    for row in rows:
        said = causes.get((place, row["ds"]), "")
        found += [said] if said and said != NO_CAUSE else []
        found += [f"the day: {special[row['ds']]}"] if place == ALL and row["ds"] in special else []
        if row["kpi"] == "orders" and row["value"] == 0:
            found.append("the day has no order at all: its records may be missing")
    if place == ALL and alarms["system"].eq(RECORDS).any():
        tables = [SOURCES[kpi] for kpi in alarms["kpi"].unique() if kpi in SOURCES]
        found.append(f"rows of {join_names(tables)} do not fit what they belong to: missing, or copied twice")
    n_stores = alarms.loc[alarms["store_id"] != ALL, "store_id"].nunique()
    if place == ALL and n_stores > 1:
        found.append(f"{n_stores} stores were off alike: look at what all share")
    return "; ".join(dict.fromkeys(found)) or NO_CAUSE


def _name(kind: str, place: str, system: str, first: pd.Timestamp) -> str:
    """Eight letters: digits would look like a telephone number. A store's events of a day are one card,
    whatever their system."""
    of = system if place == ALL or kind == DRIFT else ""
    digest = hashlib.sha256(f"{kind}|{place}|{of}|{first:%Y-%m-%d}".encode()).hexdigest()[:8]
    return digest.translate(str.maketrans("0123456789abcdef", "abcdefghkmnpqrst"))
