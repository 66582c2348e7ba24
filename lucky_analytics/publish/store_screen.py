"""A store's page on one screen: its week, its profit, and what its manager has to do, a line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lucky_analytics.formats import format_change, format_interval, format_value, join_names
from lucky_analytics.pages.facts import format_day
from lucky_analytics.publish.entities import Entity
from lucky_analytics.publish.entity_sources import Line, Screen, Sources, is_known

__all__ = ["HEADS", "Paying", "make_store_screen", "say_who_pays"]

# The columns of the list of all stores; the last stands under the name on a phone.
HEADS = ("Seven days", "Against usual", "Profit, last whole month", "Of net sales", "Its bills")
_WEEK, _PROFIT = "store_week", "store_profit"
_LOOK = "down"
_NEWEST = ("newest", "needed")  # net sales of the newest week, and those that pay a week's bills
_PAYS = "pays its bills"
_WORDS = {  # of one store, of several; the worst first
    "does not pay its bills": ("does not pay its bills", "do not pay their bills"),
    "about even": ("is about even", "are about even"),
    _PAYS: (_PAYS, "pay their bills"),
    "still opening": ("is still opening", "are still opening"),
}


@dataclass(frozen=True)
class Paying:
    """Who pays their bills and who does not, in a line, with the report that says so."""

    text: str
    link: str


def say_who_pays(sources: Sources) -> Paying | None:
    """From the page on the stores' profit; null where the reader sees none, or it judges no store.

    Names of those that pay are counted where there are more than three; all others are named.
    """
    run, table = sources.run(_PROFIT), sources.table(_PROFIT, "stores")
    if run is None or table is None or not {"store_name", "verdict", "is_total"} <= set(table.columns):
        return None
    own = table[~table["is_total"].astype(bool)]
    said = []
    for verdict, words in _WORDS.items():
        names = own.loc[own["verdict"] == verdict, "store_name"].tolist()
        if names:
            many = verdict == _PAYS and len(names) > 3
            who = f"{len(names)} stores" if many else join_names(names)
            said.append(f"{who} {words[len(names) > 1]}")
    below = [row["store_name"] for row in own.to_dict("records") if _falls_short(row)]
    newest = f" The newest week's sales would not pay those of {join_names(below)}." if below else ""
    text = f"By bills{_until(sources)}: {'; '.join(said)}.{newest}"
    return Paying(text, f"{run.link}/index.html") if said else None


def make_store_screen(sources: Sources, store: Entity) -> Screen | None:
    """The screen of a store; null for a shop of which no report on weeks or profit has a row: one that is
    closed to the public, of a test or of another market."""
    week = sources.row(_WEEK, "stores", store, "dollars", "change", "low", "high", "verdict", "is_fallen")
    profit = sources.row(
        _PROFIT, "stores", store, "profit", "margin", "margin_before", "verdict", "last_week"
    )
    if week is None and profit is None:
        return None
    lines = [make(sources, store) for make in _LINES]
    own = sources.run(_WEEK, store)
    said = own.decisions[0]["text"] if own is not None and own.decisions else ""
    is_down = week is not None and _is_below(week)
    until = _until(sources)
    judged = (_judge_week(week), _judge_profit(profit, until))
    return Screen(
        verdict=" ".join(part for part in judged if part),
        lines=[line for line in lines if line is not None],
        cells=_cells(week, profit),
        rank=float(week["dollars"]) if week is not None else -1.0,
        decision=said,
        decided_at="" if own is None else f"{own.link}/index.html",
        tone=_LOOK if is_down or (profit is not None and "does not" in profit["verdict"]) else "",
        brief=_brief(week, profit),
    )


def _brief(week: Any, profit: Any) -> str:
    words = [] if profit is None else [str(profit["verdict"])]
    if week is not None and _is_below(week):
        words.insert(0, f"{format_change(week['change'])} against usual")
    return "; ".join(words)


def _is_below(week: Any) -> bool:
    is_outside = is_known(week["is_inside"]) and not week["is_inside"]
    return bool(is_outside and is_known(week["change"]) and week["change"] < 0)


def _falls(week: Any) -> bool:
    return _is_below(week) or bool(week["is_fallen"])


def _judge_week(week: Any) -> str:
    if week is None:
        return ""
    verdict = str(week["verdict"])
    if not is_known(week["change"]):
        return f"This week: {verdict}."
    size = f"{100 * abs(week['change']):.0f} % {'more' if week['change'] > 0 else 'less'} than usual"
    if verdict.startswith("within its range"):
        best = ", but its last four weeks are {:.0f} % below its best four".format(-100 * week["since_best"])
        return f"A usual week{best if week['is_fallen'] else ''}."
    return f"{verdict[:1].upper()}{verdict[1:]}: it sold {size}."


def _judge_profit(profit: Any, until: str) -> str:
    if profit is None:
        return ""
    words = _say_profit(profit, until)
    if not words.startswith(("pays", "does")):
        return f"{words[:1].upper()}{words[1:]}."
    if not _falls_short(profit):
        return f"It {words}."
    sold, needed = (format_value(profit[name], "USD") for name in _NEWEST)
    return f"It {words}. This week's net sales, {sold}, are less than the {needed} a week that pay them."


def _say_profit(profit: Any, until: str) -> str:
    """Whether it pays its bills; of a store still opening, what its newest week in the ledger left."""
    words = str(profit["verdict"])
    if words != "still opening" or not is_known(profit["last_week"]):
        return f"{words}, by those{until}" if until and words.endswith("bills") else words
    return f"{words}: {_signed(profit['last_week'])} in the week{until} after its bills"


def _falls_short(profit: Any) -> bool:
    """Whether an established store sold less in the newest week than pays its bills."""
    sold, needed = (profit.get(name) for name in _NEWEST)
    return bool(is_known(sold) and is_known(needed) and sold < needed)


def _until(sources: Sources) -> str:
    """The last day that the ledger has bills of."""
    weeks = sources.table(_PROFIT, "weeks")
    if weeks is None or weeks.empty or "week_end" not in weeks:
        return ""
    return f" to {weeks['week_end'].max():%-d %b}"


def _month(sources: Sources) -> str:
    """The last whole month of the ledger, in words before what it left; empty where no table says it."""
    months = sources.table(_PROFIT, "months")
    if months is None or not {"month", "is_open"} <= set(months):
        return ""
    whole = months.loc[~months["is_open"].astype(bool), "month"]
    return f"in {whole.max():%B} " if len(whole) else ""


def _cells(week: Any, profit: Any) -> tuple[str, ...]:
    first = ("–", "–")
    if week is not None:
        first = (format_value(week["dollars"], "USD"), _change(week["change"]))
    second = ("–", "–", "–")
    if profit is not None:
        second = (_signed(profit["profit"]), _change(profit["margin"]), str(profit["verdict"]))
    return (*first, *second)


def _sales(sources: Sources, store: Entity) -> Line | None:
    week = sources.row(_WEEK, "stores", store, "dollars", "change", "low", "high")
    run = sources.run(_WEEK)
    if week is None or run is None:
        return None
    text = f"in the seven days to {format_day(run.record.as_of)}"
    if is_known(week["change"]):
        usual = format_interval(week["low"], week["high"], "USD")
        text += f", {format_change(week['change'])} against a usual week {usual}"
    number = format_value(week["dollars"], "USD")
    return Line("Sales", number, text, sources.link(_WEEK, store), _LOOK if _falls(week) else "")


def _profit(sources: Sources, store: Entity) -> Line | None:
    row = sources.row(_PROFIT, "stores", store, "profit", "margin", "margin_before", "last_week", "verdict")
    run = sources.run(_PROFIT)
    if row is None or run is None:
        return None
    text = f"{_month(sources)}after its own bills"
    if is_known(row["margin"]):
        text += f", {format_change(row['margin'])} of net sales"
        if is_known(row["margin_before"]) and row["margin_before"] > -1:
            text += f" ({format_change(row['margin_before'])} the month before)"
    tone = _LOOK if "does not" in row["verdict"] else ""
    link = sources.link(_PROFIT, store, "table-stores")
    return Line("Profit", _signed(row["profit"]), f"{text}; {_say_profit(row, _until(sources))}", link, tone)


def _crew(sources: Sources, store: Entity) -> Line | None:
    row = sources.row("staffing", "stores", store, "paid", "plan")
    if row is None:
        return None
    plan = (
        f"{row['plan']:.0f} by the plan for the next"
        if row["plan"] != row["paid"]
        else "no change is proposed"
    )
    text = f"of shifts rostered last week; {plan}"
    return Line("Crew", f"{row['paid']:.0f} hours", text, sources.link("staffing", store))


def _orders(sources: Sources, store: Entity) -> Line | None:
    row = sources.row("inventory", "stores", store, "packs", "dollars", "risk", "arrives")
    if row is None:
        return None
    text = (
        f"for {format_value(row['dollars'], 'USD')}, to come {row['arrives']}; "
        f"{row['risk']:.0f} goods may run out before"
    )
    link = sources.link("inventory", store, "table-proposals")
    return Line("To order today", f"{row['packs']:.0f} packs", text, link)


def _expiring(sources: Sources, store: Entity) -> Line | None:
    tonight = sources.rows("shelf_life", "labels", store, "dollars", "goods_name")
    due = sources.rows("shelf_life", "due", store, "dollars", "ahead")
    if tonight is None or due is None:
        return None
    soon = format_value(float(due.loc[due["ahead"] <= 3, "dollars"].sum()), "USD")
    n = len(tonight)
    named = f": {', '.join(tonight['goods_name'].head(2))}{' and others' if n > 2 else ''}" if n else ""
    text = f"to be gone tonight{named}; {soon} expected to expire within three days"
    number = f"{n} batch{'es' if n != 1 else ''}" if n else "Nothing"
    return Line("Expiring", number, text, sources.link("shelf_life", store, "table-labels"))


def _wasted(sources: Sources, store: Entity) -> Line | None:
    row = sources.row("waste", "stores", store, "dollars", "of_used", "verdict")
    if row is None:
        return None
    dollars = row["open"] if "open" in row and is_known(row["open"]) else row["dollars"]
    text = f"a week, {100 * row['of_used']:.1f} % of what it uses"
    text += f"; {row['verdict']}" if row["verdict"] else ""
    link = sources.link("waste", store, "table-stores")
    return Line("Thrown away", format_value(dollars, "USD"), text, link, _LOOK if row["verdict"] else "")


def _machines(sources: Sources, store: Entity) -> Line | None:
    row = sources.row("machine_fleet", "stores", store, "machines", "waiting", by="place")
    if row is None:
        return None
    n, link = int(row["waiting"]), sources.link("machine_fleet", store, "table-stores")
    text = f"wait{'' if n > 1 else 's'} for repair, of {row['machines']:.0f} machines"
    return Line("Machines", f"{n}" if n else "None", text, link, _LOOK if n else "")


def _complaints(sources: Sources, store: Entity) -> Line | None:
    rows = sources.rows("store_performance", "ranges", store, "label", "value", "low", "high", "state")
    run = sources.run("store_performance")
    own = None if rows is None else rows[rows["label"].str.startswith("Complaints")]
    if own is None or own.empty or run is None or not is_known(own.iloc[0]["value"]):
        return None
    row = own.iloc[0]
    usual = format_interval(row["low"], row["high"]).strip("()")
    text = f"in a thousand orders on {format_day(run.record.as_of)}; usual is {usual}"
    tone = "" if row["state"] == "as usual" else _LOOK
    link = sources.link("store_performance", store, "table-ranges")
    return Line("Complaints", f"{row['value']:.0f}", text, link, tone)


_LINES: tuple[Callable[[Sources, Entity], Line | None], ...] = (
    _sales, _profit, _crew, _orders, _expiring, _wasted, _machines, _complaints,
)  # fmt: skip


def _signed(dollars: float) -> str:
    shown = format_value(dollars, "USD")
    return f"+{shown}" if dollars > 0 else shown


def _change(share: Any) -> str:
    return format_change(share) if is_known(share) else "–"
