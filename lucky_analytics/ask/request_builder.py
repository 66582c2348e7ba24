"""One request in the making from the pieces of a question: each piece is used once, or there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from lucky_analytics.ask.ask_dimensions import CUSTOMER, TIMES, dimensions_of
from lucky_analytics.ask.ask_measures import Measure
from lucky_analytics.ask.ask_request import Limit, Rank, Request
from lucky_analytics.ask.follow_up import go_on
from lucky_analytics.ask.question_parts import IDLE, Misfit, Part, keys_of
from lucky_analytics.ask.request_filters import find_filters
from lucky_analytics.ask.request_groups import find_groups
from lucky_analytics.ask.request_limits import find_limit
from lucky_analytics.ask.request_means import find_mean
from lucky_analytics.ask.request_periods import find_period
from lucky_analytics.ask.request_ranks import find_rank
from lucky_analytics.ask.request_shares import find_share
from lucky_analytics.ask.small_words import use_small_words

__all__ = ["RequestBuilder"]


class RequestBuilder:
    """One request in the making: each part is used once, and what is left over makes it none."""

    def __init__(
        self, parts: list[Part], kinds: set[str], measures: list[Measure],
        values: dict[int, tuple[str, str]], context: Request | None,
        together: bool = False, is_instead: bool = False,
    ):  # fmt: skip
        self.parts, self.kinds, self.measures = parts, kinds, measures
        self.values, self.context = values, context
        self.together, self.is_instead = together, is_instead
        self.table = measures[0].table
        self.used = {id(part) for part in parts if part.kind in ("measure", "column", "mean", *IDLE)}
        self.by: list[str] = []
        self.ranked_by: list[str] = []
        self.many: list[str] = []  # dimensions of which several values are named
        self.limits: list[Limit] = []
        self.per: Literal["", "day", "week", "month"] = ""
        has_groups = any(part.kind == "dimension" for part in parts)
        self.is_many = not has_groups and any(part.kind == "rows" and part.span.is_plural for part in parts)
        self.how_many = False
        self.may_be_together = False

    def build(self) -> Request:
        """The request. Afterwards ``may_be_together`` says whether "A and B" may be one number, too."""
        having = find_limit(self)
        rank = find_rank(self)
        where, told = find_filters(self)
        find_groups(self, having is not None, rank is not None)
        self._beside(rank is not None)
        start, end, against = find_period(self, where)
        if against and self.many:
            raise Misfit("it names two periods and several values", 0)
        where, share, of_total = find_share(self, where, told)
        find_mean(self, where, bool(start and end))
        if having and not self.by:
            raise Misfit(f"how many of {self.measures[0].label} each of what has, is not said", 1)
        if self.limits and any(part.kind == "which" for part in self.parts) and self.by:
            raise Misfit("whether each one or all together are limited, is not clear", 0)
        use_small_words(self, rank is not None, against is not None)
        left = [part.span.text for part in self.parts if id(part) not in self.used]
        if left:
            raise Misfit(f'what "{left[0]}" adds to it is not clear', 1)
        rank, by = self._ranked(rank)
        is_counted = self.how_many and len(by) == 1 and rank is None
        request = Request(
            tuple(measure.name for measure in self.measures), tuple(by), tuple(where), start, end, against,
            rank, having, tuple(share), self.per, is_counted, tuple(self.limits), of_total,
        )  # fmt: skip
        return go_on(request, self.context) if self.context else request

    def _ranked(self, rank: Rank | None) -> tuple[Rank | None, list[str]]:
        """The rank with its number and its groups, and all groups."""
        if rank and not self.ranked_by and self._is_seller():
            self.ranked_by.append("order_items.product_name")
        by = list(dict.fromkeys([*self.by, *self.ranked_by]))
        if rank and by and self._is_sold_by_itself() and not by[-1].endswith(("product_name", "category")):
            raise Misfit("best by what, is not said", 0)
        if rank and not rank.n:
            rank = replace(rank, n=5 if self.is_many else 1)
        if rank and len(by) > 1:
            rank = replace(rank, within=tuple(key for key in by if key not in self.ranked_by[-1:]))
        return rank, by

    def _beside(self, is_ranked: bool) -> None:
        """Values of one dimension stand beside each other or count together: "A or B" is one number, "A and
        B" may be one or two."""
        apart = bool(self.kinds & {"versus", "more", "trend"})
        for key in self.many:
            if key in self.by or key in self.ranked_by:
                continue
            n_named = sum(value[0] == key for value in self.values.values())
            if key == "part of week" or apart or (is_ranked and key != "weekday"):
                self.by.append(key)
            elif "or" in self.kinds and "count" in self.kinds and n_named > 2:
                self._beside_or_together(key)  # "in service, on the way or broken" may be one number or three
            elif n_named > 2 and not self.kinds & {"together", "or"}:
                self.by.append(key)  # "on iOS, Android and web"
            elif not is_ranked and not self.kinds & {"together", "or"}:
                self._beside_or_together(key)

    def _beside_or_together(self, key: str) -> None:
        self.may_be_together = True
        if not self.together:
            self.by.append(key)

    def _is_seller(self) -> bool:
        """Whether it says by itself that it is about products: "best seller", "best selling drink"."""
        says = any("sell" in part.span.text or part.kind == "rows" for part in self.parts)
        one = [key for key, _ in self.values.values() if key.endswith(".category")]
        said = any(part.kind in ("most", "least") for part in self.parts) and bool(one)
        return self.table == "order_items" and (says or said) and not self.by

    def _is_sold_by_itself(self) -> bool:
        """ "Best selling" or "most popular" without a number: products are, a store may be by any of them."""
        said = any(part.kind in ("most", "least") and part.whats[0] == "units" for part in self.parts)
        return said and not any(part.kind == "measure" for part in self.parts)

    def use(self, *parts: Part) -> None:
        self.used |= {id(part) for part in parts}

    def resolve(self, part: Part) -> str:
        """The dimension of the table that a word means: its own before one of a table that it joins."""
        known = dimensions_of(self.table)
        fitting = [key for key in keys_of(part) if key in known or key in TIMES]
        own = [key for key in fitting if key in TIMES or not known[key].by]
        if CUSTOMER in part.whats and part.kind == "dimension" and not own:
            return CUSTOMER
        near = own or [key for key in fitting if not known[key].through] or fitting
        if not near:
            raise Misfit(f'{self.measures[0].label} are not known by "{part.span.text}"', 0)
        same_word = {key.partition(".")[2] for key in near}
        if len(near) > 1 and len(same_word) > 1:
            raise Misfit(f'"{part.span.text}" may be several things')
        return near[0]
