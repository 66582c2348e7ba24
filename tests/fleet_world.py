"""Fleets of machines with planted lives, as the page on machines sees them, without an estate around them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.questions.operations.machine_fleet.lives import GONE, ONLINE, WAITING, Fleet

__all__ = ["draw_fleet"]

START = pd.Timestamp("2025-06-30 04:00")


def draw_fleet(
    seed: int, *, since: float = 0.4, age: float = 0.0, rates: object = 0.28, n: int = 190, n_days: int = 229,
    out_a_day: float = 0.0025, repair_days: float = 4.0, n_types: int = 14,
) -> Fleet:  # fmt: skip
    """Lives by the day: the rate at s days since start and a days since installation is
    ``rates`` (s / 30)^``since`` (a / 30)^``age`` per 30 days, by type or one for all."""
    chance = np.random.default_rng(seed)
    rate = np.broadcast_to(np.asarray(rates, float), (n_types,))
    kind = np.arange(n) % n_types
    installed = np.where(chance.random(n) < 0.6, 0, chance.integers(0, n_days - 20, n))
    rows, states = [], []
    for machine in range(n):
        day, is_up, state = int(installed[machine]), True, ONLINE
        begun, back = float(day), 0
        while day < n_days:
            if chance.random() < out_a_day:
                rows.append((machine, is_up, begun, day + 1, GONE))
                state = GONE
                break
            if is_up:
                s, a = day + 0.5 - begun, day + 0.5 - installed[machine]
                fails = chance.random() < -np.expm1(
                    -rate[kind[machine]] / 30 * (s / 30) ** since * (a / 30) ** age
                )
                if fails:
                    at = day + chance.random()
                    rows.append((machine, True, begun, at, "failed"))
                    begun, is_up, back = at, False, day + 2 + chance.poisson(repair_days - 1)
            elif day >= back:
                rows.append((machine, False, begun, day, "repaired"))
                begun, is_up = float(day), True
                continue  # it may fail on the day on which it is back
            day += 1
        else:
            rows.append((machine, is_up, begun, n_days, ""))
            state = ONLINE if is_up else WAITING
        states.append(state)
    stretches = pd.DataFrame(rows, columns=["machine", "is_up", "start", "end", "ended_by"])
    for end in ("start", "end"):
        stretches[end] = START + pd.to_timedelta(stretches[end], unit="D")
    stretches["days"] = (stretches["end"] - stretches["start"]).dt.total_seconds() / 86_400
    failed = stretches[stretches["ended_by"] == "failed"].groupby("machine")["end"]
    repaired = stretches[stretches["ended_by"] == "repaired"].groupby("machine")["end"]
    at = pd.RangeIndex(n)
    machines = pd.DataFrame(
        {
            "machine_id": [str(k) for k in at],
            "serial": [f"S{k:04d}" for k in at],
            "machine_type": [f"type {k:02d}" for k in kind],
            "store_id": [f"s{k % 10}" for k in at],
            "place": [f"store {k % 10}" for k in at],
            "is_trading": True,
            "kind": kind,
            "state": states,
            "installed_at": START + pd.to_timedelta(installed, unit="D"),
            "last_online_at": START + pd.Timedelta(days=n_days),
            "n_failed": failed.size().reindex(at, fill_value=0),
            "last_failed_at": failed.max().reindex(at),
            "last_repaired_at": repaired.max().reindex(at),
        }
    )
    types = tuple(f"type {k:02d}" for k in range(n_types))
    return Fleet(machines, stretches, types, START + pd.Timedelta(days=n_days), n, 0, True)
