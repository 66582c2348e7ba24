"""The findings of the financial forecast as sentences."""

from __future__ import annotations

from collections.abc import Mapping

from lucky_analytics.decisions import WAIT, Decision, Strength
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.questions.finance.financial_forecast.cash import Stated
from lucky_analytics.questions.finance.financial_forecast.scenarios import Scenario
from lucky_analytics.questions.finance.financial_forecast.steps import (
    AS_IT_STANDS,
    AS_SO_FAR,
    NO_LEDGER,
    Drivers,
)
from lucky_analytics.questions.finance.financial_forecast.tested import SPAN_WEEKS, Tested

__all__ = [
    "BEFORE",
    "NO_CASH",
    "OWNER",
    "describe_cash",
    "describe_nothing",
    "describe_office",
    "describe_plan",
    "describe_test",
    "label_need",
    "list_limits",
    "name_cash",
    "name_causes",
    "name_finding",
    "name_months",
    "phrase_answer",
    "say_plan",
    "say_sign",
]

OWNER = "Finance"
BEFORE = "Before salaries of the head office, debt, income tax: no table holds them"

NO_CASH = "How long the cash lasts cannot be said: no table holds cash. Given, the page names a month."


def say_sign(found: Estimate) -> int:
    """1 where all of its interval is above nought, -1 where all is below, 0 where it may be either."""
    if found.value is None or found.holds(0):
        return 0
    return 1 if found.value > 0 else -1


def describe_nothing(why: str) -> tuple[str, str, Decision]:
    """Title, answer and decision of a page without a forecast, because ``why``."""
    if why == NO_LEDGER:
        return (
            "There is no forecast until the ledger's bills can be read",
            f"Nothing can be forecast: {why}.",
            Decision("have the ledger's cost bills (luckyus_ifiaccounting.t_acc_cost_bill) read",
                     OWNER, Strength(WAIT, (why,)), "", "The bills are in the snapshot."),
        )  # fmt: skip
    return (
        "Too little is known yet for a forecast",
        f"Nothing can be foretold: {why}.",
        Decision("ask again when three stores have been open for eight weeks and the ledger has their bills",
                 OWNER, Strength(WAIT, (why,)), "", "Three stores have eight weeks of sales and bills."),
    )  # fmt: skip


def name_finding(result: Estimate, opening: Estimate) -> str:
    """The title, a template: what the stores leave, and what opening on does to it within the months
    ahead."""
    stands = {1: "Today's stores pay their bills", -1: "Today's stores do not pay their bills",
              0: "Today's stores may make or lose money"}[say_sign(result)]  # fmt: skip
    if opening.value is None:
        return stands
    opens = {1: "openings add {openings:value}", -1: "openings first cost {openings_cost:value}",
             0: "what openings add is open"}[say_sign(opening)]  # fmt: skip
    return f"{stands}; {opens}"


def phrase_answer(result: Estimate, opening: Estimate) -> str:
    """The answer, a template of at most three numbers."""
    leave = {1: "leave", -1: "do not cover their bills:", 0: "may leave"}[say_sign(result)]
    first = f"With no further opening, stores take {{revenue}} and {leave} {{result}} before office salaries."
    if opening.value is None:
        return f"{first} What else a budget needs is not in the ledger."
    more = {
        1: "add {openings}",
        -1: "take {openings_cost} more than they bring",
        0: "may add or cost: {openings}",
    }
    return f"{first} Further openings {more[say_sign(opening)]} within these months."


def name_months(result: Estimate, has_openings: bool) -> str:
    """What is left month by month, as the title of its chart."""
    stands = {1: "Today's stores stay above nought", -1: "Today's stores stay below nought",
              0: "Today's stores lie around nought"}[say_sign(result)]  # fmt: skip
    return f"{stands}, and each further month is less certain" + (
        "; openings cost first" if has_openings else ""
    )


def name_causes(first: str) -> str:
    """The widest of the causes, as the title of its chart."""
    return f"Most hangs on {first[0].lower() + first[1:]}"


