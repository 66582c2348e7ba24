"""What files must look like that somebody gives: their columns, and what each may hold."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["CONTRACTS", "Contract"]


@dataclass(frozen=True)
class Contract:
    """``columns``: name to (lowest, highest), or null for text. ``about`` says what a row is.

    No two rows may agree in all columns of ``key``, where it has any. ``optional``: columns that a file may
    lack, and cells of them that may be empty.
    """

    about: str
    columns: dict[str, tuple[float, float] | None]
    key: tuple[str, ...]
    optional: dict[str, tuple[float, float] | None] = field(default_factory=dict)


_PLACE = {"latitude": (40.4, 41.0), "longitude": (-74.3, -73.6)}
CONTRACTS = {
    "rent": Contract(
        "one site: asking rent, dollars a month, all in",
        {"site": None, "rent_dollars_month": (0, 1_000_000)},
        ("site",),
    ),
    "foot_traffic": Contract(
        "one site: people passing its door a day, and when they were counted",
        {"site": None, "people_day": (0, 1_000_000), "counted": None},
        ("site",),
    ),
    "competitors": Contract(
        "one coffee shop of another chain, with its place",
        {"name": None, **_PLACE},
        ("name", "latitude", "longitude"),
    ),
    "competitor_prices": Contract(
        "one price as somebody saw it: whose, where, of which drink and size, US dollars before tax, when",
        {
            "competitor": None,
            "location": None,
            "product": None,
            "kind": None,
            "ounces": (1, 64),
            "dollars": (0.25, 50),
            "currency": None,
            "sold_through": None,
            "promotion": None,
            "seen": None,
            "source": None,
        },
        ("competitor", "location", "product", "ounces", "sold_through", "promotion", "seen"),
    ),
    "competitor_openings": Contract(
        "one coffee shop of another chain that opened or closed, with its place and the day",
        {"competitor": None, "location": None, "change": None, **_PLACE, "day": None, "source": None},
        ("competitor", "location", "change", "day"),
    ),
    "predictions": Contract(
        "one store: what an existing model predicts for it, dollars a month at maturity",
        {"store_name": None, "predicted_dollars_month": (1, 10_000_000)},
        ("store_name",),
    ),
    "spend": Contract(
        "one month and channel: what marketing spent on it, US dollars",
        {"month": None, "channel": None, "dollars": (0, 100_000_000)},
        ("month", "channel"),
    ),
    "payouts": Contract(
        "one line of a payout statement: our payment number, what was paid out before fees, the fee, the day",
        {
            "line_id": None,
            "payment_id": None,
            "currency": None,
            "gross_dollars": (-1_000_000, 1_000_000),
            "fee_dollars": (-1_000_000, 1_000_000),
            "paid_out": None,
        },
        ("line_id",),
    ),
    "touches": Contract(
        "one touch of one person by one channel, or one that was withheld",
        {"customer": None, "touched_at": None, "channel": None},
        (),
        {"campaign": None, "cost": (0, 1_000_000), "held_out": None, "ordered_at": None},
    ),
    "posts": Contract(
        "one post or review: where it stands, when it was written, what it says",
        {"post_id": None, "source": None, "posted_at": None},
        ("post_id",),
        {"store": None, "rating": (1, 5), "text": None, "language": None},
    ),
    "availability": Contract(
        "one weekday on which one employee can work, from when to when",
        {"employee": None, "weekday": None},
        ("employee", "weekday"),
        {"from": None, "until": None},
    ),
    "incidents": Contract(
        "one incident: its number, when it began, what was said of it",
        {"incident_id": None, "opened_at": None, "said": None},
        ("incident_id",),
        {"resolved_at": None, "server": None, "class": None},
    ),
    "labels": Contract(
        "one post that somebody read: what it feels, what it is about",
        {"post_id": None, "sentiment": None, "topic": None},
        ("post_id",),
    ),
}
