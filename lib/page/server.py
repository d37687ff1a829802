"""The page's server: streamlit_app.py at a port of this machine, until it is stopped.

    python -m lib.page.server 8501

Streamlit's own greeting is left out: in it, a server without a browser would ask the internet for
this machine's address.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import sys
from typing import Any

import lib.skip_rfc3987  # noqa: F401
from lib.config import ROOT
from lib.local_server import address_of, behind_hub, end_with_parent

FIRST_PORT = 8501
SCRIPT = ROOT / "streamlit_app.py"
# What the page imports: now, so that its first visitor does not wait for it.
NEEDED = (
    "pandas",
    "pandas.io.formats.csvs",
    "streamlit.emojis",  # a pattern that takes a quarter of a second to compile
    "lib.page.charts",
    "lib.database.read_only",
    "streamlit.dataframe_util",
)


def serve(port: int, *, browser: bool, watch: bool = False) -> None:
    """Serve the page; returns when it is stopped, by Ctrl-C or a signal.

    With `watch`, the page notices when its files change. To look at some thousand modules takes
    longer, at each click, than everything else.
    """
    os.chdir(ROOT)  # where Streamlit looks for .streamlit/config.toml
    from streamlit.web import bootstrap

    options: dict[str, Any] = {"server_port": port, "server_headless": not browser or behind_hub()}
    options |= {"logger_hideWelcomeMessage": True, "logger_level": "warning"}
    options["runner_magicEnabled"] = False  # to look for values that stand alone: there are none
    options["server_fileWatcherType"] = "auto" if watch else "none"
    bootstrap.load_config_options(options)
    for name in NEEDED:
        importlib.import_module(name)
    # Streamlit asks for it at the first view; what Python finds out about each module is kept.
    inspect.stack()
    # What is imported stays: Streamlit searches all objects for garbage after each run of the page,
    # and these are most of them.
    gc.freeze()
    print(f"The page is at {address_of(port)}  (Ctrl-C stops it)", flush=True)
    bootstrap.run(str(SCRIPT), False, [], options)


if __name__ == "__main__":
    end_with_parent()
    serve(int(sys.argv[1]), browser=False)
