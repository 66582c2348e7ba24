"""An executed notebook becomes one offline page, in the reader's order."""

from __future__ import annotations

from lucky_analytics.pages.assets_folder import write_assets
from lucky_analytics.pages.export import render
from lucky_analytics.pages.facts import RunFacts

__all__ = ["RunFacts", "render", "write_assets"]
