"""Every cup a machine poured: for orders, poured again, and rinses; only machines that work pour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Ints, stream
from lucky_analytics.demo.process.horizon import N_DAYS
from lucky_analytics.demo.process.menu_list import CATEGORIES
from lucky_analytics.demo.process.timing import local_midnight_utc

if TYPE_CHECKING:
    from lucky_analytics.demo.build.world import World

__all__ = ["N_CUPS", "ORDERED", "POURED_AGAIN", "RINSE", "Cups", "draw_cups"]

N_CUPS = 587_400
ORDERED, POURED_AGAIN, RINSE = 1, 2, 3
_AGAIN_SHARE = 0.012
_POUR_SECONDS, _LARGE_SECONDS, _RINSE_SECONDS = 26, 9, 14
_TYPE_SECONDS = 1.2  # each machine type pours this much slower than the next better one
_OPEN_SECONDS = (6 * 3600, 14 * 3600)  # rinses: from before opening, over the day


@dataclass(frozen=True)
class Cups:
    """One position per cup in the order in which they were done, UTC seconds. ``line`` is a position in the
    book's lines, -1 for a rinse.
    """

    device: Ints
    kind: Ints
    line: Ints
    start: Ints
    end: Ints


def draw_cups(world: World) -> Cups:
    """The cup of every drink of a completed order with a production, one in eighty poured again, and rinses
    of working machines up to the published number.

    A machine of the order's shop that works on that day pours it; cups of a shop without one are not
    logged.
    """
    rng = stream(world.seed, "cups")
    book, making, fleet, lines = world.book, world.making, world.fleet, world.book.lines
    made = book.is_completed & making.has_row[book.source]
    is_drink = world.menu.category[lines.product] != CATEGORIES.index("Food")
    line = np.flatnonzero(made[lines.order] & is_drink)
    order = lines.order[line]
    device = _pick(fleet.works, fleet.shop, book.shop[order], book.day[order], rng)
    line, order, device = line[device >= 0], order[device >= 0], device[device >= 0]
    accepted, done = making.times.accepted[book.source[order]], making.times.done[book.source[order]]
    room = np.minimum(done - accepted, 300)
    start = accepted + (rng.random(len(line)) * 0.6 * room).astype(np.int64)
    again = rng.random(len(line)) < _AGAIN_SHARE
    n_rinses = max(round(N_CUPS * world.targets.scale) - len(line) - int(again.sum()), 0)
    rinsed, rinse_start = _rinses(world, n_rinses, rng)
    large = lines.sku[line] % 2
    seconds = _POUR_SECONDS + _LARGE_SECONDS * large + (_TYPE_SECONDS * fleet.kind[device]).astype(np.int64)
    seconds = np.maximum(np.rint(seconds * np.exp(rng.normal(0, 0.12, len(line)))), 5).astype(np.int64)
    sizes = [len(line), int(again.sum()), n_rinses]
    found = Cups(
        device=np.r_[device, device[again], rinsed],
        kind=np.repeat([ORDERED, POURED_AGAIN, RINSE], sizes),
        line=np.r_[line, line[again], np.full(n_rinses, -1)],
        start=np.r_[start, (start + seconds + 5)[again], rinse_start],
        end=np.r_[start + seconds, (start + 2 * seconds + 5)[again], rinse_start + _RINSE_SECONDS],
    )
    by_time = np.lexsort((found.line, found.device, found.end))
    return Cups(*(values[by_time] for values in vars(found).values()))


def _pick(works: Bools, shop_of: Ints, shop: Ints, day: Ints, rng: np.random.Generator) -> Ints:
    """A random machine of each shop among those that work on each day, -1 where none does."""
    at_day, device = np.nonzero(works.T)
    key = shop_of[device] * N_DAYS + at_day
    order = np.argsort(key, kind="stable")
    key, device = key[order], device[order]
    wanted = shop * N_DAYS + day
    first, last = np.searchsorted(key, wanted), np.searchsorted(key, wanted, side="right")
    chosen = first + (rng.random(len(wanted)) * (last - first)).astype(np.int64)
    return np.where(last > first, device[np.minimum(chosen, len(device) - 1)], -1)


def _rinses(world: World, n: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Machines and UTC seconds of rinses, on days on which their shop has orders."""
    fleet, book, shops = world.fleet, world.book, world.shops
    sells = np.zeros((len(shops.ids), N_DAYS), dtype=bool)
    sells[book.shop, book.day] = True
    device, day = np.nonzero(fleet.works & sells[fleet.shop])
    chosen = rng.integers(0, len(device), n)
    device, day = device[chosen], day[chosen]
    is_nz = np.isin(fleet.shop[device], np.arange(shops.first_nz, shops.first_nz + shops.n_nz))
    return device, local_midnight_utc(day, is_nz) + rng.integers(_OPEN_SECONDS[0], sum(_OPEN_SECONDS), n)
