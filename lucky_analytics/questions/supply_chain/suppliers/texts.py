"""The findings of the page on suppliers as sentences."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_change, format_estimate, format_value, join_names
from lucky_analytics.questions.supply_chain.suppliers.bought import Bought
from lucky_analytics.questions.supply_chain.suppliers.lateness import Lateness
from lucky_analytics.questions.supply_chain.suppliers.supplier_bills import Settled
from lucky_analytics.questions.supply_chain.suppliers.turns import LATE, PRICE, REFUSED

__all__ = [
    "LIMITS",
    "compare_dashboard",
    "describe_answer",
    "describe_history",
    "describe_late",
    "describe_prices",
    "describe_scores",
    "describe_spend",
    "name_finding",
    "note_extra",
    "note_largest",
    "note_lateness",
    "note_overpaid",
    "note_paid",
    "note_whole",
    "say_shared",
]

LIMITS = (
    "A shipment names no goods: while one of an order is overdue, all goods of the order are taken to be.",
    "Stores are delivered from a warehouse whose stock is in no table, so a late supplier may be covered by "
    "it; only what ran out in stores is counted.",
    "Prices are held against the same supplier's earlier ones. Whether the market rose as well, and what "
    "others would ask, is in no table: there are no quotes.",
    "Quality is what was refused on arrival. Quality forms name tasks of stores, neither goods nor "
    "suppliers, so faults that are found later are not counted.",
    "An order counts once its last promised day has passed; how an order is judged that was changed after it "
    "was placed cannot be known.",
    "The usual distance of a price and the score have no interval; the rank has one, by deliveries alone.",
)
_DOES = {
    LATE: "is late more often",
    REFUSED: "has more refused",
    PRICE: "charges more",
}


def name_finding(worse: pd.DataFrame, whole: Estimate) -> str:
    """The title. ``worse``: rows of ``views.list_turns`` that are worse.

    >>> name_finding(pd.DataFrame(columns=["name", "measure", "day"]), Estimate(0.73, 0.69, 0.77, level=0.9))
    'No supplier is known to deliver worse than before'
    """
    if len(worse):
        names = list(dict.fromkeys(worse["name"]))
        day = worse["day"].min()
        if len(names) == 1:
            order = [measure for measure in (LATE, REFUSED, PRICE) if measure in set(worse["measure"])]
            more = " and dearer" if len(order) > 1 and PRICE in order else ""
            does = "delivers worse" if more else _DOES[order[0]]
            return f"{names[0]} {does}{more} since {day:%B %Y}"
        return f"{len(names)} suppliers deliver worse or dearer than before"
    if whole.value is None:
        return "No order has fallen due in these days, so nobody can be judged"
    return "No supplier is known to deliver worse than before"


def describe_answer(worse: pd.DataFrame, whole: Estimate, lateness: Lateness | None, n_days: int) -> str:
    """The answer: what changed at the supplier, or how orders come; and whether stores felt late ones."""
    felt = _say_felt(lateness)
    if worse.empty:
        if whole.value is None:
            return "No order's last promised day lies in these days; nothing can be held against a promise."
        share = format_estimate(whole.value, whole.low, whole.high, "share")
        return (
            f"Of the orders due in {n_days} days {share} came whole and on time. No supplier became "
            f"worse or dearer beyond chance. {felt}"
        )
    parts = []
    name = worse["name"].iloc[0]
    own = worse[worse["name"] == name].set_index("measure")
    when = "%B" if PRICE in own.index else "%B %Y"  # an answer has room for three numbers
    if LATE in own.index:
        row = own.loc[LATE]
        after, before = (_whole(row[side]) for side in ("after", "before"))
        parts.append(f"{after} of its deliveries came late since {row['since']:{when}}, {before} before")
    elif REFUSED in own.index:
        row = own.loc[REFUSED]
        after, before = (format_value(row[side], "share") for side in ("after", "before"))
        parts.append(f"{after} of its packs were refused since {row['since']:{when}}, {before} before")
    if PRICE in own.index:
        parts.append(f"its prices {'are' if parts else 'changed:'} {format_change(own.loc[PRICE, 'step'])}")
    whose = "" if worse["name"].nunique() == 1 else f"{name}: "
    said = "; ".join(parts)
    return f"{whose}{said[0].upper() if not whose else said[0]}{said[1:]}. {felt}"


def _say_felt(lateness: Lateness | None) -> str:
    if lateness is None or lateness.extra.value is None:
        return "Whether stores ran out because of late deliveries is not known."
    if lateness.extra.low is not None and lateness.extra.low > 0:
        return "Stores ran out more often while deliveries were overdue."
    return "Stores are not known to have run out because of late deliveries."


def describe_scores(scores: pd.DataFrame) -> str:
    """The title of the main picture: who is surely behind another, or that chance does not part them."""
    known = scores.dropna(subset="rate")
    if known.empty:
        return "No order has fallen due in these days"
    last = known[known["best"] > 1]
    if last.empty:
        return "Chance does not let say which supplier is best"
    names = join_names(last.sort_values("rate")["name"].head(2))
    more = f" and {len(last) - 2} more" if len(last) > 2 else ""
    verb = "is" if len(last) == 1 else "are"
    return f"{names}{more} {verb} surely behind at least one other; the order of the rest is chance"


def describe_late(late: pd.DataFrame) -> str:
    """The last whole month of late shipments: of those that became worse, against the others."""
    if late.empty:
        return "No delivery has fallen due yet"
    month = late["month"].unique()[-2:][0]
    now = late[late["month"] == month]
    said = [f"{row.who} {_whole(row.share)}" for row in now.itertuples()]
    return f"Deliveries late in {pd.Timestamp(month):%B %Y}: {join_names(said)}"


def describe_prices(worse: pd.DataFrame) -> str:
    """Whose prices rose, by how much."""
    risen = worse[worse["measure"] == PRICE]
    if risen.empty:
        return "No supplier's prices rose beyond chance"
    row = risen.sort_values("step").iloc[-1]
    rise, low, high = (f"{100 * row[end]:+.1f}" for end in ("step", "low", "high"))
    return f"{row['name']} charges {rise} % ({low} to {high}) since {row['since']:%B %Y}"


def describe_spend(spend: pd.DataFrame, months: pd.DataFrame) -> str:
    """The class of goods with the most spend."""
    if months.empty:
        return "Nothing has arrived yet"
    by_class = months.groupby("goods_class")["dollars"].sum().sort_values()
    share, three = _whole(by_class.iloc[-1] / by_class.sum()), _whole(spend["share"].head(3).sum())
    return f"{by_class.index[-1]} is {share} of spend; the three largest suppliers are {three}"


def describe_history(history: pd.DataFrame, name: str) -> str:
    """How often one supplier's deliveries were late."""
    if history.empty:
        return f"{name} has no delivery that has fallen due"
    late = (history["state"] != "on time").sum()
    return f"{name}: {late} of {len(history)} deliveries came after their day"


