"""What sites take from open stores and, opened together, from each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.questions.strategy.site_what_if.site_chain import World, kernel_between

__all__ = ["combine_sites", "crowd_sites", "list_losses"]

Array = NDArray[Any]


def list_losses(world: World, sites: pd.DataFrame) -> pd.DataFrame:
    """What each site (row) would take from each open store (column) alone, dollars a month."""
    pull, _ = world.choose(sites)
    share = 1 - np.exp(
        world.model.sister.effect * kernel_between(world.model, sites, world.open_sites) * pull
    )
    return pd.DataFrame(share * world.sold, index=sites["site"], columns=world.open_sites["site"])


def combine_sites(world: World, sites: pd.DataFrame) -> tuple[dict[str, float], pd.Series]:
    """All sites open together: they crowd each other, and what they take from a store compounds.

    The ends add up those of the sites: cautious, as if all missed in the same direction.
    """
    sister = world.model.sister
    mutual = sister.effect * _nearness(world, sites)
    pull, _ = world.choose(sites)
    strength = (kernel_between(world.model, sites, world.open_sites) * pull).sum(axis=0)
    z = float(norm.ppf(0.5 + world.model.level / 2))
    found: dict[str, float] = {}
    for name in ("gross", "gross_low", "gross_high"):
        found[name] = float((sites[name] * np.exp(mutual)).sum())
    found["taken_from_each_other"] = float(sites["gross"].sum()) - found["gross"]
    for name, side in (("taken", 0.0), ("taken_low", 1.0), ("taken_high", -1.0)):
        effect = min(sister.effect + side * z * sister.se, 0.0)
        found[name] = float(((1 - np.exp(effect * strength)) * world.sold).sum())
    found["net"] = found["gross"] - found["taken"]
    found["net_low"] = found["gross_low"] - found["taken_high"]
    found["net_high"] = found["gross_high"] - found["taken_low"]
    lost = pd.Series((1 - np.exp(sister.effect * strength)) * world.sold, index=world.open_sites["site"])
    return found, lost


def crowd_sites(world: World, sites: pd.DataFrame, together: dict[str, float]) -> pd.DataFrame:
    """``sites`` as they sell with all of them open; of what they take only the sum is meant."""
    near = _nearness(world, sites)
    gross = sites["gross"] * np.exp(world.model.sister.effect * near)
    taken = {name: together[name] / len(sites) for name in ("taken", "taken_low", "taken_high")}
    return sites.assign(gross=gross, exposure=sites["exposure"] + near, **taken)


def _nearness(world: World, sites: pd.DataFrame) -> Array:
    """How near the other new sites are to each of them, added up."""
    return (kernel_between(world.model, sites, sites) - np.eye(len(sites))).sum(axis=1)
