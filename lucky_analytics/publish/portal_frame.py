"""What every page of the portal itself shares: navigation, escaping, relative addresses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucky_analytics.pages.phone_tables import fit_tables
from lucky_analytics.pages.templating import templates

__all__ = ["Frame", "NavEntry"]

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class NavEntry:
    """One entry of the navigation; ``address`` is relative to the portal's root."""

    address: str
    text: str


@dataclass(frozen=True)
class Frame:
    """Renders the portal's own pages into ``site``, each with the same navigation."""

    site: Path
    nav: tuple[NavEntry, ...]
    is_generated: bool

    def write(self, address: str, template: str, **context: Any) -> None:
        """Write one page at ``address``, relative to the root; it can tell which entry of ``nav`` it is."""
        file = self.site / address
        file.parent.mkdir(parents=True, exist_ok=True)
        page = templates(_TEMPLATES).get_template(template)
        root = "../" * address.count("/")
        text = page.render(
            root=root, address=address, nav=self.nav, is_generated=self.is_generated, **context
        )
        file.write_text(fit_tables(text), encoding="utf-8")
