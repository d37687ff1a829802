"""A class on one server: each learner works, and sees, reads and drops nothing of another's."""

from __future__ import annotations

import csv
import os
import re
import secrets
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pymysql
import pytest
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

import lib.pipeline
from lib.config import load_settings
from lib.database import Database
from lib.workbook.cli import main
from lib.workbook.course import notebooks
from lib.workbook.course.chapters import find_chapter
from lib.workbook.course.progress import Progress
from lib.workbook.databases.is_ready import has_checkpoint, has_year
from lib.workbook.databases.names import MONTH
from lib.workbook.proof import harness
from lib.workbook.teaching import class_server, class_sheet
from lib.workbook.teaching.class_names import grants, learner_name, new_password
from tests.support.few import files_in
from tests.support.mysql_server import PrivateServer, connect, find_server
from tests.support.solved import solved_chapter

# Learners who work at the same time; twenty are for tests/by_hand/classroom.py.
LEARNERS_AT_ONCE = 3
CHAPTERS_AT_ONCE = ("03", "05")  # one makes a database in a cell, both have checks with sandboxes


@pytest.fixture(scope="session")
def admin() -> str:
    url = os.environ.get("TEST_MYSQL_ADMIN_URL")
    if not url:
        pytest.skip("no administrator of the server is known: TEST_MYSQL_URL names a user of it")
    return url


@pytest.fixture
def name(admin: str) -> Iterator[str]:
    """The name of a class that is removed after the test."""
    name = f"c{secrets.token_hex(4)}"
    yield name
    wipe(admin, name)


def wipe(admin: str, name: str) -> None:
    """Remove all that begins with the class's name, as the test left it."""
    for database in databases(admin):
        if database.startswith(name):
            ask(admin, "SET SESSION lock_wait_timeout = 15", f"DROP DATABASE `{database}`")
    for user in users(admin):
        if user.startswith(name):
            ask(admin, f"DROP USER '{user}'@'%'")


