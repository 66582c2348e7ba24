"""``customer_states`` and ``customer_labels``: what the customer platform says of each customer."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text
from lucky_analytics.catalog.local_time import home_date

__all__ = ["CUSTOMER_LABELS", "CUSTOMER_STATES"]

LABELS = {1: "behaviour", 2: "audience"}


def _states(suite: Tables) -> ir.Table:
    state = suite.source("isalescdp").t_user_state
    state = state.mutate(since_date=home_date(state.update_time))
    state = state.filter(state.since_date <= suite.as_of)
    return state.select(
        customer_id=state.user_no,
        kind=state.state_code,
        value=state.state_value,
        since_at=state.update_time,
        since_date=state.since_date,
    )


def _labels(suite: Tables) -> ir.Table:
    label = suite.source("salesmarketing").t_user_group_label
    label = label.mutate(given_date=home_date(label.create_time))
    label = label.filter(label.given_date <= suite.as_of)
    return label.select(
        label_id=text(label.id),
        customer_id=label.user_no,
        label=label.label_code,
        kind=label.label_type.cases(*LABELS.items(), else_="other"),
        given_at=label.create_time,
        given_date=label.given_date,
    )


CUSTOMER_STATES = Conformed(
    name="customer_states",
    grain="one row per customer and kind of state, in the value of the snapshot's cut, if taken by as_of",
    key=("customer_id", "kind"),
    columns={
        "customer_id": Field("string", "text; joins customers"),
        "kind": Field("string", "life_cycle, price_band, device or taste"),
        "value": Field("string", "as the platform names it: active, lapsed, never; a category for taste"),
        "since_at": Field("timestamp", "when the state took this value, UTC", "UTC"),
        "since_date": Field("date", "date in the home market"),
    },
    build=_states,
)

CUSTOMER_LABELS = Conformed(
    name="customer_labels",
    grain="one row per customer and label given by as_of",
    key=("label_id",),
    columns={
        "label_id": Field("string", "text"),
        "customer_id": Field("string", "text; joins customers"),
        "label": Field("string", "device, activity, frequency, taste and so on, or a campaign's audience"),
        "kind": Field("string", "behaviour: derived, as on the day of the extract; audience; other"),
        "given_at": Field("timestamp", "UTC", "UTC"),
        "given_date": Field("date", "date in the home market"),
    },
    build=_labels,
)
