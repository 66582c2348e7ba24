"""What must hold where depths were drawn by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from lucky_analytics.models.drawn_coupons.exposures import Exposures

__all__ = ["check_draw"]

_CHANCE = 0.001  # of a sound draw to fail one of these
_Z = 3.29  # errors beyond which chance goes once in a thousand
_RAREST = 0.02


def check_draw(exposed: Exposures) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of each property of a draw at random."""
    rows = exposed.drawn
    counts = pd.crosstab(rows["segment"], rows["depth"])
    p = float(chi2_contingency(counts)[1]) if min(counts.shape) > 1 else 1.0
    away = rows["depth"].to_numpy(float) - rows["depth"].mean()
    own = pd.Series(away * (rows["before"] - rows["before"].mean())).groupby(rows["customer"]).sum()
    z = float(own.sum() / np.sqrt((own**2).sum())) if (own != 0).any() else 0.0
    share = float(rows["depth"].value_counts(normalize=True).min())
    found = [
        ("Depths are spread alike over groups of customers", p >= _CHANCE,
         f"a sound draw is spread as unevenly in {100 * p:.1f} of 100 cases"),
        ("What customers bought before says nothing of the depth they drew", abs(z) < _Z,
         f"{abs(z):.1f} errors from none, {_Z} at most"),
        ("Each depth was drawn often enough to judge a policy by", share >= _RAREST,
         f"the rarest for {100 * share:.1f} % of coupons"),
    ]  # fmt: skip
    return pd.DataFrame(found, columns=["name", "passed", "detail"])
