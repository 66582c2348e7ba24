"""JupyterLab on the suite: its settings ship with the package, what it writes stays in the outputs folder."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from lucky_analytics.settings import Settings

__all__ = ["lab_command", "lab_environment", "write_kernel"]

SHIPPED = Path(__file__).parent / "jupyter"


def lab_command(settings: Settings, options: Sequence[str] = ()) -> list[str]:
    """What starts JupyterLab on the whole checkout; ``options`` are JupyterLab's own.

    It listens on this machine only, behind a token; in a container, where everybody is root, that is fine.
    """
    root = ["--allow-root"] if os.geteuid() == 0 else []
    kept = f"--FileCheckpoints.checkpoint_dir={settings.lab_dir / 'checkpoints'}"  # none among the notebooks
    place = f"--ServerApp.root_dir={settings.root}"
    return [sys.executable, "-m", "jupyterlab", place, kept, *root, *options]


def lab_environment(settings: Settings, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of the server, its kernels and its terminals, from the ``inherited`` one.

    Nothing is read from or written to the analyst's home: settings, layouts, history and the server's own
    files are in ``outputs/lab``. ``lucky`` and ``papermill`` are found in cells (``!lucky run``) and
    terminals, whether or not the environment is activated.
    """
    state = settings.lab_dir
    search = [str(Path(sys.executable).parent), inherited.get("PATH", "")]
    return {
        **inherited,
        "PATH": ":".join(part for part in search if part),
        "LUCKY_HOME": str(settings.root),
        "JUPYTER_CONFIG_DIR": str(state / "config"),
        "JUPYTER_CONFIG_PATH": str(SHIPPED),
        "JUPYTER_PATH": str(state / "share"),  # before the environment's own kernels
        "JUPYTER_DATA_DIR": str(state / "data"),
        "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(state / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(state / "workspaces"),
        "IPYTHONDIR": str(state / "ipython"),
    }


def write_kernel(settings: Settings) -> Path:
    """The kernel ``python3`` of this environment, with ``desk.kernel`` loaded; its folder.

    Every committed notebook asks for ``python3``, which papermill takes as it is; in JupyterLab it also
    knows the suite's chart theme.
    """
    folder = settings.lab_dir / "share" / "kernels" / "python3"
    folder.mkdir(parents=True, exist_ok=True)
    start = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    extension = "--IPKernelApp.extensions=['lucky_analytics.desk.suite_kernel']"
    spec = {
        "argv": [*start, extension],
        "display_name": "Python 3",
        "language": "python",
        "metadata": {"debugger": True},
    }
    (folder / "kernel.json").write_text(json.dumps(spec, indent=1) + "\n", encoding="utf-8")
    return folder
