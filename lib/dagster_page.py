"""Dagster's page: its settings, its processes, and their end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from lib.config import ROOT
from lib.database import Database
from lib.errors import PipelineError
from lib.schema import upgrade

FIRST_PORT, PORTS = 3000, 50
DEFINITIONS = ("lib.orchestration", "code_location")  # imported by Dagster's processes, not here
START = 120.0  # seconds: on a busy machine three processes import Dagster at once


def serve(db: Database, home: Path, port: int | None, *, browser: bool) -> int:
    """Run Dagster's page, its daemon and our definitions until they are stopped.

    Everything that Dagster stores lies below `home`; it listens on this machine only, and tells
    nobody how it is used. Raises PipelineError when a port or the database is not to be had.
    """
    port = choose_port(port)
    upgrade(db)
    folder = write_settings(home, writers=1 if db.dialect.name == "sqlite" else 4)
    environment = os.environ | {
        "DAGSTER_HOME": str(folder),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        # In the environment, which other users cannot read, and not among the arguments.
        "DATABASE_URL": db.url.render_as_string(hide_password=False),
        # It would say, at each start, that another command is to take the place of this one.
        "PYTHONWARNINGS": "ignore",
    }
    module, attribute = DEFINITIONS
    command = [sys.executable, "-m", "dagster", "dev", "--module-name", module]
    command += ["--attribute", attribute, "--working-directory", str(ROOT), "--log-level", "error"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    print("Starting Dagster; this takes some seconds ...", flush=True)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # The job of a script in the background ignores it, and so would all that it starts. But
        # this is the signal by which Dagster ends its own processes.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # In a session of its own: Ctrl-C is for this program, which ends Dagster in order.
    child = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        if _wait_for_page(child, port):
            print(f"\nDagster's page is open at\n\n    {address}\n\nTo stop: Ctrl-C.", flush=True)
            if browser:
                webbrowser.open(address)
        return 0 if child.wait() in (0, -signal.SIGTERM) else 1
    finally:
        signal.signal(signal.SIGTERM, before)
        if child.poll() is None:
            child.terminate()
            child.wait()


def write_settings(home: Path, writers: int) -> Path:
    """Write Dagster's settings into a folder below the workbook's, and return that folder.

    `writers` is how many runs may work at once: as many as the database lets write.
    """
    folder = home / "dagster"
    settings = {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},  # a pop-up that asks for an address
        "python_logs": {"python_log_level": "WARNING"},  # the page has every step
        "concurrency": {"runs": {"max_concurrent_runs": writers}},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dagster.yaml").write_text(json.dumps(settings, indent=1), encoding="utf-8")
    return folder


def choose_port(wanted: int | None) -> int:
    """Return the wanted port, or the first free one from 3000 on.

    Raises PipelineError when it is in use.
    """
    candidates = range(FIRST_PORT, FIRST_PORT + PORTS) if wanted is None else (wanted,)
    for port in candidates:
        with socket.socket() as probe:
            if os.name != "nt":  # there it would take a port from whoever has it
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise PipelineError(
        f"Port {candidates[0]} is in use.", "Type: python run.py orchestrate --port 3999"
    )


def _wait_for_page(child: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the page answers; tell whether it did before the process ended."""
    end = time.monotonic() + START
    while child.poll() is None and time.monotonic() < end:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)  # straight: no proxy is asked
        try:
            connection.request("GET", "/server_info")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            time.sleep(0.2)
        finally:
            connection.close()
    return False
