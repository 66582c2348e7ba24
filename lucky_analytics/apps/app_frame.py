"""The frame that every app shares: one widget that carries requests to Python and answers to the page.

An app is a notebook that shows a ``Frame``: what the page is told once (``context``), what is computed for a
scenario (``evaluate``) and a few named actions. The page draws, remembers, undoes and shares; all numbers
come from Python.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from lucky_analytics.apps.app_parts import APPS, find_parts
from lucky_analytics.errors import LuckyError

__all__ = ["ASSETS", "MIME", "Action", "Frame", "plain"]

ASSETS = APPS / "assets"
# The page finds its first numbers under this type, before the widget machinery has loaded.
MIME = "application/vnd.lucky.app+json"
Action = Callable[[Any], Mapping[str, Any]]


def _script(name: str) -> str:
    """In Voila the page has loaded the scripts already; in JupyterLab they come with the widget."""
    parts = find_parts(name)
    shared = _bodies(ASSETS, parts.shared)
    own = _bodies(parts.folder, parts.scripts)
    # Another app may stand in the same lab: what is shared is loaded once, each app's own by the first of it.
    return (
        f"if (!globalThis.luckyApp) {{\n{shared}\n}}\n"
        f"if (!globalThis.luckyApp.views.{name}) {{\n{own}\n}}\n"
        "export default { render: (bag) => globalThis.luckyApp.connect(bag) };"
    )


def _bodies(folder: Path, names: tuple[str, ...]) -> str:
    """Each file in a function of its own: a library must find no module loader, and nothing may leak."""
    texts = [(folder / name).read_text(encoding="utf-8") for name in names]
    return "\n".join(f"(function(exports, module, define) {{\n{t}\n}}).call(globalThis);" for t in texts)


class Frame(anywidget.AnyWidget):
    """Shows an app. ``name``: of its notebook and of its folder, whose script draws it.

    ``context`` is sent once. ``actions`` are called with what the page sends and return plain values;
    "evaluate" with an empty request gives the first numbers. A ``LuckyError`` becomes its one line; anything
    else is named by its kind only, and written to the log. Raises ``LuckyError`` for an app without a script.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    info = traitlets.Dict().tag(sync=True)

    def __init__(self, name: str, context: Mapping[str, Any], actions: Mapping[str, Action]):
        self._actions = dict(actions)
        super().__init__(_esm=_script(name), _css="", info={"name": name})
        self._first = {**self.info, "context": plain(context), "first": plain(self._actions["evaluate"]({}))}
        self.on_msg(self._answer)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        shown = super()._repr_mimebundle_(**options)
        bundle, metadata = shown if isinstance(shown, tuple) else (shown, {})
        return {**(bundle or {}), MIME: self._first}, metadata

    def _answer(self, _: Any, content: Any, buffers: Any) -> None:
        began = time.perf_counter()
        content = content if isinstance(content, dict) else {}
        reply: dict[str, Any] = {"id": content.get("id"), "kind": content.get("kind")}
        try:
            if content.get("kind") == "context":
                reply["result"] = self._first
            else:
                reply["result"] = plain(self._actions[str(content.get("kind"))](content.get("body")))
        except LuckyError as error:
            reply["error"] = str(error)
        except Exception as error:
            self.log.exception("app %s", self.info["name"])
            reply["error"] = f"This could not be computed ({type(error).__name__})."
        reply["ms"] = round(1000 * (time.perf_counter() - began), 1)
        self.send(reply)


def plain(value: Any) -> Any:
    """Values that JSON has: numbers of numpy as Python's, NaN and infinity as null.

    >>> plain({"a": float("inf"), "b": (1, 2.5)})
    {'a': None, 'b': [1, 2.5]}
    """
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
