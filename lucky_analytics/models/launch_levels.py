"""How far the stores that opened with the chain stand below their best weeks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.methods.growth.best_level import fall_of_steady

__all__ = ["estimate_launch_levels"]

N_BEST = 4


def estimate_launch_levels(
    weeks: pd.DataFrame, stores: pd.DataFrame, launch: list[str], noise_sd: float, level: float = 0.9
) -> pd.DataFrame:
    """Stores that opened with the chain: their best four weeks in a row against their last four full ones.

    ``unique_id``, ``store_name``; ``peak`` and ``recent``: orders of an ordinary week, geometric means;
    ``change`` (recent / peak - 1) with ``low`` and ``high`` from the weekly noise, ``high`` no nearer than
    the luck of steady stores reaches, whose best weeks are picked after the fact too (all but 1 - ``level``
    of them); ``is_clear``: the fall is beyond that luck, also as one of several stores that were looked at;
    ``peak_start``, ``peak_end``, ``recent_start``, ``recent_end`` (half-open); ``n_weeks``. A store with
    fewer than eight full weeks has no row. In money: the page of a store's week.
    """
    rows = []
    half = norm.ppf(0.5 + level / 2) * noise_sd * np.sqrt(2 / N_BEST)
    names = stores.set_index("unique_id")["store_name"]
    for unique_id in launch:
        own = weeks[(weeks["unique_id"] == unique_id) & (weeks["n_days"] == 7)].reset_index(drop=True)
        if len(own) < 2 * N_BEST:
            continue
        last = int(own["y_week"].rolling(N_BEST).mean().argmax())
        best, now = own.loc[last - N_BEST + 1 : last], own.tail(N_BEST)
        row: dict[str, object] = {"unique_id": unique_id, "store_name": names[unique_id]}
        for name, part in (("peak", best), ("recent", now)):
            row[name] = float(np.exp(np.average(np.log(part["y_week"]), weights=part["clock_days"])))
            row[f"{name}_start"] = part["week_start"].iloc[0]
            row[f"{name}_end"] = part["week_start"].iloc[-1] + pd.Timedelta(days=7)
        log_change = np.log(row["recent"] / row["peak"])  # type: ignore[operator]
        luck, luck_of_any = (
            max(half, fall_of_steady(len(own), noise_sd, (1 - level) / n, N_BEST)) for n in (1, len(launch))
        )
        for name, off in (("change", 0.0), ("low", -half), ("high", luck)):
            row[name] = float(np.expm1(log_change + off))
        row["is_clear"] = log_change + luck_of_any < 0
        rows.append({**row, "n_weeks": len(own)})
    columns = ["unique_id", "store_name", "peak", "recent", "change", "low", "high", "is_clear", "n_weeks"]
    columns += [f"{name}_{end}" for name in ("peak", "recent") for end in ("start", "end")]
    return pd.DataFrame(rows, columns=columns)
