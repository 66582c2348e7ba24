"""What came after a decision: its metric against what the days before led to expect. It is no experiment."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lucky_analytics.errors import LuckyError, MissingTableError, ParameterError, SnapshotError, one_line
from lucky_analytics.formats import format_change, format_value
from lucky_analytics.runs.predicted import list_aftermaths, note_aftermath, world_of
from lucky_analytics.settings import Settings
from lucky_analytics.track_record.decided import FILE, Decided, load_decided
from lucky_analytics.track_record.resolving import SETTLE_DAYS, newest_snapshot

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite
    from lucky_analytics.models.measure import Measure
    from lucky_analytics.snapshot import Manifest

__all__ = ["FEWEST_DAYS", "LEVEL", "describe_after", "follow_decisions", "pick_after"]

FEWEST_DAYS = 7  # after a decision: each weekday once
LEVEL = 0.9


def follow_decisions(settings: Settings) -> list[LuckyError]:
    """Measure what newly came after each decision, and keep it; what is wrong with ``params/decisions.yml``.

    A decision is followed from the seventh day on, day by day until its days are over, and once more when
    their data has settled. Nothing new costs a look at the file and into the book.
    """
    decided, faults = load_decided(settings)
    if not decided or (manifest := newest_snapshot(settings)) is None:
        return faults
    world = world_of({"id": manifest.id, "source": manifest.kind})
    known = list_aftermaths(settings, world)
    waiting = [each for each in decided if _is_to_follow(each, known.get(each.name), manifest)]
    if waiting:
        from lucky_analytics.catalog import Suite

        suite = Suite(manifest, as_of=manifest.last_closed_day)
        for each in waiting:
            if found := _follow(suite, each):
                last, is_final = _last_day(each, manifest), _is_final(each, manifest)
                state = {"key": each.key, "last": last.isoformat(), "is_final": is_final}
                note_aftermath(settings, world, each.name, {**found, **state})
        known = list_aftermaths(settings, world)
    standing = [pick_after(known, each) or {} for each in decided]
    return [*faults, *(ParameterError(f"{FILE}, {after['wrong']}") for after in standing if "wrong" in after)]


def pick_after(known: Mapping[str, Mapping[str, Any]], of: Decided) -> Mapping[str, Any] | None:
    """What was found for a decision as it is declared now; null before it is followed."""
    found = known.get(of.name)
    return found if found and found["key"] == of.key else None


def _follow(suite: Suite, of: Decided) -> dict[str, Any]:
    """What came after a decision, or the ``reason`` why it cannot be said; empty where its tables do not
    reach the day, because a server could not be read. ``wrong``: the declaration is at fault."""
    from lucky_analytics.models.measure import Measure

    try:
        measure = Measure(of.metric, of.where)
    except LuckyError as error:
        return {"reason": str(error), "wrong": f"{of.name}: {error}"}
    try:
        return _measure(suite, of, measure)
    except MissingTableError as error:
        return {"reason": str(error)}
    except SnapshotError:
        return {}
    except LuckyError as error:
        return {"reason": str(error)}
    except Exception as error:  # noqa: BLE001 - what one decision names must not stop the others
        return {"reason": f"{of.metric}, {type(error).__name__}: {one_line(str(error), 120)}"}


def describe_after(found: Mapping[str, Any] | None) -> str:
    """What came after a decision, as readers are told; ``found`` as it is kept, null before it is followed.

    >>> describe_after(None)
    'Too early to say: it is followed from the seventh day on.'
    """
    if found is None:
        return "Too early to say: it is followed from the seventh day on."
    if "reason" in found:
        return f"It cannot be said: {found['reason']}"
    came, expected = (format_value(found[name], found["unit"]) for name in ("came", "expected"))
    change = _say_change(found["change"])
    said = (
        f"{found['label']} on an average day of the {found['n_days']} after it: {came}, where the days "
        f"before led to expect {expected}: {change}. {_judge(found['change'])}"
    )
    if "against" in found:
        said += f" Held against the other stores in the same days: {_say_change(found['against'])}."
    return f"{said} This is no experiment: whatever else changed in these days is part of it."


def _say_change(change: Mapping[str, Any]) -> str:
    ends = [change[end] for end in ("low", "high")]
    interval = "" if None in ends else " ({} to {})".format(*map(format_change, ends))
    return format_change(change["value"]) + interval


def _judge(change: Mapping[str, Any]) -> str:
    if change["low"] is None or change["high"] is None:
        return "The past is too short to say whether so much happens anyway."
    happens = "happen" if change["low"] <= 0 <= change["high"] else "hardly happen"
    return f"Changes of that size {happens} anyway."


def _last_day(of: Decided, manifest: Manifest) -> dt.date:
    """The last day that is looked at: of the decision's days those that are over."""
    return min(of.starts + dt.timedelta(days=of.days - 1), manifest.last_closed_day)


def _is_final(of: Decided, manifest: Manifest) -> bool:
    settled = SETTLE_DAYS if manifest.kind != "demo" else 0
    return of.starts + dt.timedelta(days=of.days - 1 + settled) <= manifest.last_closed_day


def _is_to_follow(of: Decided, known: dict[str, Any] | None, manifest: Manifest) -> bool:
    last = _last_day(of, manifest)
    if (last - of.starts).days + 1 < FEWEST_DAYS:
        return False
    if known is None or known["key"] != of.key:
        return True
    return not known["is_final"] and (known["last"] < last.isoformat() or _is_final(of, manifest))


def _measure(suite: Suite, of: Decided, measure: Measure) -> dict[str, Any]:
    """``came``, ``expected`` (means a day, in ``unit``), ``change`` with its ends, level and n; of a decision
    for some stores ``against`` the same for them over the other stores' day."""
    import pandas as pd

    from lucky_analytics.methods.baselines.before_after import compare_after
    from lucky_analytics.metrics import REGISTRY

    end = suite.as_of + dt.timedelta(days=1)
    days, start = measure.read_days(suite, end), pd.Timestamp(of.starts)
    n_days = min(of.days, (end - of.starts).days)
    found = compare_after(days, start, n_days, LEVEL)
    label = REGISTRY[of.metric].label
    said: dict[str, Any] = {"came": found.came, "expected": found.expected, "unit": measure.unit}
    said |= {"label": label, "n_days": n_days}
    said["change"] = dataclasses.asdict(found.change)
    if "store_id" in of.where and (others := _others(suite, of)) is not None:
        both = days.merge(others.read_days(suite, end), on="ds", suffixes=("", "_others"))
        both = both.assign(y=both["y"] / both["y_others"])
        with contextlib.suppress(LuckyError):  # the other stores may be too young to be compared with
            said["against"] = dataclasses.asdict(compare_after(both, start, n_days, LEVEL).change)
    return said


def _others(suite: Suite, of: Decided) -> Measure | None:
    """The same measure of all other trading stores; null where there are none."""
    from lucky_analytics.models.measure import Measure

    own = of.where["store_id"]
    own = [own] if isinstance(own, str) else [*own]
    stores = suite.stores.filter("is_trading_store").select("store_id").execute()["store_id"]
    rest = [store for store in sorted(stores) if store not in own]
    return Measure(of.metric, {**of.where, "store_id": rest}) if rest else None
