"""What is kept on customers: profiles, account history, states, groups, first touches, labels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import stream, times_before
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, same, table
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.menu_list import CATEGORIES
from lucky_analytics.demo.process.order_facts import OrderFacts
from lucky_analytics.demo.tables.shops import LIVE_TENANT
from lucky_analytics.demo.tables.user_labels import label_table

__all__ = ["tables"]

N_PROFILES, N_HISTORY, N_STATES, N_GROUP_LOG, N_TOUCHES = 193_000, 498_000, 980_000, 2_300_000, 168_000
REGISTERED, FIRST_ORDER, CHANGED, DELETED = 1, 2, 3, 4
_AGES = ("18-24", "25-34", "35-44", "45-54", "55+", None)
_SOURCES = ("organic", "social", "search", "store_qr", "friend", "press")
_DAY = 86_400


def tables(world: World) -> Iterator[NamedTable]:
    """Profiles and account history; states, group log and first touches; labels."""
    names = ("sales_crm", "isales_cdp", "sales_marketing")
    crm, cdp, marketing = (estate.load().database(f"luckyus_{name}") for name in names)
    facts = world.facts
    yield crm.name, "t_user_profile", _profiles(crm.table("t_user_profile").schema, world, facts)
    yield crm.name, "t_user_history", _history(crm.table("t_user_history").schema, world, facts)
    yield cdp.name, "t_user_state", _states(cdp.table("t_user_state").schema, world, facts)
    log = cdp.table("t_realtime_user_group_log").schema
    yield cdp.name, "t_realtime_user_group_log", _group_log(log, world, facts)
    yield cdp.name, "t_user_event_track", _touches(cdp.table("t_user_event_track").schema, world)
    labels = marketing.table("t_user_group_label").schema
    yield marketing.name, "t_user_group_label", label_table(labels, world, facts)


def _profiles(schema: pa.Schema, world: World, facts: OrderFacts) -> pa.Table:
    rng = stream(world.seed, "profiles")
    users = world.users
    n = min(round(N_PROFILES * world.targets.scale), users.n)
    weight = np.where(facts.n_orders > 0, 6.0, 1.0)
    chosen = rng.choice(users.n, n, replace=False, p=weight / weight.sum())
    who = chosen[np.argsort(users.ids[chosen])]
    gender = rng.choice([0, 1, 2, 3], n, p=[0.38, 0.34, 0.26, 0.02])
    age = rng.choice(len(_AGES), n, p=[0.12, 0.22, 0.12, 0.05, 0.03, 0.46])
    shop = facts.shop[who]
    return table(schema, {
        "id": users.ids[who],
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "user_no": world.user_no(who),
        "gender": pa.array(gender, mask=gender == 0),
        "age_band": choose(age, _AGES),
        "preferred_shop_id": pa.array(world.shops.ids[shop], mask=shop < 0),
        "preferred_category_name": choose(facts.category[who] + 1, (None, *CATEGORIES)),
        "push_allowed": users.allows_push[who].astype(np.int64),
        "create_time": datetimes(users.registered[who]),
        "modify_time": datetimes(np.maximum(facts.last[who], users.registered[who])),
    })  # fmt: skip


def _history(schema: pa.Schema, world: World, facts: OrderFacts) -> pa.Table:
    """Registrations, first orders, deletions, and profile changes up to the published count."""
    rng = stream(world.seed, "account history")
    users = world.users
    everyone, deleted = np.arange(users.n), np.flatnonzero(users.is_deleted)
    kept = np.flatnonzero(~users.is_deleted)
    ordered = np.flatnonzero(facts.first >= 0)
    rest = max(round(N_HISTORY * world.targets.scale) - len(everyone) - len(ordered) - len(deleted), 0)
    changed = rng.choice(kept, rest)
    user = np.r_[everyone, ordered, changed, deleted]
    kind = np.repeat(
        [REGISTERED, FIRST_ORDER, CHANGED, DELETED], [len(everyone), len(ordered), rest, len(deleted)]
    )
    later = users.registered[changed] + rng.integers(60, 120 * _DAY, rest)
    when = np.r_[users.registered, facts.first[ordered], later, facts.deleted_at[deleted]]
    when = np.minimum(when, facts.end)
    order = np.lexsort((user, kind, when))
    return table(schema, {
        **world.customer_rows(80_000_001, user[order]),
        "event_type": kind[order],
        "channel": users.origin[user[order]],
        "create_time": datetimes(when[order]),
    })  # fmt: skip


def _states(schema: pa.Schema, world: World, facts: OrderFacts) -> pa.Table:
    """Life cycle, price band and device of everyone, taste of those who ordered, to the published count."""
    rng = stream(world.seed, "states")
    users = world.users
    n = users.n
    quiet = (facts.end - facts.last) // _DAY
    life = np.where(facts.last < 0, 3, np.where(quiet > 60, 2, np.where(quiet > 30, 1, 0)))
    values = ["active", "sleeping", "lapsed", "never", "low", "middle", "high", "android", "ios", *CATEGORIES]
    room = max(round(N_STATES * world.targets.scale) - 3 * n, 0)
    taste = np.sort(rng.permutation(np.flatnonzero(facts.category >= 0))[:room])
    everyone = np.arange(n)
    user = np.r_[everyone, everyone, everyone, taste]
    code = np.repeat(np.arange(4), [n, n, n, len(taste)])
    value = np.r_[life, 4 + rng.integers(0, 3, n), 6 + users.device, 9 + facts.category[taste]]
    updated = np.where(facts.last >= 0, facts.last, users.registered)[user]
    since = np.where(
        (code == 0) & (value == 2), 60 * _DAY, np.where((code == 0) & (value == 1), 30 * _DAY, 0)
    )
    order = np.lexsort((code, users.ids[user]))
    return table(schema, {
        **world.customer_rows(90_000_001, user[order]),
        "state_code": choose(code[order], ("life_cycle", "price_band", "device", "taste")),
        "state_value": choose(value[order], values),
        "update_time": datetimes((updated + since)[order]),
    })  # fmt: skip


def _group_log(schema: pa.Schema, world: World, facts: OrderFacts) -> pa.Table:
    """Entering and leaving "ordered within 7 (30) days", then campaign groups up to the published count.

    Who is in a campaign group leaves it before entering it again.
    """
    rng = stream(world.seed, "groups")
    order = np.lexsort((facts.order_time, facts.order_user))
    user, when = facts.order_user[order], facts.order_time[order]
    is_first = np.r_[True, user[1:] != user[:-1]]
    is_last = np.r_[is_first[1:], True]
    gap_before = np.where(is_first, 1 << 40, np.diff(when, prepend=when[:1]))
    gap_after = np.where(is_last, 1 << 40, np.r_[gap_before[1:], 0])
    codes = ["active_7d", "active_30d", *(f"campaign_{k}" for k in range(1, 7))]
    parts = []
    for code, days in ((0, 7), (1, 30)):
        enters = gap_before > days * _DAY
        leaves = (gap_after > days * _DAY) & (when + days * _DAY < facts.end)
        parts += [
            (user[enters], when[enters], code, 1),
            (user[leaves], when[leaves] + days * _DAY, code, 2),
        ]
    total = round(N_GROUP_LOG * world.targets.scale)
    rest = max(total - sum(len(part[0]) for part in parts), 0)
    some = rng.integers(0, world.users.n, rest)
    at = np.minimum(world.users.registered[some] + rng.integers(60, 120 * _DAY, rest), facts.end)
    for code in range(2, 8):
        mine = np.arange(rest) % 6 == code - 2
        parts.append((some[mine], at[mine], code, 1))
    user, when, group, action = (
        np.concatenate([np.broadcast_to(part[k], len(part[0])) for part in parts]) for k in range(4)
    )
    kept = np.sort(np.argsort(group, kind="stable")[:total])
    kept = kept[np.lexsort((user[kept], group[kept], when[kept]))]
    user, when, group, action = user[kept], when[kept], group[kept], action[kept]
    turn = times_before(user * len(codes) + group)
    action = np.where(group > 1, 1 + turn % 2, action)
    return table(schema, {
        **world.customer_rows(100_000_001, user),
        "group_code": choose(group, codes),
        "action": action,
        "create_time": datetimes(when),
    })  # fmt: skip


def _touches(schema: pa.Schema, world: World) -> pa.Table:
    """First touches of a share of the customers, minutes to days before they registered."""
    rng = stream(world.seed, "first touches")
    users = world.users
    n = min(round(N_TOUCHES * world.targets.scale), users.n)
    who = rng.choice(users.n, n, replace=False)
    source = rng.choice(len(_SOURCES), n, p=[0.34, 0.2, 0.12, 0.18, 0.12, 0.04])
    when = users.registered[who] - np.maximum(rng.exponential(0.4 * _DAY, n), 30).astype(np.int64)
    order = np.lexsort((who, when))
    event = np.where(source == 3, 2, np.where(rng.random(n) < 0.6, 0, 1))
    return table(schema, {
        **world.customer_rows(110_000_001, who[order]),
        "event_code": choose(event[order], ("app_install", "landing_page", "store_code")),
        "source": choose(source[order], _SOURCES),
        "create_time": datetimes(when[order]),
    })  # fmt: skip
