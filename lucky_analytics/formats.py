"""Numbers as readers see them: one rule for money, shares, counts and durations everywhere."""

from __future__ import annotations

import math

__all__ = ["format_interval", "format_number", "format_value"]

_SHARES = {"share", "rate"}
_CURRENCIES = {"USD": "$", "NZD": "NZ$"}
_MINUS = "\N{MINUS SIGN}"  # a hyphen is shorter, and breaks off its number at the end of a line


def format_value(value: float | None, unit: str) -> str:
    """A value with its unit, as a reader sees it.

    ``unit`` is ``"USD"`` or ``"USD a month"`` (dollars, not cents), ``"share"`` or ``"rate"`` (0 to 1,
    shown in percent), or a plain noun (``"weeks"``, ``"orders a week"``). Null and NaN are an en dash.

    >>> format_value(58_100, "USD a month"), format_value(0.1234, "share"), format_value(6.24, "weeks")
    ('$58.1K a month', '12.3 %', '6.2 weeks')
    """
    number = format_number(value, unit)
    if value is None or math.isnan(value):
        return number
    if unit in _SHARES:
        return number
    currency, _, rest = unit.partition(" ")
    words = rest if currency in _CURRENCIES else unit
    return f"{number} {words}".strip()


def format_number(value: float | None, unit: str = "") -> str:
    """A value without the words of its unit, for tiles and intervals.

    >>> format_number(2_194_799, "USD"), format_number(4.707, "USD"), format_number(-1234.4)
    ('$2.19M', '$4.71', '−1,234')
    >>> format_number(200_000, "USD"), format_number(200_040, "USD")
    ('$200K', '$200.0K')
    """
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else f"{_MINUS}∞"
    if unit in _SHARES:
        return f"{_plain(value * 100, 1)} %"
    symbol = _CURRENCIES.get(unit.partition(" ")[0], "")
    digits = _money(abs(value)) if symbol else _count(abs(value))
    sign = _MINUS if value < 0 and digits.strip("0.") else ""
    return sign + symbol + digits


def format_interval(low: float | None, high: float | None, unit: str = "") -> str:
    """An interval in brackets, or an empty string when it has neither end.

    >>> format_interval(50_200, 66_900, "USD a month"), format_interval(5, None, "weeks")
    ('($50.2K to $66.9K)', '(5 or more)')
    """
    if low is None and high is None:
        return ""
    if high is None:
        return f"({format_number(low, unit)} or more)"
    if low is None:
        return f"({format_number(high, unit)} or less)"
    return f"({format_number(low, unit)} to {format_number(high, unit)})"


def _money(size: float) -> str:
    if size < 99.995:
        return f"{size:.2f}"
    if size < 9_999.5:
        return f"{size:,.0f}"
    return _short(size)


def _count(size: float) -> str:
    if size >= 99_999.5:
        return _short(size)
    if size >= 99.95 or size == round(size):
        return f"{size:,.0f}"
    return _plain(size, 1 if size >= 1 else 2)


def _short(size: float) -> str:
    if size < 999_500:
        return f"{_plain(size / 1e3, 0 if size % 1e3 == 0 else 1)}K"
    if size < 999_500_000:
        return f"{_plain(size / 1e6, 2)}M"
    return f"{_plain(size / 1e9, 2)}B"


def _plain(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", _MINUS)
