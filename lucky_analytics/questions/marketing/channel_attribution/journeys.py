"""People's touches cut into journeys: each opens with a touch and ends with an order, or with its days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.questions.marketing.channel_attribution.touch_file import DAY, Touches

__all__ = [
    "REST",
    "Journeys",
    "cut_journeys",
    "group_channels",
    "list_paths",
    "spread_touches",
    "step_through",
]

MOST_CHANNELS = 10  # whose sets, 1,024 of them, are gone through one by one
FEWEST_PEOPLE = 50  # of whom a channel with fewer is shown with the others
REST = "all other channels"
MOST_STEPS = 5  # of a path that is written out
FEWEST_OF_PATH = 10  # people: a rarer path might tell whose it is


@dataclass(frozen=True)
class Journeys:
    """``rows``: one a journey, by person and time: ``person``, ``opened``, ``ended`` (seconds), ``is_order``:
    whether an order ended it; ``first`` and ``stop``: the places of its touches in ``touches``.

    ``touches``: those that people got, ``code`` the place of their channel in ``channels``. ``n_open``:
    journeys that still go on at the end, left out, since nobody knows how they end. ``n_orders``: all our
    orders (first ones, where those alone count) from the first touch of the file to when the last journey
    that counts was opened; ``n_after``: those of them that ended a journey.
    """

    rows: pd.DataFrame
    touches: pd.DataFrame
    channels: list[str]
    days: int
    n_open: int
    n_orders: int
    n_after: int

    @property
    def n_people(self) -> int:
        """People who have a journey that counts."""
        return int(self.rows["person"].nunique())

    @property
    def ordered(self) -> pd.DataFrame:
        """The journeys that an order ended."""
        return self.rows[self.rows["is_order"]]


def group_channels(touches: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    """The place of each row's channel, and the channels by people whom they touched, most first.

    Channels of fewer than ``FEWEST_PEOPLE`` people, and the smallest of more than ``MOST_CHANNELS``, are one:
    ``REST``, last; but where all are small they stand as they are, up to that number.
    """
    people = touches.groupby("channel")["person"].nunique().sort_values(ascending=False, kind="stable")
    large = people[people >= FEWEST_PEOPLE].index if (people >= FEWEST_PEOPLE).any() else people.index
    if len(large) < len(people) or len(people) > MOST_CHANNELS:
        large = large[: MOST_CHANNELS - 1]
    names = [*large, *([REST] if len(large) < len(people) else [])]
    place = {name: code for code, name in enumerate(large)}
    return touches["channel"].map(place).fillna(len(large)).to_numpy(int), names


def cut_journeys(touches: Touches, days: int = 30, first_orders: bool = True) -> Journeys:
    """The journeys of all people of the file, of ``days`` (or until an order) each.

    A journey opens with a person's first touch, the next one with the first touch after its end. An order
    at the second of a touch comes after it. With ``first_orders`` only first orders count, and a journey
    after one is none: who has ordered cannot order for the first time. What was withheld is no touch.
    """
    shown = touches.shown.reset_index(drop=True)
    code, channels = group_channels(shown)
    shown = shown.assign(code=code)
    orders = touches.orders
    if first_orders:
        orders = orders.drop_duplicates("person")
    zero = min([touches.end, *(int(each["at"].min()) for each in (shown, orders) if len(each))])
    wide = touches.end - zero + days * DAY + 2
    touch_key = shown["person"].to_numpy(np.int64) * wide + (shown["at"].to_numpy(np.int64) - zero)
    order_key = orders["person"].to_numpy(np.int64) * wide + (orders["at"].to_numpy(np.int64) - zero)
    found = _walk(touch_key, order_key, wide, days * DAY, first_orders)
    rows = pd.DataFrame(found)
    rows["opened"], rows["ended"] = rows["opened"] + zero, rows["ended"] + zero
    rows = rows.sort_values(["person", "opened"], ignore_index=True)
    last = touches.end - days * DAY
    is_over = rows["opened"] <= last
    every = touches.every[touches.every["is_first"]] if first_orders else touches.every
    begun = int(shown["at"].min()) if len(shown) else touches.end
    ours = rows["is_order"] & touches.is_ours[rows["person"].to_numpy(int)]
    n_after = int((ours & rows["ended"].between(begun, last)).sum())
    n_orders = int(every["at"].between(begun, last).sum())
    kept = rows[is_over].reset_index(drop=True)
    return Journeys(kept, shown, channels, days, int((~is_over).sum()), n_orders, n_after)


def _walk(
    touch: np.ndarray, order: np.ndarray, wide: int, span: int, first_orders: bool
) -> dict[str, np.ndarray]:
    """Journey after journey of all people at once. Keys are ``person * wide + time``, ascending."""
    parts: dict[str, list[np.ndarray]] = {
        name: [] for name in ("person", "opened", "ended", "is_order", "first", "stop")
    }
    person = touch // wide
    at = np.flatnonzero(np.r_[True, person[1:] != person[:-1]]) if len(touch) else np.array([], int)
    if first_orders and len(order):
        # Who ordered before the first touch is a customer already.
        before = np.searchsorted(order, touch[at], "left") > np.searchsorted(order, person[at] * wide, "left")
        at = at[~before]
    while len(at):
        who, opened = person[at], touch[at]
        place = np.searchsorted(order, opened, "left")
        following = order[np.minimum(place, len(order) - 1)] if len(order) else opened
        has = (place < len(order)) & (following // wide == who) & (following <= opened + span)
        ended = np.where(has, following, opened + span)
        stop = np.searchsorted(touch, ended, "right")
        # A touch of the next person is none of this one's.
        stop = np.minimum(stop, np.searchsorted(touch, (who + 1) * wide, "left"))
        for name, values in (
            ("person", who), ("opened", opened - who * wide), ("ended", ended - who * wide),
            ("is_order", has), ("first", at), ("stop", stop),
        ):  # fmt: skip
            parts[name].append(values)
        goes_on = (stop < len(touch)) & (person[np.minimum(stop, len(touch) - 1)] == who)
        if first_orders:
            goes_on &= ~has
            late = np.searchsorted(order, touch[np.minimum(stop, len(touch) - 1)], "left") > place
            goes_on &= ~late
        at = stop[goes_on]
    kinds = {"is_order": bool}
    return {
        name: np.concatenate(values) if values else np.array([], kinds.get(name, np.int64))
        for name, values in parts.items()
    }


def spread_touches(first: np.ndarray, stop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each touch of each journey the place of the journey, and its own.

    >>> [each.tolist() for each in spread_touches(np.array([0, 4]), np.array([2, 5]))]
    [[0, 0, 1], [0, 1, 4]]
    """
    length = stop - first
    owner = np.repeat(np.arange(len(first)), length)
    begin = np.repeat(first - np.r_[0, np.cumsum(length)[:-1]].astype(int), length) if len(first) else first
    return owner, begin + np.arange(length.sum())


