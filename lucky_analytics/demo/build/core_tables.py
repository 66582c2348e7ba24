"""The tables of the set ``core``: those that the six main notebooks read, and no other."""

from __future__ import annotations

__all__ = ["CORE_TABLES", "MAIN_NOTEBOOKS"]

MAIN_NOTEBOOKS = (
    "store_ramp_curves",
    "site_scoring",
    "price_elasticity",
    "menu_engineering",
    "churn_cohorts",
    "forecast_accuracy",
)
_BY_DATABASE = {
    "luckyus_ifiaccounting": ["t_acc_cost_bill"],
    "luckyus_iot_platform": ["t_device"],
    "luckyus_ireplenishment": ["t_order_predict_alg_v2", "wh_goods_daily_demand_pred"],
    "luckyus_opproduction": ["t_commodity", "t_production"],
    "luckyus_opshop": ["t_shop_info"],
    "luckyus_sales_crm": ["t_user"],
    "luckyus_sales_marketing": ["t_coupon_exposure"],
    "luckyus_sales_order": ["t_order", "t_order_amount", "t_order_item"],
    "luckyus_sales_payment": ["t_channel_fee", "t_trade"],
    "luckyus_scm_commodity": ["t_commodity_base_info", "t_formula_spu", "t_goods_cost", "t_mdm_goods"],
    "luckyus_scm_shopstock": ["t_shop_goods_stock_daily"],
}
# A test holds them against what the notebooks read: neither less nor more.
CORE_TABLES = frozenset(f"{database}.{name}" for database, names in _BY_DATABASE.items() for name in names)
