"""A private server that can become a replica, for what a program meets after a failover."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass

import pymysql
from sqlalchemy import make_url

from lib.testing.mysql_server import PrivateServer, ServerError
from lib.testing.programs import find_server


@dataclass(frozen=True)
class Member:
    """A server of a group: the one that takes writing, until another has its part."""

    url: str  # of the application's user, whom read-only binds; there is a password in it
    _admin_url: str

    def read_only(self, now: bool) -> None:
        """Make it a replica, which takes no writing of the application; or the primary again.

        Connections stay open, as in a failover. MySQL's `super_read_only`, which MariaDB has not,
        would bind administrators, too.
        """
        url = make_url(self._admin_url)
        connection = pymysql.connect(
            host=url.host, port=url.port or 3306, user=url.username, password=url.password or ""
        )
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(f"SET GLOBAL read_only = {int(now)}")


@contextmanager
def failover() -> Iterator[Member | None]:
    """A server of one's own, for the length of a block; None where no server is installed."""
    with ExitStack() as stack:
        member = None
        if find_server():
            with suppress(ServerError):
                server = stack.enter_context(PrivateServer())
                stack.callback(server.kill)  # nothing in it is worth a good order
                member = Member(server.url, server.admin_url)
        yield member
