"""environment.yml, written from requirements.lock: the same packages for those who use conda."""

from __future__ import annotations

import json
import re
from pathlib import Path

_PIN = re.compile(r"^(?P<pin>[a-z0-9][\w.-]*==[\w.+!]+)(?P<marker> ;[^\\]*)?", re.MULTILINE)


def locked_packages(lock: str) -> list[str]:
    """The pins of a lock with their markers, without hashes.

    >>> locked_packages('abc==1.0 ; sys_platform == "win32" \\\\\\n    --hash=sha256:00')
    ['abc==1.0 ; sys_platform == "win32"']
    """
    return [(found["pin"] + (found["marker"] or "")).strip() for found in _PIN.finditer(lock)]


def render(lock: str) -> str:
    lines = [
        "# Written by make lock from requirements.lock; a test keeps the two equal.",
        "name: lucky-analytics",
        "channels: [conda-forge]",
        "dependencies:",
        "  - python=3.11",
        "  - pip",
        "  - pip:",
    ]
    return "\n".join(lines + [f"      - {_quoted(pin)}" for pin in locked_packages(lock)]) + "\n"


def _quoted(pin: str) -> str:
    return json.dumps(pin) if ";" in pin else pin


if __name__ == "__main__":
    print(render(Path("requirements.lock").read_text(encoding="utf-8")), end="")
