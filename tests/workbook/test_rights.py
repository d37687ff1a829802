"""What a user may not do on a server is said at once, with the GRANT to type."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from lib.config import Settings
from lib.errors import PipelineError
from lib.workbook.cli import main
from lib.workbook.databases import checkpoints
from lib.workbook.databases.is_ready import make_ready
from lib.workbook.databases.mysql_rights import check_rights
from tests.support.mysql_server import connect

OWN, BESIDE = "`{0}`.*", r"`{0}\_%`.*"


class Account:
    """A user of the server with a database of its own, and what the administrator grants."""

    def __init__(self, admin: str) -> None:
        self.admin = admin
        self.name = f"r{secrets.token_hex(4)}"
        self.type(f"CREATE USER '{self.name}'@'%' IDENTIFIED BY 'Pw-{self.name}-1'")
        self.type(f"CREATE DATABASE `{self.name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")

    @property
    def url(self) -> str:
        url = make_url(self.admin).set(
            username=self.name, password=f"Pw-{self.name}-1", database=self.name
        )
        return url.render_as_string(hide_password=False)

    def type(self, statement: str) -> list[str]:
        """Send what the administrator types; return the first column of the rows."""
        with connect(self.admin) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return [str(row[0]) for row in cursor.fetchall()]

    def may(self, rights: str, where: str) -> None:
        self.type(f"GRANT {rights} ON {where.format(self.name)} TO '{self.name}'@'%'")

    def databases(self) -> list[str]:
        return self.type(f"SHOW DATABASES LIKE '{self.name}%'")


@pytest.fixture
def account() -> Iterator[Account]:
    admin = os.environ.get("TEST_MYSQL_ADMIN_URL")
    if not admin:
        pytest.skip("no administrator of the server is known: TEST_MYSQL_URL names a user of it")
    account = Account(admin)
    yield account
    for database in account.databases():
        account.type(f"DROP DATABASE `{database}`")
    account.type(f"DROP USER '{account.name}'@'%'")


def granted(text: str) -> list[str]:
    """Return the statements that the text tells an administrator to type."""
    return re.findall(r"GRANT [^;]+;", text)


def test_the_doctor_says_it_with_the_grant_that_mends_it(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.may("SELECT", OWN)
    told = []
    for _ in range(3):
        code = main(["doctor", "--database-url", account.url])
        out = capsys.readouterr().out
        assert account.name in out and "Pw-" not in out
        if not (found := granted(out)):
            break
        assert code == 1
        told += found
        for statement in found:
            account.type(statement)
    assert told == [
        f"GRANT ALL ON {OWN.format(account.name)} TO '{account.name}'@'%';",
        f"GRANT ALL ON {BESIDE.format(account.name)} TO '{account.name}'@'%';",
    ]
    assert f"{account.name} may make tables, and databases named {account.name}_..." in out
    assert account.databases() == [account.name]  # what was tried is gone
    assert account.type(f"SHOW TABLES IN `{account.name}`") == []


@pytest.mark.parametrize(
    ("rights", "where"),
    [
        ("SELECT, INSERT", OWN),
        ("SELECT, DROP", OWN),
        ("SELECT, DROP, CREATE, REFERENCES, ALTER, INDEX, INSERT, UPDATE", OWN),
        ("CREATE", BESIDE),
        ("CREATE, DROP", BESIDE),
        ("CREATE, DROP, REFERENCES, ALTER, INDEX, INSERT, SELECT", BESIDE),
    ],
)
def test_half_of_the_rights_are_not_enough_and_nothing_is_left(
    account: Account, rights: str, where: str
) -> None:
    if where == BESIDE:
        account.may("ALL", OWN)
    account.may(rights, where)
    with pytest.raises(PipelineError) as caught:
        check_rights(make_url(account.url))
    assert granted(caught.value.fix) == [
        f"GRANT ALL ON {where.format(account.name)} TO '{account.name}'@'%';"
    ]
    assert account.databases() == [account.name]
    assert account.type(f"SHOW TABLES IN `{account.name}`") == []


def test_a_first_start_says_it_before_it_loads_anything(
    account: Account, few: Path, tmp_path: Path
) -> None:
    account.may("ALL", OWN)
    settings = Settings(tmp_path, make_url(account.url))
    with pytest.raises(PipelineError, match="each chapter, and each check of an answer") as caught:
        make_ready(settings)
    assert account.type(f"SHOW TABLES IN `{account.name}`") == []
    (statement,) = granted(caught.value.fix)
    account.type(statement)
    make_ready(settings)
    assert account.databases() == [account.name, f"{account.name}_{checkpoints.CHECKPOINT}"]
