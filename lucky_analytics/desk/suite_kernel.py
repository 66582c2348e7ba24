"""An IPython extension that ``lucky lab`` loads into its kernels: figures and tables are shown with their
findings, an analyst's own charts look like the suite's, and edited steps are read again; all is drawn without
the internet."""

from __future__ import annotations

import sys
from html import escape
from typing import Any

from lucky_analytics import report_charts, report_record
from lucky_analytics.desk import lab_charts as charts
from lucky_analytics.desk.broken_steps import RefuseBroken

__all__ = ["load_ipython_extension", "show_record"]

# A table is black on the page's white; this holds where JupyterLab is dark.
_CARD = "background:#fff; color:#222; padding:12px 16px; display:inline-block"
_ROWS = (
    "<style>.lucky-card tbody tr, .lucky-card tbody tr:hover { background: #fff !important } "
    ".lucky-card :is(th, td) { color: #222 !important }</style>"
)
_COMPLETED = [("lucky_analytics",), ("ibis",)]
_MODULES = ("altair", "lucky_analytics.figures")


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython in a new kernel; nothing heavy is imported here.

    Completion evaluates attributes of the suite and of Ibis, so that Tab knows tables and columns at once;
    the general completer needs many seconds to read these libraries the first time. Charts are set up before
    the first cell that needs them: importing Altair costs every kernel a second. A step that was edited is
    read again before the next cell, so that Run All shows the number of the code as it is. While
    one cannot be read, no cell runs.
    """
    shell.run_line_magic("load_ext", "autoreload")
    shell.run_line_magic("autoreload", "2")
    reloader = shell.magics_manager.registry["AutoreloadMagics"]._reloader
    shell.ast_transformers.append(RefuseBroken(reloader.failed))
    shell.Completer.use_jedi = False
    shell.Completer.policy_overrides = {
        "allowed_getattr_external": _COMPLETED,
        "allowed_getitem_external": _COMPLETED,
    }

    def before_cell(info: Any) -> None:
        if "altair" in sys.modules or any(module in (info.raw_cell or "") for module in _MODULES):
            shell.events.unregister("pre_run_cell", before_cell)
            _set_up_charts()

    shell.events.register("pre_run_cell", before_cell)
    shell.display_pub.register_hook(show_record)


def show_record(message: dict[str, Any]) -> dict[str, Any]:
    """A figure's or a table's message with what JupyterLab can draw: its title above it.

    JupyterLab 4 knows no Vega-Lite 6 and would show a figure's still picture without its finding. Every
    other message is returned as it is.
    """
    bundle = message["content"].get("data", {})
    said = bundle.get(report_record.MIME, {})
    if said.get("kind") == "figure":
        bundle[charts.VEGA] = charts.draw_live(
            bundle[report_charts.VEGA_LITE], said["finding"], said["subtitle"]
        )
        message["content"].setdefault("metadata", {})[charts.VEGA] = {"embed_options": charts.EMBED_OPTIONS}
    elif said.get("kind") == "table":
        bundle["text/html"] = _card(said["title"], bundle["text/html"])
    return message


def _card(title: str, shown: str) -> str:
    return f'{_ROWS}<div class="lucky-card" style="{_CARD}"><b>{escape(title)}</b><br>{shown}</div>'


def _set_up_charts() -> None:
    import altair as alt

    from lucky_analytics.figures.theme import apply_theme

    config = apply_theme(alt.Chart().mark_point()).to_dict()["config"]
    alt.theme.register("lucky", enable=True)(lambda: alt.theme.ThemeConfig(config=config))
    alt.renderers.enable("jupyter", offline=True, embed_options={"actions": False})
