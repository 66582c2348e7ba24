"""The frames that the page of unusual things draws and lists."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_interval, format_value
from lucky_analytics.methods.inference.false_alarms import say_rate
from lucky_analytics.models.watched_days.kpis import ALL
from lucky_analytics.questions.platform.anomaly_feed.cards import DRIFT
from lucky_analytics.questions.platform.anomaly_feed.feed_series import find_watched
from lucky_analytics.questions.platform.anomaly_feed.judged_feed import DRIFTING, Rates
from lucky_analytics.questions.platform.anomaly_feed.severity import MEANINGS, SEVERITIES, Thresholds
from lucky_analytics.questions.platform.anomaly_feed.steps import DAYS_DRAWN, Seen
from lucky_analytics.questions.platform.anomaly_feed.systems import SYSTEMS, find_system

__all__ = ["AS_USUAL", "OVER", "close_past", "show_counts", "show_limits", "show_quieted", "show_rates",
           "show_smallest", "show_steps", "show_strip", "show_weights", "write_cards"]  # fmt: skip

AS_USUAL, OVER = "as usual", "over, nobody answered"
# What is counted where readers see the rest of it.
_COUNTED = {"fulfilled": "Orders not made", "uptime": "Machines down", "hours_kept": "Half hours closed"}
_RARE = 0.5  # of a count that rare no share tells anything


def show_steps(cards: pd.DataFrame) -> pd.DataFrame:
    """What to do about each card: ``id``, ``where``, ``event``, ``no``, ``what``, ``system``, ``who``."""
    steps = {system.name: system.steps for system in SYSTEMS}
    return pd.DataFrame(
        [
            (row["id"], row["where"], row["headline"], place, step.what, step.where, step.who)
            for row in cards.to_dict("records")
            for place, step in enumerate(steps[row["system"]], start=1)
        ],
        columns=["id", "where", "event", "no", "what", "system", "who"],
    )


def show_strip(seen: Seen, as_of: pd.Timestamp) -> pd.DataFrame:
    """Each system and day of the last ``DAYS_DRAWN``: ``label``, ``ds``, ``state`` (``AS_USUAL`` or the
    severity of the most serious card of that day and system), ``events`` in words."""
    days = pd.date_range(end=as_of, periods=DAYS_DRAWN)
    rows = []
    for system in SYSTEMS:
        is_own = [system.name in names for names in seen.cards["all_systems"]]
        own = seen.cards[pd.Series(is_own, index=seen.cards.index, dtype=bool)]
        for day in days:
            of_day = own[(own["first"] <= day) & (own["last"] >= day)]
            rank = [name for name in SEVERITIES if name in set(of_day["severity"])]
            events = "; ".join(f"{row.where}: {row.headline}" for row in of_day.itertuples())
            rows.append((system.label, day, rank[0] if rank else AS_USUAL, events))
    return pd.DataFrame(rows, columns=["label", "ds", "state", "events"])


def show_smallest(smallest: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """What is watched, and the smallest change that is seen: one row a number, the best seen first:
    ``label``, ``system``, ``of`` (in words), ``n`` series, ``usual`` (median, in words), ``way`` ("fall" or
    "rise", towards the worse), ``change`` (share of the usual; median of stores, null where no change of a
    day need be seen), ``where`` else it is watched."""
    today = judged[judged["ds"] == judged["ds"].max()].groupby("kpi")
    newest, counted = today["expected"].median(), today["usual_y"].median()
    labels = [_COUNTED.get(str(name), find_watched(str(name)).label) for name in smallest["kpi"].unique()]
    doubled = {label for label in labels if labels.count(label) > 1}
    shared = judged.groupby("kpi")["is_shared"].first()
    rows = []
    for name, own in smallest.groupby("kpi"):
        kpi = find_watched(str(name))
        way = "fall" if kpi.good == "up" or str(name).startswith("rows_") else "rise"
        usual, is_all = newest.get(name), own["store_id"].iloc[0] == ALL
        label = _COUNTED.get(str(name), kpi.label)
        is_rare = kpi.kind == "count" and not counted.get(name, 0.0) >= _RARE
        rows.append(
            {
                "kpi": name,
                "label": f"{label}, all stores" if label in doubled and is_all else label,
                "system": find_system(str(name)).label,
                "of": "all stores together" if is_all else "each store",
                "n": len(own),
                "usual": format_value(usual, kpi.unit) if pd.notna(usual) else "",
                "way": way,
                "change": None if is_rare else own[way].median(),
                "where": "stores and briefing, too" if shared[name] else "here only",
                "drift": "yes" if name in DRIFTING else "no",
            }
        )
    columns = ["kpi", "label", "system", "of", "n", "usual", "way", "change", "where", "drift"]
    table = pd.DataFrame(rows, columns=columns).astype({"change": float})
    return table.sort_values(["change", "label"], ignore_index=True)


def show_counts(seen: Seen, as_of: pd.Timestamp) -> pd.DataFrame:
    """Each of the last ``DAYS_DRAWN`` days: ``ds``, ``outside`` (numbers out of their own range, which a list
    of all would show), ``alarms``, ``cards`` that began."""
    known = seen.judged[seen.judged["p_value"].notna()]
    days = pd.date_range(end=as_of, periods=DAYS_DRAWN)
    outside = (known["p_value"] <= 0.05).groupby(known["ds"]).sum().reindex(days, fill_value=0)
    alarms = known.groupby("ds")["is_alarm"].sum().reindex(days, fill_value=0)
    began = seen.cards.groupby("first").size().reindex(days, fill_value=0)
    table = pd.DataFrame({"ds": days, "outside": outside.to_numpy(), "alarms": alarms.to_numpy(),
                          "cards": began.to_numpy()})  # fmt: skip
    return table.astype({"outside": int, "alarms": int, "cards": int})


def show_quieted(quieted: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Alarms that other pages show and dismissals keep quiet here: ``ds``, ``where``, ``number``, ``value``,
    ``usual``, ``weight``."""
    return pd.DataFrame(
        [
            (row["ds"], names.get(row["store_id"], ALL), find_watched(row["kpi"]).label,
             format_value(row["value"], find_watched(row["kpi"]).unit),
             format_interval(row["low"], row["high"], find_watched(row["kpi"]).unit), row["weight"])
            for row in quieted.to_dict("records")
        ],
        columns=["ds", "where", "number", "value", "usual", "weight"],
    )  # fmt: skip


