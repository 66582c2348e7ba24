"""Coffee machines: where they stand, when they failed and were repaired, which were taken out for good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.process.horizon import N_DAYS
from lucky_analytics.demo.tables.shops import Shops
from lucky_analytics.demo.truth.planted import Plants
from lucky_analytics.errors import DemoError

__all__ = ["N_DEVICES", "N_ONLINE", "TYPES", "Fleet", "assemble_fleet"]

N_DEVICES, N_ONLINE = 216, 93
TYPES = tuple(f"Schaerer {name}" for name in (
    "Soul 10", "Soul 10 Twin", "Soul 12", "Soul C", "Prime", "Prime Plus", "Club", "Club Twin", "Vito",
    "Vito Plus", "Art", "Art Plus", "Barista", "Barista Twin",
))  # fmt: skip
# Machines ever installed in the ten stores, the one not opened, the pop-ups and the NZD test shops.
_PER_SHOP = (26, 22, 18, 19, 15, 14, 13, 12, 14, 11, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3)
_REPLACEMENT_SHARE, _LONGEST_HISTORY = 0.35, 40
_YOUNGEST_OUT_DAYS = 30  # no machine is taken out for good earlier


@dataclass(frozen=True)
class Fleet:
    """One position per machine; days count from the horizon's first. A machine works on the days from its
    installation or a repair up to the day before the next failure or its decommissioning (-1 when never).

    ``spell_device``, ``spell_start``, ``spell_end`` and ``is_failure`` are all working spells, in the order
    of their machines and time; ``repaired`` is the day the machine worked again, -1 if it did not.
    """

    shop: Ints
    kind: Ints
    installed: Ints
    decommissioned: Ints
    is_online: Bools
    spell_device: Ints
    spell_start: Ints
    spell_end: Ints
    is_failure: Bools
    repaired: Ints

    @property
    def first_failure(self) -> Ints:
        """Day of each machine's first failure, -1 when it has not failed."""
        failed = np.full(len(self.shop), N_DAYS)
        rows = self.is_failure
        np.minimum.at(failed, self.spell_device[rows], self.spell_end[rows])
        return np.where(failed < N_DAYS, failed, -1)

    @property
    def works(self) -> Bools:
        """[machines, days]: whether each machine can pour on each day."""
        change = np.zeros((len(self.shop), N_DAYS + 1), np.int64)
        np.add.at(change, (self.spell_device, np.clip(self.spell_start, 0, N_DAYS)), 1)
        np.add.at(change, (self.spell_device, np.clip(self.spell_end, 0, N_DAYS)), -1)
        return np.cumsum(change, axis=1)[:, :N_DAYS] > 0


def assemble_fleet(shops: Shops, planted: Plants, seed: int) -> Fleet:
    """216 machines of 14 types. Working lives are Weibull by type and independent of decommissioning; a
    repaired machine is as good as new. Raises ``DemoError`` when fewer work at the end than are online.
    """
    rng = stream(seed, "machines")
    plant = planted["machines"]
    shop = np.repeat(np.arange(len(_PER_SHOP)), _PER_SHOP)
    kind = rng.permutation(np.arange(N_DEVICES) % len(TYPES))
    installed = _installed(shop, shops, rng)
    decommissioned = _taken_out(installed, plant["decommissioned_share"], rng)
    end = np.where(decommissioned >= 0, decommissioned, N_DAYS)
    scale = np.array(plant["scale_days"])[kind]
    spells = _spells(installed, end, scale, plant["shape"], plant["repair_days"], rng)
    device, start, stop, is_failure, repaired = spells
    works_at_end = np.zeros(N_DEVICES, dtype=bool)
    works_at_end[device[~is_failure & (stop == N_DAYS)]] = True
    candidates = np.flatnonzero(works_at_end & (shop != shops.first_pop_up - 1))
    if len(candidates) < N_ONLINE:
        raise DemoError(
            "machines online",
            expected=str(N_ONLINE),
            got=f"{len(candidates)} in service",
            remedy="Raise machines.scale_days",
        )
    is_online = np.zeros(N_DEVICES, dtype=bool)
    is_online[rng.choice(candidates, N_ONLINE, replace=False)] = True
    return Fleet(shop, kind, installed, decommissioned, is_online, device, start, stop, is_failure, repaired)


def _installed(shop: Ints, shops: Shops, rng: np.random.Generator) -> Ints:
    """The day the shop opens; some are later additions and replacements."""
    opened = np.where(shops.opened_day[shop] >= 0, shops.opened_day[shop], N_DAYS - 20)
    first = np.r_[True, shop[1:] != shop[:-1]]
    later = (rng.random(len(shop)) < _REPLACEMENT_SHARE) & ~first
    room = np.maximum(N_DAYS - 10 - opened, 1)
    return opened + np.where(later, (rng.random(len(shop)) * room).astype(np.int64), 0)


def _taken_out(installed: Ints, share: float, rng: np.random.Generator) -> Ints:
    """Days on which the planted share of machines was decommissioned, -1 for the others."""
    out = np.full(len(installed), -1)
    old = np.flatnonzero(installed + _YOUNGEST_OUT_DAYS < N_DAYS - 1)
    chosen = rng.choice(old, min(round(share * len(installed)), len(old)), replace=False)
    earliest = np.maximum(installed[chosen] + _YOUNGEST_OUT_DAYS, 1)
    out[chosen] = earliest + (rng.random(len(chosen)) * (N_DAYS - 1 - earliest)).astype(np.int64)
    return out


def _spells(
    installed: Ints, end: Ints, scale: Floats, shape: float, repair_days: float, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Bools, Ints]:
    """Working spells until ``end``: machine, first day, day after the last, ended by failure, repaired on."""
    start, parts = installed.copy(), []
    for _ in range(_LONGEST_HISTORY):
        alive = np.flatnonzero(start < end)
        if not len(alive):
            break
        life = scale[alive] * rng.weibull(shape, len(alive))
        failure = start[alive] + np.maximum(np.rint(life), 1).astype(np.int64)
        fails = failure < end[alive]
        back = failure + 1 + rng.poisson(repair_days - 1, len(alive))
        repaired = np.where(fails & (back < end[alive]), back, -1)
        parts.append((alive, start[alive], np.where(fails, failure, end[alive]), fails, repaired))
        start[alive] = np.where(fails, back, end[alive])
    device, first, stop, is_failure, repaired = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((first, device))
    return device[order], first[order], stop[order], is_failure[order], repaired[order]