def step_through(journeys: Journeys, group: np.ndarray, n_groups: int) -> np.ndarray:
    """How often journeys of each group of people went from each channel to each, as
    ``find_removal_effects`` takes it: (groups, channels + 1, channels + 2). ``group``: of each journey."""
    k = len(journeys.channels)
    rows, code = journeys.rows, journeys.touches["code"].to_numpy(int)
    first, stop = rows["first"].to_numpy(int), rows["stop"].to_numpy(int)
    owner, place = spread_touches(first, stop)
    is_last = place == stop[owner] - 1
    after = np.where(rows["is_order"].to_numpy()[owner], k, k + 1)
    target = np.where(is_last, after, code[np.minimum(place + 1, max(len(code) - 1, 0))])
    source = np.r_[np.zeros(len(rows), int), code[place] + 1]
    target = np.r_[code[first], target]
    cell = (np.r_[group, group[owner]] * (k + 1) + source) * (k + 2) + target
    return np.bincount(cell, minlength=n_groups * (k + 1) * (k + 2)).reshape(n_groups, k + 1, k + 2) * 1.0


def list_paths(journeys: Journeys, most: int = 20) -> pd.DataFrame:
    """The most frequent paths, one after another of one channel written once: ``path``, ``n`` (journeys),
    ``n_people``, ``n_orders``, ``rate`` (orders a journey), ``days`` (until the order, on average). Paths
    of more than ``MOST_STEPS`` steps end in dots; those of fewer than ``FEWEST_OF_PATH`` people are left out.
    """
    code, rows, base = journeys.touches["code"].to_numpy(int), journeys.rows, len(journeys.channels) + 1
    owner, place = spread_touches(rows["first"].to_numpy(int), rows["stop"].to_numpy(int))
    is_new = np.r_[True, (owner[1:] != owner[:-1]) | (code[place[1:]] != code[place[:-1]])]
    owner, step = owner[is_new], code[place][is_new] + 1
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner, "left")
    is_in = rank <= MOST_STEPS
    # The first steps of a path as one number: its digits are channels.
    number = np.zeros(len(rows), np.int64)
    np.add.at(number, owner[is_in], step[is_in] * base ** rank[is_in])
    words = {each: _write_path(each, journeys.channels) for each in np.unique(number).tolist()}
    took = (rows["ended"] - rows["opened"]).where(rows["is_order"]) / DAY
    named = pd.DataFrame(
        {"path": number, "person": rows["person"], "is_order": rows["is_order"], "days": took}
    )
    table = (
        named.groupby("path")
        .agg(
            n=("is_order", "size"),
            n_people=("person", "nunique"),
            n_orders=("is_order", "sum"),
            rate=("is_order", "mean"),
            days=("days", "mean"),
        )
        .reset_index()
    )
    table["path"] = table["path"].map(words)
    table = table[table["n_people"] >= FEWEST_OF_PATH]
    return table.sort_values(["n", "path"], ascending=[False, True], ignore_index=True).head(most)


def _write_path(number: int, channels: list[str]) -> str:
    """Channels in order, as readers see them."""
    steps: list[str] = []
    while number:
        number, code = divmod(number, len(channels) + 1)
        steps.append(channels[code - 1])
    return " → ".join([*steps[:MOST_STEPS], *(["…"] if len(steps) > MOST_STEPS else [])])
