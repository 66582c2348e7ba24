"""Which size each cache needs, what another size would save, and how such choices did on days gone by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.methods.forecasts.calibration import wilson_interval
from lucky_analytics.methods.growth.tried_trends import fit_lately, miss_by, widen_by
from lucky_analytics.methods.ledgers.sized_prices import fits_into
from lucky_analytics.questions.platform.redis_fleet.cache_fleet import GIB, Caches

__all__ = ["DROP", "FILL", "GROW", "KEEP", "SHRINK", "UNKNOWN", "Sizing", "Terms", "choose_sizes"]

DROP, SHRINK, GROW, KEEP, UNKNOWN = "shut down", "make smaller", "make larger", "keep", "not judged"
FILL = 90  # days ahead that a size must hold, and that past choices are tried over
_TREND_DAYS, _TEST_AHEAD = 42, 30
Path = tuple[np.ndarray, np.ndarray]  # days before the last one, below 0, and bytes used at their ends


@dataclass(frozen=True)
class Terms:
    """``most_filled``: share of a new size that the need may fill; ``memory_most``: share of memory that is
    too much; ``quiet``: days without use after which a cache counts as unused; ``level`` of every range."""

    most_filled: float = 0.6
    memory_most: float = 0.85
    quiet: int = 62
    level: float = 0.9


@dataclass(frozen=True)
class Sizing:
    """``rows``: ``server``, ``name``, ``what`` (to do), ``size`` and ``new`` (GiB; 0 where shut down),
    ``need`` (GiB: the highest seen or, if more, the upper end of what it comes to within ``FILL`` days, with
    memory lost to fragmentation), ``over`` (the chance that it is above the line of the new size then).
    ``sizes`` that the fleet has, GiB. ``tried``: had sizes been chosen so ``FILL`` days before (``cut``):
    ``n`` caches made smaller, ``missed`` of them came above the line of the new size since, with ``low`` and
    ``high`` of the share. ``wider``: by what factor ranges were widened for past errors; null: not tested.
    """

    rows: pd.DataFrame
    sizes: tuple[float, ...]
    tried: pd.DataFrame
    wider: float | None


def choose_sizes(found: Caches, terms: Terms) -> Sizing:
    """A cache without a limit, or without enough days to tell where it goes, is not judged or kept.

    One that is above the line or evicts keys is made larger. One that nobody used for ``terms.quiet`` days
    is shut down. One whose need fits into a smaller size of the fleet's own is made smaller.
    """
    rows = found.rows
    sizes = tuple(sorted({round(size / GIB, 3) for size in rows["limit"].dropna()}))
    last = found.days["day"].max()
    paths = {
        str(server): ((own["day"] - last).dt.days.to_numpy(), own["used_memory"].to_numpy(float))
        for server, own in found.days.groupby("server") if own["used_memory"].notna().any()
    }  # fmt: skip
    times = [miss_by(day, used, _TREND_DAYS, _TEST_AHEAD, terms.level) for day, used in paths.values()]
    wider = widen_by([each for each in times if each is not None], terms.level)
    chosen = []
    numbers = ["limit", "peak", "filled", "evicted", "fragmentation", "quiet"]
    for row, own_row in zip(rows.itertuples(), rows[numbers].astype(float).to_dict("records"), strict=True):
        own = {str(name): float(value) for name, value in own_row.items()}
        highest, middle, sd = _foresee(paths.get(str(row.server)), wider or 1.0, terms.level)
        lost = max(1.0, float(np.nan_to_num(own["fragmentation"], nan=1.0)))
        need = float(np.fmax(own["peak"], highest)) * lost / GIB if np.isfinite(highest) else np.nan
        size = round(own["limit"] / GIB, 3)
        what, new = _decide(own, size, float(fits_into(need, sizes, terms.most_filled)), terms)
        line = np.log(terms.memory_most * new * GIB / lost) if new > 0 else np.nan
        over = float(norm.sf((line - middle) / sd)) if sd > 0 and np.isfinite(line) else np.nan
        chosen.append((row.server, row.name, what, size, new, need, over))
    columns = ["server", "name", "what", "size", "new", "need", "over"]
    return Sizing(pd.DataFrame(chosen, columns=columns), sizes, _try_sizes(paths, rows, sizes, terms), wider)


def _decide(own: dict[str, float], size: float, new: float, terms: Terms) -> tuple[str, float]:
    """``new``: the size that fits; null where none does, or where too few days tell."""
    if np.isnan(size):
        return UNKNOWN, size
    if own["quiet"] >= terms.quiet and not own["filled"] > terms.memory_most:
        return DROP, 0.0
    if own["filled"] > terms.memory_most or own["evicted"] > 0:
        return GROW, new if new > size else np.nan
    return (SHRINK, new) if new < size else (KEEP, size)


def _foresee(path: Path | None, wider: float, level: float) -> tuple[float, float, float]:
    """Upper end of what memory comes to within ``FILL`` days, and middle and spread of its logarithm then."""
    trend = None if path is None else fit_lately(*path, _TREND_DAYS)
    if trend is None:
        return np.nan, np.nan, np.nan
    then = trend.widen(wider).foretell(FILL, level)
    now = trend.widen(wider).foretell(0, level)
    if then.value is None or then.high is None or now.high is None:
        return np.nan, np.nan, np.nan
    sd = np.log(then.high / then.value) / norm.ppf(0.5 + level / 2)
    return max(then.high, now.high), float(np.log(then.value)), float(sd)


def _try_sizes(
    paths: dict[str, Path], rows: pd.DataFrame, sizes: tuple[float, ...], terms: Terms
) -> pd.DataFrame:
    """Cuts do not overlap, so that each day counts in one."""
    table = []
    limits = dict(zip(rows["server"], rows["limit"].astype(float) / GIB, strict=True))
    lost_of = dict(zip(rows["server"], np.fmax(1.0, rows["fragmentation"].astype(float)), strict=True))
    for cut in range(FILL, 10 * FILL, FILL):
        n = missed = 0
        for server, (day, used) in paths.items():
            size, lost = limits[server], lost_of[server]
            before, after = day <= -cut, (day > -cut) & (day <= FILL - cut)
            if not (before.any() and after.any() and size > 0):
                continue
            highest, *_rest = _foresee((day[before], used[before]), 1.0, terms.level)
            need = np.fmax(highest, np.nanmax(used[before])) * lost / GIB
            new = float(fits_into(need, sizes, terms.most_filled)) if np.isfinite(highest) else np.nan
            if new < round(size, 3):
                n += 1
                missed += bool(np.nanmax(used[after]) * lost / GIB > terms.memory_most * new)
        if n:
            low, high = wilson_interval(missed, n, terms.level)
            table.append((cut, n, missed, float(low), float(high)))
    return pd.DataFrame(table, columns=["cut", "n", "missed", "low", "high"])
