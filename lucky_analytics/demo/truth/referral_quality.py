"""What came of the planted invitations: orders of the invited against others alike, and the odd rows."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.campaigns import draw_partakes
from lucky_analytics.demo.process.referrals import list_facts
from lucky_analytics.demo.truth.planted import Realised

__all__ = ["note"]

ODD = ("self_invites", "reciprocal_invites", "burst_invites")


def note(world: World, truth: Realised) -> None:
    """By how much (a share) the invited placed more orders than all who came first in their week and shop,
    with its standard error; without invitations that break a rule. None is noted without such customers."""
    brought = draw_partakes(world)
    for name in ODD:
        truth.rows(name, [str(i) for i in brought.ids[brought.planted == name].tolist()])
    facts = list_facts(world.book, world.orders.n_customers, world.users.n)
    is_plain = (brought.inviter >= 0) & (brought.planted == "")
    invited = brought.user[is_plain]
    invited = invited[facts.cell[invited] >= 0]
    if len(invited) < 2:
        return
    who = np.flatnonzero(facts.cell >= 0)
    _, cell = np.unique(facts.cell[who], return_inverse=True)
    mean = np.bincount(cell, facts.orders[who]) / np.bincount(cell)
    relative = np.zeros(world.users.n)
    relative[who] = facts.orders[who] / mean[cell]
    values = relative[invited]
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    truth.note("referrals", "quality", float(values.mean()) - 1, error)
