"""The staffing what-if as the page sees it: a store's week by half-hour, levers, who works when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lucky_analytics.apps.app_frame import Action
from lucky_analytics.apps.kept import open_prepared
from lucky_analytics.questions.operations.staffing import advice, steps, views
from lucky_analytics.questions.operations.staffing import staffing_what_if as what_if
from lucky_analytics.questions.operations.staffing.notice import Notice
from lucky_analytics.questions.operations.staffing.past_weeks import Trial
from lucky_analytics.questions.operations.staffing.staffing_answer import sum_lights
from lucky_analytics.questions.operations.staffing.staffing_prepared import (
    PreparedStaffing,
    narrow,
    prepare_staffing,
)

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Kept", "keep_staffing", "make_actions", "open_staffing_model", "page_context", "try_stores"]


Key = tuple[str, float, float]  # store, wait, time at hands: what past weeks are tried by
Tried = tuple[Trial, Notice]


class Kept(NamedTuple):
    """What is made once a snapshot: the prepared model, and each store's past weeks tried with levers at
    rest."""

    prepared: PreparedStaffing
    tried: dict[Key, Tried]


def keep_staffing(suite: Suite) -> Kept:
    """The model of a suite with the trials at rest."""
    return try_stores(prepare_staffing(suite))


def try_stores(prepared: PreparedStaffing) -> Kept:
    """``prepared`` with the trials at rest."""
    rest = steps.choose_terms(prepared)
    tried = {
        (store, rest.wait, rest.hands): steps.try_weeks(narrow(prepared, store), rest)
        for store in prepared.stores["store_id"]
    }
    return Kept(prepared, tried)


def open_staffing_model(snapshot: str = "newest") -> tuple[Kept, str]:
    """The model of a snapshot, from disk when it was prepared before, and the snapshot's id."""
    return open_prepared("staffing", __name__, keep_staffing, snapshot)


def make_actions(kept: Kept) -> dict[str, Action]:
    """``evaluate`` a question or a permalink. Past weeks are tried once for each store, wait and time at
    hands."""
    prepared, tried = kept.prepared, dict(kept.tried)
    rest = steps.choose_terms(prepared)

    def evaluate(body: Any) -> dict[str, Any]:
        asked = what_if.start_staffing_question(rest, prepared)
        if isinstance(body, Mapping) and isinstance(body.get("query"), str):
            asked = what_if.parse_staffing_query(body["query"], rest, prepared)
        elif isinstance(body, Mapping) and body.get("scenario") is not None:
            asked = what_if.read_staffing_question(body["scenario"], rest, prepared)
        own, key = narrow(prepared, asked.store_id), (asked.store_id, asked.wait, asked.hands)
        if key not in tried:
            tried[key] = steps.try_weeks(own, what_if.ask_terms(rest, asked))
        return {**_scenario(asked, prepared, rest), **_show(own, rest, asked, tried[key])}

    return {"evaluate": evaluate}


def _scenario(asked: what_if.StaffingQuestion, prepared: PreparedStaffing, rest: Any) -> dict[str, Any]:
    levers = {name: getattr(asked, name) for name in what_if.LEVERS}
    return {
        "scenario": {"store": asked.store_id, "levers": levers},
        "query": what_if.format_staffing_query(asked, rest, prepared),
    }


def _show(own: PreparedStaffing, rest: Any, asked: what_if.StaffingQuestion, tried: Tried) -> dict[str, Any]:
    answer = what_if.answer_staffing(own, rest, asked)
    planned = answer.planned
    slots = np.flatnonzero((planned.need.planned > 0).any(axis=0))
    kept = slice(int(slots[0]), int(slots[-1]) + 1) if len(slots) else slice(0, 0)
    name = str(own.stores["store_name"].iloc[0])
    cost = (planned.cents_plan - planned.cents_today) / 100
    arrays = {
        "need": planned.need.planned, "today": planned.today, "plan": planned.plan.heads,
        "lights_today": planned.lights_today, "lights_plan": planned.lights_plan,
        "orders": (1 + asked.orders) * own.ahead.mean[0],
    }  # fmt: skip
    return {
        "days": views.name_days(own),
        "times": [views.clock(slot) for slot in range(kept.start, kept.stop)],
        **{key: value[:, kept] for key, value in arrays.items()},
        "shifts": views.show_shifts([planned], own).drop(columns="store_name").to_dict("records"),
        "hours_today": float(own.ahead.paid[0]), "hours_plan": planned.plan.hours,
        "hours_target": answer.hours_target, "hours_rest": answer.hours_rest,
        "cost_today": planned.cents_today / 100, "cost": cost,
        "red_today": sum_lights([planned.lights_today])[0], "red_plan": sum_lights([planned.lights_plan])[0],
        "late_today": planned.late_today, "late_plan": planned.late_plan,
        "gap": planned.plan.gap, "is_within": planned.is_within,
        "missed": [] if planned.who is None else list(planned.who.missed),
        "decision": advice.decide(
            tried[0], own.relief, tried[1], cost=cost, where=name,
            missed=() if planned.who is None else [f"{name}: {what}" for what in planned.who.missed],
        ).record,
    }  # fmt: skip


def page_context(prepared: PreparedStaffing, snapshot: str) -> dict[str, Any]:
    """Stores, levers and provenance: sent once."""
    rest = steps.choose_terms(prepared)
    bounds = prepared.hands.bounds or (rest.hands, rest.hands)
    told = {
        "orders": ("Orders", "share more than foretold", "a promotion, a storm"),
        "heads": ("Heads", "beside the target", "\N{MINUS SIGN}1: one barista less at all times"),
        "wait": ("Longest wait", "seconds", f"for hands, of {100 * rest.share:.0f} % of orders"),
        "hands": ("An order keeps hands busy", "seconds", f"half-hours bound it to {bounds[0]:.0f} to "
                  f"{bounds[1]:.0f}; nobody timed it"),
    }  # fmt: skip
    levers = []
    for name, (label, unit, note) in told.items():
        _, low, high, step = what_if.LEVERS[name]
        default = float(getattr(what_if.start_staffing_question(rest, prepared), name))
        ends = {"low": min(low, default), "high": max(high, default), "step": step, "default": default}
        levers.append({"name": name, "label": label, "unit": unit, "note": note, "choices": (), **ends})
    return {
        "stores": prepared.stores[["store_id", "store_name"]].to_dict("records"),
        "levers": levers,
        "snapshot": snapshot,
        "as_of": str(prepared.as_of),
        "is_generated": "-demo-" in snapshot,
    }
