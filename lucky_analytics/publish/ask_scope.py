"""What an audience may ask: the rule of its pages, applied to rows before anything is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucky_analytics.ask.request_checks import OPEN, Scope
from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.publish.audiences import load_audiences
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["scope_of"]

NOTEBOOK = "ask_lucky"


def scope_of(name: str, settings: Settings, suite: Suite) -> Scope:
    """What the audience ``name`` of ``params/audiences.yml`` may ask.

    Departments are owners of numbers. An audience of single notebooks asks where ``ask_lucky`` is one of
    them; its parameter ``store`` leaves it that store's rows. Another parameter is no rule about rows, so
    that such an audience asks nothing. Raises ``UnknownNameError`` for a name that nobody declared, the
    fault of one that is declared wrongly, ``LuckyError`` for one that may not ask.
    """
    found = load_audiences(settings)
    audience = next((each for each in found.listed if each.name == name), None)
    if audience is None:
        fault = next((each for each in found.faults if name in str(each)), None)
        raise fault or UnknownNameError("audience", name, found.names)
    if audience.is_unrestricted:
        return OPEN
    may_ask = audience.notebooks is None or NOTEBOOK in audience.notebooks
    if not may_ask or set(audience.parameters) - {"store"}:
        raise LuckyError(
            f"audience {name}", expected=f"{NOTEBOOK} among its notebooks, and no parameter but store",
            got="rules that let it ask nothing",
        )  # fmt: skip
    owners = None
    if audience.departments is not None:
        owners = frozenset(each.replace("_", " ") for each in audience.departments)
    stores, names = None, frozenset[str]()
    if "store" in audience.parameters:
        named = suite.stores.filter(suite.stores.store_name == str(audience.parameters["store"]))
        found_stores = named.select("store_id", "store_name").execute()
        stores, names = frozenset(found_stores["store_id"]), frozenset(found_stores["store_name"])
    return Scope(name, owners, stores, names)
