"""One request in the making from the pieces of a question: each piece is used once, or there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from lucky_analytics.ask.ask_dimensions import CUSTOMER, TIMES, dimensions_of
from lucky_analytics.ask.ask_measures import Measure, find_measure, list_measures
from lucky_analytics.ask.ask_request import Condition, Request
from lucky_analytics.ask.follow_up import go_on
from lucky_analytics.ask.question_parts import IDLE, Misfit, Part, keys_of
from lucky_analytics.ask.request_filters import find_filters
from lucky_analytics.ask.request_limits import find_limit, find_rank
from lucky_analytics.ask.request_periods import find_period
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
        self.per: Literal["", "day", "week"] = ""
        self.is_many = any(part.kind == "rows" and part.span.is_plural for part in parts)
        self.how_many = False
        self.may_be_together = False

    def build(self) -> Request:
        """The request. Afterwards ``may_be_together`` says whether "A and B" may be one number, too."""
        having = find_limit(self)
        rank = find_rank(self)
        where, share = find_filters(self)
        self._dimensions(having is not None, rank is not None)
        self._beside(rank is not None)
        start, end, against = find_period(self, where)
        if against and self.many:
            raise Misfit("it names two periods and several values", 0)
        self._means(where)
        if having and not self.by:
            raise Misfit(f"how many of {self.measures[0].label} each of what has, is not said", 1)
        use_small_words(self, rank is not None)
        left = [part.span.text for part in self.parts if id(part) not in self.used]
        if left:
            raise Misfit(f'what "{left[0]}" adds to it is not clear', 1)
        if rank and not self.ranked_by and self._is_seller():
            self.ranked_by.append("order_items.product_name")
        by = list(dict.fromkeys([*self.by, *self.ranked_by]))
        if rank and by and self._is_sold_by_itself() and not by[-1].endswith(("product_name", "category")):
            raise Misfit("best by what, is not said", 0)
        if rank and not rank.n:
            rank = replace(rank, n=5 if self.is_many else 1)
        if rank and len(by) > 1:
            rank = replace(rank, within=tuple(key for key in by if key not in self.ranked_by[-1:]))
        is_counted = self.how_many and having is not None and len(by) == 1 and rank is None
        request = Request(
            tuple(measure.name for measure in self.measures), tuple(by), tuple(where), start, end, against,
            rank, having, tuple(share), self.per, is_counted,
        )  # fmt: skip
        return go_on(request, self.context) if self.context else request

    def _beside(self, is_ranked: bool) -> None:
        """Values of one dimension stand beside each other or count together: "A or B" is one number, "A and
        B" may be one or two."""
        apart = is_ranked or bool(self.kinds & {"versus", "more"})
        for key in self.many:
            if key in self.by or key in self.ranked_by:
                continue
            if key == "part of week" or apart:
                self.by.append(key)
            elif not self.kinds & {"together", "or"}:
                self.may_be_together = True
                if not self.together:
                    self.by.append(key)

    def _is_seller(self) -> bool:
        """Whether it says by itself that it is about products: "best seller", "best selling drink"."""
        says = any("seller" in part.span.text or part.kind == "rows" for part in self.parts)
        return self.table == "order_items" and says and not self.by

    def _is_sold_by_itself(self) -> bool:
        """ "Best selling" or "most popular" without a number: products are, a store may be by any of them."""
        said = any(part.kind in ("most", "least") and part.whats[0] == "units" for part in self.parts)
        return said and not any(part.kind == "measure" for part in self.parts)

    def use(self, *parts: Part) -> None:
        self.used |= {id(part) for part in parts}

    def resolve(self, part: Part) -> str:
        """The dimension of the table that a word means: its own before one of a table that it joins."""
        known = dimensions_of(self.table)
        if CUSTOMER in part.whats and part.kind == "dimension":
            return CUSTOMER
        fitting = [key for key in keys_of(part) if key in known or key in TIMES]
        own = [key for key in fitting if key in TIMES or not known[key].by]
        found = own or fitting
        if not found:
            raise Misfit(f'{self.measures[0].label} are not known by "{part.span.text}"', 0)
        same_word = {key.partition(".")[2] for key in found}
        if len(found) > 1 and len(same_word) > 1:
            raise Misfit(f'"{part.span.text}" may be several things')
        return found[0]

    def _dimensions(self, is_limited: bool, is_ranked: bool) -> None:
        after_by = False
        for at, part in enumerate(self.parts):
            if part.kind == "by time":
                self._by_time(part, part.whats[0])
            if part.kind == "by":
                after_by = True
            elif part.kind == "dimension":
                self._dimension(at, part, after_by, is_limited, is_ranked)
            elif part.kind != "and":
                after_by = False

    def _dimension(self, at: int, part: Part, after_by: bool, is_limited: bool, is_ranked: bool) -> None:
        if id(part) in self.used:
            return
        near = [self.parts[i] for i in (at - 1, at + 1) if 0 <= i < len(self.parts)]
        if any(each.kind == "name" and self.values[id(each)][0] in keys_of(part) for each in near):
            self.use(part)  # "the category Matcha"
            return
        if (
            part.span.text in ("kind", "type", "sort")
            and not after_by
            and any(e.kind == "name" for e in near)
        ):
            self.use(part)  # "of the kind Iced Latte"
            return
        key = self.resolve(part)
        if after_by and key in ("day", "week") and "mean" in self.kinds:
            self._by_time(part, key)
            return
        if is_ranked and key.endswith("local_hour") and after_by and not self._other_dimension(part):
            raise Misfit("single hours of single days are not ranked, only hours of the day", 0)
        if at and self.parts[at - 1].kind == "count" and is_limited:
            self.how_many = True
        if after_by:
            (self.by if not is_ranked or self._other_dimension(part) else self.ranked_by).append(key)
        elif is_ranked:
            self.ranked_by.append(key)
            self.is_many = self.is_many or part.span.is_plural
        elif is_limited and not self.by:
            self.by.append(key)
        elif key == CUSTOMER and ("customer" in self.measures[0].label.lower() or "customer" in self.table):
            pass  # what is counted, once more
        elif at and self.parts[at - 1].kind == "which":
            self.by.append(key)
        elif key == f"{self.table}.product_name" and any(part.kind in ("name", "rows") for part in near):
            pass  # "a Food product"
        else:
            return
        self.use(part)

    def _other_dimension(self, part: Part) -> bool:
        return any(each.kind == "dimension" and each is not part for each in self.parts)

    def _by_time(self, part: Part, key: str) -> None:
        measure = self.measures[0]
        if "mean" not in self.kinds or measure.is_ratio:
            self.by.append(key)
        elif key not in ("day", "week"):
            raise Misfit(f"a mean by {key} is not offered", 0)
        elif _mean_of(measure):
            raise Misfit(f"a mean of {measure.label.lower()} by {key} may be of rows or of days", 0)
        else:
            self.per = "day" if key == "day" else "week"
        self.use(part)

    def _means(self, where: list[Condition]) -> None:
        """A mean is of days or weeks, of a column, or of a measure that is one; a sum is of what adds up."""
        for part in self.parts:
            if part.kind == "share":
                self.use(part)
                if (
                    self.measures[0].unit not in ("share", "rate")
                    and "share" in self.kinds
                    and not self._shared()
                ):
                    raise Misfit("a share of what is not clear")
        if "mean" not in self.kinds or self.per:
            return
        measure = self.measures[0]
        weekdays = {*self.by, *self.ranked_by, *(each.key for each in where)} & {"weekday", "part of week"}
        if (mean := _mean_of(measure)) and not self.is_instead:
            self.measures = [mean]
        elif weekdays and measure.is_additive:
            self.per = "day"  # "average orders on Mondays" are those of a Monday
        elif mean or not measure.is_ratio:
            raise Misfit(f"a mean of {measure.label} over what is not clear: say by day or by week", 0)

    def _shared(self) -> bool:
        return self.measures[0].is_count


def _mean_of(measure: Measure) -> Measure | None:
    """The mean of the rows of which a measure is the sum; null for another measure."""
    name = f"mean:{measure.name[4:]}"
    return find_measure(name) if measure.name.startswith("sum:") and name in list_measures() else None
