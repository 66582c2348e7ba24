"""Sales tax as New York publishes it: rates with the days from which they hold, taxability, filing, lateness.

The rules stand in ``sales_tax.yml`` beside this module, each with its source; nothing here is advice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lucky_analytics.declarations import Block, read
from lucky_analytics.errors import ParameterError
from lucky_analytics.reference.rule_parts import read_number, read_part, read_source

__all__ = ["PARTS", "LateTerms", "TaxRules", "load_tax_rules"]

PARTS = ("state", "city", "district")
_FILE = Path(__file__).with_suffix(".yml")
_WORDS = {"taxable": True, "exempt": False}


@dataclass(frozen=True)
class LateTerms:
    """What late tax costs, in percent of it: ``first`` for the first month begun, ``further`` for each other,
    together at most ``most``; ``interest`` a year."""

    first: float
    further: float
    most: float
    interest: float
    source: str


@dataclass(frozen=True)
class TaxRules:
    """The rules as frames. Rates are whole millionths, so that tax is computed without a fraction.

    ``rates``: one row for each ``jurisdiction`` and time from ``start`` up to, not including, ``end`` (null:
    still), with ``state``, ``city``, ``district`` and their sum ``rate``. ``sources``: the rows as declared,
    with ``percent`` and ``source``. ``places``: ``place`` (in an address) and its ``jurisdiction``.
    ``classes``: ``category``, ``is_fresh_made``, ``is_taxable``, ``source``.
    """

    rates: pd.DataFrame
    sources: pd.DataFrame
    places: pd.DataFrame
    classes: pd.DataFrame
    are_fees_taxable: bool
    fee_source: str
    rounding: str
    rounding_source: str
    monthly_from_cents: int
    filing_source: str
    late: LateTerms


def load_tax_rules(file: Path = _FILE) -> TaxRules:
    """The shipped rules, or those of another ``file`` of their form.

    Raises ``ParameterError`` with file, line and name for a rule that is missing or not of its form.

    >>> rules = load_tax_rules()
    >>> rules.rates.iloc[-1]["start"].isoformat(), int(rules.rates.iloc[-1]["rate"])
    ('2009-08-01', 88750)
    """
    block = read(file, as_text=True)
    block.require_known(("jurisdictions", "taxability", "fees", "rounding", "filing", "late"))
    declared, places = [], []
    for name, one in read_part(block, "jurisdictions").items():
        places += [(place, name) for place in one.names("places")]
        for row in one.get("rates", []):
            percent = read_number(row, "percent")
            part = row.choice("part", PARTS)
            start, end = _day(row, "start"), _day(row, "end") if "end" in row else None
            declared.append((name, part, float(percent), int(percent * 10_000), start, end, read_source(row)))
    columns = ["jurisdiction", "part", "percent", "millionths", "start", "end", "source"]
    sources = pd.DataFrame(declared, columns=columns)
    fees, late, filing = read_part(block, "fees"), read_part(block, "late"), read_part(block, "filing")
    rounding = read_part(block, "rounding")
    return TaxRules(
        _combine(sources, file.name),
        sources,
        pd.DataFrame(places, columns=["place", "jurisdiction"]),
        _classes(read_part(block, "taxability")),
        fees.choice("is_taxable", ("yes", "no")) == "yes",
        read_source(fees),
        str(rounding.get("rule", "")),
        read_source(rounding),
        int(read_number(filing, "monthly_from_dollars") * 100),
        read_source(filing),
        _late(late),
    )


def _late(block: Block) -> LateTerms:
    names = ("first_month_percent", "each_further_month_percent", "most_percent", "interest_percent")
    first, further, most, interest = (float(read_number(block, name)) for name in names)
    return LateTerms(first, further, most, interest, read_source(block))


def _combine(sources: pd.DataFrame, file: str) -> pd.DataFrame:
    """Times between any two changes, each with the parts that hold in it and their sum."""
    rows = []
    for name, own in sources.groupby("jurisdiction", sort=False):
        days = sorted({*own["start"], *own["end"].dropna()})
        for start, end in zip(days, [*days[1:], None], strict=True):
            is_over = own["end"].map(lambda day, at=start: not pd.isna(day) and day <= at).astype(bool)
            holds = own[(own["start"] <= start) & ~is_over]
            if holds["part"].duplicated().any():
                place = f"{file}, {name} on {start}"
                raise ParameterError(place, expected="one rate of each part", got="two")
            parts = {part: int(holds.loc[holds["part"] == part, "millionths"].sum()) for part in PARTS}
            rows.append({"jurisdiction": name, "start": start, "end": end, **parts})
    found = pd.DataFrame(rows, columns=["jurisdiction", "start", "end", *PARTS])
    return found.assign(rate=found[list(PARTS)].sum(axis=1).astype("int64"))


def _classes(block: Block) -> pd.DataFrame:
    rows = []
    for category in block:
        own = read_part(block, category)
        own.require_known(("any", "fresh", "packaged", "source"))
        for is_fresh, name in ((True, "fresh"), (False, "packaged")):
            key = "any" if "any" in own else name
            if own.get(key) not in _WORDS:
                raise own.wrong(key, "taxable or exempt", str(own.get(key, "nothing")))
            rows.append((category, is_fresh, _WORDS[own[key]], read_source(own)))
    return pd.DataFrame(rows, columns=["category", "is_fresh_made", "is_taxable", "source"])


def _day(block: Block, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(str(block.get(name)))
    except ValueError as error:
        raise block.wrong(name, "a date like 2009-08-01", repr(block.get(name))) from error
