"""Lists of customers for a campaign: files with an owner and an expiry date, outside runs and portal."""

from __future__ import annotations

import datetime as dt
import json
import re
import warnings
from pathlib import Path

import pandas as pd

from lucky_analytics import settings
from lucky_analytics.errors import ParameterError
from lucky_analytics.formats import neutralise

__all__ = ["LONGEST_DAYS", "write_list"]

_NAME = re.compile(r"[a-z0-9_]+")
LONGEST_DAYS = 90
_OWNER_ONLY = 0o600


def write_list(
    frame: pd.DataFrame,
    name: str,
    *,
    owner: str,
    purpose: str,
    as_of: dt.date,
    valid_days: int = 14,
    folder: Path | None = None,
) -> Path:
    """Write ``frame`` as ``<name>-<as_of>.csv`` with a ``.json`` beside it that says whose it is; its path.

    ``folder`` is ``outputs/lists`` by default, which nothing publishes. Only its owner's account can read
    the files. Lists that had expired by ``as_of`` are deleted first; one whose ``.json`` is damaged is warned
    of, and expires when the longest validity from the day in its name does. Raises ``ParameterError`` without
    an owner or purpose, for a name that is not ``[a-z0-9_]+``, or a validity outside 1 to 90 days.

    >>> write_list(rows, "at_risk", owner="marketing", purpose="win-back", as_of=day)    # doctest: +SKIP
    PosixPath('outputs/lists/at_risk-2026-02-13.csv')
    """
    if not (owner.strip() and purpose.strip() and _NAME.fullmatch(name) and 1 <= valid_days <= LONGEST_DAYS):
        raise ParameterError(
            f"list {name!r}",
            expected=f"a plain name, an owner, a purpose, and 1 to {LONGEST_DAYS} days",
            got=f"owner {owner!r}, purpose {purpose!r}, {valid_days} days",
        )
    target = folder or settings.load().outputs_dir / "lists"
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    _delete_expired(target, as_of)
    path = target / f"{name}-{as_of}.csv"
    facts = {
        "name": name,
        "owner": owner,
        "purpose": purpose,
        "as_of": str(as_of),
        "expires": str(as_of + dt.timedelta(days=valid_days)),
        "rows": len(frame),
        "columns": list(frame.columns),
    }
    _write(path.with_suffix(".json"), json.dumps(facts, indent=1) + "\n")
    _write(path, _without_formulas(frame).to_csv(index=False))
    return path


def _without_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run as a formula is led by an apostrophe."""
    safe = frame.map(lambda value: neutralise(value) if isinstance(value, str) else value)
    return safe.set_axis([neutralise(str(name)) for name in frame.columns], axis=1)


def _write(path: Path, text: str) -> None:
    new = path.with_name(path.name + ".new")
    new.touch(mode=_OWNER_ONLY)
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _delete_expired(folder: Path, as_of: dt.date) -> None:
    for facts in folder.glob("*.json"):
        if _expires(facts) < str(as_of):
            facts.with_suffix(".csv").unlink(missing_ok=True)
            facts.unlink()


def _expires(facts: Path) -> str:
    """The day after which a list must be gone; a list that does not say so must not stay for good."""
    try:
        return dt.date.fromisoformat(json.loads(facts.read_text(encoding="utf-8"))["expires"]).isoformat()
    except (OSError, ValueError, KeyError, TypeError):
        written = re.search(r"\d{4}-\d{2}-\d{2}$", facts.stem)
        last = dt.date.fromisoformat(written[0]) + dt.timedelta(days=LONGEST_DAYS) if written else dt.date.max
        until = f"it is kept until {last}" if written else "remove it by hand"
        warnings.warn(
            f"{facts}: expected who owns the list and until when, got a damaged file; {until}", stacklevel=4
        )
        return str(last)
