"""JupyterLab on this machine: on chapter 00, contents at the left, no pop-up."""

from __future__ import annotations

import os
from typing import Any

from lib.config import ROOT, Settings
from lib.workbook.lab.desk import START, prepare

FIRST_PORT = 8888


def start_lab(settings: Settings, port: int, *, browser: bool) -> int:
    """Run JupyterLab until it is stopped; return 0."""
    prepare(settings)
    # Only now, because it reads the variables when it is imported; and it ships no types.
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]

    server: Any = LabApp.initialize_server(argv=_options(port, browser))
    # Ours is the only line that shows the token, and it opens the right page.
    server.identity_provider.token_generated = False
    address = f"http://localhost:{port}/lab/tree/{START}?token={server.identity_provider.token}"
    print(f"\nJupyterLab is open at\n\n    {address}\n", flush=True)
    print("To stop: Ctrl-C twice here, or File, Shut Down in JupyterLab.", flush=True)
    server.start()
    return 0


def _options(port: int, browser: bool) -> list[str]:
    options = [
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={ROOT}",
        f"--ServerApp.open_browser={browser}",
        f"--LabApp.default_url=/lab/tree/{START}",
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container root is the only user
    return options