def show_weights(judged: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Each series whose budget is less than a usual one: ``where``, ``number``, ``weight``."""
    newest = judged.sort_values("ds").drop_duplicates(["store_id", "kpi"], keep="last")
    own = newest[newest["weight"] < 1].sort_values(["weight", "store_id", "kpi"])
    return pd.DataFrame(
        {
            "where": own["store_id"].map(lambda store: names.get(store, ALL)),
            "number": [find_watched(kpi).label for kpi in own["kpi"]],
            "weight": own["weight"],
        }
    ).reset_index(drop=True)


def show_rates(seen: Seen, rates: Rates, as_of: pd.Timestamp) -> pd.DataFrame:
    """The stated rates beside the days: ``control``, ``rate`` in words, ``n_days`` judged, ``expected`` days
    with a false alarm if nothing was ever wrong, ``n_with`` days that had an alarm."""
    rows = []
    for label, is_shared, weeks in (
        ("stores and all stores together, as on the store page and in the briefing", True, rates.shared),
        ("rows of tables, fees, discounts", False, rates.own),
    ):
        own = seen.judged[(seen.judged["is_shared"] == is_shared) & seen.judged["p_value"].notna()]
        by_day = own.groupby("ds")["is_alarm"].any()
        rows.append((label, say_rate(weeks), len(by_day), len(by_day) / (7 * weeks), int(by_day.sum())))
    n_days = seen.judged.loc[seen.judged["p_value"].notna(), "ds"].nunique()
    n_drifts = int((seen.cards["kind"] == DRIFT).sum())
    rows.append(("slow drifts", f"about one in {rates.drift:g} weeks is false", n_days,
                 n_days / (7 * rates.drift), n_drifts))  # fmt: skip
    return pd.DataFrame(rows, columns=["control", "rate", "n_days", "expected", "n_with"])


def show_limits(limits: Thresholds) -> pd.DataFrame:
    """The declared thresholds: ``severity``, ``means``, ``from``."""
    least = {
        "Critical": f"${limits.critical:,.0f} surely lost, or rows missing or double",
        "Warning": f"${limits.warning:,.0f} surely lost; {limits.days} days; "
        f"{limits.numbers} numbers; payments",
        "Info": "all else",
    }
    return pd.DataFrame(
        [(name, MEANINGS[name], least[name]) for name in SEVERITIES], columns=["severity", "means", "from"]
    )


def close_past(cards: pd.DataFrame, as_of: pd.Timestamp, n_days: int) -> pd.DataFrame:
    """``cards`` of which those that nobody answered, and that ended before the last ``n_days``, are over."""
    is_past = (cards["state"] == "open") & (cards["last"] < as_of - pd.Timedelta(days=n_days - 1))
    return cards.assign(state=cards["state"].mask(is_past, OVER))


def write_cards(cards: pd.DataFrame) -> pd.DataFrame:
    """Cards as readers and ``lucky anomalies`` have them: ``event``, and lists as text."""
    return (
        cards.rename(columns={"headline": "event"})
        .assign(
            series=[", ".join(names) for names in cards["series"]],
            all_systems=[", ".join(names) for names in cards["all_systems"]],
        )
        .drop(columns="card")
    )
