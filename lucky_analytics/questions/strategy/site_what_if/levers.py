"""What a reader of the site what-if may assume: each lever with its range and where it rests."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LEASE", "LEVERS", "Lever"]

# Levers that say what a lease costs and leaves; all others are about the model.
LEASE = ("rent", "build_out", "margin", "fixed")


@dataclass(frozen=True)
class Lever:
    """One assumption that a reader may move: its range, its value at rest, and how it is said."""

    name: str
    label: str
    unit: str
    default: float
    low: float
    high: float
    step: float
    note: str
    choices: tuple[float, ...] = ()


LEVERS = {
    lever.name: lever
    for lever in (
        Lever("rent", "Rent", "USD a month", 15_000, 0, 100_000, 500, "Of each new site"),
        Lever(
            "build_out", "Build-out", "USD", 200_000, 0, 2_000_000, 10_000, "Assumed: spent before opening"
        ),
        Lever(
            "margin",
            "Margin",
            "share of revenue",
            0.4,
            0.05,
            0.9,
            0.01,
            "Left of revenue for rent, other bills and build-out after what follows the orders and sales tax",
        ),
        Lever(
            "fixed",
            "Staff and other bills",
            "USD a month",
            0,
            0,
            200_000,
            500,
            "Due whatever is sold; 0 where the margin is after staff already",
        ),
        Lever("price", "Price level", "x today's", 1.0, 0.7, 1.4, 0.01, "Of the new sites only"),
        Lever(
            "response",
            "Volume response to price",
            "% per 1 %",
            -1.0,
            -3.0,
            0.0,
            0.1,
            "Assumed; price_elasticity estimates it by category",
        ),
        Lever(
            "decay",
            "Walking distance",
            "km",
            1.0,
            0.5,
            2.0,
            0.1,
            "Where the pull of a store has fallen to 37 %; the openings so far are fitted anew at each",
            (0.5, 0.7, 1.0, 1.4, 2.0),
        ),
        Lever(
            "radius",
            "Radius",
            "km",
            0.4,
            0.2,
            0.8,
            0.1,
            "Within which jobs, residents and stations count",
            (0.2, 0.3, 0.4, 0.6, 0.8),
        ),
        Lever(
            "outside",
            "Outside option",
            "x fitted",
            1.0,
            0.25,
            4.0,
            0.05,
            "Weight of everything that is not ours; lower takes more from our own stores",
        ),
        Lever(
            "jobs_share",
            "Residents or jobs",
            "share of jobs",
            0.5,
            0.0,
            1.0,
            0.05,
            "0: only residents are demand; 0.5: each counts once; 1: only jobs",
        ),
    )
}
