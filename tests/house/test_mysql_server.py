"""The private server: what the tests of the pipeline rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pymysql
import pytest
from sqlalchemy.engine import make_url

from tests.support.mysql_server import PrivateServer, ServerError, connect, find_server


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateServer]:
    """A server of this module's own, which may be killed."""
    if find_server() is None:
        pytest.skip("no MariaDB or MySQL server program is installed")
    with PrivateServer() as server:
        yield server


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    """Return the rows of a query, asked on a connection of its own."""
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def test_it_listens_on_this_machine_only(server: PrivateServer) -> None:
    assert make_url(server.url).host == "127.0.0.1"
    assert ask(server.url, "SELECT @@bind_address") == [("127.0.0.1",)]


def test_it_allows_local_infile_and_speaks_utf8mb4(server: PrivateServer) -> None:
    query = "SELECT @@GLOBAL.local_infile, @@character_set_server, @@collation_server"
    assert ask(server.url, query) == [(1, "utf8mb4", "utf8mb4_bin")]


def test_nobody_gets_in_without_a_password(server: PrivateServer) -> None:
    for user in ("", "root", "workbook"):
        url = make_url(server.url).set(username=user, password="").render_as_string(False)
        with pytest.raises(pymysql.OperationalError, match="Access denied"):
            ask(url, "SELECT 1")


@pytest.mark.parametrize("name", ["demo_ch04", "test_db", "workbook_x"])
def test_the_user_may_make_the_databases_of_chapters_and_tests(
    server: PrivateServer, name: str
) -> None:
    ask(server.url, f"CREATE DATABASE {name}")
    ask(server.url, f"DROP DATABASE {name}")


def test_the_user_may_not_make_any_other_database(server: PrivateServer) -> None:
    for name in ("production", "demolition", "testing"):
        with pytest.raises(pymysql.OperationalError, match="Access denied"):
            ask(server.url, f"CREATE DATABASE {name}")


def test_what_was_committed_survives_kill_and_start(server: PrivateServer) -> None:
    before = server.url
    ask(server.url, "CREATE TABLE kept (number INT)")
    ask(server.url, "INSERT INTO kept VALUES (42)")
    server.kill()
    assert not server.running
    with pytest.raises(pymysql.OperationalError):
        ask(before, "SELECT 1")

    server.start()

    assert server.url == before
    assert ask(server.url, "SELECT number FROM kept") == [(42,)]
    ask(server.url, "DROP TABLE kept")


def test_it_leaves_nothing_behind() -> None:
    if find_server() is None:
        pytest.skip("no MariaDB or MySQL server program is installed")
    with PrivateServer() as server:
        folder, url = server._home, server.url
        assert folder.is_dir()
    assert not server.running
    assert not folder.exists()
    with pytest.raises(pymysql.OperationalError):
        ask(url, "SELECT 1")


def test_a_server_that_does_not_start_shows_its_log_and_cleans_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if find_server() is None:
        pytest.skip("no MariaDB or MySQL server program is installed")
    monkeypatch.setattr("lib.testing.mysql_server.SETTINGS", ("--no-such-option=1",))
    folders: list[Path] = []
    server = PrivateServer()
    create = server._create
    monkeypatch.setattr(server, "_create", lambda: (create(), folders.append(server._home)))
    with pytest.raises(ServerError, match="no-such-option"), server:
        pytest.fail("the server started with an option that does not exist")
    assert [folder.exists() for folder in folders] in ([], [False])  # MySQL fails in _create


def test_a_fresh_database_is_empty_and_private_to_its_test(
    fresh_mysql: Callable[[], str],
) -> None:
    one, two = fresh_mysql(), fresh_mysql()
    assert one != two
    assert make_url(one).database is not None
    assert str(make_url(one).database).startswith("test_")
    assert ask(one, "SHOW TABLES") == []
