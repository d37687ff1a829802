"""Which dialect a URL or a connection speaks."""

from __future__ import annotations

from sqlalchemy import Connection

from lib.database.dialect import Dialect
from lib.database.mysql import Mysql
from lib.database.sqlite import Sqlite
from lib.errors import PipelineError

_MYSQL = Mysql()
DIALECTS: dict[str, Dialect] = {"sqlite": Sqlite(), "mysql": _MYSQL, "mariadb": _MYSQL}


def dialect_of(connection: Connection) -> Dialect:
    """Return what this connection's kind of database can do; raises PipelineError for others."""
    name = connection.dialect.name
    if name not in DIALECTS:
        raise PipelineError(
            f"lib knows SQLite, MySQL and MariaDB; this is a connection to {name}.",
            "Choose one of them.",
        )
    return DIALECTS[name]
