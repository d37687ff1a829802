"""JupyterLab, set up for a learner: on chapter 00, contents at the left, no pop-up.

Its settings, layouts and logs lie in the workbook's own folder: those in the user's home folder are
neither read nor changed.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from lib.config import ROOT, Settings
from lib.errors import PipelineError

FIRST_PORT = 8888
START = "notebooks/00_start_here.ipynb"

# The defaults under a learner's own settings.
DEFAULTS = {
    # "none" would ask whether to fetch news, in a pop-up over the first chapter.
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}

# What JupyterLab saves about its window, in its own words, as it should look at the first start.
LAYOUT: dict[str, Any] = {
    "main": {},
    "down": {"size": 0, "widgets": []},
    "left": {
        "collapsed": False,
        "visible": True,
        "current": "@jupyterlab/toc:plugin",
        "widgets": ["filebrowser", "running-sessions", "@jupyterlab/toc:plugin"],
        "widgetStates": {},
    },
    "right": {"collapsed": True, "visible": True, "widgets": [], "widgetStates": {}},
    "relativeSizes": [0.22, 0.78, 0],
    "top": {"simpleVisibility": True},
}


def start_lab(settings: Settings, port: int, *, browser: bool) -> int:
    """Run JupyterLab until it is stopped; return 0."""
    private_folders(settings.home / "jupyter")
    # Only now, because it reads the variables when it is imported; and it ships no types.
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]

    _trust_chapters()
    server: Any = LabApp.initialize_server(argv=_options(port, browser))
    # Ours is the only line that shows the token, and it opens the right page.
    server.identity_provider.token_generated = False
    address = f"http://localhost:{port}/lab/tree/{START}?token={server.identity_provider.token}"
    print(f"\nJupyterLab is open at\n\n    {address}\n", flush=True)
    print("To stop: Ctrl-C twice here, or File, Shut Down in JupyterLab.", flush=True)
    server.start()
    return 0


def private_folders(folder: Path) -> None:
    """Let Jupyter and IPython read and write below this folder only; prepare it.

    Raises PipelineError when it cannot be written.
    """
    places = {
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": folder / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
        "IPYTHONDIR": folder / "ipython",
    }
    try:
        for name, place in places.items():
            place.mkdir(parents=True, exist_ok=True)
            os.environ[name] = str(place)
        _write_defaults(folder / "config" / "labconfig" / "default_setting_overrides.json")
        _seed_workspace(folder / "workspaces")
    except OSError as error:
        raise PipelineError(
            f"JupyterLab's settings cannot be written to {folder} ({error.strerror}).",
            "Free some space, or move the workbook into a folder of your own.",
        ) from error
    # Paths of another project would bring its kernels, extensions and settings along.
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JUPYTERLAB_DIR", "JUPYTER_NO_CONFIG"):
        os.environ.pop(name, None)
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    # An empty token would mean: no authentication.
    if not os.environ.get("JUPYTER_TOKEN"):
        os.environ.pop("JUPYTER_TOKEN", None)


def _write_defaults(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(DEFAULTS, indent=1), encoding="utf-8")


def _seed_workspace(folder: Path) -> None:
    """Lay out the window of the very first start; later on, it is as the learner left it."""
    if any(folder.iterdir()):
        return
    from jupyterlab_server.workspaces_handler import slugify

    layout = {"data": {"layout-restorer:data": LAYOUT}, "metadata": {"id": "default"}}
    name = f"{slugify('default')}.jupyterlab-workspace"
    part = folder / f"{name}.{secrets.token_hex(4)}.part"
    part.write_text(json.dumps(layout), encoding="utf-8")
    part.replace(folder / name)


def _trust_chapters() -> None:
    """Sign the chapters: what an unsigned notebook stores as HTML or SVG is not shown."""
    from nbformat.sign import NotebookNotary

    from lib.workbook.course.notebooks import chapter_files, read

    notary = NotebookNotary()
    for path in chapter_files(ROOT / "notebooks"):
        try:
            notary.sign(read(path))
        except Exception as error:  # a notebook that a learner broke must not keep the others shut
            print(f"{path.name} cannot be read ({type(error).__name__}).", file=sys.stderr)
    notary.store.close()


def _options(port: int, browser: bool) -> list[str]:
    import zmq

    options = [
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={ROOT}",
        f"--ServerApp.open_browser={browser}",
        f"--LabApp.default_url=/lab/tree/{START}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
    ]
    if zmq.has("curve"):  # or every kernel warns that others on this machine could listen
        options.append("--KernelManager.transport_encryption=auto")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container root is the only user
    return options
