"""Controls of food safety: cases and exceptions of making, checking, use-by times and machines."""

from __future__ import annotations

import ibis
import pandas as pd
from ibis import _

from lucky_analytics.metrics.kitchen import OUTLIER_SECONDS
from lucky_analytics.questions.platform.compliance.material import (
    Found,
    Material,
    count_by_date,
    count_cases,
    list_rows,
)

__all__ = [
    "find_checks_missed",
    "find_fridge_missed",
    "find_not_put_right",
    "find_past_use_by",
    "find_slow_repairs",
    "find_slow_tickets",
]

NO_KITCHEN = "the snapshot has no production tickets"
NO_FORMS = "the snapshot has no task forms"
NO_LOGS = "the snapshot has no expiry records"
NO_EVENTS = "the snapshot has no events of machines"
FRIDGE, MISSED, IN_ORDER, NOT_IN_ORDER = "fridge temperature", "not done", "in order", "not in order"
_USE_BY_MINUTES, _NEXT_DAYS, _REPAIR_DAYS = 30, 3, 7


def find_slow_tickets(material: Material) -> Found | str:
    """Tickets that were done, and those that took longer than 30 minutes from accepted to done."""
    suite = material.suite
    production = suite.optional("production")
    if production is None:
        return NO_KITCHEN
    done = production.filter((_.status == "done") & _.production_seconds.notnull())
    done = done.select("store_id", "production_seconds", "production_id", "production_date").cache()
    slow = done.filter(_.production_seconds > OUTLIER_SECONDS)
    slow = slow.select(
        "store_id", "production_seconds", case="production_id", date="production_date"
    ).execute()
    detail = [f"{seconds / 60:.1f} minutes" for seconds in slow["production_seconds"]]
    return Found(count_by_date(done, "production_date"), list_rows(slow.assign(detail=detail)))


def find_fridge_missed(material: Material) -> Found | str:
    """Fridge checks that were due, and those that were not done."""
    return _missed(material, lambda row: row.task == FRIDGE)


def find_checks_missed(material: Material) -> Found | str:
    """All other checks that were due, and those that were not done."""
    return _missed(material, lambda row: row.task != FRIDGE)


def _missed(material: Material, of: object) -> Found | str:
    forms = material.task_forms
    if forms is None:
        return NO_FORMS
    due = forms.filter(of)
    missed = due.filter(_.result == MISSED).select(
        "store_id", "task", "due_at", case="form_id", date="task_date"
    )
    missed = missed.execute()
    detail = [f"{row.task} due {row.due_at:%Y-%m-%d %H:%M} UTC" for row in missed.itertuples()]
    return Found(count_by_date(due, "task_date"), list_rows(missed.assign(detail=detail)))


def find_not_put_right(material: Material) -> Found | str:
    """Checks that were not in order, and those after which the next of their kind was not in order either.

    A check counts once the next one of its store and kind was due, or three days are over.
    """
    suite, forms = material.suite, material.task_forms
    if forms is None:
        return NO_FORMS
    following = ibis.window(group_by=["store_id", "task"], order_by=["due_at", "form_id"])
    form = forms.mutate(
        next_result=_.result.lead().over(following), next_date=_.task_date.lead().over(following)
    )
    bad = form.filter(_.result == NOT_IN_ORDER)
    bad = bad.select(
        "store_id", "task", "next_result", "next_date", case="form_id", date="task_date"
    ).execute()
    days = (pd.to_datetime(bad["next_date"]) - pd.to_datetime(bad["date"])).dt.days
    age = (pd.Timestamp(suite.as_of) - pd.to_datetime(bad["date"])).dt.days
    in_time = days <= _NEXT_DAYS  # false where nothing followed
    bad = bad[in_time | (age > _NEXT_DAYS)]
    said = bad["next_result"].where(in_time.reindex(bad.index), "none within three days")
    bad = bad.assign(detail=bad["task"] + " next: " + said.astype(str))
    cases = count_cases(bad)
    return Found(cases, list_rows(bad[said != IN_ORDER]))


def find_past_use_by(material: Material) -> Found | str:
    """Containers that were opened, and those opened after their use-by or open 30 minutes past it."""
    logs = material.at_home("expiry_logs")
    if logs is None:
        return NO_LOGS
    past = logs.closed_at.epoch_seconds() - logs.use_by_at.epoch_seconds()
    is_late = (past > 60 * _USE_BY_MINUTES) | (logs.opened_at > logs.use_by_at)
    late = logs.mutate(past=past).filter(is_late)
    late = late.select("store_id", "goods_id", "past", case="log_id", date="opened_date").execute()
    detail = [f"{row.goods_id} open {row.past / 60:.0f} minutes past its use-by" for row in late.itertuples()]
    return Found(count_by_date(logs, "opened_date"), list_rows(late.assign(detail=detail)))


def find_slow_repairs(material: Material) -> Found | str:
    """Failures of machines, and those after which it was not repaired or taken out within seven days.

    A failure counts once that happened, or seven days are over.
    """
    suite = material.suite
    events = suite.optional("device_events")
    if events is None:
        return NO_EVENTS
    rows = events.order_by("machine_id", "happened_at", "event_id").execute()
    after = rows.groupby("machine_id")[["kind", "event_date"]].shift(-1)
    rows = rows.assign(next_kind=after["kind"], next_date=after["event_date"])
    failed = rows[rows["kind"] == "failed"]
    is_ended = failed["next_kind"].isin(("repaired", "decommissioned"))
    until = pd.to_datetime(failed["next_date"]).where(is_ended, pd.Timestamp(suite.as_of))
    days = (until - pd.to_datetime(failed["event_date"])).dt.days
    counts = is_ended | (days > _REPAIR_DAYS)
    failed, days, is_ended = failed[counts], days[counts], is_ended[counts]
    words = ["repaired or taken out" if ended else "still not repaired" for ended in is_ended]
    detail = [f"{word} after {day} days" for word, day in zip(words, days, strict=True)]
    made = failed.assign(case=failed["event_id"], date=failed["event_date"], detail=detail)
    cases = count_cases(made)
    return Found(cases, list_rows(made[days > _REPAIR_DAYS]))
