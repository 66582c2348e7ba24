"""``make bench``: every benchmark in turn. Each prints ratios against a named alternative, from one run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

for script in sorted(Path(__file__).parent.glob("*_speed.py")):
    print(f"\n{script.stem.replace('_', ' ')}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.bench.{script.stem}"], check=False)
