"""The verbs `lab` and `prepare`."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lib.cli import add_verb, port_number
from lib.config import ROOT, Settings, load_settings
from lib.errors import PipelineError
from lib.local_server import PREFIX, behind_hub, choose_port


def add_lab(verbs: Any) -> None:
    """Add the verbs."""
    text = "Open JupyterLab on chapter 00; make the database where it is missing."
    part = add_verb(verbs, "lab", lab, text, database=True)
    part.add_argument(
        "--port", type=port_number, metavar="P", help="default: 8888 or the next free one"
    )
    part.add_argument("--no-browser", action="store_true", help="print the address, no more")
    text = "Do what lab does before it starts: data, Jupyter's settings, signed notebooks, lib on "
    text += "the path. Then become COMMAND, if there is one: prepare -- COMMAND ..."
    part = add_verb(verbs, "prepare", prepare_for, text, database=True)
    part.add_argument("command", nargs="*", metavar="COMMAND", help="after --: a program to become")


def lab(args: argparse.Namespace) -> int:
    """Make what is missing, then run JupyterLab until it is stopped."""
    settings = _settings(args)
    from lib.workbook.lab.desk import prepare
    from lib.workbook.lab.jupyter import FIRST_PORT, start_lab

    if behind_hub():
        prepare(settings)
        print(f"The hub has started JupyterLab already. In it, open\n\n    {_at_the_hub()}\n")
        return 0
    # Before the long part: it is in use, or it is not.
    port = choose_port(args.port, FIRST_PORT)
    return start_lab(settings, port, browser=not args.no_browser)


def prepare_for(args: argparse.Namespace) -> int:
    """Lay out the desk, then become the command; return 0 where there is none.

    Raises PipelineError when the command is not to be found.
    """
    program = shutil.which(args.command[0]) if args.command else None
    if args.command and program is None:  # before the long part
        raise PipelineError(
            f"There is no program {args.command[0]!r} here.",
            "Name one of this environment, after two dashes: prepare -- jupyter lab",
        )
    settings = _settings(args)
    from lib.workbook.lab.desk import prepare

    prepare(settings)
    if program is None:
        print("The chapters are ready.")
        return 0
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(program, args.command)
    return subprocess.call([program, *args.command[1:]])


def _settings(args: argparse.Namespace) -> Settings:
    settings = load_settings(args.database_url)
    if args.database_url:
        os.environ["DATABASE_URL"] = args.database_url  # for the kernels
    return settings


def _at_the_hub() -> str:
    """Return the path of chapter 00 in the JupyterLab that the hub has started."""
    from lib.workbook.lab.desk import START

    top = Path(os.environ.get("JUPYTERHUB_ROOT_DIR") or "~").expanduser().resolve()
    place = ROOT / START
    if place.is_relative_to(top):
        return f"{os.environ[PREFIX]}lab/tree/{quote(place.relative_to(top).as_posix())}"
    return place.as_posix()
