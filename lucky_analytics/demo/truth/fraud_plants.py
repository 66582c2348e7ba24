"""What was planted of fraud, with the accounts and refunds, for the truth file."""

from __future__ import annotations

from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.truth.planted import Realised

__all__ = ["note"]


def note(world: World, truth: Realised) -> None:
    """How many of each came out, whose they are; refunds themselves stand with the other payments' rows."""
    cards, trades, numbers = world.cards, world.trades, world.users.numbers
    abusers = sorted({int(user) for user in trades.user[trades.exceptions["refund_abuse"]]})
    for name, groups in (("coupon_rings", cards.rings), ("shared_cards", cards.strangers)):
        truth.note("fraud", name, len(groups))
        truth.rows(f"{name}_accounts", [str(numbers[user]) for group in groups for user in group.tolist()])
    truth.note("fraud", "refund_abusers", len(abusers))
    truth.rows("refund_abusers_accounts", [str(numbers[user]) for user in abusers])
    for name in ("household_share", "refund_share"):
        truth.hold("fraud", name)
    for name in world.planted["security"]:
        truth.hold("security", name)
