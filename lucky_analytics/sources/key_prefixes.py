"""From keys of Redis to what they have in common: a prefix that is nobody's, and numbers."""

from __future__ import annotations

import functools
import itertools
import re
import statistics
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from lucky_analytics import declarations, estate
from lucky_analytics.estate import servers
from lucky_analytics.sources.collection import Prefix

__all__ = ["FEWEST", "Key", "known_words", "prefix_of", "summarise"]

FEWEST = 5  # keys must share a prefix before it is stored: one of fewer may be a person's
_MOST_PARTS, _LONGEST_PART = 4, 24
_SEGMENT = re.compile(r"[^:/|]*[:/|]+")
_PART = re.compile(r"[^:/|.#_-]+[:/|.#_-]+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LETTERS = re.compile(r"[A-Za-z]+")
_VOCABULARY = Path(__file__).with_name("key_words.yml")


@dataclass(frozen=True)
class Key:
    """What is looked at of one key; ``ttl`` is null when it never expires, ``size`` when it is not known."""

    name: bytes
    type: str
    ttl: int | None
    size: int | None


@functools.cache
def known_words() -> frozenset[str]:
    """The words that a prefix may have: of ``key_words.yml``, and of the names that the estate declares."""
    listed = declarations.read(_VOCABULARY)
    words = {word for text in listed.values() for word in str(text).split()}
    names = [server.name for server in servers.load().servers.values()]
    for database in estate.load().databases.values():
        names += [database.name, database.source]
        names += [name for table in database.tables.values() for name in (table.name, *table.columns)]
    return frozenset(words | {word.lower() for name in names for word in _WORD.findall(name)})


def prefix_of(key: bytes, more: Collection[str] = ()) -> str:
    """The parts of a key before the first that is an id or may be somebody's, and never its last part.

    A part is kept when it is made of known words (``known_words``, and ``more``, which somebody has looked
    at): of any other word nobody can say that it is no name. One letter alone is kept as a whole segment (up
    to ``:``, ``/`` or ``|``) only. A segment with an ``@`` is lost as a whole, and so is one in which a word
    that is not known stands: its first half may be the first half of a name.

    >>> prefix_of(b"cart:user:10042:items"), prefix_of(b"LUCKY_ORDER_536365"), prefix_of(b"jane@example.com")
    ('cart:user:', 'LUCKY_ORDER_', '')
    >>> prefix_of(b"john.doe@mail.com:1"), prefix_of(b"session:order.doe:x"), prefix_of(b"rates")
    ('', 'session:', '')
    >>> prefix_of(b"roastery:7"), prefix_of(b"roastery:7", ["roastery"])
    ('', 'roastery:')
    """
    text = key.decode("utf-8", errors="replace")
    kept, n_left = "", _MOST_PARTS
    while n_left and len(kept) < len(text):
        found = _SEGMENT.match(text, len(kept))
        segment = found.group() if found else text[len(kept) :]
        begun = _known_parts(segment, more)[:n_left]
        if not begun or kept + "".join(begun) == text:
            break
        kept += "".join(begun)
        n_left -= len(begun)
        if "".join(begun) != segment:
            break
    return kept


def summarise(keys: Iterable[Key], more: Collection[str] = ()) -> list[Prefix]:
    """Keys by prefix and type, in that order. A prefix of fewer than five keys gives way to a shorter one.

    >>> [(p.prefix, p.n_keys) for p in summarise(Key(b"a:%d" % n, "string", None, 8) for n in range(9))]
    [('a:', 9)]
    """
    sampled = list(keys)
    by_prefix: dict[str, list[Key]] = defaultdict(list)
    for key in sampled:
        by_prefix[prefix_of(key.name, more)].append(key)
    while rare := [prefix for prefix, some in by_prefix.items() if prefix and len(some) < FEWEST]:
        longest = max(rare, key=len)
        moved = by_prefix.pop(longest)
        by_prefix[_before(longest)] += moved
    groups: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for prefix, some in by_prefix.items():
        for key in some:
            groups[prefix, key.type].append(key)
    return [_prefix(*group, some, len(sampled)) for group, some in sorted(groups.items())]


def _known_parts(segment: str, more: Collection[str]) -> list[str]:
    """The parts with which a segment begins, up to its first id; none where it may be somebody's."""
    parts = _PART.findall(segment)
    if "@" in segment or "".join(parts) != segment[: len("".join(parts))]:
        return []
    rest = segment[len("".join(parts)) :]
    words = [part.rstrip(":/|.#_-") for part in parts]
    known = list(itertools.takewhile(lambda word: _is_known(word, more), words))
    others = [*words[len(known) :], *([rest] if rest else [])]
    if len(words) == 1 and not rest and len(words[0]) == 1 and words[0].isascii() and words[0].isalpha():
        return parts
    # an id is digits; any other word makes a name of those before it possible
    return parts[: len(known)] if not any(_may_be_a_name(word, more) for word in others) else []


def _may_be_a_name(word: str, more: Collection[str]) -> bool:
    """Whether letters stand together in it that are no known word; a number of base 16 is an id."""
    letters = "" if _is_hexadecimal(word) else re.sub(r"[\W\d_]+", " ", word)
    return any(len(some) > 1 and not _is_known(some, more) for some in letters.split())


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


def _is_known(part: str, more: Collection[str]) -> bool:
    """Whether a part is words of ours alone: ``LUCKY``, ``userInfo``; digits and other marks make an id."""
    if not _LETTERS.fullmatch(part) or len(part) > _LONGEST_PART or _is_hexadecimal(part):
        return False
    known = known_words()
    words = [part.lower()] if part.lower() in known else [word.lower() for word in _WORD.findall(part)]
    return all(word in known or word in more for word in words)


def _is_hexadecimal(part: str) -> bool:
    return len(part) >= 8 and set(part.lower()) <= set("0123456789abcdef")
