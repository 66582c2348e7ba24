"""``make bench``: every benchmark in turn, then one table of their ratios, also in ``outputs/bench.json``.

``python -m tests.bench many run`` measures only these (``many_speed``, ``run_speed``).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lucky_analytics import settings
from tests.bench.bench_rows import MARK, read_rows, write_table

chosen = {f"{name.removesuffix('_speed')}_speed" for name in sys.argv[1:]}
scripts = [path.stem for path in sorted(Path(__file__).parent.glob("*_speed.py"))]
if unknown := chosen - set(scripts):
    sys.exit(f"bench: expected some of {', '.join(scripts)}, got {', '.join(sorted(unknown))}")
rows, failed = [], []
for script in scripts:
    if chosen and script not in chosen:
        continue
    print(f"\n{script.replace('_', ' ')}", flush=True)
    command = [sys.executable, "-m", f"tests.bench.{script}"]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout or ():
            lines.append(line)
            if not line.startswith(MARK):
                print(line, end="", flush=True)
    rows += read_rows(lines)
    failed += [script] if running.returncode else []
print(f"\n{write_table(rows, failed, settings.load().outputs_dir / 'bench.json')}")
sys.exit(bool(failed))