def describe_test(tested: Tested) -> str:
    """What the forecasts of days gone by were worth, as the title of their chart."""
    own, naive = tested.mean_error("predicted"), tested.mean_error("naive")
    if own is None or naive is None:
        return "No forecast could be tried on days gone by"
    against = "carrying on as before was off by"
    return f"Past forecasts were off by {100 * own:.0f} %; {against} {100 * naive:.0f} %"


def list_limits(drivers: Drivers) -> list[str]:
    """What readers must know of the forecast."""
    seen, n_ahead, tested = drivers.n_days / 30.4, drivers.ahead.n_whole, drivers.tested
    found = [
        f"{n_ahead} months are foretold from {seen:.1f} months of sales: bands, not points."
        + (" Nothing so long ago was ever tried out." if drivers.is_beyond else ""),
        "No month was seen twice, so no season is in it: a slow summer would look like a fall.",
        "Trends are not carried on: a store that has been falling is taken to stay where it is, on average.",
        "Bills follow sales as they did in stores open for eight weeks; nobody's wage, rent or price rises.",
        "A store to come is like the ones that opened. Where it stands is not known, so it is taken to be as "
        "near to ours as they are to each other (the parameter nearness).",
        "Many openings go beyond what was seen: that losses to new neighbours add up is an assumption there.",
    ]
    if len(tested.rows):
        found.append(
            f"{tested.n_inside} of {len(tested.rows)} four-week spans came inside their range. They overlap, "
            f"and end at most {int(tested.rows['ahead'].max())} weeks ahead."
            + (f" The ranges were widened {tested.widen:.1f} times for that." if tested.widen > 1 else "")
        )
    else:
        found.append(f"No forecast could be tried out: too few weeks before the last {SPAN_WEEKS}.")
    if not drivers.rates.has_fees:
        found.append("The snapshot has no fees of payment: they are counted as none, which is too little.")
    if len(drivers.bills.openings) < 3:
        found.append("Fewer than three openings have all their bills: what one costs is hardly known.")
    return found


def describe_plan(plans: Mapping[str, Scenario], drivers: Drivers) -> str:
    """How many stores open in the scenario of openings, and where; empty without it."""
    plan = plans.get(AS_SO_FAR)
    if plan is None:
        return ""
    n = len(plan.openings)
    return (
        f"{n} {'openings' if n > 1 else 'opening'} in {drivers.ahead.n_whole} months, "
        f"{plan.nearness:g} times as near to ours as ours are to each other; build-outs not counted"
    )


def describe_office(drivers: Drivers, stated: Stated) -> str:
    """What the head office is counted with, as a point beside the answer."""
    booked = format_value(drivers.bills.office * WEEKS_A_MONTH, "USD a month")
    if stated.office is None:
        return f"Of the head office {booked} are booked and counted; its salaries are in no table: on top."
    more = format_value(stated.office, "USD a month")
    return f"Of the head office {booked} are booked and counted; {more} more as given."


def say_plan(name: str) -> str:
    """A scenario as the end of a sentence."""
    return "no store opens" if name == AS_IT_STANDS else "stores go on opening"


def label_need(plan: Scenario) -> tuple[str, str]:
    """What the tile of cash at the deepest is called, and its note."""
    if not plan.openings:
        return "Cash used at the deepest", "If no store opens"
    return "Cash that the openings need", f"Build-outs of ${plan.build_out:,.0f} each are assumed"


def name_cash(need: Estimate, stated: Stated) -> str:
    """What cash does, as the title of its chart."""
    deepest = format_value(need.value, "USD", like=need.high)
    if stated.cash is None:
        return f"At the deepest {deepest} more is spent than comes in" if need.value else "No cash is used"
    if need.high is not None and stated.cash >= need.high:
        return f"The cash lasts: at the deepest {deepest} of it is used"
    return f"The cash may not last: at the deepest {deepest} is used"


def describe_cash(stated: Stated, build_out: float) -> str:
    """What is drawn in the chart of cash."""
    start = (
        "cash, from what was given" if stated.cash is not None else "cash since today, whatever it is today"
    )
    lacking = f"; not counted: {', '.join(stated.lacking)}" if stated.lacking else ""
    return f"US dollars of {start}, build-outs of ${build_out:,.0f} each{lacking}"
