"""An executed notebook becomes one offline page, in the reader's order."""

from __future__ import annotations

from lucky_analytics.pages.assets_folder import remove_unused_assets, write_assets
from lucky_analytics.pages.facts import RunFacts
from lucky_analytics.pages.page_export import prepare, render, render_checked

__all__ = ["RunFacts", "prepare", "remove_unused_assets", "render", "render_checked", "write_assets"]
