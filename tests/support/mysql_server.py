"""The private server of the tests, under the name that they know; `lib` has it, for the bench."""

from __future__ import annotations

from lib.testing.fresh_database import fresh_database
from lib.testing.mysql_server import PrivateServer, ServerError, connect
from lib.testing.programs import find_server

__all__ = ["PrivateServer", "ServerError", "connect", "find_server", "fresh_database"]
