"""What the tests of the chapters share: settings for each database, and their copies' clean-up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lib.config import Settings, load_settings
from tests.support.mysql_server import connect, fresh_database


@contextmanager
def settings_for(kind: str, home: Path, mysql_url: str | None = None) -> Iterator[Settings]:
    """Give settings with a database of this kind; the copies made beside it go with it."""
    environ = {"WORKBOOK_DIR": str(home)}
    if kind == "sqlite":
        yield load_settings(environ=environ)
        return
    assert mysql_url is not None
    with fresh_database(mysql_url) as url:
        settings = load_settings(url, environ=environ)
        try:
            yield settings
        finally:
            drop_beside(url, str(settings.database_url.database))


def drop_beside(url: str, name: str) -> None:
    """Drop each database whose name begins with this one's and an underscore."""
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        for (database,) in cursor.fetchall():
            if database.startswith(f"{name}_"):
                cursor.execute("SET SESSION lock_wait_timeout = 15")
                cursor.execute(f"DROP DATABASE `{database}`")
