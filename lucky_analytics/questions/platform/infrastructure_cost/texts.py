"""The findings on the cloud's bill as sentences, made from the actions."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_number, format_value
from lucky_analytics.models.cloud_month import Bill
from lucky_analytics.questions.platform.infrastructure_cost.machine_savings import Savings
from lucky_analytics.questions.platform.infrastructure_cost.machine_use import END, NIGHT, RESIZE, Machines
from lucky_analytics.questions.platform.infrastructure_cost.reserving import Plan

__all__ = ["COUNTS", "NOTHING", "OWNER", "PUBLISHED", "decide", "describe_answer", "name_finding",
           "name_machines", "name_months", "name_services", "name_tests", "say_limits"]  # fmt: skip

OWNER = "IT"
COUNTS = "Counted from the bill and the inventory, not estimated: it has no interval"
PUBLISHED = (176_000.0, 41_500.0)  # dollars a year that documents see in machines and in buying ahead
NOTHING = (
    "No bill of the cloud is there by this date",
    "Without its bill and its inventory nothing can be said of what the cloud costs.",
    Decision(
        "hand in the inventory, the days of machines and the bill by day",
        OWNER,
        weigh(None, problems=["no export of the cloud is there"]),
        "Every saving is a part of the bill.",
        "An export is there.",
    ),
)


def count(found: Machines, what: str) -> int:
    """Machines of one kind."""
    return int((found.rows["what"] == what).sum())


def name_finding(found: Machines, plan: Plan) -> str:
    """The title."""
    n, bought = count(found, END), int(plan.rows["buy"].fillna(0).sum())
    if n:
        return f"{n} of {found.n_running} machines do next to nothing, and most are paid ahead" if (
            _mostly_ahead(found)
        ) else f"{n} of {found.n_running} machines do next to nothing at any hour"  # fmt: skip
    if count(found, RESIZE):
        return f"No machine is idle; {count(found, RESIZE)} of {found.n_running} can be smaller"
    if bought:
        return "No machine is idle; databases and caches are dearer than they must be"
    return f"None of {found.n_running} machines is idle, and nothing more should be bought ahead"


def describe_answer(found: Machines, savings: Savings, plan: Plan) -> str:
    """The answer, as a template: at most three numbers and 40 words."""
    if not savings.now and not plan.rows["buy"].fillna(0).sum():
        return "The cloud costs {bill:value}. No machine is idle for long, and no more need be bought ahead."
    if savings.after > savings.now:
        until = "until then plans are paid with nothing to use them" if savings.unused_plan else "not before"
        return (
            "Ending idle machines and buying hours ahead would save {saving:value} of {bill:value} now. "
            f"Ended machines save {{machines_after:value}} once savings plans have ended; {until}."
        )
    return "Fewer machines and hours bought ahead would save {saving:value} of {bill:value}, not more."


def decide(found: Machines, savings: Savings, plan: Plan, worth: Estimate) -> Decision:
    """Stop before ending, then buy ahead; never renew plans at the old size."""
    n, bought = count(found, END), plan.rows[plan.rows["buy"] > 0]
    if not n and bought.empty and not count(found, RESIZE):
        return Decision(
            "leave machines and what is bought ahead as they are",
            OWNER,
            idle("no machine is idle, and enough is bought ahead"),
            "Each machine was held against its busiest moment, each service against its use.",
            "A machine stands idle for two months, or a service grows.",
        )
    steps = []
    if n:
        steps.append("stop idle machines, test ones first; end them after two weeks without a call")
    if savings.unused_plan:
        steps.append("renew savings plans only for what still runs")
    if count(found, RESIZE):
        steps.append("make the too large ones smaller")
    if len(bought):
        parts = [f"{row['buy']:.0f} {_PLAIN[str(row['service'])]}" for row in bought.to_dict("records")]
        steps.append(f"buy a year ahead for {' and '.join(parts)}, any that is too large made smaller first")
    doubts = ["memory and owners of machines are not in the tables"] if n else []
    return Decision(
        "; ".join(steps),
        OWNER,
        weigh(worth, doubts=doubts),
        f"{_say_night(found)} {_say_again(found)}".strip(),
        "A stopped machine is missed, or a service will be given up within the year.",
        worth,
    )


_PLAIN = {"RDS": "databases", "ElastiCache": "caches"}


def name_services(bill: Bill) -> str:
    """The title of the bill by service: what it is mostly of, and the part of databases."""
    total = bill.month_cents()
    if not total:
        return "The bill is empty"
    sums = bill.lines.groupby("service")["month_cents"].sum().sort_values(ascending=False)
    rds = float(sums.get("RDS", 0.0)) / total
    first = str(sums.index[0])
    said = f"{first} is {format_number(float(sums.iloc[0]) / total, 'share')} of the bill"
    return f"{said}, databases are {format_number(rds, 'share')}" if first != "RDS" else said


def name_tests(savings: Savings, plan: Plan) -> str:
    """The title of the picture that holds the documents' savings against ours."""
    low, high = sorted((savings.now * 0.12, savings.after * 0.12))
    said = PUBLISHED[0]
    if said > high:
        return f"The documents' {format_value(said, 'USD')} of machines is more than they can save"
    if said < low:
        return f"Machines save more than the documents' {format_value(said, 'USD')} a year"
    return f"The documents' {format_value(said, 'USD')} a year of machines come only after plans end"


