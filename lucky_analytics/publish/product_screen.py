"""A product's page on one screen: sold, paid, margin, trend, and the one thing to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lucky_analytics.formats import format_change, format_estimate, format_value
from lucky_analytics.publish.entities import Entity
from lucky_analytics.publish.entity_sources import Line, Screen, Sources, is_known

__all__ = ["HEADS", "make_product_screen"]

# The columns of the list of all products; the last stands under the name on a phone.
HEADS = ("Sold a month", "Paid", "Left of it", "Left a month", "To do")
_MENU, _WEEK = "menu_engineering", "store_week"
_LEFT_MENU, _STAYS = "left the menu", "wait"  # as the page on the menu writes them


def make_product_screen(sources: Sources, product: Entity) -> Screen | None:
    """The screen of a product; null for one that the page on the menu has no row of."""
    row = sources.row(_MENU, "products", product, "units", "net_price", "list_price", "unit_margin", "action",
                      "menu_class", "category")  # fmt: skip
    if row is None:
        return None
    lines = [make(sources, product, row) for make in _LINES]
    margin = row["margin"] if is_known(row["margin"]) else None
    to_do = _say_action(sources, row)
    return Screen(
        verdict=_judge(row),
        lines=[line for line in lines if line is not None],
        cells=(
            f"{row['units']:,.0f}",
            format_value(row["net_price"], "USD"),
            format_value(row["unit_margin"], "USD") if is_known(row["unit_margin"]) else "–",
            format_value(margin, "USD") if margin is not None else "–",
            to_do,
        ),
        rank=-2.0 if row["action"] == _LEFT_MENU else margin if margin is not None else -1.0,
        decision=f"{to_do[:1].upper()}{to_do[1:]}.",
        decided_at=sources.link(_MENU, product, "table-products"),
        brief=to_do.partition(";")[0].partition(", in the")[0].partition(", which")[0],
    )


def _judge(row: Any) -> str:
    of = f"in its category, {row['category']}"
    known = {
        "sells and earns well": f"Sells well, and earns well on a unit {of}.",
        "sells well, earns less": f"Sells well, but earns less on a unit than usual {of}.",
        "earns well, sells less": f"Earns well on a unit, but sells less than usual {of}.",
        "sells and earns less": f"Sells less and earns less on a unit than usual {of}.",
        "cost not known": f"What it costs is not known, so what it earns is not ({row['category']}).",
    }
    words = str(row["menu_class"])
    return known.get(words, f"{words[:1].upper()}{words[1:]} {of}.")


def _say_action(sources: Sources, row: Any) -> str:
    """What the page on the menu advises, in one clause: a new price only where its trial has it, so that no
    page sends another way."""
    action = str(row["action"])
    if action == "cheaper recipe":
        return "price as today; whether a cheaper recipe pays, the page on recipes says"
    if action == "show it more":
        return "could be shown more, which nobody has tried; price as today"
    if "discount" not in action:
        return action if action == _LEFT_MENU else f"{action}; price as today"
    if _is_in_trial(sources, row):
        price, today = (format_value(row[name], "USD") for name in ("new_price", "net_price"))
        return f"try {price}, not {today}, in the price trial of half the stores"
    return "leave the price; another would gain too little for a trial of its own"


def _is_in_trial(sources: Sources, row: Any) -> bool:
    """Whether the decision of the page on the menu has a trial of this product's price, or its category's."""
    run = sources.run(_MENU)
    if run is None or not is_known(row["new_price"]):
        return False
    stances = [said["on"].get(f"price of {row[name]}") for said in run.decisions if said.get("on")
               for name in ("product_name", "category")]  # fmt: skip
    return any(stance not in (None, _STAYS) for stance in stances)


def _sold(sources: Sources, product: Entity, row: Any) -> Line:
    place = f"place {row['place_units']:.0f} of all products; " if is_known(row.get("place_units")) else ""
    share = f"{100 * row['share']:.0f} % of units of {row['category']}" if is_known(row["share"]) else ""
    text = f"a month; {place}{share}".rstrip("; ")
    return Line("Sold", f"{row['units']:,.0f}", text, sources.link(_MENU, product, "table-products"))


def _paid(sources: Sources, product: Entity, row: Any) -> Line:
    off = 1 - row["net_price"] / row["list_price"] if row["list_price"] > 0 else 0.0
    listed = format_value(row["list_price"], "USD")
    text = f"a unit after discounts, {100 * off:.0f} % under its list price of {listed}"
    link = sources.link(_MENU, product, "table-prices")
    return Line("Price paid", format_value(row["net_price"], "USD"), text, link)


def _margin(sources: Sources, product: Entity, row: Any) -> Line | None:
    if not is_known(row["unit_margin"]):
        return None
    text = "a unit after goods and card fee"
    if is_known(row["margin_cut"]):
        text += f"; its category's mean is {format_value(row['margin_cut'], 'USD')}"
    text += f"; {format_value(row['margin'], 'USD')} a month"
    link = sources.link(_MENU, product, "table-classes")
    tone = "down" if row["unit_margin"] < row["margin_cut"] else ""
    return Line("Left of it", format_value(row["unit_margin"], "USD"), text, link, tone)


def _cost(sources: Sources, product: Entity, row: Any) -> Line | None:
    cup = sources.row("recipe_cost", "cups", product, "cost", "share", "change")
    if cup is None or not is_known(cup["cost"]):
        return None
    text = f"to make, {100 * cup['share']:.0f} % of the price paid"
    text += f"; {format_change(cup['change'])} since first on record" if is_known(cup["change"]) else ""
    link = sources.link("recipe_cost", product, "table-cups")
    return Line("Cost", format_value(cup["cost"], "USD"), text, link)


def _trend(sources: Sources, product: Entity, row: Any) -> Line | None:
    moves = sources.row(_WEEK, "moves", product, "before", "dollars", "change", "as_large", "n_changes")
    if moves is None or not moves["before"] > 0:
        return None
    share = moves["change"] / moves["before"]
    rare = f"{moves['as_large']:.0f} of {moves['n_changes']:.0f} earlier weeks moved as much"
    before = format_value(moves["before"], "USD")
    text = f"of sales in the last seven days, {format_change(share)} against {before} the week before; {rare}"
    link = sources.link(_WEEK, product, "table-moves")
    return Line("Trend", format_value(moves["dollars"], "USD"), text, link)


def _step(sources: Sources, product: Entity, row: Any) -> Line | None:
    """What the next price would bring, where one is proposed, with the trial that tells."""
    if not is_known(row["new_gain"]) or not _is_in_trial(sources, row):
        return None
    gain = format_estimate(row["new_gain"], row["new_gain_low"], row["new_gain_high"], "USD a month")
    number, _, rest = gain.partition(" a month")
    price = format_value(row["new_price"], "USD")
    text = f"a month{rest} by its own sales at {price}, by estimate; a trial tells"
    link = sources.link(_MENU, product, "table-products")
    return Line("Another price", number, text, link)


_LINES: tuple[Callable[[Sources, Entity, Any], Line | None], ...] = (
    _sold, _paid, _margin, _cost, _trend, _step,
)  # fmt: skip
