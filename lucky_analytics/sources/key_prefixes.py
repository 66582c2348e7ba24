"""From keys of Redis to what they have in common: a prefix that is nobody's, and numbers."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lucky_analytics.sources.collection import Prefix

__all__ = ["FEWEST", "Key", "prefix_of", "summarise"]

FEWEST = 5  # keys must share a prefix before it is stored: one of fewer may be a person's
_MOST_PARTS, _LONGEST_PART = 4, 24
_PART = re.compile(r"[^:/|.#_-]+[:/|.#_-]+")
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class Key:
    """What is looked at of one key; ``ttl`` is null when it never expires, ``size`` when it is not known."""

    name: bytes
    type: str
    ttl: int | None
    size: int | None


def prefix_of(key: bytes) -> str:
    """The parts of a key before the first that looks like an id, and never its last part.

    A part is an id when anything but letters is in it, more than 24 of them, or eight or more that are all
    digits of a hexadecimal number.

    >>> prefix_of(b"cart:user:10042:items"), prefix_of(b"LUCKY_ORDER_536365"), prefix_of(b"jane@example.com")
    ('cart:user:', 'LUCKY_ORDER_', '')
    >>> prefix_of(b"session:deadbeef:x"), prefix_of(b"rates")
    ('session:', '')
    """
    text = key.decode("utf-8", errors="replace")
    kept = ""
    for match in list(_PART.finditer(text))[:_MOST_PARTS]:
        word = match.group().rstrip(":/|.#_-")
        if match.start() != len(kept) or not _is_word(word) or match.end() == len(text):
            break
        kept += match.group()
    return kept


def summarise(keys: Iterable[Key]) -> list[Prefix]:
    """Keys by prefix and type, in that order. A prefix of fewer than five keys gives way to a shorter one.

    >>> [(p.prefix, p.n_keys) for p in summarise(Key(b"a:%d" % n, "string", None, 8) for n in range(9))]
    [('a:', 9)]
    """
    sampled = list(keys)
    by_prefix: dict[str, list[Key]] = defaultdict(list)
    for key in sampled:
        by_prefix[prefix_of(key.name)].append(key)
    while rare := [prefix for prefix, some in by_prefix.items() if prefix and len(some) < FEWEST]:
        longest = max(rare, key=len)
        moved = by_prefix.pop(longest)
        by_prefix[_before(longest)] += moved
    groups: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for prefix, some in by_prefix.items():
        for key in some:
            groups[prefix, key.type].append(key)
    return [_prefix(*group, some, len(sampled)) for group, some in sorted(groups.items())]


def _prefix(prefix: str, kind: str, keys: list[Key], n_sampled: int) -> Prefix:
    lives = [key.ttl for key in keys if key.ttl is not None]
    sizes = [key.size for key in keys if key.size is not None]
    return Prefix(
        prefix,
        kind,
        len(keys),
        n_sampled,
        len(lives),
        float(statistics.median(lives)) if lives else None,
        statistics.fmean(sizes) if sizes else None,
    )


def _before(prefix: str) -> str:
    parts = _PART.findall(prefix)
    return "".join(parts[:-1])


def _is_word(part: str) -> bool:
    if not _WORD.fullmatch(part) or len(part) > _LONGEST_PART:
        return False
    letters = part.lower()
    is_hexadecimal = len(letters) >= 8 and set(letters) <= set("abcdef")
    return not is_hexadecimal
