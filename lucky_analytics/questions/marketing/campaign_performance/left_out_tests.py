"""The test that would tell what a campaign earns: a random part of its audience is left out."""

from __future__ import annotations

import math

import pandas as pd

from lucky_analytics.methods.policies.trial_size import find_held_out
from lucky_analytics.questions.marketing.campaign_performance.redeemed import AUDIENCE_DAYS, FOLLOWED_DAYS

__all__ = ["LEFT_OUT", "LONGEST", "ROUND", "plan_trials"]

LEFT_OUT = 0.1  # of a campaign's audience, drawn at random
LONGEST = 26  # weeks that anybody would wait
ROUND = FOLLOWED_DAYS // 7  # weeks of one round: who is left out is drawn anew after it


def plan_trials(audiences: pd.DataFrame, recent: pd.DataFrame, gain: float, level: float) -> pd.DataFrame:
    """For each campaign of ``audiences`` (``Redeemed.audiences``): ``campaign``, ``n`` (customers), ``n_out``
    (left out in a round of five weeks), ``shows`` (dollars a customer in five weeks that one round shows),
    ``needed`` (customers left out to show ``gain``), ``weeks`` until ``gain`` shows in four of five cases;
    dollars in these weeks: ``most_lost`` (margin, if no order of those left out that would have used a coupon
    came) and ``saved`` (discount, if all of them came at the full price). ``recent``: sums of the last
    ``AUDIENCE_DAYS`` days by campaign, ``discount`` and ``margin``.
    """
    rows = []
    sums = recent.set_index("campaign")
    own_level = 1 - (1 - level) / max(len(audiences), 1)  # so that all campaigns' intervals hold together
    for row in audiences.to_dict("records"):
        n_out, sd = math.floor(LEFT_OUT * row["n"]), float(row["sd"])
        if n_out < 2 or not sd > 0:
            continue
        needed = find_held_out(sd, gain, LEFT_OUT, own_level)
        weeks = ROUND * max(1, math.ceil(needed / n_out))
        part = LEFT_OUT * weeks * 7 / AUDIENCE_DAYS
        own = sums.loc[row["campaign"]] if row["campaign"] in sums.index else {"discount": 0.0, "margin": 0.0}
        rows.append(
            {
                "campaign": row["campaign"], "n": int(row["n"]), "n_out": n_out,
                "shows": gain * math.sqrt(needed / n_out), "needed": needed,
                "weeks": weeks, "most_lost": part * max(0.0, float(own["margin"])),
                "saved": part * float(own["discount"]),
            }
        )  # fmt: skip
    columns = ["campaign", "n", "n_out", "shows", "needed", "weeks", "most_lost", "saved"]
    return pd.DataFrame(rows, columns=columns)
