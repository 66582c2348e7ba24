"""The findings of the menu page as sentences, made from its frames."""

from __future__ import annotations

import pandas as pd

__all__ = [
    "describe_classes",
    "describe_decision",
    "describe_gain",
    "describe_growth",
    "describe_heat",
    "describe_movers",
    "find_clear_gains",
]


def describe_classes(classes: pd.DataFrame) -> str:
    """How many of each, as a sentence.

    >>> describe_classes(pd.DataFrame({"menu_class": ["star", "star", "dog"]}))
    '2 stars, 0 plow horses, 0 puzzles and 1 dog; 0 products are too close to call'
    """
    n = classes["menu_class"].value_counts()
    parts = [
        f"{int(n.get(name, 0))} {name}{'' if n.get(name, 0) == 1 else 's'}"
        for name in ("star", "plow horse", "puzzle", "dog")
    ]
    unsure = len(classes) - sum(int(n.get(name, 0)) for name in ("star", "plow horse", "puzzle", "dog"))
    rest = "product is" if unsure == 1 else "products are"
    return f"{', '.join(parts[:3])} and {parts[3]}; {unsure} {rest} too close to call"


def find_clear_gains(actions: pd.DataFrame) -> pd.DataFrame:
    """The new prices whose gain is clear of 0, the surest first."""
    return actions[actions["gain_low"] > 0].sort_values("gain_low", ascending=False, ignore_index=True)


def describe_gain(actions: pd.DataFrame) -> str:
    """What the surest new price would bring, as a part of the answer; needs the headline ``largest_gain``."""
    clear = find_clear_gains(actions)
    if clear.empty:
        return "No new price of a single product clearly earns more."
    best = clear.iloc[0]
    return f"{best['product_name']} at ${best['new_price']:.2f} would add {{largest_gain}}."


def describe_decision(actions: pd.DataFrame) -> str:
    """What product decides: new prices with a clear gain, what to keep, and what is not known yet."""
    clear = find_clear_gains(actions).head(3)
    parts = [
        f"Try {row['product_name']} at ${row['new_price']:.2f} instead of ${row['net_price']:.2f}."
        for _, row in clear.iterrows()
    ]
    stars = actions.loc[actions["menu_class"] == "star", "product_name"].head(3).tolist()
    parts += [f"Keep first on the menu: {', '.join(stars)}."] if stars else []
    open_ones = actions[actions["gain"].isna() & (actions["menu_class"] != "star")]
    if len(open_ones):
        parts.append(
            "Showing more, retiring, cheaper recipes: not known yet; a trial in a few stores would settle it."
        )
    return "Product: " + (" ".join(parts) or "no change is clearly better than today's menu.")


def describe_growth(growth: pd.DataFrame) -> str:
    """Which categories gain or lose share beyond their interval."""
    known = growth.dropna(subset=["share_change"])
    up = known.loc[known["share_low"] > 0, "category"].tolist()
    down = known.loc[known["share_high"] < 0, "category"].tolist()
    if not up and not down:
        return "No category gains or loses share beyond the noise of its weeks"
    return "; ".join(
        text
        for text in (f"{_listed(up)} gain share" if up else "", f"{_listed(down)} lose share" if down else "")
        if text
    )


def describe_heat(heat: pd.DataFrame) -> str:
    """The month in which a category stands out most."""
    most = heat.nlargest(1, "index").iloc[0]
    when, times = most["month"], most["index"]
    return f"{most['category']} stands out most in {when}, with {times:.1f} times its mean share"


def describe_movers(movers: pd.DataFrame) -> str:
    """The fastest rise and the deepest fall."""
    if movers.empty:
        return "No product is old enough to compare two months"
    first, last = movers.iloc[0], movers.iloc[-1]
    return (
        f"{first['name']} changed most upwards ({100 * first['change']:+.0f} %), "
        f"{last['name']} most downwards ({100 * last['change']:+.0f} %)"
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
