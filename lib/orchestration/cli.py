"""The verb `orchestrate`."""

from __future__ import annotations

import argparse
from typing import Any

from lib.cli import add_verb, port_number
from lib.config import load_settings


def add_orchestrate(verbs: Any) -> None:
    """Add the verb `orchestrate`."""
    text = "Open Dagster's page: load single months, repeat them, watch the checks."
    part = add_verb(verbs, "orchestrate", orchestrate, text, database=True)
    part.add_argument(
        "--port", type=port_number, metavar="P", help="default: 3000 or the next free one"
    )
    part.add_argument("--no-browser", action="store_true", help="print the address, no more")


def orchestrate(args: argparse.Namespace) -> int:
    """Run Dagster, on this machine only, until it is stopped."""
    settings = load_settings(args.database_url)
    from lib.database import Database
    from lib.orchestration.dagster_server import serve

    with Database(settings.database_url) as db:
        return serve(db, settings.home, args.port, browser=not args.no_browser)
