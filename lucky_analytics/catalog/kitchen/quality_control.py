"""``expiry_logs``, ``task_forms``, ``complaints``: what was opened, wasted, checked, complained of."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text
from lucky_analytics.catalog.local_time import on_shops_clock

__all__ = ["COMPLAINTS", "EXPIRY_LOGS", "TASK_FORMS"]

REASONS = {1: "past use-by", 2: "prepared for nobody", 3: "spilled or damaged"}
TASKS = {1: "opening check", 2: "closing check", 3: "cleaning", 4: "fridge temperature", 5: "delivery check"}
RESULTS = {1: "in order", 2: "not in order", 3: "not done"}
COMPLAINED_OF = {1: "long wait", 2: "wrong or missing item", 3: "taste", 4: "staff", 5: "app"}
STATUSES = {1: "open", 2: "answered"}


def _dated(suite: Tables, row: ir.Table, at: str, name: str) -> ir.Table:
    """Rows with the store-local date ``name`` of column ``at``, up to and including as_of."""
    known = on_shops_clock(suite, row, at)
    known = known.mutate(**{name: known.local_at.date()})
    return known.filter(known[name] <= suite.as_of)


def _expiry_logs(suite: Tables) -> ir.Table:
    log = _dated(suite, suite.source("opqualitycontrol").t_expiry_log, "open_time", "opened_date")
    return log.select(
        log_id=text(log.id),
        store_id=text(log.shop_id),
        goods_id=log.goods_code,
        batch_id=log.batch_no,
        received_date=log.received_date,
        opened_at=log.open_time,
        opened_date=log.opened_date,
        use_by_at=log.use_by_time,
        closed_at=log.close_time,
        opened_quantity=log.opened_quantity.cast("float64"),
        discarded_quantity=log.discarded_quantity.cast("float64"),
        reason=log.discard_reason.cases(*REASONS.items()),
    )


def _task_forms(suite: Tables) -> ir.Table:
    form = suite.source("opqualitycontrol").t_task_form
    form = form.filter(form.business_date <= suite.as_of)
    return form.select(
        form_id=text(form.id),
        store_id=text(form.shop_id),
        task=form.task_type.cases(*TASKS.items(), else_="other"),
        task_date=form.business_date,
        due_at=form.due_time,
        submitted_at=form.submit_time,
        result=form.result.cases(*RESULTS.items(), else_="other"),
    )


def _complaints(suite: Tables) -> ir.Table:
    said = _dated(suite, suite.source("opqualitycontrol").t_complaint, "create_time", "complaint_date")
    return said.select(
        complaint_id=text(said.id),
        store_id=text(said.shop_id),
        order_id=said.order_id,
        customer_id=said.user_no,
        kind=said.complaint_type.cases(*COMPLAINED_OF.items(), else_="other"),
        status=said.status.cases(*STATUSES.items(), else_="other"),
        complained_at=said.create_time,
        complaint_date=said.complaint_date,
    )


EXPIRY_LOGS = Conformed(
    name="expiry_logs",
    grain="one row per container of a perishable good that a store opened by as_of",
    key=("log_id",),
    columns={
        "log_id": Field("string", "text"),
        "store_id": Field("string", "text; joins stores"),
        "goods_id": Field("string", "code of the good, text; joins goods"),
        "batch_id": Field("string", "delivery that it came from"),
        "received_date": Field("date", "store-local date of that delivery"),
        "opened_at": Field("timestamp", "opened or prepared, UTC", "UTC"),
        "opened_date": Field("date", "store-local date"),
        "use_by_at": Field("timestamp", "end of its shelf life, UTC", "UTC"),
        "closed_at": Field("timestamp", "used up or thrown away, UTC", "UTC"),
        "opened_quantity": Field("float64", "base units of the good"),
        "discarded_quantity": Field("float64", "of it, thrown away; adds up to wasted_quantity of stock"),
        "reason": Field(
            "string", "past use-by, prepared for nobody, spilled or damaged; null when used up", nullable=True
        ),
    },
    build=_expiry_logs,
)

TASK_FORMS = Conformed(
    name="task_forms",
    grain="one row per task that a store had to do and report by as_of",
    key=("form_id",),
    columns={
        "form_id": Field("string", "text"),
        "store_id": Field("string", "text; joins stores"),
        "task": Field(
            "string", "opening check, closing check, cleaning, fridge temperature, delivery check, other"
        ),
        "task_date": Field("date", "store-local business date"),
        "due_at": Field("timestamp", "UTC", "UTC"),
        "submitted_at": Field("timestamp", "UTC; null when it was never reported", "UTC", nullable=True),
        "result": Field("string", "in order, not in order, not done, other"),
    },
    build=_task_forms,
)

COMPLAINTS = Conformed(
    name="complaints",
    grain="one row per complaint about an order by as_of",
    key=("complaint_id",),
    columns={
        "complaint_id": Field("string", "text"),
        "store_id": Field("string", "text; joins stores"),
        "order_id": Field("string", "text; joins all_orders"),
        "customer_id": Field("string", "text; joins customers"),
        "kind": Field("string", "long wait, wrong or missing item, taste, staff, app, other"),
        "status": Field("string", "open, answered, other; at the cut"),
        "complained_at": Field("timestamp", "UTC", "UTC"),
        "complaint_date": Field("date", "store-local date"),
    },
    build=_complaints,
)
