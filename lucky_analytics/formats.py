"""Numbers as readers see them: one rule for money, shares, counts and durations everywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

__all__ = [
    "format_change",
    "format_estimate",
    "format_interval",
    "format_number",
    "format_value",
    "join_names",
    "keep_together",
    "largest_end",
    "neutralise",
    "printable",
]

_SHARES = {"share", "rate"}
_CURRENCIES = {"USD": "$", "NZD": "NZ$"}
_MINUS = "\N{MINUS SIGN}"  # a hyphen is shorter, and breaks off its number at the end of a line
_SPACE = "\N{NO-BREAK SPACE}"
_JOINER = "\N{WORD JOINER}"  # a line may end between a minus and a dollar sign
# A hyphen that opens a number; not one inside a range (2012-16), a word, a date or an option.
_HYPHEN_AS_MINUS = re.compile(r"(?<![\w.,%)\]\-\u2013\u2212])-(?=\$?\d)")
# What a spreadsheet takes for a formula, also in the wide forms of East Asian keyboards.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What XML, and so a feed or a picture, cannot hold; a lone half of a pair cannot even be written.
_UNPRINTABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNIT = re.compile(r"(?<=\d) (?=%|(?:m|km)\b)")


def format_value(value: float | None, unit: str, like: float | None = None) -> str:
    """A value with its unit, as a reader sees it.

    ``unit`` is ``"USD"`` or ``"USD a month"`` (dollars, not cents), ``"share"`` or ``"rate"`` (0 to 1,
    shown in percent), ``"times as likely"`` (a ratio, 1 is no difference), or a plain noun (``"weeks"``,
    ``"orders a week"``). Null and NaN are an en dash.
    ``like`` as in ``format_number``.

    >>> format_value(58_100, "USD a month"), format_value(0.1234, "share"), format_value(6.24, "weeks")
    ('$58.1K a month', '12.3 %', '6.2 weeks')
    >>> format_value(1.3, "times as likely"), format_value(1, "orders a week"), format_value(1, "caches")
    ('1.30 times as likely', '1 order a week', '1 cache')
    """
    number = format_number(value, unit, like)
    if value is None or math.isnan(value):
        return number
    if unit in _SHARES:
        return number
    currency, _, rest = unit.partition(" ")
    words = rest if currency in _CURRENCIES else unit
    return f"{number} {_singular(words) if number.strip(_MINUS) == '1' else words}".strip()


def _singular(words: str) -> str:
    """A counted noun for one of it, with what follows: ``"order"`` of ``"orders"``."""
    noun, space, rest = words.partition(" ")
    if noun.endswith("ies"):
        noun = f"{noun[:-3]}y"
    elif noun.endswith(("ches", "shes", "sses", "xes")) and noun != "caches":
        noun = noun[:-2]
    elif noun.endswith("s") and not noun.endswith("ss"):
        noun = noun[:-1]
    return noun + space + rest


def format_number(value: float | None, unit: str = "", like: float | None = None) -> str:
    """A value without the words of its unit, for tiles and intervals.

    ``like``: a number that it stands beside; the smaller of the two is written as coarsely as the larger.

    >>> format_number(2_194_799, "USD"), format_number(4.707, "USD"), format_number(-1234.4)
    ('$2.19M', '$4.71', '−1,234')
    >>> format_number(200_000, "USD"), format_number(200_040, "USD")
    ('$200K', '$200.0K')

    A share below a tenth of a percent has two decimals: it does not look like none, or like its limit.

    >>> format_number(0.00087, "share"), format_number(0.00087, "share", like=0.2), format_number(0, "share")
    ('0.09 %', '0.1 %', '0.0 %')
    """
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else f"{_MINUS}∞"
    if unit in _SHARES:
        percent = value * 100
        largest = max(abs(percent), 100 * abs(like or 0.0))
        return f"{_plain(percent, 2 if 0.005 <= largest < 0.095 else 1)} %"
    if unit.partition(" ")[0] == "times":
        return _plain(value, 2)
    symbol = _CURRENCIES.get(unit.partition(" ")[0], "")
    beside = abs(like) if like is not None and math.isfinite(like) else 0.0
    digits = _money(abs(value), beside) if symbol else _count(abs(value), beside)
    sign = _MINUS if value < 0 and digits.strip("0.") else ""
    return sign + symbol + digits


def format_change(share: float) -> str:
    """A change in whole percent with its sign, from a share (-0.44 is a fall of 44 %).

    >>> format_change(-0.44), format_change(0.044), format_change(-0.001)
    ('−44 %', '+4 %', '0 %')
    """
    percent = round(100 * share)
    return f"{'+' if percent > 0 else _MINUS if percent < 0 else ''}{abs(percent)} %"


def join_names(names: Iterable[str]) -> str:
    """Names as a sentence lists them; empty for none.

    >>> join_names(["Food"]), join_names(["Food", "Matcha", "Tea"])
    ('Food', 'Food, Matcha and Tea')
    """
    *first, last = list(names) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def keep_together(text: str) -> str:
    """Text for a page: a minus sign for a hyphen that opens a number, and no number parted from its unit.

    >>> keep_together("-44 % at 500 m, -$5 in 2012-16") == "−44\u00a0% at 500\u00a0m, −\u2060$5 in 2012-16"
    True
    """
    text = _HYPHEN_AS_MINUS.sub(_MINUS, text).replace(f"{_MINUS}$", f"{_MINUS}{_JOINER}$")
    return _UNIT.sub(_SPACE, text)


def format_estimate(value: float | None, low: float | None, high: float | None, unit: str) -> str:
    """A value with its interval, if it has one; the value is as coarse as the ends.

    >>> format_estimate(79.13, -170, 316, "USD a month"), format_estimate(2.56, 2.53, 2.58, "USD")
    ('$79 a month (−$170 to $316)', '$2.56 ($2.53 to $2.58)')
    """
    shown = format_value(value, unit, like=largest_end(low, high))
    return f"{shown} {format_interval(low, high, unit)}".strip()


def format_interval(low: float | None, high: float | None, unit: str = "") -> str:
    """An interval in brackets, or an empty string when it has neither end. Both ends are as coarse.

    >>> format_interval(50_200, 66_900, "USD a month"), format_interval(5, None, "weeks")
    ('($50.2K to $66.9K)', '(5 or more)')
    >>> format_interval(7_494, 37_300, "USD"), format_interval(41.31, 2_327, "USD"), format_interval(0.9, 1.5)
    ('($7.5K to $37.3K)', '($41 to $2,327)', '(0.9 to 1.5)')
    """
    if low is None and high is None:
        return ""
    if high is None:
        return f"({format_number(low, unit)} or more)"
    if low is None:
        return f"({format_number(high, unit)} or less)"
    return f"({format_number(low, unit, like=high)} to {format_number(high, unit, like=low)})"


def largest_end(*ends: float | None) -> float | None:
    """The end of an interval that says how coarsely to write what it is of; null without a finite one.

    >>> largest_end(-170, 316), largest_end(5, None), largest_end(None, None)
    (316, 5, None)
    """
    return max((abs(end) for end in ends if end is not None and math.isfinite(end)), default=None)


def _money(size: float, beside: float = 0.0) -> str:
    coarser = max(size, beside)
    if coarser < 99.995:
        return f"{size:.2f}"
    if coarser < 9_999.5:
        return f"{size:,.0f}"
    if size == 0:
        return "0"
    return _short(size) if size >= 9_999.5 else f"{_plain(size / 1e3, 1)}K"


def _count(size: float, beside: float = 0.0) -> str:
    if size >= 99_999.5:
        return _short(size)
    if size >= 99.95 or size == round(size):
        return f"{size:,.0f}"
    # Beside a larger number one decimal says enough, unless it would say nothing.
    is_fine = size < 1 and (beside < 1 or size < 0.095)
    return _plain(size, 2 if is_fine else 1)


def _short(size: float) -> str:
    if size < 999_500:
        return f"{_plain(size / 1e3, 0 if size % 1e3 == 0 else 1)}K"
    if size < 999_500_000:
        return f"{_plain(size / 1e6, 2)}M"
    return f"{_plain(size / 1e9, 2)}B"


def _plain(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", _MINUS)


def neutralise(text: str) -> str:
    """Text for a CSV file: what a spreadsheet would run as a formula is led by an apostrophe.

    For text only: a number that is negative stays a number.

    >>> neutralise("=1+1"), neutralise("Latte")
    ("'=1+1", 'Latte')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def printable(text: str) -> str:
    """The text with a replacement character for each control character that no page or feed can hold.

    >>> printable("5\\x00 %")
    '5� %'
    """
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
