"""PyMySQL's connection, which hangs up when Ctrl-C comes in the middle of a packet."""

from __future__ import annotations

from typing import Any

from pymysql import InterfaceError
from pymysql.connections import Connection


class HangingUp(Connection):
    """A connection that closes itself when a part of a packet is all that could be sent.

    LOAD DATA sends a file in packets. Interrupted within one, PyMySQL would end the file by another
    packet, which the server takes for the rest of the first; then each waits for the other, by
    default for 30 seconds (net_read_timeout). See `_read_load_local_packet` of PyMySQL 1.2.
    """

    def write_packet(self, payload: Any) -> None:
        if not self.open:
            raise InterfaceError(0, "the connection is closed")
        try:
            super().write_packet(payload)
        except BaseException:
            self._force_close()
            raise

    def _force_close(self) -> None:
        """Close the socket, and let no streamed result read on from it.

        PyMySQL reads a streamed result to its end when it is collected, from a connection that is
        gone as well: each prints an AttributeError that no one can catch. See
        `MySQLResult.__del__` of PyMySQL 1.2.
        """
        result = getattr(self, "_result", None)
        if result is not None:
            result.unbuffered_active = False
        super()._force_close()  # type: ignore[misc]  # not in its types

    __del__ = _force_close


def hang_up_when_interrupted(raw: Any, _record: object) -> None:
    """Give a new connection this class; a listener of SQLAlchemy's event `connect`.

    A listener of `do_connect` could make it at once, but those of others would not be asked then.
    """
    raw.__class__ = HangingUp
