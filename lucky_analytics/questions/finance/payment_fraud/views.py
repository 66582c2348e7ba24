"""What the page on payment fraud shows: rows in words without anybody's number, checks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.questions.finance.payment_fraud.accounts import Accounts
from lucky_analytics.questions.finance.payment_fraud.cases import (
    KINDS,
    REFUNDS,
    RINGS,
    STRANGERS,
    Cases,
    group_cards,
)
from lucky_analytics.questions.finance.payment_fraud.odd_payments import OddPayments
from lucky_analytics.questions.finance.payment_fraud.review_budget import Budget

__all__ = ["check_accounts", "count_kinds", "count_new", "count_sizes", "draw_cards", "draw_refunds",
           "list_people", "name_cases", "show_cases", "show_odd"]  # fmt: skip

_SHORT = {RINGS: "vouchers on one card", REFUNDS: "many refunds", STRANGERS: "card of many accounts"}
_DRAWN = 24  # cards of each kind in the picture


def draw_cards(accounts: Accounts, cases: Cases) -> pd.DataFrame:
    """A row for each account of the cards drawn: ``panel``, ``row`` (a card), ``date`` of its first order,
    ``voucher``; rings first, beside as many of the largest other shared cards."""
    rings = cases.rows.loc[cases.rows["kind"] == RINGS, "people"].tolist()[:_DRAWN]
    in_ring = {tuple(sorted(people)) for people in rings}
    others = group_cards(accounts).sort_values("n", ascending=False, kind="stable")["people"].tolist()
    others = [people for people in others if tuple(sorted(people)) not in in_ring][:_DRAWN]
    rows = []
    first = accounts.people["first_day"]
    for panel, groups in (("Came together, beyond chance", rings), ("Other shared cards", others)):
        ordered = sorted(groups, key=lambda people: int(first.iloc[people].min()))
        for place, people in enumerate(ordered):
            for person in accounts.people.iloc[people].itertuples():
                date = accounts.start + pd.Timedelta(days=int(person.first_day))
                how = "with a new-customer voucher" if person.is_voucher else "without"
                rows.append((panel, place + 1, date, how))
    return pd.DataFrame(rows, columns=["panel", "row", "date", "voucher"])


def draw_refunds(accounts: Accounts, cases: Cases) -> pd.DataFrame:
    """``n_orders``, ``n_refunded``, ``kind``, and how many customers with refunds (``n``) are so."""
    people = accounts.people
    odd = {people[0] for people in cases.rows.loc[cases.rows["kind"] == REFUNDS, "people"]}
    rows = people[people["n_refunded"] > 0]
    kind = np.where(rows.index.isin(odd), "beyond chance", "as chance has it")
    grouped = rows.assign(kind=kind).groupby(["n_orders", "n_refunded", "kind"]).size()
    return grouped.reset_index(name="n")


def show_cases(budget: Budget, cases: Cases, stores: dict[str, str]) -> pd.DataFrame:
    """The cases to look at in order, then those by definition alone, in words."""
    rest = cases.rows[~cases.rows["case"].isin(budget.picked["case"])].assign(dollars=np.nan)
    rows = pd.concat([budget.picked, rest], ignore_index=True)
    rows["what"] = rows["kind"].map(_SHORT)
    rows["store"] = [stores.get(store, "several") for store in rows["store_id"]]
    rows["picked"] = np.where(rows["case"].isin(budget.picked["case"]), "look at it", "not now")
    return rows.drop(columns=["people", "store_id"])


def count_kinds(cases: Cases) -> pd.DataFrame:
    """``what``, ``innocent``, ``n`` cases, ``accounts``, ``dollars``, ``tests``, one row a kind."""
    dollars = cases.losses.groupby("case")["dollars"].sum()
    rows = []
    for kind, (what, why) in KINDS.items():
        own = cases.rows[cases.rows["kind"] == kind]
        taken = float(dollars.reindex(own["case"]).sum()) if kind in cases.tests else np.nan
        rows.append((what, why, len(own), int(own["n"].sum()), taken, cases.tests.get(kind, np.nan)))
    return pd.DataFrame(rows, columns=["what", "innocent", "n", "accounts", "dollars", "tests"])


def count_sizes(accounts: Accounts, cases: Cases) -> pd.DataFrame:
    """``size`` of groups that share cards, ``groups`` of that size, and of them ``rings``."""
    groups = group_cards(accounts)["n"].value_counts()
    rings = cases.rows.loc[cases.rows["kind"] == RINGS, "n"].value_counts()
    sizes = np.array(sorted(groups.index), dtype=int)
    counted = [series.reindex(sizes).fillna(0).astype(int).to_numpy() for series in (groups, rings)]
    return pd.DataFrame({"size": sizes, "groups": counted[0], "rings": counted[1]})


def count_new(accounts: Accounts, cases: Cases, days: int) -> pd.DataFrame:
    """Cases beyond chance that took something in the last ``days``."""
    since = pd.Timestamp(accounts.as_of) - pd.Timedelta(days=days - 1)
    lately = cases.losses.loc[cases.losses["date"] >= since, "case"]
    return cases.sure[cases.sure["case"].isin(lately)]


def name_cases(rows: pd.DataFrame) -> dict[str, str]:
    """Each case by a name that stays its own (kind and first day), with its words, for alerts."""
    found: dict[str, str] = {}
    for case in rows.itertuples():
        name = f"{case.kind} {pd.Timestamp(str(case.first)):%Y-%m-%d} {case.n}"
        while name in found:
            name += "+"
        found[name] = KINDS[str(case.kind)][0] + (f": {case.n} accounts" if case.kind == RINGS else "")
    return found


def show_odd(odd: OddPayments, cases: Cases, stores: dict[str, str], n: int) -> pd.DataFrame:
    """The oddest payments with their reasons, and whether their account is in a case; nobody is named."""
    involved = {person for people in cases.rows["people"] for person in people}
    rows = odd.rows.head(n)
    rows = rows.assign(store=rows["store_id"].map(stores).fillna("other"),
                       listed=np.where(rows["person"].isin(involved), "yes", "no"))  # fmt: skip
    return rows.drop(columns=["person", "order_id", "store_id"], errors="ignore")


def list_people(accounts: Accounts, cases: Cases) -> pd.DataFrame:
    """For the file of those who review: ``case``, ``customer_id``, ``what``, an account a row."""
    rows = cases.rows[["case", "kind", "people"]].explode("people").dropna()
    ids = accounts.people["customer_id"].to_numpy(object)
    return pd.DataFrame({
        "case": rows["case"].to_numpy(), "customer_id": ids[rows["people"].to_numpy(int)],
        "what": [KINDS[kind][0] for kind in rows["kind"]],
    })  # fmt: skip


def check_accounts(accounts: Accounts) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``."""
    people, orders = accounts.people, accounts.orders
    over = int((people["n_refunded"] > people["n_orders"]).sum())
    known = int(people["registered_at"].notna().sum())
    with_card = int(accounts.cards["person"].nunique())
    facts = [
        ("every order belongs to one account", int(people["n_orders"].sum()) == len(orders),
         f"{len(orders):,} orders of {len(people):,} accounts"),
        ("nobody has more orders refunded than placed", over == 0, f"{over:,} accounts have"),
        ("accounts are registered", known >= 0.99 * len(people), f"{known:,} of {len(people):,}"),
        ("accounts keep a card or wallet on file", with_card >= 0.9 * len(people),
         f"{with_card:,} of {len(people):,}"),
    ]  # fmt: skip
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])
