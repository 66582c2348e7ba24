"""Pre-voucher entries: what the bills become in the ledger, double entry with store and channel beside."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.demo.build.arrays import Ints
from lucky_analytics.demo.build.arrow_columns import choose, decimals, same, table, texts
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["entry_table"]

N_ENTRIES = 179_000
DEBIT, CREDIT, MEMORANDUM = 1, 2, 3
# Account of each type of income bill, 1 to 12; 8, 9 and 12 are memoranda.
_ACCOUNTS = ("6001", "2221", "6051", "6002", "6003", "6603", "6604", "9001", "9002", "6011", "2222", "9003")
_RECEIVABLE, _PAYABLE, _COST = "1122", "2202", "6401"
_SALES, _FEES, _SUBSIDIES = (1, 2, 3, 4, 5, 10, 11), (6, 7), (8, 9)
_NO_CHANNEL = -1


def entry_table(schema: pa.Schema, income: pa.Table, costs: pa.Table, scale: float) -> pa.Table:
    """``t_pre_voucher_entry_assist`` from the finished bills.

    Every voucher (store and day) balances: sales bills against the receivable from the processor, fees and
    costs against payables. Subsidies are memoranda on one side and fill the published count.
    """
    kind, cents = income["bill_type"].to_numpy(), _cents(income)
    sales, fees = np.isin(kind, _SALES), np.isin(kind, _FEES)
    group, first = _batches(income.filter(pa.array(sales)))
    clearing = np.flatnonzero(sales)[first]
    net = np.rint(np.bincount(group, cents[sales], len(first))).astype(np.int64)
    accounts = (*_ACCOUNTS, _RECEIVABLE, _PAYABLE, _COST)
    n_cost, cost = len(costs), _cents(costs)
    # Credits are positive: bill (cost bills after the income ones), account, cents.
    posted = np.flatnonzero(sales | fees)
    parts = [
        (posted, kind[posted] - 1, cents[posted]),
        (clearing, np.full(len(clearing), 12), -net),
        (np.flatnonzero(fees), np.full(int(fees.sum()), 13), -cents[fees]),
        (len(kind) + np.arange(n_cost), np.full(n_cost, 14), -cost),
        (len(kind) + np.arange(n_cost), np.full(n_cost, 13), cost),
    ]
    room = max(round(N_ENTRIES * scale) - sum(len(part[0]) for part in parts), 0)
    memo = np.flatnonzero(np.isin(kind, _SUBSIDIES))[:room]
    parts.append((memo, kind[memo] - 1, cents[memo]))
    bill, account, signed = (np.concatenate([part[k] for part in parts]) for k in range(3))
    direction = np.where(signed > 0, CREDIT, DEBIT)
    direction[len(direction) - len(memo) :] = MEMORANDUM
    both = _both(income, costs)
    day = both["bill_date"].cast(pa.int32()).to_numpy()[bill]
    shop = both["shop_id"].to_numpy()[bill]
    order = np.lexsort((account, bill, shop, day))
    bill, account, signed, direction = bill[order], account[order], signed[order], direction[order]
    day, shop = day[order], shop[order]
    opens = np.r_[True, (day[1:] != day[:-1]) | (shop[1:] != shop[:-1])]
    n, rows = len(bill), both.take(pa.array(bill))
    dates = pc.strftime(rows["bill_date"], format="%Y%m%d")
    channel = rows["channel_id"].to_numpy()
    return table(schema, {
        "id": 400_000_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "voucher_no": pc.binary_join_element_wise("PV", dates, texts(shop), "").combine_chunks(),
        "entry_no": np.arange(n) - np.flatnonzero(opens)[np.cumsum(opens) - 1] + 1,
        "bill_no": rows["bill_no"].combine_chunks(),
        "batch_no": rows["batch_no"].combine_chunks(),
        "shop_id": shop,
        "entry_date": rows["bill_date"].combine_chunks(),
        "account_code": choose(account, accounts),
        "direction": direction,
        "amount": decimals(np.abs(signed), pa.decimal128(14, 2)),
        "channel_id": pa.array(channel, mask=channel == _NO_CHANNEL),
        "currency_code": rows["currency_code"].combine_chunks(),
        "create_time": rows["create_time"].combine_chunks(),
    })  # fmt: skip


def _cents(bills: pa.Table) -> Ints:
    return np.rint(bills["amount"].cast(pa.float64()).to_numpy() * 100).astype(np.int64)


def _batches(bills: pa.Table) -> tuple[Ints, Ints]:
    """Group of each bill by batch and currency, and the first bill of each group."""
    key = pc.binary_join_element_wise(bills["batch_no"], bills["currency_code"], "|")
    code = key.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    return code, np.unique(code, return_index=True)[1]


def _both(income: pa.Table, costs: pa.Table) -> pa.Table:
    """Income bills, then cost bills, in the columns that an entry carries on."""
    names = ("bill_no", "shop_id", "bill_date", "create_time")
    own = costs.select(names)
    own = own.append_column("batch_no", pa.nulls(len(costs), pa.string()))
    own = own.append_column("channel_id", pa.repeat(pa.scalar(_NO_CHANNEL, pa.int32()), len(costs)))
    own = own.append_column("currency_code", pa.repeat(pa.scalar("USD"), len(costs)))
    return pa.concat_tables([income.select(own.column_names), own], promote_options="permissive")
