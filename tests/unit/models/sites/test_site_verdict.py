"""What is decided on leases: one rule for a page of sites and a page of sites that open together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, LEAN, LEANS_FROM, WAIT
from lucky_analytics.models.sites import payback_texts, site_captions, site_outlook
from lucky_analytics.models.sites.site_model import Sister, SiteModel
from lucky_analytics.models.sites.site_payback import Lease
from lucky_analytics.models.sites.site_verdict import answer_set, decide_sites, name_set

LEASE = Lease(12_000.0, 200_000.0, 0.5, 36)
SITES = ["180 Varick", "Grand Central"]


def model():
    errors = pd.DataFrame({"error_anew": np.linspace(-0.3, 0.3, 9)})
    stores = pd.DataFrame({"exposure": [1.0] * 3, "orders_week": [1000.0, 2000, 3000], "reach": [4e5] * 3})
    return SiteModel(stores, None, "mean", (), 0.5, errors, Sister(-0.45, 0.05, 1.0), 5.0, 1.0, 0.9)  # type: ignore[arg-type]


def sites(*chances, gap=-4_000.0):
    scored = pd.DataFrame({"site": SITES[: len(chances)], "net": 1e4, "net_low": 1.0, "net_high": 2e4})
    rent = {"rent": 12_000.0, "bearable_rent": 12_000.0 + gap, "bearable_rent_low": 12_000.0 + gap - 6_000}
    paid = scored[["site"]].assign(p_payback=chances, **rent, bearable_rent_high=12_000.0 + gap + 6_000)
    return scored, paid


def decide(*chances, together=None, gap=-4_000.0):
    scored, paid = sites(*chances, gap=gap)
    return decide_sites(model(), scored, paid, LEASE, together=together)


@pytest.mark.parametrize("chance", [0.02, 0.11, 0.19])
def test_an_unlikely_lease_is_not_signed_whichever_page_asks(chance):
    """11 % was once "do not decide yet: sign no lease yet" here and "lean: sign neither lease" there."""
    loss = {"profit": -4_000.0, "profit_low": -10_000.0, "profit_high": 2_000.0}
    alone, both = decide(chance, 0.01), decide(chance, 0.01, together=loss)
    assert alone.action == both.action == "sign neither lease"
    assert alone.strength.word == both.strength.word == LEAN
    assert (
        alone.on == both.on == dict.fromkeys(("lease of 180 Varick", "lease of Grand Central"), "do not sign")
    )
    assert f"{100 * chance:.0f} % is the best chance of one" in alone.because and alone.worth.value == 4_000
    assert decide(chance, 0.01, gap=-9_000.0).strength.word == DO


def test_between_unlikely_and_likely_nothing_is_decided_on_any_of_them():
    made = decide(0.21, 0.05)
    assert made.strength.word == WAIT and made.action == "sign no lease yet"
    assert set(made.on.values()) == {"wait"} and len(made.on) == 2
    assert decide(LEANS_FROM, 0.05, gap=1_000.0).on["lease of 180 Varick"] == "negotiate"


@pytest.mark.parametrize(("chance", "said"), [(0.15, "Neither site is likely"), (0.3, "Whether any of 2")])
def test_the_title_of_the_paybacks_goes_by_the_same_rule(chance, said):
    assert payback_texts.describe_payback(sites(chance, 0.1)[1], LEASE).startswith(said)


def test_what_several_sites_bring_is_said_of_all_of_them():
    open_case = {"profit": -1.0, "profit_low": -5.0, "profit_high": 3.0}
    said = answer_set(SITES, open_case, 0.3, 0.9)
    assert said.endswith(
        "once mature is not known: {profit}. The chance that all build-outs come back is 30 %."
    )
    assert answer_set(SITES[:1], open_case, 0.0, 0.9).endswith("its build-out comes back is under 1 %.")


@pytest.mark.parametrize(
    ("profit", "low", "high", "said"),
    [
        (-45e3, -80e3, 6e3, "would most likely lose $45K a month"),
        (-45e3, -80e3, -6e3, "would lose $45K a month"),
        (45e3, -6e3, 80e3, "would most likely earn $45K a month"),
        (45e3, 6e3, 80e3, "would earn $45K a month"),
        (-1e3, -80e3, 60e3, "would earn or lose money is open"),
    ],
)
def test_what_several_sites_bring_is_said_as_far_as_its_interval_goes(profit, low, high, said):
    together = {"profit": profit, "profit_low": low, "profit_high": high}
    assert name_set(SITES, together, 0.9).endswith(said)
    answer = answer_set(SITES, together, 0.3, 0.9)
    assert ("a loss" in answer, "a profit after" in answer) == ("lose $" in said, "earn $" in said)


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ([60e3, 40e3], "About 50 to 75 % of sales"),
        ([40e3, 40e3], "About 50 % of sales"),
        ([0.0, 1e3], "Whether"),
    ],
)
def test_what_sites_take_from_our_stores_is_said_where_it_is_much(taken, said):
    frame = pd.DataFrame({"net_low": -1.0, "net_high": 1.0, "gross": 80e3, "taken": taken})
    found = site_outlook.describe_net(model(), frame)
    assert found.startswith(said) and found.endswith("is open")


def test_a_site_that_needs_less_but_is_not_predicted_is_named():
    needs = pd.DataFrame({"site": ["A", "B"], "needed": [60e3, 50e3]})
    every = pd.DataFrame({"site": ["A", "B"], "outside": [None, "farther from our stores than any of them"]})
    said = site_captions.list_easier(needs, every, needs.iloc[0])
    assert said.startswith("B would have to sell less, $50.0K a month, but it is farther")
    assert site_captions.list_easier(needs, every, needs.iloc[1]) == ""
    assert site_captions.list_easier(needs, every.assign(outside="x"), needs.iloc[0]) == ""
