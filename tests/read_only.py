"""A folder that cannot be written, also for root, to whom modes mean nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def read_only(folder: Path, command: list[str]) -> list[str]:
    """The command where ``folder`` cannot be written: by its mode, or for root by a mount of its own."""
    if os.geteuid() != 0:
        folder.chmod(0o555)
        return command
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    wrapped = ["unshare", "--mount", "sh", "-c", mount, str(folder), *command]
    tried = shutil.which("unshare") and subprocess.run([*wrapped[:6], "true"], capture_output=True)
    if not tried or tried.returncode:
        pytest.skip("root without the right to mount: no folder is read-only to it")
    return wrapped