def name_machines(found: Machines) -> str:
    """The title of the picture of how busy machines are."""
    night = count(found, NIGHT)
    if not found.idle_by_mean:
        return "No machine is idle by its mean"
    said = f"{found.idle_by_mean} of {found.n_running} machines look idle"
    return f"{said}; {night} of them are needed for a while each day" if night else f"{said}, at every hour"


def name_months(months: pd.DataFrame) -> str:
    """The title of the cost of an order."""
    known = months.dropna(subset="per_order")
    if len(known) < 2:
        return "Too few months to compare what an order costs"
    first, last = known.iloc[0], known.iloc[-1]
    more = last["orders"] / first["orders"] - 1
    bill = last["bill"] / first["bill"] - 1
    return f"Orders changed by {_signed(more)}, the bill by {_signed(bill)}: it hardly moved" if (
        more > 0.1 and abs(bill) < more / 3
    ) else f"Orders changed by {_signed(more)}, the bill by {_signed(bill)}"  # fmt: skip


def say_limits(found: Machines, savings: Savings, plan: Plan, given_up: float) -> list[str]:
    """What is assumed and what is not known."""
    said = [
        _say_again(found) or "No machine was idle long enough to see whether idle ones come back.",
        "A machine that is needed once a year looks idle: ask its owner, stop it, wait, then end it.",
        "Memory of machines is not collected: a smaller type may hold too little.",
        "Savings plans are paid on whoever uses them; when they end is in no table. Ask who bought them.",
        f"Buying ahead assumes that none to {100 * given_up:.0f} % of nodes are given up in the year.",
        "What is bought ahead for caches and what smaller caches save (page on caches) do not add up: a "
        "smaller one has less to buy.",
        "Another kind of processor (Graviton) is not judged: which programs run on it is in no table.",
        "What more orders or stores would cost is not told from so few months.",
    ]
    if found.week.returned:
        said.append(f"Of {found.week.n} idle weeks {found.week.returned} ended in work: a week says less.")
    return said


def _mostly_ahead(found: Machines) -> bool:
    own = found.rows[found.rows["what"] == END]
    return bool((own["paid_by"] != "on_demand").mean() > 0.5)


def _say_night(found: Machines) -> str:
    night = count(found, NIGHT)
    return f"{night} that look idle by their mean are busy for a while each day, and stay." if night else ""


def _say_again(found: Machines) -> str:
    again = found.again
    return f"Of {again.n} idle for so long, {again.returned} were busy again since." if again.n else ""


def _signed(share: float) -> str:
    return f"{'+' if share >= 0 else '−'}{abs(100 * share):.0f} %"
