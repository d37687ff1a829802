"""What both stores of checkpoint and copies share: names, limits, and one error."""

from __future__ import annotations

import errno
import re
import secrets
import sqlite3
import time
from pathlib import Path

from lib.config import ROOT
from lib.errors import PipelineError

CHECKPOINT = "january"
MONTH = "2013-01"
# Of the month, in the copies for answers: quick to make, and a wrong join takes no minutes there.
FIRST_DAYS = 3
DAILY = ("weather", "flights")  # the tables that have days
LOCK_WAIT = 10  # seconds
FULL_DISK = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
HASTE_S = 3  # for a lock in the copy for an answer, which none but the answer can hold
# A throw-away database: the second at which it was made, in hexadecimal digits, and chance.
SANDBOX = "sandbox_"
SANDBOX_NAME = "sandbox_[0-9a-f]{8}_[0-9a-f]{6}"
DRAFT = "draft-"  # of a file that is moved to its place when it is whole
DRAFT_NAME = "draft-[0-9a-f]{12}"


def sandbox_name() -> str:
    """Return a new name for a throw-away database."""
    return f"{SANDBOX}{int(time.time()):08x}_{secrets.token_hex(3)}"


def draft_name() -> str:
    """Return a new name for a draft."""
    return f"{DRAFT}{secrets.token_hex(6)}"


def in_use(name: str) -> PipelineError:
    """Return the error for a copy that another program holds."""
    return PipelineError(
        f"The database of {name} is in use: another kernel holds it.",
        "In JupyterLab: Kernel, Shut Down All Kernels. Then run this cell again.",
    )


def not_made(name: str, folder: Path, cause: Exception) -> PipelineError:
    """Return the error for a copy that cannot be made; `cause` is what the system, or SQLite, said.

    What to do depends on the kind of the cause, which is a number, never on its words.
    """
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    number = getattr(cause, "errno", None)
    if number in FULL_DISK or code == sqlite3.SQLITE_FULL:
        fix = "Free some space on its disk, then run this cell again."
    elif number in FORBIDDEN or code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        fix = "Work in a clone of your own, in a folder that you may write; or set the variable "
        fix += "WORKBOOK_DIR to such a folder, restart the kernel and run this cell again."
    else:
        fix = "Type: python run.py doctor"
    reason = getattr(cause, "strerror", None) or str(cause)
    return PipelineError(f"The database of {name} cannot be made in {folder} ({reason}).", fix)


def newest_revision() -> str:
    """Return the revision that no other one builds on, as the files in migrations say.

    Without Alembic, whose import takes longer than opening a chapter; a test compares the two.
    """
    revisions: set[str] = set()
    bases: set[str] = set()
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        for name, value in re.findall(
            r'^(revision|down_revision)[^=]*= "(\w+)"', path.read_text(encoding="utf-8"), re.M
        ):
            (revisions if name == "revision" else bases).add(value)
    return next(iter(revisions - bases), "")
