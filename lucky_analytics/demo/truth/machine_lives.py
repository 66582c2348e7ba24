"""The Weibull shape that the machines' working spells have, for the truth file."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from lucky_analytics.demo.build.arrays import Floats
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.fleet import TYPES, Fleet
from lucky_analytics.demo.truth.planted import Realised

__all__ = ["note", "shape_and_scales"]

_STEP = 1e-3


def shape_and_scales(fleet: Fleet) -> tuple[float, float, Floats]:
    """Common shape, its standard error, and scale in days by type, by maximum likelihood.

    Spells that ended otherwise than by failure are censored. A type without a failure has an infinite
    scale. For a shape k the scale of a type is (sum of t^k / failures)^(1/k) (Kalbfleisch and Prentice
    2002, section 3.4); the standard error is from the curvature of the profile likelihood.
    """
    days = (fleet.spell_end - fleet.spell_start).astype(float)
    kind, failed = fleet.kind[fleet.spell_device], fleet.is_failure
    n = np.bincount(kind[failed], minlength=len(TYPES))

    def minus_profile(shape: float) -> float:
        total = np.bincount(kind, days**shape, len(TYPES))
        with np.errstate(divide="ignore", invalid="ignore"):
            log_scale = np.where(n > 0, np.log(total / n) / shape, 0.0)
        terms = n * (np.log(shape) - shape * log_scale) - n
        return -float(terms.sum() + (shape - 1) * np.log(days[failed]).sum())

    shape = float(minimize_scalar(minus_profile, bounds=(0.2, 6.0), method="bounded").x)
    bend = minus_profile(shape + _STEP) - 2 * minus_profile(shape) + minus_profile(shape - _STEP)
    with np.errstate(divide="ignore"):
        scales = (np.bincount(kind, days**shape, len(TYPES)) / n) ** (1 / shape)
    return shape, float(_STEP / np.sqrt(bend)), scales


def note(world: World, truth: Realised) -> None:
    """Shape, scales and the share decommissioned as they came out."""
    fleet = world.fleet
    shape, se, scales = shape_and_scales(fleet)
    truth.note("machines", "shape", shape, se)
    truth.note("machines", "scale_days", [float(s) if np.isfinite(s) else None for s in scales])
    truth.note("machines", "decommissioned_share", float((fleet.decommissioned >= 0).mean()))
    repair = (fleet.repaired - fleet.spell_end)[fleet.repaired >= 0]
    truth.note("machines", "repair_days", float(repair.mean()))
