"""The learner's desk: all that is laid out before JupyterLab starts, by whatever starts it.

`run.py lab` starts it itself. A hub, an image or a class has a start of its own, and calls
`run.py prepare` before it, or `run.py prepare -- COMMAND`, which becomes the command.
Settings, layouts and logs lie in the workbook's own folder: those in the user's home folder are
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
from lib.workbook.databases.is_ready import make_ready

START = "notebooks/00_start_here.ipynb"

# The defaults under a learner's own settings.
DEFAULTS = {
    # "none" would ask whether to fetch news, in a pop-up over the first chapter.
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}

# What JupyterLab would be told by options; here whatever starts it reads them.
LAB = {
    "LabApp": {
        "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "news_url": None,
    }
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


def prepare(settings: Settings) -> None:
    """Load the data where they are missing; lay out the rest, for this process and its children.

    In the environment's variables: Jupyter's folders, and `lib` on the path of every Python.
    Raises PipelineError when the database does not answer or a folder cannot be written.
    """
    make_ready(settings)
    private_folders(settings.home / "jupyter")
    trust_chapters()
    lib_on_the_path()


def lib_on_the_path() -> None:
    """Let each Python that is started from here import this clone's `lib`, in every folder.

    The environment may be one for all, or an image's, which knows no clone.
    """
    others = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    paths = [str(ROOT), *(path for path in others if path != str(ROOT))]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)


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
        _write_settings(folder / "config")
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


def _write_settings(folder: Path) -> None:
    import zmq

    files: dict[str, Any] = {"labconfig/default_setting_overrides.json": DEFAULTS}
    files["jupyter_lab_config.json"] = LAB
    # Without it every kernel warns that others on this machine could listen.
    kernels = {"transport_encryption": "auto"} if zmq.has("curve") else {}
    files["jupyter_server_config.json"] = {"KernelManager": kernels}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")


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


def trust_chapters() -> None:
    """Sign the chapters: what an unsigned notebook stores as HTML or SVG is not shown."""
    from nbformat.reader import reads  # as it stands: to validate all chapters takes longer
    from nbformat.sign import NotebookNotary

    from lib.workbook.course.notebooks import chapter_files

    notary = NotebookNotary()
    for path in chapter_files(ROOT / "notebooks"):
        try:
            notary.sign(reads(path.read_text(encoding="utf-8")))
        except Exception as error:  # a notebook that a learner broke must not keep the others shut
            print(f"{path.name} cannot be read ({type(error).__name__}).", file=sys.stderr)
    notary.store.close()