def ask(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Send the statements; return the rows of the last one."""
    with connect(url) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall())


def databases(url: str) -> list[str]:
    return [row[0] for row in ask(url, "SHOW DATABASES")]


def users(admin: str) -> list[str]:
    return [row[0] for row in ask(admin, "SELECT User FROM mysql.user")]


def addresses(name: str, admin: str) -> dict[str, str]:
    """Return the learners' addresses, as the table has them."""
    folder = class_sheet.folder_of(Path(os.environ["WORKBOOK_DIR"]), name, make_url(admin))
    with class_sheet.roster_in(folder).open(encoding="utf-8", newline="") as lines:
        return {row["user"]: row["database_url"] for row in csv.DictReader(lines)}


def classroom(admin: str, name: str, *words: str) -> int:
    return main(["classroom", "--name", name, "--database-url", admin, *words])


# --- What a learner gets --------------------------------------------------------------------


def test_each_learner_has_an_address_with_which_the_lab_has_nothing_to_load(
    few: Path, admin: str, name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert classroom(admin, name, "--learners", "2") == 0
    said = "".join(capsys.readouterr())
    found = addresses(name, admin)
    assert list(found) == [f"{name}_01", f"{name}_02"]
    for user, url in found.items():
        assert make_url(url).username == make_url(url).database == user
        settings = load_settings(url, environ={"WORKBOOK_DIR": str(tmp_path)})
        assert has_year(settings.database_url) and has_checkpoint(settings)
    passwords = {make_url(url).password for url in found.values()}
    assert len(passwords) == 2
    for secret in {*passwords, make_url(admin).password}:
        assert str(secret) not in said


def test_the_sheet_is_for_its_owner_alone_and_has_a_card_for_each_learner(
    few: Path, admin: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert classroom(admin, name, "--learners", "2", "--address", "db.school:3307") == 0
    said = capsys.readouterr().out
    assert "--address" not in said  # the server's name was given
    sheet = Path(re.findall(r"To print: (.+)", said)[0])
    page = sheet.read_text(encoding="utf-8")
    assert page.count("<section>") == 2 and "src=" not in page and "href=" not in page
    for user, url in addresses(name, admin).items():
        assert "@db.school:3307/" in url
        assert page.count(f"DATABASE_URL={url}<") == 1 and page.count(f": {user}</h2>") == 1
    assert str(make_url(admin).password) not in page
    if os.name != "nt":
        assert stat.S_IMODE(sheet.parent.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in sheet.parent.iterdir()} == {0o600}
    assert len(list(sheet.parent.iterdir())) == 2
    assert classroom(admin, name, "--learners", "3") == 0  # the server's name is remembered
    found = addresses(name, admin)
    assert len(found) == 3 and all("@db.school:3307/" in url for url in found.values())


def test_a_file_with_passwords_is_private_where_others_may_read_all_files(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no such modes")
    before = os.umask(0)
    try:
        path = tmp_path / "new" / "secret.csv"
        class_sheet.write_private(path, "one")
        path.chmod(0o666)
        class_sheet.write_private(path, "two")
    finally:
        os.umask(before)
    assert path.read_text(encoding="utf-8") == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_password_needs_no_quoting_and_has_what_servers_ask_for() -> None:
    made = [new_password() for _ in range(200)]
    assert len(set(made)) == 200
    for password in made:
        assert re.fullmatch(r"[A-Za-z2-9]{4}(-[A-Za-z2-9]{4}){3}", password)
        assert not set(password) & set("0O1Il")
        for kind in ("[A-Z]", "[a-z]", "[2-9]", "-"):
            assert re.search(kind, password)


# --- What a learner may not -----------------------------------------------------------------

ONE, TWO = 1, 2


@pytest.fixture(scope="module")
def class_of_two(
    admin: str, small_files: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The name of a class with two learners, and the address of the first.

    The second has worked: databases of a chapter and of a check lie beside the own one.
    """
    name = f"c{secrets.token_hex(4)}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lib.pipeline.flights.raw_file", files_in(small_files))
        patch.setenv("WORKBOOK_DIR", str(tmp_path_factory.mktemp("class of two")))
        assert classroom(admin, name, "--learners", "2") == 0
        found = addresses(name, admin)
    two = learner_name(name, TWO)
    for beside in ("ch04", "ch07_scratch", "sandbox_0a1b2c3d_e4f5a6"):
        ask(
            found[two],
            f"CREATE DATABASE {two}_{beside}",
            f"CREATE TABLE {two}_{beside}.t (n INT PRIMARY KEY)",
        )
    yield name, found[learner_name(name, ONE)]
    wipe(admin, name)


OF_ANOTHER = ("", "_january", "_ch04", "_ch07_scratch", "_sandbox_0a1b2c3d_e4f5a6")


def test_a_learner_cannot_list_what_is_anothers(class_of_two: tuple[str, str], admin: str) -> None:
    name, url = class_of_two
    one, two = learner_name(name, ONE), learner_name(name, TWO)
    assert {f"{two}{end}" for end in OF_ANOTHER} <= set(databases(admin))
    expected = {one, f"{one}_january", f"{name}_year"}
    assert {each for each in databases(url) if each.startswith(name)} == expected
    for table in ("schemata", "tables", "columns", "statistics", "schema_privileges"):
        rows = ask(url, f"SELECT * FROM information_schema.{table}")
        assert rows and two not in repr(rows), table
    with connect(addresses_of(class_of_two, admin)[two]) as connection, connection.cursor() as own:
        own.execute("SELECT 1")
        rows = ask(url, "SHOW PROCESSLIST")
        assert rows and two not in repr(rows)
    for statement in (f"SHOW TABLES IN {two}", f"SHOW GRANTS FOR '{two}'@'%'"):
        refused(url, statement)


def addresses_of(class_of_two: tuple[str, str], admin: str) -> dict[str, str]:
    """Return addresses of both learners; the second gets a password that this test knows."""
    name, url = class_of_two
    two = learner_name(name, TWO)
    password = new_password()
    ask(admin, f"ALTER USER '{two}'@'%' IDENTIFIED BY '{password}'")
    other = make_url(url).set(username=two, database=two, password=password)
    return {learner_name(name, ONE): url, two: other.render_as_string(hide_password=False)}


def refused(url: str, *statements: str) -> None:
    """Expect the server to refuse each statement, for want of a right."""
    with Database(url) as db:
        for statement in statements:
            with pytest.raises(DBAPIError) as caught:
                db.execute([statement])
            orig: Any = caught.value.orig
            assert orig.args[0] in (1044, 1142, 1227, 1370, 1410), (statement, orig.args)


@pytest.mark.parametrize("end", OF_ANOTHER)
def test_a_learner_cannot_read_change_or_drop_what_is_anothers(
    class_of_two: tuple[str, str], admin: str, end: str
) -> None:
    name, url = class_of_two
    other = f"{learner_name(name, TWO)}{end}"
    table = "t" if "_ch" in end or "_sandbox" in end else "airlines"
    assert ask(admin, f"SELECT count(*) FROM {other}.{table}")
    refused(
        url,
        f"USE {other}",
        f"SELECT * FROM {other}.{table}",
        f"DELETE FROM {other}.{table}",
        f"DROP TABLE {other}.{table}",
        f"CREATE TABLE {other}.mine (n INT)",
        f"CREATE VIEW mine AS SELECT * FROM {other}.{table}",
        f"DROP DATABASE {other}",
    )


def test_a_learner_makes_databases_beside_the_own_one_and_nowhere_else(
    class_of_two: tuple[str, str],
) -> None:
    name, url = class_of_two
    one, two = learner_name(name, ONE), learner_name(name, TWO)
    ask(url, f"CREATE DATABASE {one}_sandbox_1", f"DROP DATABASE {one}_sandbox_1")
    # An underscore that is not escaped stands for any character in a grant.
    for database in (f"{two}_mine", f"{name}x01", f"{one}x", f"{name}x01x1", f"{name}_03", name):
        refused(url, f"CREATE DATABASE {database}")


def test_a_learner_reads_the_year_and_changes_nothing_of_it(class_of_two: tuple[str, str]) -> None:
    name, url = class_of_two
    year = f"{name}_year"
    assert ask(url, f"SELECT count(*) FROM {year}.flights")[0][0] > 0
    refused(
        url,
        f"DELETE FROM {year}.flights",
        f"DROP TABLE {year}.flights",
        f"CREATE TABLE {year}.mine (n INT)",
        f"DROP DATABASE {year}",
        f"SELECT * FROM {name}_teacher.learners",
        f"CREATE DATABASE {year}_mine",
    )


def test_a_learner_has_no_right_over_users(class_of_two: tuple[str, str]) -> None:
    name, url = class_of_two
    one, two = learner_name(name, ONE), learner_name(name, TWO)
    refused(
        url,
        "SELECT * FROM mysql.user",
        f"DROP USER '{two}'@'%'",
        f"ALTER USER '{two}'@'%' IDENTIFIED BY 'mine'",
        "CREATE USER 'mine'@'%'",
        f"GRANT ALL ON `{two}`.* TO '{one}'@'%'",
        f"GRANT ALL ON `{one}`.* TO '{two}'@'%'",
    )


def test_a_learner_who_opens_connections_in_a_loop_is_stopped(
    class_of_two: tuple[str, str],
) -> None:
    _, url = class_of_two
    opened: list[Any] = []
    try:
        with pytest.raises(pymysql.Error) as caught:
            while len(opened) <= class_server.MAX_CONNECTIONS:
                opened.append(connect(url))
        assert caught.value.args[0] == 1226 and len(opened) == class_server.MAX_CONNECTIONS
    finally:
        for connection in opened:
            connection.close()


# --- Again, and half-way --------------------------------------------------------------------


def test_again_it_makes_what_is_missing_and_changes_nothing_that_is_there(
    few: Path, admin: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert classroom(admin, name, "--learners", "2") == 0
    before = addresses(name, admin)
    ask(before[f"{name}_01"], "CREATE TABLE mine (n INT)", "DELETE FROM weather")
    ask(admin, f"ALTER USER '{name}_02'@'%' IDENTIFIED BY 'forgotten'")
    capsys.readouterr()

    assert classroom(admin, name, "--learners", "3") == 0
    out = capsys.readouterr().out
    assert "3 learners" in out and "1 made now" in out and f"{name}_03, 1 of 1" in out
    after = addresses(name, admin)
    assert {user: after[user] for user in before} == before and len(after) == 3
    assert ask(after[f"{name}_01"], "SELECT count(*) FROM weather, mine") == [(0,)]
    for url in after.values():
        ask(url, "SELECT 1")

    assert classroom(admin, name, "--learners", "1") == 0  # fewer: the others stay
    assert "0 made now" in capsys.readouterr().out
    assert addresses(name, admin) == after

    assert classroom(admin, name, "--learners", "1", "--new-passwords") == 0
    renewed = addresses(name, admin)
    assert renewed.keys() == after.keys() and not set(renewed.values()) & set(after.values())
    for url in renewed.values():
        ask(url, "SELECT 1")


def test_without_the_table_of_passwords_none_is_changed(
    few: Path, admin: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert classroom(admin, name, "--learners", "1") == 0
    (url,) = addresses(name, admin).values()
    folder = class_sheet.folder_of(Path(os.environ["WORKBOOK_DIR"]), name, make_url(admin))
    class_sheet.roster_in(folder).unlink()
    assert classroom(admin, name, "--learners", "2") == 1
    err = capsys.readouterr().err
    assert "addresses.csv" in err and "--new-passwords" in err
    ask(url, "SELECT 1")
    assert users(admin).count(f"{name}_02") == 0
    assert classroom(admin, name, "--learners", "1", "--new-passwords") == 0
    assert list(addresses(name, admin).values()) != [url]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_stopped_half_way_it_goes_on(
    few: Path,
    admin: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    stop: type[BaseException],
) -> None:
    def copy(connection: Any, origin: str, target: str) -> None:
        if target == f"{name}_02_january":
            raise stop
        real(connection, origin, target)

    real = class_server.copy_tables
    with monkeypatch.context() as patch:
        patch.setattr(class_server, "copy_tables", copy)
        code = classroom(admin, name, "--learners", "3")
    assert code == (130 if stop is KeyboardInterrupt else 1)
    first = ask(admin, f"SELECT create_time FROM information_schema.tables WHERE {of(name)}")
    capsys.readouterr()
    assert classroom(admin, name, "--learners", "3") == 0
    out = capsys.readouterr().out
    assert f"{name}_02, 1 of 2" in out and f"{name}_01," not in out
    again = ask(admin, f"SELECT create_time FROM information_schema.tables WHERE {of(name)}")
    assert again == first
    for url in addresses(name, admin).values():
        assert ask(url, "SELECT count(*) FROM flights")[0][0] > 0


def of(name: str) -> str:
    return f"table_schema = '{name}_01' ORDER BY table_name"


# --- Removing -------------------------------------------------------------------------------


def test_it_asks_before_it_removes_and_leaves_nothing_behind(
    few: Path,
    admin: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert classroom(admin, name, "--learners", "2") == 0
    one = addresses(name, admin)[f"{name}_01"]
    ask(one, f"CREATE DATABASE {name}_01_sandbox_1", f"CREATE DATABASE {name}_01_ch04")
    ask(admin, f"CREATE DATABASE {name}x", f"CREATE DATABASE {name}_03")  # not of this class
    there = set(databases(admin))

    def answers(text: str) -> None:
        monkeypatch.setattr("builtins.input", lambda question: print(question) or text)

    for text in ("", "y", name.upper()):
        answers(text)
        assert classroom(admin, name, "--remove") == 1
        assert "Nothing was removed" in capsys.readouterr().out
        assert there <= set(databases(admin))

    def hang_up(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", hang_up)
    assert classroom(admin, name, "--remove") == 1
    assert "--yes" in capsys.readouterr().err

    answers(name)
    with connect(one) as at_work, at_work.cursor() as cursor:  # a kernel that is still open
        cursor.execute("SET autocommit = 0")
        cursor.execute("SELECT count(*) FROM flights")
        assert classroom(admin, name, "--remove") == 0
    out = capsys.readouterr().out
    assert "2 users and 9 databases" in out
    left = {each for each in databases(admin) if each.startswith(name)}
    assert left == {f"{name}x", f"{name}_03"}
    assert [user for user in users(admin) if user.startswith(name)] == []
    folder = class_sheet.folder_of(Path(os.environ["WORKBOOK_DIR"]), name, make_url(admin))
    assert not folder.exists()

    assert classroom(admin, name, "--remove") == 0
    assert "There is no class" in capsys.readouterr().out


# --- What is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "made",
    [
        "CREATE DATABASE {name}_02",
        "CREATE DATABASE {name}_02_ch04",
        "CREATE USER '{name}_02'@'localhost'",
        "CREATE DATABASE {name}_year",
        "CREATE DATABASE {name}_year_january",
        "CREATE DATABASE {name}_teacher",
    ],
)
def test_what_others_have_made_is_never_touched(
    admin: str, name: str, capsys: pytest.CaptureFixture[str], made: str
) -> None:
    ask(admin, made.format(name=name))
    before = databases(admin), users(admin)
    assert classroom(admin, name, "--learners", "2") == 1
    err = capsys.readouterr().err
    assert "has not made it" in err and "--name" in err
    assert (databases(admin), users(admin)) == before
    if "USER" in made:
        ask(admin, f"DROP USER '{name}_02'@'localhost'")


def test_a_name_that_lies_in_anothers_grants_is_refused(
    admin: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(admin, f"CREATE USER '{name}'@'%'", rf"GRANT SELECT ON `{name}\_%`.* TO '{name}'@'%'")
    assert classroom(admin, name, "--learners", "1") == 1
    assert f"'{name}'@'%' may use all databases like" in capsys.readouterr().err
    folder = class_sheet.folder_of(Path(os.environ["WORKBOOK_DIR"]), name, make_url(admin))
    assert not class_sheet.sheet_in(folder).exists()  # of addresses that lead nowhere
    assert [each for each in databases(admin) if each.startswith(name)] == []


def test_an_account_that_is_no_administrators_is_told(
    admin: str, mysql_url: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert classroom(mysql_url, name, "--learners", "1") == 1
    err = capsys.readouterr().err
    assert f"User {make_url(mysql_url).username!r} may not prepare" in err and "DATABASE_URL" in err
    assert str(make_url(mysql_url).password) not in err and "Traceback" not in err


def test_sqlite_is_no_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classroom", "--learners", "2"]) == 1
    assert "A class needs a MySQL or MariaDB server" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--learners", "0"],
        ["--learners", "501"],
        ["--learners", "many"],
        ["--learners", "2", "--remove"],
        [],
        ["--learners", "2", "--name", "a_01"],
        ["--learners", "2", "--name", "Class"],
        ["--learners", "2", "--address", "a b"],
        ["--learners", "2", "--address", "host:0"],
    ],
)
def test_used_wrongly_is_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classroom", *words]) == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(("each", "told"), [(6, False), (100_000, True)])
def test_a_server_that_takes_too_few_connections_is_told(
    few: Path,
    admin: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    each: int,
    told: bool,
) -> None:
    monkeypatch.setattr(class_server, "CONNECTIONS_EACH", each)
    assert classroom(admin, name, "--learners", "1") == 0
    assert ("SET GLOBAL max_connections = 100020;" in capsys.readouterr().out) is told


def test_a_password_that_the_url_does_not_have_is_asked_for(
    few: Path,
    admin: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = make_url(admin)
    bare = URL.create(url.drivername, url.username, None, url.host, url.port, "mysql")
    asked = []

    def answer(question: str) -> str:
        asked.append(question)
        return str(url.password)

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", answer)
    assert classroom(bare.render_as_string(), name, "--learners", "1") == 0
    assert asked == [f"Password of {url.username} at {url.host}:{url.port}: "]
    assert str(url.password) not in "".join(capsys.readouterr())


def test_grants_that_do_not_work_are_found_out_without_a_password_in_sight(
    few: Path,
    admin: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(class_server, "grants", lambda *names: [*grants(*names)][-1:])
    words = ("--learners", "1", "--debug")
    assert classroom(admin, name, *words) == 1
    err = capsys.readouterr().err
    assert f"does not let '{name}_01' do what it was granted" in err
    assert f"SHOW GRANTS FOR '{name}_01'@'%'" in err
    for url in addresses(name, admin).values():
        assert str(make_url(url).password) not in err


def test_an_account_without_a_name_is_named(capsys: pytest.CaptureFixture[str], few: Path) -> None:
    """It is taken for each user of this machine that has no account for this machine alone."""
    if find_server() is None:
        pytest.skip("no server is installed")
    with PrivateServer() as server:
        ask(server.admin_url, "CREATE USER ''@'127.0.0.1'")
        assert classroom(server.admin_url, "class", "--learners", "1") == 1
        assert "DROP USER ''@'127.0.0.1'" in capsys.readouterr().err
        ask(server.admin_url, "DROP USER ''@'127.0.0.1'")
        assert classroom(server.admin_url, "class", "--learners", "1") == 0


# --- All at once ----------------------------------------------------------------------------


def test_learners_work_at_once_and_no_one_meets_another(
    admin: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Each chapter prints what it stores, each check says correct, and nothing is left of it."""
    # January is what chapters see of the year; copying all of it would prove no more.
    monkeypatch.setattr(
        lib.pipeline, "run_pipeline", partial(lib.pipeline.run_pipeline, month=MONTH)
    )
    assert classroom(admin, name, "--learners", str(LEARNERS_AT_ONCE)) == 0
    found = addresses(name, admin)
    copies = []
    for number in CHAPTERS_AT_ONCE:
        path = tmp_path / f"solved {find_chapter(number).path.name}"
        path.write_bytes(notebooks.as_bytes(solved_chapter(find_chapter(number))[0]))
        copies.append(path)

    def work(user: str) -> list[str]:
        environment = {"WORKBOOK_DIR": str(tmp_path / user), "DATABASE_URL": found[user]}
        outcomes = [harness.run_nbval(path, environment) for path in copies]
        return [outcome.report for outcome in outcomes if not outcome.ok]

    with ThreadPoolExecutor(LEARNERS_AT_ONCE) as together:
        reports = dict(zip(found, together.map(work, found), strict=True))
    assert reports == dict.fromkeys(found, [])
    made = ["", "_january", *(f"_ch{number}" for number in CHAPTERS_AT_ONCE), "_ch03_test_db"]
    for user in found:
        done = Progress(tmp_path / user).load()["exercises"]
        solved = [each for number in CHAPTERS_AT_ONCE for each in find_chapter(number).exercises]
        assert {each: one["state"] for each, one in done.items()} == dict.fromkeys(
            solved, "correct"
        )
        of_user = {each.removeprefix(user) for each in databases(admin) if each.startswith(user)}
        assert {each for each in of_user if not re.match(r"_ch\d\d_(?!test)", each)} == {*made}
    assert databases_without_owner(admin, name, found) == set()


def databases_without_owner(admin: str, name: str, found: dict[str, str]) -> set[str]:
    """Return what lies beside the class's own and the learners'."""
    ours = {f"{name}_teacher", f"{name}_year", f"{name}_year_january"}
    there = {each for each in databases(admin) if each.startswith(name)} - ours
    return {each for each in there if not any(each.startswith(user) for user in found)}
