"""Which dialect a URL or a connection speaks."""

from __future__ import annotations

from sqlalchemy import Connection

from lib.database.dialect import Dialect
from lib.database.mysql import Mysql
from lib.database.sqlite import Sqlite

_MYSQL = Mysql()
DIALECTS: dict[str, Dialect] = {"sqlite": Sqlite(), "mysql": _MYSQL, "mariadb": _MYSQL}


def dialect_of(connection: Connection) -> Dialect:
    """Return what this connection's kind of database can do."""
    return DIALECTS[connection.dialect.name]


def is_known(connection: Connection) -> bool:
    """Tell whether this kind of database is one of ours."""
    return connection.dialect.name in DIALECTS
