"""What else the values of a snapshot are called: parts of a store's name, plurals of products and goods."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from lucky_analytics.ask.question_words import plural_of, split_words, stem

__all__ = ["list_names", "list_plurals"]

_STREET = {"ln": ["lane"], "lane": ["ln"], "st": ["street"], "ave": ["avenue"]}


def list_names(key: str, text: str) -> set[str]:
    """All names of a value of the dimension ``key``.

    >>> sorted(list_names("orders.channel", "delivery_platform"))
    ['delivery platform', 'delivery_platform']
    """
    found = {text, text.replace("_", " ")}
    return found | _store_names(text) if key == "stores.store_name" else found


def _store_names(name: str) -> set[str]:
    """What else a store is called: a part of its name, with or without "street"; never a number alone.

    >>> sorted(_store_names("221 Grand"))
    ['221 grand', '221 grand st', '221 grand street', 'grand', 'grand st', 'grand street']
    """
    sides = [side.split() for side in name.lower().split(" & ")]
    whole = [word for side in sides for word in side]
    parts = {tuple(side) for side in sides} | {tuple(whole)}
    if len(sides) == 2:
        parts |= {(*sides[1], "and", *sides[0])}
    parts |= {
        tuple(whole[i:j]) for i in range(len(whole)) for j in range(i + 1, len(whole) + 1) if len(sides) == 1
    }
    parts = {
        part for part in parts if not set(part) <= {"ln", "lane", "st", "ave"} and not part[-1].isdigit()
    }
    found = {" ".join(part) for part in parts}
    for part in parts:
        for other in _STREET.get(part[-1], []):
            found.add(" ".join((*part[:-1], other)))
        if part[-1].isalpha() and part[-1] not in _STREET and len(sides) == 1:
            found |= {f"{' '.join(part)} st", f"{' '.join(part)} street"}
        if re.fullmatch(r"\d+(st|nd|rd|th)", part[-1]) and len(part) == 1:
            found |= {f"{part[0]} street", f"{part[0]} st", f"{part[0]} ave", f"{part[0]} avenue"}
    return found


def list_plurals(
    values: Mapping[str, list[str]], names: Collection[tuple[str, ...]], phrases: Collection[tuple[str, ...]]
) -> Iterator[tuple[str, str, str]]:
    """Plurals of products and goods, as (plural, key, value): "lattes" is more than the product Latte.

    Without those that are themselves ``names`` or ``phrases`` of something else.

    >>> [plural for plural, *_ in list_plurals({"products.product_name": ["Iced Latte"]}, [], [])]
    ['lattes', 'iced lattes']
    """
    exact, known = set(names), set(phrases)
    classes = {word for key, texts in values.items() if key.endswith("category") for text in texts
               for word in text.lower().split()}  # fmt: skip
    for key, texts in values.items():
        if not key.endswith(("product_name", "goods_name")):
            continue
        split = {text: tuple(word.raw for word in split_words(text)) for text in texts}
        of_end: dict[tuple[str, ...], list[str]] = {}
        for text, words in split.items():
            for i in range(len(words) - 1, -1, -1):
                if words[-1].isalpha():
                    of_end.setdefault(words[i:], []).append(text)
        for words, found in of_end.items():
            plural = " ".join((*words[:-1], plural_of(words[-1])))
            raws = tuple(word.raw for word in split_words(plural))
            if len(words) == 1 and words[0] in classes:
                continue  # "coffees" are more than the one product that ends so
            if raws not in exact and tuple(map(stem, raws)) not in known:
                yield from ((plural, key, text) for text in found)
