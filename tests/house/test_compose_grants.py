"""What docker-compose.yml grants, on a real server: enough for all that runs there, and no more."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from lib.database import Database
from tests.support.mysql_server import connect

ROOT = Path(__file__).resolve().parents[2]
VALUES = {
    "MYSQL_DATABASE": "demo",
    "MYSQL_USER": "compose_user",
    "MYSQL_PASSWORD": "p@ss/w#rd%:1",
    "MYSQL_READER": "compose_reader",
    "MYSQL_READER_PASSWORD": "r@@d/#%:2",
}
# What the image does by itself, before it reads the grants: docker-library's entry point.
BY_THE_IMAGE = r"""
CREATE DATABASE IF NOT EXISTS `demo`;
CREATE USER 'compose_user'@'%' IDENTIFIED BY 'p@ss/w#rd%:1';
GRANT ALL ON `demo`.* TO 'compose_user'@'%';
"""


def grants() -> str:
    """Return the SQL of docker-compose.yml as compose gives it to the server."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    content: str = compose["configs"]["grants"]["content"]
    return re.sub(r"\$\{(\w+):[-?][^}]*\}", lambda name: VALUES[name[1]], content)


@pytest.fixture(scope="module")
def users(mysql_url: str) -> Iterator[dict[str, URL]]:
    """The users of docker-compose.yml, made by its own statements on the server of the tests."""
    admin = os.environ.get("TEST_MYSQL_ADMIN_URL")
    if not admin:
        pytest.skip("no administrator of the server is known: TEST_MYSQL_URL names a user of it")
    names = {"user": "compose_user", "reader": "compose_reader"}
    passwords = {"user": "MYSQL_PASSWORD", "reader": "MYSQL_READER_PASSWORD"}
    with connect(admin) as connection, connection.cursor() as cursor:
        try:
            for statement in (BY_THE_IMAGE + grants()).split(";"):
                if statement.strip():
                    cursor.execute(statement)
            yield {
                kind: make_url(admin).set(
                    username=name, password=VALUES[passwords[kind]], database="demo"
                )
                for kind, name in names.items()
            }
        finally:
            for name in names.values():
                cursor.execute(f"DROP USER IF EXISTS '{name}'@'%'")


def test_both_users_log_in_without_tls(users: dict[str, URL]) -> None:
    """MySQL's caching_sha2_password then wants the server's own key: what PyMySQL[rsa] is for."""
    for url in users.values():
        with Database(url) as db:
            db.ping()
            cipher = "SHOW SESSION STATUS LIKE 'Ssl_cipher'"
            assert db.execute([cipher]) == [[("Ssl_cipher", "")]]


@pytest.mark.parametrize("name", ["demo_ch04", "workbook_ch04", "test_grants", "test_0a1b2c"])
def test_the_user_may_do_all_in_the_databases_of_chapters_and_tests(
    users: dict[str, URL], name: str
) -> None:
    with Database(users["user"]) as db:
        db.execute([f"CREATE DATABASE {name}"])
        try:
            with Database(users["user"].set(database=name)) as own:
                own.execute(
                    [
                        "CREATE TABLE a (n INTEGER PRIMARY KEY)",
                        "CREATE TABLE b (n INTEGER PRIMARY KEY, FOREIGN KEY (n) REFERENCES a (n))",
                        "CREATE TEMPORARY TABLE c (n INTEGER)",
                        "INSERT INTO a VALUES (1)",
                        "ALTER TABLE a ADD COLUMN m INTEGER",
                        "CREATE INDEX i ON a (m)",
                    ]
                )
                assert len(own.query("SELECT * FROM a")) == 1
        finally:
            db.execute([f"DROP DATABASE {name}"])


@pytest.mark.parametrize("name", ["production", "demolition", "testing", "mysql"])
def test_the_user_may_do_nothing_anywhere_else(users: dict[str, URL], name: str) -> None:
    with Database(users["user"]) as db:
        for statement in (
            f"CREATE DATABASE IF NOT EXISTS {name}",
            f"CREATE TABLE {name}.t (n INT)",
        ):
            with pytest.raises(DBAPIError) as caught:
                db.execute([statement])
            # MySQL 9.7 names the user and the table, MariaDB the database as well.
            assert caught.value.orig is not None and caught.value.orig.args[0] in (1044, 1142)
            assert "'compose_user'" in db.explain(caught.value).message


def test_the_reader_may_look_and_nothing_else(users: dict[str, URL]) -> None:
    with Database(users["user"]) as db, Database(users["reader"]) as reader:
        db.execute(["CREATE TABLE looked_at (n INTEGER PRIMARY KEY)"])
        try:
            db.execute(["INSERT INTO looked_at VALUES (1)"])
            assert len(reader.query("SELECT * FROM looked_at")) == 1
            for statement in (
                "INSERT INTO looked_at VALUES (2)",
                "UPDATE looked_at SET n = 2",
                "DELETE FROM looked_at",
                "DROP TABLE looked_at",
                "CREATE TABLE mine (n INTEGER PRIMARY KEY)",
                "CREATE DATABASE demo_mine",
                "SELECT * FROM mysql.user",
            ):
                with pytest.raises(DBAPIError):
                    reader.execute([statement])
        finally:
            db.execute(["DROP TABLE looked_at"])
