"""The page on coupons: each recorded result once, its verdict by its range alone, one trial first."""

from __future__ import annotations

import json

import pytest

from lucky_analytics.publish import publish
from lucky_analytics.publish.coupon_verdict import COSTS, PAYS, UNKNOWN, read_coupons
from lucky_analytics.publish.shelf import read_shelf
from tests.example_runs import make_settings, write_run

TRIAL = {"what": "no coupon of a campaign", "lever": "paid", "who": "a tenth of customers", "weeks": 5}
TRIAL |= {"start": "2026-02-16", "end": "2026-03-23"}


def headline(name, value, low=None, high=None, unit="USD per hundred customers"):
    about = {
        "name": name,
        "label": f"Label of {name}",
        "value": value,
        "low": low,
        "high": high,
        "unit": unit,
    }
    return about | {"level": 0.9, "n": 9, "n_of": "customers", "note": "", "sql": "", "tables_read": {}}


def write_page(settings, notebook, headlines, trials=()):
    write_run(
        settings,
        run_id=notebook[:4].encode().hex() * 2,
        notebook=notebook,
        department="marketing",
        title=notebook,
    )
    results = next((settings.runs_dir / notebook).glob("*/results.json"))
    said = json.loads(results.read_text())
    decision = {
        "owner": "Marketing",
        "action": "keep the rule",
        "strength": "lean",
        "text": "",
        "trials": [*trials],
    }
    results.write_text(json.dumps(said | {"headlines": headlines, "decision": [decision], "tables": []}))


@pytest.fixture
def settings(tmp_path):
    settings = make_settings(tmp_path)
    week = headline("week", 50_344.0, unit="USD")
    same = (-0.86, -2.47, 0.75)
    write_page(settings, "campaign_performance", [week, headline("added", *same)], [TRIAL])
    write_page(settings, "coupon_uplift", [headline("margin", *same), headline("anyway", 0.59, unit="share")])
    write_page(
        settings, "churn_cohorts", [headline("winback", -1_452.0, -3_245.0, -10.0, "USD in five weeks")]
    )
    write_page(settings, "price_elasticity", [headline("programme", 2_299.0, 646.0, 4_011.0, "USD a month")])
    return settings


def test_each_result_stands_once_with_every_page_that_prints_it(settings):
    found = read_coupons(read_shelf(settings).shown)
    (same,), (loss,), (gain,) = found.of(UNKNOWN), found.of(COSTS), found.of(PAYS)
    assert [run.notebook for run in same.runs] == ["campaign_performance", "coupon_uplift"]
    assert (loss.what, gain.what) == ("Label of winback", "Label of programme")
    assert [result.what for result in found.counted] == ["Label of anyway"]
    assert (
        found.verdict == "1 of 3 comparisons cannot tell whether coupons pay, 1 shows a gain, 1 shows a loss."
    )
    assert found.next_step == (
        "Change no coupon before 23 Mar 2026, when the trial that would tell ends: no coupon of a campaign, "
        "a tenth of customers (16 Feb to 23 Mar 2026, 5 weeks)."
    )


def test_the_home_and_the_pages_lead_to_it(settings):
    site = publish(settings).folder
    page, home = ((site / name).read_text() for name in ("coupons.html", "index.html"))
    assert "Coupons take $50.3K a week" in page and page.count("Label of added") == 1
    assert '<a href="trials.html#trial-1">No coupon of a campaign</a>' in page
    assert '<a href="coupons.html">Coupons, $50.3K a week</a>: 1 of 3 comparisons' in home
    names = (site / "names.js").read_text()
    assert '"churn_cohorts":["Coupons","coupons.html"]' in names and '["Coupons","coupons.html"]' in names


def test_without_a_report_on_coupons_there_is_no_such_page(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    site = publish(settings).folder
    assert not (site / "coupons.html").exists()
    assert "coupons.html" not in (site / "index.html").read_text() + (site / "names.js").read_text()
