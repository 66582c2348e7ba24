"""Where readers of the portal open its apps, from the home and from the reports whose question they try."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote

from lucky_analytics.apps.app_parts import list_apps
from lucky_analytics.pages.templating import format_words
from lucky_analytics.settings import Settings

__all__ = ["AppLink", "list_app_links"]


@dataclass(frozen=True)
class AppLink:
    """An app by its question; ``beside`` are the notebooks whose reports lead to it."""

    name: str
    title: str
    href: str
    beside: tuple[str, ...]


def list_app_links(settings: Settings) -> list[AppLink]:
    """The apps at ``LUCKY_APPS_URL``, each under its name; none without that address.

    ``title`` and ``beside`` are in the metadata of an app's notebook. A file that is no notebook is left out:
    ``lucky app`` says what is wrong with it.
    """
    found = []
    for name in list_apps(settings) if settings.apps_url else ():
        try:
            path = settings.notebooks_dir / "apps" / f"{name}.ipynb"
            said = json.loads(path.read_text(encoding="utf-8"))["metadata"]
            title, beside = said.get("title", format_words(name)), tuple(said.get("beside", ()))
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            continue
        found.append(AppLink(name, title, f"{settings.apps_url}/{quote(name)}/", beside))
    return found
