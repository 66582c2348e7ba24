"""What the site page answers and decides: no more than the stores prove, no lease that hardly pays back."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lucky_analytics.decisions import Decision, chance, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_number
from lucky_analytics.models.sites.site_model import SiteModel
from lucky_analytics.models.sites.site_payback import HARDLY, LIKELY, Lease

__all__ = [
    "answer_set",
    "answer_sites",
    "decide_sites",
    "describe_bearable",
    "name_all",
    "name_set",
    "pick_easiest",
    "pick_lead",
    "pick_middle",
]


def pick_lead(model: SiteModel, scored: pd.DataFrame, payback: pd.DataFrame) -> pd.Series:
    """The site that the page speaks of: first by net where sites are ranked, else the likeliest to pay back.

    ``scored`` of ``score_sites`` and ``payback`` of ``estimate_payback``, joined in one row.
    """
    news = [name for name in payback if name == "site" or name not in scored]
    both = scored.merge(payback[news], on="site", validate="1:1")
    likeliest = both.sort_values(["p_payback", "bearable_rent"], ascending=False, kind="stable")
    return both.iloc[0] if model.is_ranked else likeliest.iloc[0]


def pick_easiest(needs: pd.DataFrame, every: pd.DataFrame) -> pd.Series:
    """The row of ``needs`` with the least to sell, among the sites like our stores where there is one."""
    inside = every.loc[every["outside"].isna(), "site"]
    among = needs[needs["site"].isin(inside)] if len(inside) else needs
    return among.sort_values("needed", kind="stable").iloc[0]


def pick_middle(scored: pd.DataFrame) -> pd.Series:
    """The site in the middle by its own revenue: they differ only in the sister stores near them."""
    return scored.sort_values("gross").iloc[(len(scored) - 1) // 2]


def answer_sites(model: SiteModel, lead: pd.Series | None, site: str) -> str:
    """The answer, with the places of headlines in it; ``lead`` null where no site is like our stores.
    ``site``: the one that needs least."""
    if lead is None:
        return (
            "None of these sites is like our stores, so nothing is predicted and nothing ranked. To pay "
            "back, the "
            "easiest of them needs {needed:value}."
        )
    if model.is_ranked:
        return (
            f"{lead['site']} ranks first: {{best_net:value}} remain after {{best_taken:value}} that it "
            f"takes from "
            f"our stores. Chance to pay back: {_percent(float(lead['p_payback']))}."
        )
    return (
        f"Of the sites that we can judge, {site} needs least, {{needed:value}}, to pay back; a new store "
        "sells about {best_gross:value}. "
        f"The best chance is {_percent(float(lead['p_payback']))}. Which site is better, nothing around them "
        "tells."
    )


def name_set(names: list[str], together: Mapping[str, float], level: float) -> str:
    """What several sites would bring together, as the title; arguments as in ``answer_set``."""
    who, would = name_all(names, 2), _foresee(together, level)
    if not would:
        return f"Whether {who} would earn or lose money is open"
    return f"{who} {would} {format_number(abs(together['profit']), 'USD')} a month"


def _foresee(together: Mapping[str, float], level: float) -> str:
    """``"would lose"`` or ``"would earn"`` where the ends say so, "most likely" where one may lean, else
    nothing."""
    profit = Estimate.of(together, "profit", level=level)
    side, gains = ("earn", profit) if together["profit"] > 0 else ("lose", profit.times(-1))
    if not profit.holds(0):
        return f"would {side}"
    return f"would most likely {side}" if chance(gains) >= LIKELY else ""


def answer_set(names: list[str], together: Mapping[str, float], p_payback: float, level: float) -> str:
    """The answer on several sites that open together, with the places of headlines in it.

    ``together``: ``profit`` and its ends at ``level``, dollars a month. Where they hold 0 nothing is
    claimed, but what is likely. ``p_payback``: the chance (0 to 1) that all build-outs come back.
    """
    many = len(names) > 1
    back = "all build-outs come back" if many else "its build-out comes back"
    back = f"The chance that {back} is {_percent(p_payback)}."
    would = _foresee(together, level)
    if would:
        kind = "a loss" if would.endswith("lose") else "a profit"
        verb = would.rsplit(" ", 1)[0]
        once = "they are" if many else "it is"
        said = f"{name_all(names)} {verb} bring {kind} after all bills once {once} mature: {{profit}}."
        return f"{said} {back}"
    verb = "bring" if many else "brings"
    said = f"Whether {name_all(names)} {verb} a profit once mature is not known: {{profit}}."
    return f"{said} {back}"


def decide_sites(
    model: SiteModel,
    scored: pd.DataFrame,
    payback: pd.DataFrame,
    lease: Lease,
    who: str = "Leadership",
    together: Mapping[str, float] | None = None,
) -> Decision:
    """What to do with the leases, never stronger than the chance to pay back, and what would settle the rest.

    Empty ``scored``: no site is like our stores. Both hold the same sites. ``together``: ``profit`` and its
    ends of all of them, where they are decided on as one; otherwise not signing saves what the
    likeliest lacks.
    """
    if scored.empty:
        return Decision(
            "sign no lease here yet; count the people who pass there and at three of our stores",
            who,
            weigh(None, is_outside="no store of ours is like these sites"),
            "These sites are unlike our stores, so that nothing foretells what they would sell.",
            "As many people pass there as at a store that pays its bills.",
        )
    lead, within = pick_lead(model, scored, payback), f"within {lease.horizon_months} months"
    likely, n = float(lead["p_payback"]), len(scored)
    # The best chance of all sites: the one ranked first need not have it.
    best = payback.sort_values(["p_payback", "bearable_rent"], ascending=False).iloc[0]
    if best["p_payback"] < HARDLY:
        none = "this lease" if n == 1 else "neither lease" if n == 2 else "none of these leases"
        lacking = _margin_of_rent(best, model.level)
        if together is not None:
            lacking = Estimate.of(together, "profit", level=model.level)
        avoided, saved = lacking.times(-1), best["site"] if together is None else "they"
        return Decision(
            f"do not sign {none}" if n == 1 else f"sign {none}",
            who,
            weigh(avoided, likely=1 - float(best["p_payback"])),
            f"At these costs {_percent(float(best['p_payback']))} is the best chance of one of them to pay "
            f"back {within}. Not signing saves what {saved} would lack. "
            f"{describe_bearable(best, lease)}",
            "Rent and other bills fall to what a store there can bear.",
            avoided,
            dict.fromkeys(payback["site"].map(_lease), "do not sign"),
            worth_unit="USD avoided a month",
        )
    losing = scored.loc[scored["net_high"] < 0, "site"].tolist()
    no = f"; do not sign for {name_all(losing)}: more is lost nearby than sold there" if losing else ""
    on = dict.fromkeys((_lease(site) for site in losing), "do not sign")
    worth = _margin_of_rent(lead, model.level)
    if likely < LIKELY:
        settle = "" if model.is_ranked else " Counts of people passing may tell the sites apart."
        able = lead["bearable_rent_low"] > 0
        cheaper = (
            f"A rent of at most {_rent(lead)} is offered."
            if able
            else "Its other bills fall as well as its rent: even without rent it would not be likely."
        )
        return Decision(
            f"sign no lease yet{no}",
            who,
            weigh(worth, likely=likely),
            f"The chance to pay back {within} is {_percent(likely)} at {lead['site']}.{settle}",
            cheaper,
            worth,
            dict.fromkeys(payback["site"].map(_lease), "wait") | on,
        )
    if not model.is_ranked:
        able = payback.loc[payback["p_payback"] >= LIKELY, "site"].tolist()
        return Decision(
            f"negotiate where the lease is cheapest, {name_all(able)}{no}",
            who,
            weigh(worth, likely=likely, doubts=["nothing tells the sites apart"]),
            f"The chance to pay back {within} is {_percent(LIKELY)} or more.",
            "Counts of people passing tell the sites apart, or rent rises.",
            worth,
            on | dict.fromkeys((_lease(site) for site in able), "negotiate"),
        )
    unsure = [] if lead["p_first"] >= LIKELY else ["another site may be the better one"]
    return Decision(
        f"negotiate for {lead['site']} first{no}",
        who,
        weigh(worth, likely=likely, doubts=unsure),
        f"It pays back {within} with a chance of {_percent(likely)} and is the best of {n} in "
        f"{_percent(float(lead['p_first']))} of draws.",
        f"Rent is above {_rent(lead)}." if lead["bearable_rent_low"] > 0 else "Its rent rises.",
        worth,
        on | {_lease(lead["site"]): "negotiate"},
    )


def _lease(site: str) -> str:
    return f"lease of {site}"


def _margin_of_rent(row: pd.Series, level: float) -> Estimate:
    """Dollars a month between the rent that a site could bear and its rent: what its lease is worth."""
    return Estimate.of(row.to_dict(), "bearable_rent", level=level).plus(-float(row["rent"]))


def name_all(names: list[str], most: int = 4) -> str:
    """Names in a sentence.

    >>> name_all(["A"]), name_all(["A", "B", "C"]), name_all(list("ABCDEF"))
    ('A', 'A, B and C', 'A, B, C and 3 more')
    """
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _percent(share: float) -> str:
    return "under 1 %" if share < 0.005 else f"{100 * share:.0f} %"


def _rent(row: pd.Series) -> str:
    return format_number(float(row["bearable_rent_low"]), "USD") + " a month"


def describe_bearable(row: pd.Series, lease: Lease) -> str:
    """What the bills of the likeliest site, a row of the paybacks, would have to fall to.

    >>> site, lease = pd.Series({"site": "A", "rent": 15e3}), Lease(15e3, 2e5, 0.4, 36)
    >>> describe_bearable(pd.concat([site, pd.Series({"bearable_rent": 9e3})]), lease).split("; ")[1]
    'a typical store there could pay $9.0K of them. Look again when that gap is closed.'
    >>> "could pay none of them." in describe_bearable(
    ...     pd.concat([site, pd.Series({"bearable_rent": -4e3})]), lease)
    True
    """
    due = float(row["rent"]) + lease.fixed_dollars_month
    able = float(row["bearable_rent"]) + lease.fixed_dollars_month
    bears = "none" if able <= 0 else format_number(able, "USD", like=due)
    return (
        f"At {row['site']} rent and other bills come to {format_number(due, 'USD')} a month; a typical store "
        f"there could pay {bears} of them. Look again when that gap is closed."
    )
