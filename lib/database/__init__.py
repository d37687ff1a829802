"""One engine for each database, and all that differs between SQLite and MySQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lib import lazily

if TYPE_CHECKING:
    from lib.database.database import Database
    from lib.database.frames import read_frame
    from lib.database.read_only import open_read_only
    from lib.errors import NotReady

__all__ = ["Database", "NotReady", "open_read_only", "read_frame"]

_HOMES = {
    "Database": "lib.database.database",
    "NotReady": "lib.errors",
    "open_read_only": "lib.database.read_only",
    "read_frame": "lib.database.frames",
}


def __getattr__(name: str) -> Any:
    return lazily(__name__, name, _HOMES)
