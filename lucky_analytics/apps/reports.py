"""Save as report: the same scenario through the parameterised notebook, into the portal."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from lucky_analytics.errors import LuckyError, RunError
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import find

__all__ = ["ReportQueue"]

LARGEST_SCENARIO = 20_000
MOST_WAITING = 4
MADE = ("ran", "rendered", "skipped")


class ReportQueue:
    """Runs one report at a time in a process of its own, so that no session's levers wait for it.

    ``notebook``: of the report, none for an app without one; its parameter ``scenario`` takes the document
    as JSON. The notebook checks it again, with the same code as the app.
    """

    def __init__(self, notebook: str | None, settings: Settings):
        self.notebook, self.settings = notebook, settings
        self._turn, self._waiting = asyncio.Lock(), 0

    def is_ours(self, run: tuple[str, ...]) -> bool:
        """Whether that run is one of this app's reports."""
        name = "".join(run)
        return name.isalnum() and (self.settings.runs_dir / (self.notebook or ".none") / name).is_dir()

    async def save(self, asked: Any) -> dict[str, str]:
        """``{"run": id, "page": path under portal/}`` for ``{"scenario": document, "snapshot": id}``.

        The snapshot is the one that the page shows. Raises ``LuckyError`` when the report cannot be made.
        """
        asked = asked if isinstance(asked, dict) else {}
        if self.notebook is None:
            raise LuckyError("report", expected="an app whose notebook names its report", got="none")
        text, snapshot = json.dumps(asked.get("scenario"), sort_keys=True), str(asked.get("snapshot"))
        if not isinstance(asked.get("scenario"), dict) or len(text) > LARGEST_SCENARIO:
            raise LuckyError("report", expected=f"a scenario of at most {LARGEST_SCENARIO} characters")
        snapshot = find(snapshot, self.settings).id
        if self._waiting >= MOST_WAITING:
            raise LuckyError(
                "report", expected=f"at most {MOST_WAITING} at a time", remedy="Try again shortly"
            )
        self._waiting += 1
        try:
            async with self._turn:
                run = await self._run(text, snapshot)
                page = f"runs/{run}/index.html"
                _, error = await self._lucky("publish")
                if error and not (self.settings.site_dir / page).is_file():
                    raise error
        finally:
            self._waiting -= 1
        return {"run": run, "page": page}

    async def _run(self, scenario: str, snapshot: str) -> str:
        with tempfile.TemporaryDirectory(prefix="lucky-report-") as folder:
            parameters = Path(folder) / "scenario.yml"
            # JSON is YAML; a string of JSON in it keeps every digit as it was sent.
            parameters.write_text(json.dumps({"scenario": scenario}), encoding="utf-8")
            asked = ("run", str(self.notebook), "--params", str(parameters), "--snapshot", snapshot, "--json")
            said, error = await self._lucky(*asked)
        outcome = json.loads(said)[0] if said else {}
        if error and outcome.get("action") not in MADE:
            raise error
        return str(outcome["record"]["run_id"])

    async def _lucky(self, *arguments: str) -> tuple[str, RunError | None]:
        """What a command prints, and the error it ends with: that may be of another report than ours."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "lucky_analytics.cli",
            *arguments,
            cwd=self.settings.root,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        if not process.returncode:
            return out.decode(), None
        last = (err.decode(errors="replace").strip().splitlines() or [""])[-1]
        remedy = "The scenario itself is kept"
        return out.decode(), RunError(f"report {self.notebook}", got=last[:300], remedy=remedy)
