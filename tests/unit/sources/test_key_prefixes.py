"""What is kept of a key: nothing that is somebody's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lucky_analytics.sources.key_prefixes import FEWEST, Key, prefix_of, summarise


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        ("cart:user:10042:items", "cart:user:"),
        ("LUCKY_ORDER_536365", "LUCKY_ORDER_"),
        ("session:deadbeefcafe:token", "session:"),
        ("u:a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "u:"),
        ("jane@example.com", ""),
        ("customer:jane@example.com:cart", "customer:"),
        ("customer:jane:cart", "customer:"),
        ("customer:jane", "customer:"),
        ("12345", ""),
        ("rates", ""),
        ("rates:", ""),
        ("a:b:c:d:e:f", "a:b:c:d:"),
        ("été:x", ""),
        ("{user}:cart:1", ""),
        ("long:" + "x" * 25 + ":y", "long:"),
    ],
)
def test_a_key_is_cut_before_what_looks_like_an_id_and_never_kept_whole(key: str, prefix: str):
    assert prefix_of(key.encode()) == prefix


@pytest.mark.parametrize(
    "key",
    [
        "john.doe@mail.com:1",
        "john.doe:1",
        "john:1",
        "JohnDoe:cart:1",
        "maria_garcia:1",
        "order.doe:1",
        "order.john",
        "wang|wei|1",
        "o.doe:1",
        "doe-john-1987:x",
        "user.order@mail.com:1",
        "order.user%40mail.com:1",
        "søren:1",
        "+1-212-555-0100:cart:1",
        "(212) 555 0100:cart:1",
        "212.555.0100:cart:1",
    ],
)
def test_what_may_be_somebodys_loses_its_whole_part_however_many_keys_share_it(key: str):
    keys = [Key(f"{begin}{key}{n}".encode(), "string", None, 1) for n in range(20) for begin in ("", "cart:")]
    assert [(each.prefix, each.n_keys) for each in summarise(keys)] == [("", 20), ("cart:", 20)]


@pytest.mark.parametrize(
    ("key", "prefix"),
    [
        ("isales:member:token:77", "isales:member:token:"),
        ("lock.coupon.10042", "lock.coupon."),
        ("userInfo:77", "userInfo:"),
        ("isales-order:cfg:1", "isales-order:cfg:"),
        ("spring_session#88", ""),
        ("t_order_item:88", "t_order_item:"),
        ("rate/limit/ip/10.0.0.1", "rate/limit/ip/"),
    ],
)
def test_what_is_made_of_words_of_services_stays(key: str, prefix: str):
    assert prefix_of(key.encode()) == prefix


def test_a_word_that_somebody_looked_at_stays_too():
    assert prefix_of(b"roastery:beanbank_7", ["roastery", "beanbank"]) == "roastery:beanbank_"
    assert prefix_of(b"roastery:beanbank_7", ["roastery"]) == "roastery:"


@given(st.lists(st.text("ab1:_é", max_size=8), max_size=60))
def test_no_whole_key_and_no_rare_prefix_is_ever_kept(drawn: list[str]):
    names = list(dict.fromkeys(name.encode() for name in drawn))
    found = summarise(Key(name, "string", None, 1) for name in names)
    assert sum(prefix.n_keys for prefix in found) == len(names)
    for prefix in found:
        if prefix.prefix:
            assert prefix.n_keys >= FEWEST
            shared = [name for name in names if name.decode().startswith(prefix.prefix)]
            assert len(shared) >= FEWEST


def test_types_lives_and_sizes_are_of_the_keys_of_a_prefix():
    keys = [Key(b"a:%d" % n, "string", n if n < 3 else None, 10 * n) for n in range(6)]
    keys += [Key(b"a:x%d" % n, "hash", None, None) for n in range(5)]
    keys += [Key(b"b:c:%d" % n, "string", None, 1) for n in range(4)]
    shown = [
        (p.prefix, p.type, p.n_keys, p.n_expiring, p.ttl_seconds, p.bytes_per_key) for p in summarise(keys)
    ]
    assert shown == [
        ("", "string", 4, 0, None, 1.0),
        ("a:", "hash", 5, 0, None, None),
        ("a:", "string", 6, 3, 1.0, 25.0),
    ]
