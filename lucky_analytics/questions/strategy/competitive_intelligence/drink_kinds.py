"""Which drinks are alike: kinds and classes of size, declared and never guessed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lucky_analytics import declarations
from lucky_analytics.errors import ParameterError, UnknownNameError

__all__ = ["OTHER", "Drinks", "name_item", "read_drinks"]

OTHER = "other"  # a kind that is like nothing
_OUNCES = (1.0, 64.0)


@dataclass(frozen=True)
class Drinks:
    """``kinds``: every declared kind; ``products``: kind by name of our product, in lower case; ``sizes``:
    class of size to its ounces, from and below; ``ounces``: of our own sizes, by their name on the menu."""

    kinds: tuple[str, ...]
    products: Mapping[str, str]
    sizes: Mapping[str, tuple[float, float]]
    ounces: Mapping[str, float]

    def kind_of(self, product: str) -> str | None:
        """The kind of a product of ours; null where nothing declares one."""
        return self.products.get(product.strip().lower())

    def ounces_of(self, variant: str) -> float | None:
        """Ounces of a product in one size, by the declared size that its name ends with; null without."""
        named = [size for size in self.ounces if f" {variant.strip().lower()}".endswith(f" {size.lower()}")]
        return self.ounces[max(named, key=len)] if named else None

    def size_of(self, ounces: float | None) -> str | None:
        """The class of size; null for none, and for what is unknown."""
        found = (
            name for name, (low, high) in self.sizes.items() if ounces is not None and low <= ounces < high
        )
        return next(found, None)


def read_drinks(our_sizes: Sequence[str] = (), our_kinds: Sequence[str] = ()) -> Drinks:
    """The declaration ``drinks.yml`` with an operator's lines: ``our_sizes`` "Large; 16" (a size's name on
    our menu and its ounces), ``our_kinds`` "product; kind" in addition or correction.

    Raises ``ParameterError`` for a line of another form, ounces out of range and a name given twice,
    ``UnknownNameError`` for an undeclared kind.

    >>> drinks = read_drinks(["Regular; 12", "Large; 16"], ["Rose Velvet Latte; flavored latte"])
    >>> drinks.kind_of("rose velvet latte"), drinks.ounces_of("Iced Latte Large"), drinks.size_of(16)
    ('flavored latte', 16.0, 'large')
    """
    declared = declarations.read(Path(__file__).with_name("drinks.yml"))
    kinds = tuple(declared["kinds"])
    products = {name.lower(): kind for kind in kinds for name in declared["kinds"][kind]}
    sizes = {name: (float(ends["from"]), float(ends["below"])) for name, ends in declared["sizes"].items()}
    for product, kind in _split(our_kinds, "our_kinds", "product; kind").items():
        if kind.lower() not in kinds:
            raise UnknownNameError(f"kind of {product!r} in our_kinds", kind, kinds)
        products[product.lower()] = kind.lower()
    ounces = {
        size: _read_ounces(size, told)
        for size, told in _split(our_sizes, "our_sizes", "size; ounces").items()
    }
    return Drinks(kinds, products, sizes, ounces)


def name_item(kind: pd.Series, size: pd.Series) -> pd.Series:
    """What is compared, in words; null where kind or size is.

    >>> name_item(pd.Series(["iced latte"]), pd.Series(["large"])).tolist()
    ['iced latte, large']
    """
    return (kind + ", " + size).astype(object)


def _split(lines: Sequence[str], name: str, form: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        first, mark, second = (part.strip() for part in line.partition(";"))
        if not (first and mark and second):
            raise ParameterError(f"parameter {name}", expected=f"lines {form!r}", got=repr(line[:60]))
        if first.lower() in map(str.lower, found):
            raise ParameterError(f"parameter {name}", expected=f"{first!r} once", got="a second time")
        found[first] = second
    return found


def _read_ounces(size: str, told: str) -> float:
    try:
        ounces = float(told)
    except ValueError:
        ounces = math.nan
    if not _OUNCES[0] <= ounces <= _OUNCES[1]:
        raise ParameterError(f"our_sizes, {size}", expected="ounces from 1 to 64", got=repr(told[:20]))
    return ounces
