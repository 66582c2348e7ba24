"""Ask Lucky on the small demo estate, its vocabulary made once."""

from __future__ import annotations

import functools

from lucky_analytics.ask.asking import Asker
from lucky_analytics.ask.known_values import load_values
from lucky_analytics.ask.vocabulary import Vocabulary, make_vocabulary
from lucky_analytics.catalog import Suite
from tests import demo_suite


@functools.cache
def suite() -> Suite:
    return demo_suite.suite()


@functools.cache
def vocabulary() -> Vocabulary:
    return make_vocabulary(load_values(suite()))


def asker(**options) -> Asker:
    return Asker(suite(), vocabulary=vocabulary(), **options)
