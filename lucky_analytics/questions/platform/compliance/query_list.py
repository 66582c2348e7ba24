"""The queries that a control may name."""

from __future__ import annotations

from collections.abc import Callable

from lucky_analytics.questions.platform.compliance import (
    book_queries,
    food_queries,
    labour_queries,
    tax_queries,
)
from lucky_analytics.questions.platform.compliance.material import Found, Material

__all__ = ["Query", "list_queries"]

# What was found, or why it cannot be tested on this snapshot.
Query = Callable[[Material], Found | str]


def list_queries() -> dict[str, Query]:
    """By the name that a declaration uses."""
    return {
        "tax_charged": tax_queries.find_tax_wrong,
        "exempt_food": tax_queries.find_exempt_taxed,
        "tax_rate_known": tax_queries.find_rate_unknown,
        "tax_each_day": tax_queries.find_days_without_tax,
        "tax_booked": tax_queries.find_tax_not_booked,
        "tax_system": tax_queries.find_tax_system_gaps,
        "returns_filed": tax_queries.find_returns_late,
        "fee_record": book_queries.find_fees_missing,
        "orphan_payment": book_queries.find_orphans,
        "double_charge": book_queries.find_double_charges,
        "unpaid_order": book_queries.find_unpaid,
        "refund_linked": book_queries.find_refunds_unlinked,
        "payment_currency": book_queries.find_foreign_currency,
        "order_amount": book_queries.find_amounts_off,
        "payments_booked": book_queries.find_bills_off,
        "ledger_entries": book_queries.find_ledger_off,
        "fee_bills": book_queries.find_fee_bills_off,
        "vouchers": book_queries.find_unbalanced,
        "suppliers_paid": book_queries.find_settlements_off,
        "making_time": food_queries.find_slow_tickets,
        "fridge_checks": food_queries.find_fridge_missed,
        "other_checks": food_queries.find_checks_missed,
        "put_right": food_queries.find_not_put_right,
        "use_by": food_queries.find_past_use_by,
        "repair": food_queries.find_slow_repairs,
        "minimum_wage": labour_queries.find_wages_low,
        "meal_break": labour_queries.find_breaks_missing,
        "clocked": labour_queries.find_not_clocked,
    }
