"""The database of experiments: the experiments, who was split how in each layer, and who was logged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.demo.build.arrow_columns import choose, dates, datetimes, decimals, same, table
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.branches import EXPERIMENTS, assign
from lucky_analytics.demo.process.horizon import DATES, N_DAYS
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.process.traffic import BRANCHES, Split, split_traffic
from lucky_analytics.demo.tables.coupon_templates import business_day
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["tables"]


def tables(world: World, is_cold: bool = False) -> Iterator[NamedTable]:
    """``t_experiment``, every assignment of the planted experiments and the split of traffic by day;
    ``is_cold``: only the split, customer by customer."""
    declared = estate.load().database("luckyus_isalesdatamarketing")
    n = len(EXPERIMENTS)
    found = assign(world)
    split = split_traffic(found, world.users, world.targets.scale, world.seed)
    if is_cold:
        whole = declared.table("t_user_traffic_distribution").schema
        yield declared.name, "t_user_traffic_distribution", _split_rows(whole, split, world)
        return
    start, end = (np.array([e[k] for e in EXPERIMENTS]) for k in (1, 2))
    midnight = local_midnight_utc(start, np.zeros(n, dtype=bool))
    numbers = _experiment_numbers()
    yield declared.name, "t_experiment", table(declared.table("t_experiment").schema, {
        "id": 1_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "experiment_no": numbers,
        "experiment_name": [e[0] for e in EXPERIMENTS],
        "metric": same("repeat", n, pa.string()),
        "planned_share": decimals(np.full(n, 50), pa.decimal128(4, 2)),
        "start_date": pa.array([DATES[day] for day in start], pa.date32()),
        "end_date": pa.array([DATES[min(day, N_DAYS - 1)] for day in end], pa.date32()),
        "status": same(2, n, pa.int32()),
        "create_time": datetimes(midnight - 5 * 86_400),
    })  # fmt: skip
    experiment = np.repeat(np.arange(n), [len(a.user) for a in found])
    user, hit = np.concatenate([a.user for a in found]), np.concatenate([a.hit for a in found])
    treated = np.concatenate([a.is_treated for a in found])
    order = np.lexsort((user, experiment, hit))
    rows = table(declared.table("t_user_hit_experiment_record").schema, {
        "id": 120_000_001 + np.arange(len(user)),
        "tenant": same(LIVE_TENANT, len(user), pa.string()),
        "experiment_no": choose(experiment[order], numbers),
        "user_no": world.user_no(user[order]),
        "branch": choose(treated[order].astype(np.int64), ("control", "treatment")),
        "hit_time": datetimes(hit[order]),
    })  # fmt: skip
    yield declared.name, "t_user_hit_experiment_record", rows
    counted = declared.table("t_user_traffic_stat").schema
    yield declared.name, "t_user_traffic_stat", _split_counts(counted, split)


def _experiment_numbers() -> list[str]:
    return [f"E{1_001 + k}" for k in range(len(EXPERIMENTS))]


def _name_layers(n: int) -> tuple[list[str], list[str | None]]:
    """Number of each layer and of the experiment in it; the last ones have none."""
    experiments: list[str | None] = [*_experiment_numbers()]
    return [f"L{1 + k:02d}" for k in range(n)], experiments + [None] * (n - len(experiments))


def _split_counts(schema: pa.Schema, split: Split) -> pa.Table:
    """By layer, day and branch."""
    n_branches = len(BRANCHES)
    key = (split.layer * N_DAYS + business_day(split.when)) * n_branches + split.branch
    cell, number = np.unique(key, return_counts=True)
    place, branch = np.divmod(cell, n_branches)
    layer, day = np.divmod(place, N_DAYS)
    layers, experiments = _name_layers(split.n_layers)
    return table(schema, {
        "id": 1 + np.arange(len(cell)),
        "tenant": same(LIVE_TENANT, len(cell), pa.string()),
        "layer_no": choose(layer, layers),
        "experiment_no": choose(layer, experiments),
        "branch": choose(branch, BRANCHES),
        "stat_date": dates(day),
        "user_count": number,
    })  # fmt: skip


def _split_rows(schema: pa.Schema, split: Split, world: World) -> pa.Table:
    """In the order of time."""
    by_time = np.lexsort((split.user, split.layer, split.when))
    layer, user, branch, when, bucket = (
        each[by_time] for each in (split.layer, split.user, split.branch, split.when, split.bucket)
    )
    layers, experiments = _name_layers(split.n_layers)
    return table(schema, {
        **world.customer_rows(130_000_001, user),
        "layer_no": choose(layer, layers),
        "experiment_no": choose(layer, experiments),
        "branch": choose(branch, BRANCHES),
        "bucket": bucket,
        "create_time": datetimes(when),
    })  # fmt: skip
