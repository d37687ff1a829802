"""The page, until it is stopped: on a free port of this machine, its address printed once."""

from __future__ import annotations

import os

from lib.config import ROOT
from lib.errors import PipelineError
from lib.workbook.lab import is_free, next_free_port

FIRST_PORT = 8501
SCRIPT = ROOT / "streamlit_app.py"


def choose_port(wanted: int | None) -> int:
    """Return the port to use: the wanted one, or 8501, or the next free one.

    Raises PipelineError when the wanted one is in use.
    """
    if wanted is None:
        port = next_free_port(FIRST_PORT)
        if port != FIRST_PORT:
            print(f"Port {FIRST_PORT} is in use; taking {port}.")
        return port
    if not is_free(wanted):
        raise PipelineError(
            f"Port {wanted} is in use, or needs an administrator.",
            f"Type: python run.py app --port {next_free_port(max(wanted + 1, 1024))}",
        )
    return wanted


def start_app(port: int, *, browser: bool) -> int:
    """Run the page until it is stopped; return 0."""
    os.chdir(ROOT)  # where Streamlit looks for .streamlit/config.toml
    from streamlit.web import bootstrap

    # Streamlit's own greeting is replaced by one line, and Streamlit spells an option server.port
    # so when it comes from a program.
    options = {"server_port": port, "server_headless": not browser}
    options |= {"logger_hideWelcomeMessage": True}
    bootstrap.load_config_options(options)
    print(f"The page is at http://localhost:{port}  (Ctrl-C stops it)", flush=True)
    bootstrap.run(str(SCRIPT), False, [], options)
    return 0
