"""How the degrading supplier delivered before and after its day, and all others, for the truth file."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.horizon import day_of
from lucky_analytics.demo.tables.scm_purchase import FIRST_SUPPLIER
from lucky_analytics.demo.truth.planted import Realised

__all__ = ["note"]


def note(world: World, truth: Realised) -> None:
    """Shares on time and refused as they came out, each with its standard error by the binomial."""
    bought, plant = world.purchases, world.planted["suppliers"]
    there = bought.arrived > -1_000
    own = bought.supplier[bought.ship_order] == plant["degrading"]
    after = own & (bought.ordered[bought.ship_order] >= day_of(plant["since"]))
    came_in_time = bought.arrived <= bought.promised
    for ending, chosen in (("", ~after & there), ("_after", after & there)):
        n, packs = int(chosen.sum()), int(bought.shipped[chosen].sum())
        if n == 0 or packs == 0:
            continue
        share = float(came_in_time[chosen].mean())
        refused = float(bought.rejected[chosen].sum() / packs)
        truth.note("suppliers", f"on_time{ending}", share, float(np.sqrt(share * (1 - share) / n)))
        truth.note("suppliers", f"rejected{ending}", refused, float(np.sqrt(refused * (1 - refused) / packs)))
    truth.hold("suppliers", "price_rise")
    truth.rows("degrading_supplier", [f"S{FIRST_SUPPLIER + plant['degrading']}"])
