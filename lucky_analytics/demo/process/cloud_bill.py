"""The cloud as its own tools export it: machines and how busy they are, what each service costs a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, largest_remainder, stream
from lucky_analytics.demo.process.horizon import DATES, MONTH, N_DAYS, day_of

__all__ = ["FIRST_DAY", "TYPES", "Bill", "Machines", "draw_bill", "draw_machines"]

N_MACHINES, IDLE_SHARE = 233, 0.78
FIRST_DAY = day_of("2025-11-01")  # three months before the last one, as was exported
_MONTHLY, _MONTHLY_RDS = 49_645.0, 5_527.0
_COVERED = {"RDS": 0.013, "ElastiCache": 0.066}
_COVERED_TOGETHER = 0.502  # of the hours of machines, databases and caches
_NODES = {"RDS": 65, "ElastiCache": 78}
_DISCOUNT = 0.35  # of reserved hours and savings plans: assumed
# Type, processors, GiB, dollars an hour on demand, share of the machines: list prices, the mix is assumed.
TYPES = (
    ("t3.medium", 2, 4.0, 0.0416, 0.26), ("m5.large", 2, 8.0, 0.096, 0.30),
    ("m5.xlarge", 4, 16.0, 0.192, 0.19), ("c5.2xlarge", 8, 16.0, 0.34, 0.11),
    ("r5.2xlarge", 8, 64.0, 0.504, 0.08), ("m5.4xlarge", 16, 64.0, 0.768, 0.06),
)  # fmt: skip
# Service, usage type, unit, share of what is neither EC2's nor RDS's: assumed.
_OTHERS = (
    ("ElastiCache", "node hours", "hours", 0.34), ("MSK", "broker hours", "hours", 0.20),
    ("EBS", "volume storage", "GB-months", 0.14), ("Data transfer", "out to the internet", "GB", 0.10),
    ("CloudWatch", "logs taken in", "GB", 0.08), ("ELB", "load balancer hours", "hours", 0.06),
    ("S3", "storage", "GB-months", 0.04), ("Other", "requests", "requests", 0.04),
)  # fmt: skip


Line = tuple[str, str, str, str]


@dataclass(frozen=True)
class Machines:
    """By machine: ``kind`` (position in ``TYPES``), whether it is ``idle``, ``bursts`` (idle but for an hour
    at night), ``stopped`` or ``covered``; ``hourly`` dollars as paid; ``launched`` seconds in UTC. By machine
    and day from ``FIRST_DAY`` on: shares of the processor ``mean`` and ``most``, and ``network`` bytes."""

    kind: Ints
    idle: Bools
    bursts: Bools
    stopped: Bools
    covered: Bools
    hourly: Floats
    launched: Ints
    mean: Floats
    most: Floats
    network: Ints


@dataclass(frozen=True)
class Bill:
    """``lines``: service, usage type, way of paying, unit; ``amount`` and ``dollars`` by line and day from
    ``FIRST_DAY`` on."""

    lines: tuple[Line, ...]
    amount: Floats
    dollars: Floats


def draw_machines(orders_a_day: Floats, plant: dict[str, float], seed: int) -> Machines:
    """``orders_a_day``: of all days of the horizon. ``plant``: ``planted["cloud"]``."""
    rng = stream(seed, "virtual machines")
    kind = np.repeat(np.arange(len(TYPES)), largest_remainder(np.array([t[4] for t in TYPES]), N_MACHINES))
    rng.shuffle(kind)
    n_idle = round(plant["idle_share"] * N_MACHINES)
    idle = np.arange(N_MACHINES) < n_idle
    rng.shuffle(idle)
    bursts = np.zeros(N_MACHINES, dtype=bool)
    bursts[rng.choice(np.flatnonzero(idle), min(int(plant["bursting"]), n_idle), replace=False)] = True
    stopped = np.zeros(N_MACHINES, dtype=bool)
    stopped[rng.choice(N_MACHINES, 6, replace=False)] = True
    reserved = sum(_NODES[name] * share for name, share in _COVERED.items())
    n_covered = round(_COVERED_TOGETHER * ((~stopped).sum() + sum(_NODES.values())) - reserved)
    covered = np.zeros(N_MACHINES, dtype=bool)
    covered[rng.choice(np.flatnonzero(~stopped), n_covered, replace=False)] = True
    listed = np.array([t[3] for t in TYPES])[kind]
    n_days = N_DAYS - FIRST_DAY
    busy = orders_a_day[FIRST_DAY:] / max(orders_a_day[FIRST_DAY:].mean(), 1e-9)
    usual = np.where(idle, rng.uniform(0.004, 0.035, N_MACHINES), rng.uniform(0.08, 0.45, N_MACHINES))
    follows = np.where(idle, 0.0, 0.6)[:, None] * (busy - 1)
    noise = np.exp(rng.normal(0, 0.12, (N_MACHINES, n_days)))
    mean = np.clip(usual[:, None] * (1 + follows) * noise, 0, 0.95)
    most = np.clip(mean * rng.uniform(2.0, 4.0, (N_MACHINES, n_days)), 0, 1)
    most[bursts] = rng.uniform(0.8, 1.0, (int(bursts.sum()), n_days))
    network = np.rint(mean * rng.lognormal(22.0, 0.6, N_MACHINES)[:, None]).astype(np.int64)
    start = np.datetime64(DATES[0], "s").astype(np.int64)
    launched = start + rng.integers(-200, 120, N_MACHINES) * 86_400 + rng.integers(0, 86_400, N_MACHINES)
    paid = np.round(listed * np.where(covered, 1 - _DISCOUNT, 1.0), 4)
    return Machines(kind, idle, bursts, stopped, covered, paid, launched, mean, most, network)


def draw_bill(machines: Machines, seed: int) -> Bill:
    """Days and lines that add up to the published mean month of November to January, and of RDS in it."""
    rng = stream(seed, "cloud bill")
    days = np.arange(FIRST_DAY, N_DAYS)
    runs, a_day = ~machines.stopped, 12 / 365
    # Line, amount and dollars of a usual day, how much its days differ.
    usual: list[tuple[Line, float, float, float]] = []
    for paid, chosen in (("on_demand", runs & ~machines.covered), ("savings_plan", runs & machines.covered)):
        dollars = 24.0 * float(machines.hourly[chosen].sum())
        usual.append((("EC2", "instance hours", paid, "hours"), 24.0 * int(chosen.sum()), dollars, 0.0))
    rest = (_MONTHLY - _MONTHLY_RDS) * a_day - sum(dollars for _, _, dollars, _ in usual)
    usual += _split_covered("RDS", "instance hours", _MONTHLY_RDS * 0.8 * a_day)
    storage = _MONTHLY_RDS * 0.2 * a_day
    usual.append((("RDS", "storage", "on_demand", "GB-months"), 1_600.0 * a_day, storage, 0.01))
    for service, usage, unit, share in _OTHERS:
        if service in _COVERED:
            usual += _split_covered(service, usage, rest * share)
        else:
            usual.append(((service, usage, "on_demand", unit), rest * share * 20, rest * share, 0.06))
    paths = np.exp(np.stack([rng.normal(0, 1, len(days)) * noise for *_, noise in usual]))
    amount = paths * np.array([amount for _, amount, _, _ in usual])[:, None]
    money = paths * np.array([dollars for _, _, dollars, _ in usual])[:, None]
    lines = tuple(line for line, *_ in usual)
    is_rds, is_ec2 = (np.array([line[0] == name for line in lines]) for name in ("RDS", "EC2"))
    months = (MONTH[days] >= 4) & (MONTH[days] <= 6)
    money[is_rds] *= 3 * _MONTHLY_RDS / money[is_rds][:, months].sum()
    others = ~is_rds & ~is_ec2
    money[others] *= (3 * _MONTHLY - money[~others][:, months].sum()) / money[others][:, months].sum()
    return Bill(lines, amount, money)


def _split_covered(service: str, usage: str, dollars: float) -> list[tuple[Line, float, float, float]]:
    """Hours of a service in a day, a share of them reserved at less."""
    share, hours = _COVERED[service], 24.0 * _NODES[service]
    listed = dollars / hours / (1 - _DISCOUNT * share)
    parts = (("on_demand", 1 - share, 1.0), ("reserved", share, 1 - _DISCOUNT))
    return [
        ((service, usage, paid, "hours"), hours * part, hours * part * listed * less, 0.0)
        for paid, part, less in parts
    ]
