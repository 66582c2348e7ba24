"""Tables of goods and stock by plain Python."""

from __future__ import annotations

from collections.abc import Iterator

from tests.catalog_loops.raw import AS_OF, Raw, Row, number

__all__ = ["costs", "goods", "recipes", "stock", "stock_moves", "stock_positions"]


def goods(raw: Raw) -> Iterator[Row]:
    for good in raw("scmcommodity.t_mdm_goods"):
        yield {
            "goods_id": good["goods_code"],
            "goods_name": good["goods_name"],
            "goods_class": good["large_class"],
            "unit": good["unit"],
            "pack_quantity": number(good["pack_quantity"]),
            "shelf_life_days": good["shelf_life_days"],
            "storage": {1: "dry", 2: "chilled", 3: "frozen"}.get(good["storage"]),
            "is_active": good["status"] == 1,
        }


def costs(raw: Raw) -> Iterator[Row]:
    for cost in raw("scmcommodity.t_goods_cost"):
        if cost["effective_start"] <= AS_OF and cost["currency_code"] == "USD":
            yield {
                "goods_id": cost["goods_code"],
                "start_date": cost["effective_start"],
                "end_date": cost["effective_end"],
                "unit_cost_cents": float(cost["unit_cost"]) * 100,
            }


def recipes(raw: Raw) -> Iterator[Row]:
    for line in raw("scmcommodity.t_formula_spu"):
        if line["effective_start"] <= AS_OF:
            yield {
                "recipe_id": line["formula_code"],
                "version": line["version"],
                "step": line["step_no"],
                "product_id": line["spu_code"],
                "variant_id": line["sku_code"],
                "is_default": line["is_default"] == 1,
                "goods_id": line["goods_code"],
                "quantity": number(line["quantity"]),
                "unit": line["unit"],
                "start_date": line["effective_start"],
                "end_date": line["effective_end"],
            }


def stock(raw: Raw) -> Iterator[Row]:
    quantities = [
        f"{n}_quantity" for n in ("opening", "received", "consumed", "wasted", "adjusted", "closing")
    ]
    for row in raw("scm-shopstock.t_shop_goods_stock_daily"):
        if row["stock_date"] <= AS_OF:
            yield {
                "store_id": str(row["shop_dept_id"]),
                "goods_id": row["goods_code"],
                "stock_date": row["stock_date"],
                **{name: number(row[name]) for name in quantities},
                "stock_out_at": row["stock_out_time"],
                "is_stock_out": row["stock_out_time"] is not None,
            }


def stock_moves(raw: Raw) -> Iterator[Row]:
    kinds = {1: "used", 2: "delivered", 3: "wasted", 4: "counted"}
    for weekday in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        for move in raw(f"scm-shopstock.t_shop_goods_stock_change_{weekday}"):
            if move["stock_date"] <= AS_OF:
                item = move["order_item_id"]
                yield {
                    "move_id": str(move["id"]),
                    "store_id": str(move["shop_dept_id"]),
                    "goods_id": move["goods_code"],
                    "stock_date": move["stock_date"],
                    "moved_at": move["create_time"],
                    "kind": kinds.get(move["change_type"], "other"),
                    "moved_quantity": number(move["change_quantity"]),
                    "stock_quantity": number(move["stock_quantity"]),
                    "item_id": None if item is None else str(item),
                }


def stock_positions(raw: Raw) -> Iterator[Row]:
    for position in raw("scm-shopstock.t_shop_goods_stock"):
        yield {
            "store_id": str(position["shop_dept_id"]),
            "goods_id": position["goods_code"],
            **{
                f"{name}_quantity": number(position[f"{name}_quantity"])
                for name in ("stock", "on_order", "safety")
            },
            "unit": position["unit"],
            "changed_at": position["modify_time"],
        }
