"""Tables of what stores check, throw away and hear, and of machines that fail, by plain Python."""

from __future__ import annotations

from collections.abc import Iterator

from tests.catalog_loops.raw import AS_OF, Raw, Row, at_home, local_day, number, zones

__all__ = ["complaints", "device_events", "expiry_logs", "task_forms"]


def expiry_logs(raw: Raw) -> Iterator[Row]:
    reasons = {1: "past use-by", 2: "prepared for nobody", 3: "spilled or damaged"}
    for log in raw("opqualitycontrol.t_expiry_log"):
        date = local_day(log["open_time"], zones(raw).get(log["shop_id"]))
        if date and date <= AS_OF:
            yield {
                "log_id": str(log["id"]),
                "store_id": str(log["shop_id"]),
                "goods_id": log["goods_code"],
                "batch_id": log["batch_no"],
                "received_date": log["received_date"],
                "opened_at": log["open_time"],
                "opened_date": date,
                "use_by_at": log["use_by_time"],
                "closed_at": log["close_time"],
                "opened_quantity": number(log["opened_quantity"]),
                "discarded_quantity": number(log["discarded_quantity"]),
                "reason": reasons.get(log["discard_reason"]),
            }


def task_forms(raw: Raw) -> Iterator[Row]:
    tasks = ("other", "opening check", "closing check", "cleaning", "fridge temperature", "delivery check")
    results = {1: "in order", 2: "not in order", 3: "not done"}
    for form in raw("opqualitycontrol.t_task_form"):
        if form["business_date"] <= AS_OF:
            yield {
                "form_id": str(form["id"]),
                "store_id": str(form["shop_id"]),
                "task": tasks[form["task_type"] if form["task_type"] <= 5 else 0],
                "task_date": form["business_date"],
                "due_at": form["due_time"],
                "submitted_at": form["submit_time"],
                "result": results.get(form["result"], "other"),
            }


def complaints(raw: Raw) -> Iterator[Row]:
    kinds = {1: "long wait", 2: "wrong or missing item", 3: "taste", 4: "staff", 5: "app"}
    for said in raw("opqualitycontrol.t_complaint"):
        date = local_day(said["create_time"], zones(raw).get(said["shop_id"]))
        if date and date <= AS_OF:
            yield {
                "complaint_id": str(said["id"]),
                "store_id": str(said["shop_id"]),
                "order_id": said["order_id"],
                "customer_id": said["user_no"],
                "kind": kinds.get(said["complaint_type"], "other"),
                "status": {1: "open", 2: "answered"}.get(said["status"], "other"),
                "complained_at": said["create_time"],
                "complaint_date": date,
            }


def device_events(raw: Raw) -> Iterator[Row]:
    return at_home(raw, _all_events(raw))


def _all_events(raw: Raw) -> Iterator[Row]:
    kinds = {1: "installed", 2: "failed", 3: "repaired", 4: "decommissioned"}
    shops = {device["id"]: device["shop_id"] for device in raw("iotplatform.t_device")}
    for event in raw("iotplatform.t_device_event"):
        shop = shops.get(event["device_id"])
        date = local_day(event["event_time"], zones(raw).get(shop))
        if date and date <= AS_OF:
            yield {
                "event_id": str(event["id"]),
                "machine_id": str(event["device_id"]),
                "store_id": str(shop),
                "kind": kinds.get(event["event_type"], "other"),
                "happened_at": event["event_time"],
                "event_date": date,
            }
