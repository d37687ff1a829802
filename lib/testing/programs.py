"""The programs of a database server that are installed on this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

# Debian keeps servers out of an ordinary user's PATH; Homebrew keeps older versions out of it.
EXTRA_PATH = "/usr/sbin:/usr/local/sbin:/usr/libexec:/usr/local/mysql/bin:/opt/homebrew/bin"
# Names a server program, by its path or as PATH has it, where more than one is installed.
SERVER_VARIABLE = "WORKBOOK_SERVER"


def find_program(*names: str, beside: str = "") -> str | None:
    """Return the path of the first of these programs that is installed.

    One that belongs to the program `beside` is taken before others.
    """
    there = Path(beside).resolve().parent if beside else None
    folders = [there, there.parent / "bin", there.parent / "scripts"] if there else []
    places = [*map(str, folders), os.environ.get("PATH", os.defpath), *EXTRA_PATH.split(":")]
    path = os.pathsep.join(places)
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def find_server() -> str | None:
    """Return the path of a database server, or None where none is installed.

    It is the one that WORKBOOK_SERVER names; without that, MariaDB is taken before MySQL. A name
    that leads nowhere is returned as it is: `PrivateServer` then says that it cannot be started.
    """
    if named := os.environ.get(SERVER_VARIABLE):
        return find_program(named) or named
    return find_program("mariadbd", "mysqld")
