"""What the look-up of customers knows: a number is asked for, the log gets a line, then there is a card."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from lucky_analytics.apps.app_frame import Action
from lucky_analytics.apps.kept import open_prepared
from lucky_analytics.apps.readers import find_reader
from lucky_analytics.audit_log import append_entry
from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.marketing.customer_360 import customer_card
from lucky_analytics.questions.marketing.customer_360.customer_card import PreparedCards, prepare_cards
from lucky_analytics.settings import Settings, load
from lucky_analytics.snapshot.boundary import load_key

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["make_actions", "name_asked", "open_cards", "page_context"]


def open_cards(snapshot: str = "newest") -> tuple[PreparedCards, Suite]:
    """Values of all customers, from disk when they were made before, and the catalog that has the rest."""
    import lucky_analytics

    prepared, found = open_prepared("customer_card", customer_card.__name__, prepare_cards, snapshot)
    return prepared, lucky_analytics.open(found)


def make_actions(
    prepared: PreparedCards,
    suite: Suite,
    settings: Settings | None = None,
    reader: Callable[[], str | None] = find_reader,
) -> dict[str, Action]:
    """``evaluate`` looks one customer up, who is never part of an address; without a number there is no card.

    Nobody is shown before the look-up is in the audit log, and nobody at all where no reader is known.
    """
    here = settings or load()

    def evaluate(body: Any) -> dict[str, Any]:
        if isinstance(body, Mapping) and body.get("query"):
            raise LuckyError(
                "customer",
                expected="a number typed on the page",
                got="one in the address, which others may log",
            )
        said = body.get("scenario") if isinstance(body, Mapping) else None
        asked = said.get("customer") if isinstance(said, Mapping) else None
        if asked in (None, ""):
            return {"scenario": {"customer": "", "levers": {}}, "query": "", "card": None}
        asked = asked.strip() if isinstance(asked, str) else asked
        card = _look_up(prepared, suite, here, asked, reader())
        return {"scenario": {"customer": asked, "levers": {}}, "query": "", "card": card}

    return {"evaluate": evaluate}


def _look_up(
    prepared: PreparedCards, suite: Suite, settings: Settings, asked: Any, who: str | None
) -> dict[str, Any]:
    if who is None:
        _note(settings, suite, "nobody", asked, is_found=False)
        raise LuckyError(
            "customer", expected="a reader who is signed in", got="nobody",
            remedy="Start the app with LUCKY_APP_TOKEN or --identity-header",
        )  # fmt: skip
    is_number = customer_card.is_number(asked)
    kept = customer_card.list_kept(suite, asked) if is_number else None
    is_shown = kept is not None and not kept["is_delivery_account"]
    _note(settings, suite, who, asked, is_found=is_shown)
    if not is_number:
        raise LuckyError("customer", expected="a number of up to 32 letters and digits", got="something else")
    if kept is None:
        raise LuckyError(
            "customer", expected=f"a number registered by {suite.as_of}", got="one that nobody has"
        )
    if not is_shown:
        raise LuckyError("customer", expected="a person", got="an account of a delivery platform")
    return customer_card.show_card(suite, prepared, asked, kept)


def _note(settings: Settings, suite: Suite, who: str, asked: Any, *, is_found: bool) -> None:
    looked_up = {"reader": who, "customer": name_asked(settings, asked, is_found), "found": is_found}
    append_entry(settings, "look up a customer", snapshot=suite.snapshot.id, looked_up=looked_up)


def name_asked(settings: Settings, asked: Any, is_found: bool) -> str:
    """What the log says of a number: itself where somebody has it, else a hash of what was typed, keyed as
    those of snapshots, because that may be a telephone number or a name."""
    if is_found:
        return str(asked)
    key = load_key(settings.data_dir, "look-ups")
    return "#" + hashlib.blake2b(str(asked).encode(), key=key, digest_size=8).hexdigest()


def page_context(prepared: PreparedCards, suite: Suite) -> dict[str, Any]:
    """What the page is told once: of no customer."""
    return {
        "snapshot": suite.snapshot.id,
        "as_of": str(prepared.as_of),
        "is_generated": "-demo-" in suite.snapshot.id,
        "why": prepared.why,
        "is_scored": prepared.is_scored,
    }
