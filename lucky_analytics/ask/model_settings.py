"""Which language model may propose requests: named by variables, none by default."""

from __future__ import annotations

from lucky_analytics import settings
from lucky_analytics.ask.model_reader import ModelReader

__all__ = ["find_model"]


def find_model() -> ModelReader | None:
    """The endpoint in ``LUCKY_ASK_URL`` with the model in ``LUCKY_ASK_MODEL`` (or "dify") and the token in
    ``LUCKY_ASK_TOKEN``; null without an address.

    >>> find_model() is None                                                         # doctest: +SKIP
    True
    """
    url = settings.environment_value("LUCKY_ASK_URL")
    model = settings.environment_value("LUCKY_ASK_MODEL") or "default"
    return ModelReader(url, model, settings.environment_value("LUCKY_ASK_TOKEN") or "") if url else None