def note_whole(in_full: float) -> str:
    """What whole and on time means."""
    return f"Every shipment by its promised day, and {100 * in_full:g} % of the packs came and were kept"


def note_extra(late: Lateness | None) -> str:
    """Beside the stock-outs that late deliveries add."""
    if late is None:
        return "Null: stock of stores is not in the snapshot"
    if late.extra.value is None:
        return "Null: no good was overdue, or all were all the time"
    seen = f"{late.seen:.0f} a month fell on overdue days, of which a dashboard would blame all"
    return f"Goods out in one store on a day, against the same goods on other days; {seen}"


def note_lateness(late: Lateness | None, each: float | None) -> str:
    """Beside what late deliveries cost."""
    if late is None or late.extra.value is None:
        return note_extra(late)
    if each is None:
        return "Null: what a stock-out loses is not known"
    return f"Stock-outs that they add, at ${each:.2f} of margin each at most; below 0 is chance"


def note_largest(scores: pd.DataFrame, largest: str) -> str:
    """Beside the largest supplier's part: who it is."""
    name = scores.loc[scores["supplier_id"] == largest, "name"]
    return f"{name.iloc[0]}, of {len(scores)} suppliers" if len(name) else "Null: nothing has come yet"


def note_paid(settled: Settled | None) -> str:
    """Beside the bills paid by their day."""
    if settled is None:
        return "Null: bills are not in the snapshot"
    waits = format_value(settled.unsettled_dollars, "USD")
    return f"Our own payments; {settled.n_unsettled} deliveries ({waits}) have no bill yet"


def note_overpaid(overpaid: Estimate) -> str:
    """Beside what is paid above earlier prices."""
    if overpaid.low is None:
        return "No supplier's prices rose beyond chance; counted"
    return "Against the same suppliers' earlier prices, since these rose"


def say_shared(shared: pd.DataFrame) -> str:
    """Whether suppliers can be compared on the same good."""
    n = shared["goods_id"].nunique()
    if not n:
        return (
            "No good is bought of two suppliers, so nobody can be compared on the same good: others of a "
            "class deliver other goods, and whether they have this one only a quote would tell."
        )
    verb = "good is" if n == 1 else "goods are"
    return f"{n} {verb} bought of more than one supplier; all others cannot be compared."


def compare_dashboard(
    bought: Bought, scores: pd.DataFrame, whole: Estimate, lateness: Lateness | None
) -> pd.DataFrame:
    """What a plain dashboard would say beside this page: ``what``, ``dashboard``, ``page``, ``why``."""
    known = scores.dropna(subset="rate")
    rows = []
    if len(known):
        low, top = known.sort_values(["raw", "name"]).iloc[0], known.sort_values(["raw", "name"]).iloc[-1]
        span = f"{int(low['best'])} to {int(low['last'])} of {len(known)}"
        rows.append((
            "Worst supplier", f"{low['name']}, {format_value(low['raw'], 'share')} of {low['n']}",
            f"{format_estimate(low['rate'], low['low'], low['high'], 'share')}; rank {span}",
            "Few orders swing far by chance: each share is drawn to what all suppliers share",
        ))  # fmt: skip
        span = f"{int(top['best'])} to {int(top['last'])} of {len(known)}"
        rows.append((
            "Best supplier", f"{top['name']}, {format_value(top['raw'], 'share')} of {top['n']}",
            f"{format_estimate(top['rate'], top['low'], top['high'], 'share')}; rank {span}",
            "The best of many is partly the luckiest",
        ))  # fmt: skip
    due = bought.ships[bought.ships["is_due"]]
    if len(due) and whole.value is not None:
        here = due[due["arrived"].notna()]
        rows.append((
            "Deliveries on time",
            f"{format_value(1 - here['is_late'].mean(), 'share')} of shipments that came",
            f"{format_estimate(whole.value, whole.low, whole.high, 'share')} of orders whole and on time",
            "Shipments that came leave out those that did not; an order waits for its last shipment",
        ))  # fmt: skip
    if lateness is not None and lateness.extra.value is not None:
        rows.append((
            "Stock-outs because of late deliveries", f"{lateness.seen:.0f} a month",
            f"{format_estimate(*_ends(lateness.extra), 'stock-outs')} a month",
            "Goods run out on other days too; only what is more than that can come of lateness",
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=["what", "dashboard", "page", "why"])


def _whole(share: float) -> str:
    return f"{100 * share:.0f} %"


def _ends(found: Estimate) -> tuple[float | None, float | None, float | None]:
    return found.value, found.low, found.high
