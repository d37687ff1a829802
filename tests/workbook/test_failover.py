"""The server that becomes a replica and back, and what is done where there is none."""

from __future__ import annotations

import pytest

from lib.testing.mysql_server import ServerError
from lib.workbook.lab import failover


def test_where_no_server_is_installed_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failover, "find_server", lambda: None)
    with failover.failover() as server:
        assert server is None


def test_where_the_server_does_not_start_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __enter__(self) -> None:
            raise ServerError("It does not start.")

        def __exit__(self, *_raised: object) -> None:
            """Nothing was started."""

    monkeypatch.setattr(failover, "find_server", lambda: "mysqld")
    monkeypatch.setattr(failover, "PrivateServer", Broken)
    with failover.failover() as server:
        assert server is None


def test_an_error_in_the_block_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failover, "find_server", lambda: None)
    with pytest.raises(ServerError), failover.failover():
        raise ServerError("of the block's own")
