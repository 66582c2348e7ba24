"""What each store's bench is read to be: how many orders it works on at once, how long one takes by itself,
how uneven both services and arrivals are, and how open tickets slow one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.adjusted_effects import fit_effects
from lucky_analytics.methods.queues.inferred_servers import InferredServers, infer_servers, stretch
from lucky_analytics.questions.operations.queue_wait.wait_tickets import KINDS, keep_trading

__all__ = ["Benches", "can_be_read", "count_days", "count_slots", "read_benches"]

Floats = NDArray[np.float64]
_FEWEST = 100  # tickets of a store below which its bench is not read


@dataclass(frozen=True)
class Benches:
    """``table``, a row for each store: ``store``, ``n``, ``servers`` with ``low``, ``high`` (null where not
    ruled out), ``service`` (seconds of an order that waits for nothing), ``service_spread``,
    ``arrival_spread`` (variance by squared mean; 1 is chance), ``people`` on shift on average.
    ``inferred`` by store; ``slope``: of ln seconds on ln(1 + open tickets) over all stores."""

    table: pd.DataFrame
    inferred: dict[str, InferredServers]
    slope: Estimate

    def estimate_servers(self, store: str, level: float) -> Estimate:
        """How many orders a store works on at once."""
        row = self.table[self.table["store"] == store].iloc[0]
        return Estimate(row["servers"], row["low"], row["high"], level=level, n=int(row["n"]))

    def of(self, name: str, stores: pd.Series) -> Floats:
        """A column of ``table`` for each of ``stores``."""
        return stores.map(self.table.set_index("store")[name]).to_numpy(float)


def can_be_read(rows: pd.DataFrame) -> bool:
    """Whether the bench of at least one store can be read off its tickets."""
    kept = keep_trading(rows)
    return bool(len(kept)) and bool(kept.groupby("store", observed=True).apply(_is_enough).any())


def count_days(parts: Sequence[pd.DataFrame]) -> int:
    """Days on which a trading store closed a ticket in time."""
    return len({day for rows in parts for day in keep_trading(rows)["date"].unique()})


def read_benches(rows: pd.DataFrame, level: float) -> Benches:
    """The benches of trading stores from tickets closed in time, stores with few left out.

    Raises ``LuckyError`` where no store has enough.
    """
    kept, inferred, lines = keep_trading(rows), {}, []
    for store, own in kept.groupby("store", observed=True):
        if not _is_enough(own):
            continue
        seconds, load = own["seconds"].to_numpy(float), own["load"].to_numpy(np.int64)
        found = infer_servers(load, seconds, own["date"].to_numpy(), level)
        work = seconds / stretch(load, int(found.servers.value or 1))
        servers = found.servers
        spread = float(work.var() / work.mean() ** 2)
        line = (str(store), len(own), servers.value, servers.low, servers.high, found.service, spread)
        lines.append((*line, _spread_arrivals(own), float(own["people"].mean())))
        inferred[str(store)] = found
    if not lines:
        raise LuckyError(
            "benches", expected=f"a store with {_FEWEST} tickets on 2 days", got=f"{len(kept)} tickets"
        )
    names = ["store", "n", "servers", "low", "high", "service", "service_spread", "arrival_spread", "people"]
    table = pd.DataFrame(lines, columns=names).astype({"low": float, "high": float})
    return Benches(table, inferred, _fit_slope(kept[kept["store"].isin(list(inferred))], level))


def count_slots(rows: pd.DataFrame) -> pd.DataFrame:
    """Orders of weekdays by store, half-hour and date, nought on days on which the store sold none then:
    a row for each store and half-hour, a column for each weekday; null before a store's first day."""
    own = rows[rows["is_trading"] & (rows["kind"] == KINDS[0])]
    counts = own.groupby(["store", "slot", "date"], observed=True).size().unstack(fill_value=0)
    sold = own.groupby(["store", "date"], observed=True).size().unstack(fill_value=0) > 0
    is_open = sold.reindex(counts.index.get_level_values("store")).to_numpy(bool)
    return counts.astype(float).where(is_open)


def _is_enough(own: pd.DataFrame) -> bool:
    return len(own) >= _FEWEST and own["date"].nunique() >= 2 and bool((own["kind"] == KINDS[0]).any())


def _spread_arrivals(own: pd.DataFrame) -> float:
    """Variance of the orders of a half-hour between weekdays by their mean, all half-hours together: 1 where
    they come by chance alone (for long stretches the squared spread of the time between two)."""
    counts = count_slots(own)
    mean = float(counts.mean(axis=1).sum())
    return float(counts.var(axis=1, ddof=1).sum()) / mean if mean > 0 and counts.shape[1] > 1 else 1.0


def _fit_slope(kept: pd.DataFrame, level: float) -> Estimate:
    rows = kept.assign(
        log_load=np.log1p(kept["load"].to_numpy(float)),
        size=kept["units"].clip(0, 4),
        store=kept["store"].astype(str),
    )
    y = np.log(rows["seconds"].to_numpy(float))
    own = fit_effects(rows, y, ["store", "size", "slot"], ["log_load"], "date").of("log_load")
    if own.empty:
        return Estimate(0.0, n=len(rows))
    value, se = float(own["effect"].iloc[0]), float(own["se"].iloc[0])
    half = float(t.ppf(0.5 + level / 2, rows["date"].nunique() - 1)) * se
    return Estimate(value, value - half, value + half, level=level, n=len(rows))
