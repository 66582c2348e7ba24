"""The pieces of a question put together to a request; every piece must find its place, or there is none."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lucky_analytics.ask.ask_dimensions import CUSTOMER, TIMES, dimensions_of
from lucky_analytics.ask.ask_measures import Measure, find_measure, list_measures
from lucky_analytics.ask.ask_request import Condition, Having, Rank, Request
from lucky_analytics.ask.date_spans import DateSpan
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.ask.word_spans import Span

__all__ = ["Misfit", "Part", "put_together"]

_IDLE = {"by", "and", "or", "than", "which", "who", "called", "sum", "count", "money", "sold", "time"}
_LIMITS = {"above": "more than", "below": "fewer than", "at least": "at least", "at most": "at most"}
_MANY = 3  # readings that are put before a reader


class Misfit(Exception):  # noqa: N818 - it is no failure: another way may fit
    """These senses make no request; ``order`` 0 says most about the question."""

    def __init__(self, text: str, order: int = 1):
        self.text, self.order = text, order
        super().__init__(text)


@dataclass(frozen=True)
class Part:
    """One piece with the sense that it is tried with; ``whats``: what it may then stand for."""

    span: Span
    kind: str
    whats: tuple[Any, ...]


def put_together(
    parts: list[Part], follows: Request | None, before: Request | None
) -> Iterator[tuple[int, Request]]:
    """Requests of these parts with what each costs in plausibility. Raises ``Misfit``.

    ``follows``: the question goes on from this request; ``before``: the request before, which gives its
    measure to a question that names none.
    """
    kinds = {part.kind for part in parts}
    measures, cost = _measures(parts, kinds)
    context = follows if follows else (before if not measures and not _infer(parts) else None)
    if not measures and context:
        measures = [find_measure(name) for name in context.measures]
    if not measures:
        inferred = _infer(parts)
        if not inferred:
            raise Misfit("it names no number that the catalog has, like orders or revenue", 3)
        for measure in inferred:
            yield from _with(parts, kinds, [measure], cost + 3, None)
        return
    first: Misfit | None = None
    try:
        yield from _with(parts, kinds, measures, cost, context)
    except Misfit as misfit:
        first = misfit
    yield from _instead(parts, kinds, measures, cost, context)
    if first:
        raise first


def _instead(
    parts: list[Part], kinds: set[str], measures: list[Measure], cost: int, context: Request | None
) -> Iterator[tuple[int, Request]]:
    if len(measures) == 1 and (of_items := SPOKEN["of_items"].get(measures[0].name)):
        yield from _try(parts, kinds, find_measure(of_items), cost + 2, context)
    if len(measures) == 1 and (wider := SPOKEN["wider"].get(measures[0].name)):
        yield from _try(parts, kinds, find_measure(wider), cost + 4, context)


def _try(
    parts: list[Part], kinds: set[str], measure: Measure, cost: int, context: Request | None
) -> Iterator[tuple[int, Request]]:
    """Another measure in place of the one that was named, as far as the question fits it."""
    with contextlib.suppress(Misfit):
        yield from _with(parts, kinds, [measure], cost, context)


def _measures(parts: Sequence[Part], kinds: set[str]) -> tuple[list[Measure], int]:
    """The measures that the parts name, and what it costs to read them so."""
    named = [part.whats[0] for part in parts if part.kind == "measure"]
    rows = [part.whats[0].get("measure") for part in parts if part.kind == "rows"]
    best = [part.whats[0] for part in parts if part.kind in ("most", "least") and part.whats[0]]
    columns = [part.whats for part in parts if part.kind == "column"]
    names = list(dict.fromkeys([*named, *(row for row in rows if row)]))
    if columns:
        return _of_columns(columns, names, kinds)
    has_limit = bool(kinds & {*_LIMITS, "or more", "or fewer"})
    if not names and best:
        names = [best[0]]
    if not names and "sold" in kinds:
        names = ["units"]
    if not names and has_limit and "time" in kinds:
        names = ["orders"]
    found, cost = [], 0
    for name in names:
        measure = find_measure(name)
        if "money" in kinds and measure.name in SPOKEN["money_of"]:
            measure = find_measure(SPOKEN["money_of"][measure.name])
        is_ratio = measure.unit in ("cents", "share", "rate", "seconds") or measure.unit.endswith(
            " on average"
        )
        if "count" in kinds and is_ratio and "most" not in kinds and "least" not in kinds:
            cost += 4
        if "money" in kinds and not (measure.unit.startswith(("cents", "base units"))):
            cost += 4
        if ("count" in kinds) and is_ratio and len(names) == 1 and measure.unit != "seconds":
            raise Misfit(f"{measure.label} is no count", 1)
        found.append(measure)
    rates = [measure for measure in found if measure.unit in ("share", "rate")]
    if "share" in kinds and rates:
        found = rates
    return found, cost


def _of_columns(columns: list[Any], names: list[str], kinds: set[str]) -> tuple[list[Measure], int]:
    if len(columns) > 1:
        raise Misfit("it names several numbers at once")
    kind = "mean" if "mean" in kinds else "sum"
    tables = {find_measure(name).table for name in names}
    found = []
    for table, column in columns[0]:
        measure = list_measures().get(f"{kind}:{table}.{column}") or list_measures().get(
            f"mean:{table}.{column}"
        )
        if measure and tables <= {table}:
            found.append(measure)
    if len(found) != 1:
        raise Misfit("it does not say of which rows" if found else "the tables do not have that number")
    return found, 0


def _infer(parts: Sequence[Part]) -> list[Measure]:
    """What is meant where values alone are named: the rows of the one table that has them all."""
    tables: set[str] | None = None
    for part in parts:
        own = {key.partition(".")[0] for key in _keys(part) if "." in key}
        if part.kind in ("name", "flag") and own:
            tables = own if tables is None else tables & own
    names = [SPOKEN["stands_for"].get(table, f"count:{table}") for table in sorted(tables or ())]
    return [list_measures()[name] for name in names if name in list_measures()][:_MANY]


def _keys(part: Part) -> list[str]:
    if part.kind == "name":
        return [key for key, _ in part.whats[0]]
    return [what for what in part.whats if isinstance(what, str)]


def _with(
    parts: list[Part], kinds: set[str], measures: list[Measure], cost: int, context: Request | None
) -> Iterator[tuple[int, Request]]:
    """Requests for these measures: a name that may be several things makes one of each."""
    table = measures[0].table
    named = [part for part in parts if part.kind == "name"]
    choices = [_values(part, table, _beside(parts, part)) for part in named]
    choices = _without_kinds(choices)
    if any(len(each) > 12 for each in choices):
        most = next(part for part, each in zip(named, choices, strict=True) if len(each) > 12)
        raise Misfit(f'"{most.span.text}" may be any of many', 0)
    for chosen in itertools.product(*choices):
        values = dict(zip(map(id, named), chosen, strict=True))
        yield cost, _Builder(parts, kinds, measures, values, context).build()


def _values(part: Part, table: str, beside: set[str]) -> list[tuple[str, str]]:
    """What a name stands for in a table: of its own columns first; what the word beside it says, above all."""
    known = dimensions_of(table)
    found = [each for each in part.whats[0] if each[0] in known or each[0] in ("weekday", "part of week")]
    if not found:
        raise Misfit(f'"{part.span.text}" is nothing by which {table.replace("_", " ")} are known', 1)
    said = [each for each in found if each[0] in beside] or found
    own = [each for each in said if each[0] not in known or not known[each[0]].by]
    return own or said


def _without_kinds(choices: list[list[tuple[str, str]]]) -> list[list[tuple[str, str]]]:
    """A name of many things beside one of them is that one: "lattes of the kind Iced Latte"."""
    single = [each[0] for each in choices if len(each) == 1]
    return [next(([one] for one in single if len(each) > 1 and one in each), each) for each in choices]


def _beside(parts: Sequence[Part], part: Part) -> set[str]:
    """The dimensions that the words next to a name say: "category Matcha", "the 221 Grand store"."""
    at = next(i for i, each in enumerate(parts) if each is part)
    near = [parts[i] for i in (at - 1, at + 1) if 0 <= i < len(parts)]
    return {key for each in near if each.kind == "dimension" for key in _keys(each)}


class _Builder:
    """One request in the making: each part is used once, and what is left over makes it none."""

    def __init__(
        self, parts: list[Part], kinds: set[str], measures: list[Measure],
        values: dict[int, tuple[str, str]], context: Request | None,
    ):  # fmt: skip
        self.parts, self.kinds, self.measures = parts, kinds, measures
        self.values, self.context = values, context
        self.table = measures[0].table
        self.used = {
            id(part) for part in parts if part.kind in ("measure", "column", "mean", "versus", *_IDLE)
        }
        self.by: list[str] = []
        self.ranked_by: list[str] = []
        self.per = ""
        self.is_many = False

    def build(self) -> Request:
        having = self._having()
        rank = self._rank()
        where, share = self._where()
        self._dimensions(having is not None, rank is not None)
        start, end, against = self._period()
        self._means()
        if having and not self.by:
            raise Misfit(f"how many of {self.measures[0].label} each of what has, is not said", 1)
        if "more" in self.kinds and "or" in self.kinds:
            self.used |= {id(part) for part in self.parts if part.kind == "more"}
        left = [part.span.text for part in self.parts if id(part) not in self.used]
        if left:
            raise Misfit(f'what "{left[0]}" adds to it is not clear', 1)
        if rank and not self.ranked_by and self._is_seller():
            self.ranked_by.append("order_items.product_name")
        by = list(dict.fromkeys([*self.by, *self.ranked_by]))
        if rank and not rank.n:
            rank = replace(rank, n=5 if self.is_many else 1)
        if rank and len(by) > 1:
            rank = replace(rank, within=tuple(key for key in by if key not in self.ranked_by[-1:]))
        request = Request(
            tuple(measure.name for measure in self.measures), tuple(by), tuple(where), start, end, against,
            rank, having, tuple(share), self.per,  # type: ignore[arg-type]
        )  # fmt: skip
        return _after(request, self.context) if self.context else request

    def _is_seller(self) -> bool:
        """ "Best seller" says by itself that it is about products."""
        return self.table == "order_items" and any("seller" in part.span.text for part in self.parts)

    def _use(self, part: Part) -> None:
        self.used.add(id(part))

    def _having(self) -> Having | None:
        for at, part in enumerate(self.parts):
            after = self.parts[at + 1] if at + 1 < len(self.parts) else None
            if part.kind in _LIMITS and after and after.kind == "number":
                self._use(part), self._use(after)
                return Having(self._limited(at + 2), _LIMITS[part.kind], after.whats[0])
            if part.kind == "number":
                near = self.parts[at + 1 : at + 3]
                ends = [each for each in near if each.kind in ("or more", "or fewer")]
                if ends:
                    self._use(part), self._use(ends[0])
                    above = "at least" if ends[0].kind == "or more" else "at most"
                    return Having(self.measures[0].name, above, part.whats[0])
        return None

    def _limited(self, at: int) -> str:
        named = self.parts[at].whats[0] if at < len(self.parts) and self.parts[at].kind == "measure" else None
        return named or self.measures[0].name

    def _rank(self) -> Rank | None:
        found = [part for part in self.parts if part.kind in ("most", "least")]
        if not found:
            return None
        directions = {part.kind for part in found}
        if len(directions) > 1:
            raise Misfit("it asks for the most and the least at once")
        for part in found:
            self._use(part)
        numbers = [part for part in self.parts if part.kind == "number" and id(part) not in self.used]
        n = 0
        for part in numbers:
            at = self.parts.index(part)
            near = [each.kind for each in self.parts[max(0, at - 1) : at + 2]]
            if any(kind in ("most", "least", "dimension") for kind in near) and not n:
                n = part.whats[0]
                self._use(part)
        if isinstance(n, float) or n > 100:
            raise Misfit("it asks for more than the first hundred", 0)
        return Rank("most" if "most" in directions else "least", int(n))  # type: ignore[arg-type]

    def _where(self) -> tuple[list[Condition], list[Condition]]:
        found: dict[tuple[str, bool], list[Any]] = {}
        flags: list[Condition] = []
        for at, part in enumerate(self.parts):
            is_not = at > 0 and self.parts[at - 1].kind == "is_not"
            if part.kind == "name":
                key, value = self.values[id(part)]
                found.setdefault((key, is_not), []).append(value)
            elif part.kind == "flag":
                key = self._resolve(part)
                flags.append(Condition(key, (not is_not,)))
            elif part.kind == "hours":
                found.setdefault((self._hours(), False), []).extend(part.whats[0])
            elif part.kind == "rows":
                for name, is_other in (("where", False), ("where_not", True)):
                    for key, values in part.whats[0].get(name, {}).items():
                        found.setdefault((key, is_other), []).extend(values)
            else:
                continue
            self._use(part)
            if is_not:
                self._use(self.parts[at - 1])
        number = next((p for p in self.parts if p.kind == "number" and id(p) not in self.used), None)
        if number is not None:
            self._number_value(number, found)
        where = [
            Condition(key, tuple(dict.fromkeys(values)), is_not) for (key, is_not), values in found.items()
        ]
        for each in where:  # two stores are asked beside each other, not together
            if len(each.values) > 1 and not each.is_not and not each.key.endswith("local_hour"):
                self.by.append(each.key)
        if "share" not in self.kinds or self.measures[0].unit in ("share", "rate"):
            return where + flags, []
        of = flags or ([where[-1]] if len(where) == 1 else [])
        if not of:
            raise Misfit("a share of what is not clear")
        for part in self.parts:
            if part.kind == "share":
                self._use(part)
        return [each for each in where if each not in of], of

    def _number_value(self, number: Part, found: dict[tuple[str, bool], list[Any]]) -> None:
        """A number beside the dimension that it is a value of: sugar level 4."""
        at = self.parts.index(number)
        for near in (self.parts[i] for i in (at - 1, at + 1) if 0 <= i < len(self.parts)):
            keys = (
                [key for key in _keys(near) if key in dimensions_of(self.table)]
                if near.kind == "dimension"
                else []
            )
            if keys and dimensions_of(self.table)[keys[0]].type == "int64":
                found.setdefault((keys[0], False), []).append(number.whats[0])
                self._use(number), self._use(near)
                return

    def _hours(self) -> str:
        own = f"{self.table}.local_hour"
        return own if own in dimensions_of(self.table) else "orders.local_hour"

    def _resolve(self, part: Part) -> str:
        """The dimension of the table that a word means: its own before one of a table that it joins."""
        known = dimensions_of(self.table)
        if CUSTOMER in part.whats and part.kind == "dimension":
            return CUSTOMER
        fitting = [key for key in _keys(part) if key in known or key in TIMES]
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
        if any(each.kind == "name" and self.values[id(each)][0] in _keys(part) for each in near):
            self._use(part)  # "the category Matcha"
            return
        key = self._resolve(part)
        if after_by and key in ("day", "week") and "mean" in self.kinds:
            self._by_time(part, key)
            return
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
        self._use(part)

    def _other_dimension(self, part: Part) -> bool:
        return any(each.kind == "dimension" and each is not part for each in self.parts)

    def _by_time(self, part: Part, key: str) -> None:
        if "mean" in self.kinds:
            self.per = key
            if key not in ("day", "week"):
                raise Misfit(f"a mean by {key} is not offered", 0)
        else:
            self.by.append(key)
        self._use(part)

    def _period(self) -> tuple[Any, Any, Any]:
        parts = [part for part in self.parts if part.kind == "period"]
        spans: list[DateSpan] = [part.whats[0] for part in parts]
        for part in parts:
            self._use(part)
        if len(spans) > 2:
            raise Misfit("it names more than two periods", 0)
        if len(spans) == 2:
            if not self.kinds & {"versus", "or", "and", "than"}:
                raise Misfit("it names two periods, and not what to do with them", 0)
            return spans[0].start, spans[0].end, (spans[1].start, spans[1].end)
        return (spans[0].start, spans[0].end, None) if spans else (None, None, None)

    def _means(self) -> None:
        """A mean is of days or weeks, of a column, or of a measure that is one; a sum is of what adds up."""
        for part in self.parts:
            if part.kind == "share":
                self._use(part)
                if (
                    self.measures[0].unit not in ("share", "rate")
                    and "share" in self.kinds
                    and not self._shared()
                ):
                    raise Misfit("a share of what is not clear")
        if "mean" not in self.kinds or self.per:
            return
        measure = self.measures[0]
        is_mean = measure.unit in ("share", "rate", "seconds") or " an order" in measure.unit
        if measure.name.startswith("sum:") and f"mean:{measure.name[4:]}" in list_measures():
            self.measures = [find_measure(f"mean:{measure.name[4:]}")]
        elif not (is_mean or measure.name.startswith("mean:")):
            raise Misfit(f"a mean of {measure.label} over what is not clear: say by day or by week", 0)

    def _shared(self) -> bool:
        return self.measures[0].is_count


def _after(request: Request, before: Request) -> Request:
    """A follow-up with what it leaves unsaid, from the request before it."""
    known = dimensions_of(find_measure(request.measures[0]).table)
    said = {each.key for each in request.where}
    kept = [
        each for each in before.where if each.key not in said and (each.key in known or each.key in TIMES)
    ]
    has_period = request.start or request.end
    by = request.by or tuple(key for key in before.by if key in known or key in TIMES)
    rank = request.rank or (before.rank if by == before.by else None)
    return replace(
        request,
        where=(*kept, *request.where),
        by=by,
        rank=rank,
        start=request.start if has_period else before.start,
        end=request.end if has_period else before.end,
        per=request.per or ("" if request.by else before.per),
    )
