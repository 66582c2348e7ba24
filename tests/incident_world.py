"""Made-up files of incidents, with a kind that takes longer or comes most where planted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from lucky_analytics.questions.platform.incident_runbooks.incident_kinds import load_examples, load_kinds

UNTIL = dt.date(2026, 2, 13)
KINDS = [kind.name for kind in load_kinds()]
EXAMPLES = load_examples()
SERVERS = ["aws-luckyus-salesorder-rw", "scm-wds", "luckyus-daq", "luckyuam01-prod-usb", ""]


def make_incidents(
    seed: int,
    n: int = 80,
    slow: tuple[str, float] | None = None,
    frequent: tuple[str, float] | None = None,
    share_given: float = 1.0,
    days: int = 300,
) -> pd.DataFrame:
    """Rows of a file, ``truth`` beside them: incidents begin at random over ``days`` up to ``UNTIL``, of all
    kinds alike often, each solved after a lognormal time with a median of 3 hours; what is not solved by the
    end of ``UNTIL`` is open. ``slow``: (kind, times as long). ``frequent``: (kind, times as often).
    ``share_given``: how many have a class that somebody gave."""
    rng = np.random.default_rng(seed)
    weights = np.array([frequent[1] if frequent and kind == frequent[0] else 1.0 for kind in KINDS])
    truth = rng.choice(np.array(KINDS, object), n, p=weights / weights.sum())
    end = pd.Timestamp(UNTIL) + pd.Timedelta(days=1)
    opened = end - pd.to_timedelta(np.sort(rng.uniform(0, days, n))[::-1], unit="D")
    hours = 3 * np.exp(rng.normal(0, 1, n))
    if slow:
        hours = np.where(truth == slow[0], hours * slow[1], hours)
    solved = opened + pd.to_timedelta(hours, unit="h")
    said = [EXAMPLES.loc[EXAMPLES["kind"] == kind, "said"].sample(random_state=rng).iloc[0] for kind in truth]
    return pd.DataFrame(
        {
            "incident_id": [f"INC-{k:04d}" for k in range(n)],
            "opened_at": opened.strftime("%Y-%m-%dT%H:%M:%S"),
            "resolved_at": np.where(solved < end, solved.strftime("%Y-%m-%dT%H:%M:%S"), ""),
            "server": rng.choice(np.array(SERVERS, object), n),
            "said": said,
            "class": np.where(rng.random(n) < share_given, truth, ""),
            "truth": truth,
        }
    )


def write(folder: Path, rows: pd.DataFrame) -> str:
    """The file of ``rows``, without their truth; its path."""
    path = folder / "incidents.csv"
    rows.drop(columns="truth", errors="ignore").to_csv(path, index=False)
    return str(path)
