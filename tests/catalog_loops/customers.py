"""Tables of customers by plain Python."""

from __future__ import annotations

from collections.abc import Iterator

from tests.catalog_loops.raw import AS_OF, Raw, Row, cents, day, number

__all__ = ["archived_coupons", "coupon_exposures", "coupon_templates", "coupons", "customers", "experiments",
           "pushes", "traffic_splits"]  # fmt: skip


def customers(raw: Raw) -> Iterator[Row]:
    origins = {1: "android", 2: "ios", 3: "delivery platform", 8: "web"}
    for user in raw("salescrm.t_user"):
        if (date := day(user["create_time"], user["time_zone"])) <= AS_OF:
            yield {
                "customer_id": user["user_no"],
                "origin": origins.get(user["origin"], "other"),
                "registered_at": user["create_time"],
                "registered_date": date,
                "is_deleted": user["is_deleted"] == 1,
                "is_delivery_account": user["origin"] == 3,
                "is_coupon_acquired": user["register_activity_no"] is not None,
            }


def pushes(raw: Raw) -> Iterator[Row]:
    for push in raw("upush.t_push_record"):
        if (date := day(push["send_time"])) <= AS_OF:
            yield {
                "push_id": str(push["id"]),
                "customer_id": push["user_no"],
                "kind": {1: "push", 2: "text message"}.get(push["push_type"], "other"),
                "template": push["template_code"],
                "sent_at": push["send_time"],
                "sent_date": date,
                "is_delivered": push["status"] == 1,
                "opened_at": push["open_time"],
                "is_opened": push["open_time"] is not None,
            }


def coupons(raw: Raw) -> Iterator[Row]:
    campaigns = {1: "welcome", 2: "weekly program", 3: "win-back", 4: "holiday", 5: "referral"}
    kinds = {kind["template_no"]: kind for kind in raw("salesmarketing.t_coupon_template")}
    for coupon in raw("salesmarketing.t_coupon_record"):
        kind = kinds.get(coupon["template_no"], {})
        if (date := day(coupon["receive_time"])) <= AS_OF:
            yield {
                "coupon_id": coupon["coupon_no"],
                "template_id": coupon["template_no"],
                "customer_id": coupon["user_no"],
                "campaign": campaigns.get(kind.get("campaign_type"), "other"),
                "category": kind.get("one_category_name"),
                "depth": number(kind.get("discount_depth")),
                "status": {1: "unused", 2: "used", 3: "expired"}.get(coupon["status"], "other"),
                "received_at": coupon["receive_time"],
                "received_date": date,
                "expires_at": coupon["expire_time"],
                "used_at": coupon["use_time"],
                "order_id": coupon["order_id"],
                "discount_cents": cents(coupon["discount_money"]),
            }


def coupon_templates(raw: Raw) -> Iterator[Row]:
    campaigns = {1: "welcome", 2: "weekly program", 3: "win-back", 4: "holiday", 5: "referral"}
    for kind in raw("salesmarketing.t_coupon_template"):
        if (date := day(kind["create_time"])) <= AS_OF:
            yield {
                "template_id": kind["template_no"],
                "template_name": kind["template_name"],
                "campaign": campaigns.get(kind["campaign_type"], "other"),
                "category": kind["one_category_name"],
                "depth": number(kind["discount_depth"]),
                "valid_days": kind["valid_days"],
                "status": {1: "running", 2: "ended"}.get(kind["status"], "other"),
                "created_date": date,
                "start_date": day(kind["start_time"]),
                "end_date": day(kind["end_time"]),
            }


def coupon_exposures(raw: Raw) -> Iterator[Row]:
    for shown in raw("salesmarketing.t_coupon_exposure"):
        if shown["week_start"] <= AS_OF:
            yield {
                "exposure_id": str(shown["id"]),
                "customer_id": shown["user_no"],
                "template_id": shown["template_no"],
                "category": shown["one_category_name"],
                "assignment": {1: "random", 2: "rule"}.get(shown["assign_type"], "other"),
                "depth": number(shown["discount_depth"]),
                "week_date": shown["week_start"],
                "shown_at": shown["expose_time"],
            }


def experiments(raw: Raw) -> Iterator[Row]:
    plans = {plan["experiment_no"]: plan for plan in raw("isalesdatamarketing.t_experiment")}
    for hit in raw("isalesdatamarketing.t_user_hit_experiment_record"):
        plan = plans.get(hit["experiment_no"], {})
        if (date := day(hit["hit_time"])) <= AS_OF:
            yield {
                "experiment_id": hit["experiment_no"],
                "customer_id": hit["user_no"],
                "branch": hit["branch"],
                "reference_branch": "control",
                "assigned_at": hit["hit_time"],
                "assigned_date": date,
                "planned_share": number(plan.get("planned_share")),
                **{c: plan.get(c) for c in ("experiment_name", "metric", "start_date", "end_date")},
            }


def archived_coupons(raw: Raw) -> Iterator[Row]:
    campaigns = {1: "welcome", 2: "weekly program", 3: "win-back", 4: "holiday", 5: "referral"}
    kinds = {kind["template_no"]: kind for kind in raw("salesmarketing.t_coupon_template")}
    for counted in raw("salesmarketing.t_coupon_expired_stat"):
        kind = kinds.get(counted["template_no"], {})
        if counted["receive_week"] <= AS_OF:
            yield {
                "template_id": counted["template_no"],
                "campaign": campaigns.get(kind.get("campaign_type"), "other"),
                "category": kind.get("one_category_name"),
                "depth": number(kind.get("discount_depth")),
                "week_date": counted["receive_week"],
                "n_given": counted["given_count"],
                "n_used": counted["used_count"],
                "n_expired": counted["expired_count"],
                "discount_cents": cents(counted["discount_money"]),
            }


def traffic_splits(raw: Raw) -> Iterator[Row]:
    for counted in raw("isalesdatamarketing.t_user_traffic_stat"):
        if counted["stat_date"] <= AS_OF:
            yield {
                "layer_id": counted["layer_no"],
                "experiment_id": counted["experiment_no"],
                "branch": counted["branch"],
                "split_date": counted["stat_date"],
                "n_customers": counted["user_count"],
            }
