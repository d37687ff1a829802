"""Dagster's page: its settings, its processes, and their end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import webbrowser
from pathlib import Path

from lib.config import ROOT
from lib.database import Database
from lib.database.schema import upgrade
from lib.local_server import address_of, answers, behind_hub, choose_port, public_path

FIRST_PORT = 3000
DEFINITIONS = (
    "lib.orchestration.dagster_assets",
    "code_location",
)  # imported by Dagster's processes, not here
START_TIMEOUT_S = 120.0  # on a busy machine three processes import Dagster at once


def serve(db: Database, home: Path, port: int | None, *, browser: bool) -> int:
    """Run Dagster's page, its daemon and our definitions until they are stopped.

    Everything that Dagster stores lies below `home`; it listens on this machine only, and sends no
    telemetry. Raises PipelineError when a port or the database is not to be had.
    """
    port = choose_port(port, FIRST_PORT)
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
    path = public_path(port, whole=True)  # its page must know the path at which it is shown
    address = address_of(port, whole=True) if path else f"http://127.0.0.1:{port}"
    if path:
        environment["DAGSTER_WEBSERVER_PATH_PREFIX"] = path
    print("Starting Dagster; this takes some seconds ...", flush=True)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # The job of a script in the background ignores it, and so would all that it starts. But
        # this is the signal by which Dagster ends its own processes.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # In a session of its own: Ctrl-C is for this program, which ends Dagster in order.
    child = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        if answers(child, port, f"{path}/server_info", START_TIMEOUT_S):
            print(f"\nDagster's page is open at\n\n    {address}\n\nTo stop: Ctrl-C.", flush=True)
            if browser and not behind_hub():
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
