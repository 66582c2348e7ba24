"""Tables of what platforms and campaigns know of customers, by plain Python."""

from __future__ import annotations

from collections.abc import Iterator

from tests.catalog_loops.raw import AS_OF, Raw, Row, day, key

__all__ = ["campaign_partakes", "customer_labels", "customer_profiles", "customer_states", "first_touches"]


def campaign_partakes(raw: Raw) -> Iterator[Row]:
    kinds = {1: "welcome", 2: "price campaign", 3: "share with a friend", 4: "lottery",
             5: "new-customer voucher"}  # fmt: skip
    campaigns = {row["activity_no"]: row for row in raw("salesmarketing.t_market_activity")}
    for part in raw("salesmarketing.t_market_activity_partake"):
        campaign = campaigns.get(part["activity_no"], {})
        if (date := day(part["partake_time"])) <= AS_OF:
            yield {
                "partake_id": str(part["id"]),
                "customer_id": part["user_no"],
                "campaign_id": part["activity_no"],
                "campaign_name": campaign.get("activity_name"),
                "kind": kinds.get(campaign.get("activity_type"), "other"),
                "inviter_id": part["inviter_user_no"],
                "order_id": part["order_id"],
                "partaken_at": part["partake_time"],
                "partake_date": date,
            }


def first_touches(raw: Raw) -> Iterator[Row]:
    for touch in raw("isalescdp.t_user_event_track"):
        if (date := day(touch["create_time"])) <= AS_OF:
            yield {
                "touch_id": str(touch["id"]),
                "customer_id": touch["user_no"],
                "event": touch["event_code"],
                "touched_through": touch["source"],
                "touched_at": touch["create_time"],
                "touch_date": date,
            }


def customer_states(raw: Raw) -> Iterator[Row]:
    for state in raw("isalescdp.t_user_state"):
        if (date := day(state["update_time"])) <= AS_OF:
            yield {
                "customer_id": state["user_no"],
                "kind": state["state_code"],
                "value": state["state_value"],
                "since_at": state["update_time"],
                "since_date": date,
            }


def customer_labels(raw: Raw) -> Iterator[Row]:
    for label in raw("salesmarketing.t_user_group_label"):
        if (date := day(label["create_time"])) <= AS_OF:
            yield {
                "label_id": str(label["id"]),
                "customer_id": label["user_no"],
                "label": label["label_code"],
                "kind": {1: "behaviour", 2: "audience"}.get(label["label_type"], "other"),
                "given_at": label["create_time"],
                "given_date": date,
            }


def customer_profiles(raw: Raw) -> Iterator[Row]:
    for profile in raw("salescrm.t_user_profile"):
        if day(profile["create_time"]) <= AS_OF:
            yield {
                "customer_id": profile["user_no"],
                "gender": {1: "female", 2: "male", 3: "other"}.get(profile["gender"]),
                "age_band": profile["age_band"],
                "preferred_store_id": key(profile["preferred_shop_id"]),
                "preferred_category": profile["preferred_category_name"],
                "is_push_allowed": profile["push_allowed"] == 1,
                "created_at": profile["create_time"],
                "changed_at": profile["modify_time"],
            }
