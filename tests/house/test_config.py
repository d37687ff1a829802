"""Where the settings come from, and what is said when they are wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy.engine import URL, make_url

from lib import config
from lib.config import ROOT, load_settings, parse_url, read_env_file, sqlite_url
from lib.errors import PipelineError

PASSWORD = "p@ss/w#rd%"
QUOTED = "mysql+pymysql://workbook:p%40ss%2Fw%23rd%25@127.0.0.1:3306/demo"


def write_env(root: Path, content: str | bytes) -> Path:
    path = root / ".env"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- Which setting wins -----------------------------------------------------------------------


def test_without_any_setting_it_is_the_sqlite_file_in_the_workbooks_folder(tmp_path: Path) -> None:
    settings = load_settings(root=tmp_path, environ={})
    assert settings.home == tmp_path / ".workbook"
    assert settings.database_url == sqlite_url(tmp_path / ".workbook" / "workbook.db")


def test_an_argument_beats_the_environment_beats_the_file(tmp_path: Path) -> None:
    write_env(tmp_path, "DATABASE_URL=sqlite:////file.db\n")
    environ = {"DATABASE_URL": "sqlite:////environment.db"}
    argument = "sqlite:////argument.db"

    def database(*arguments: str, environ: dict[str, str]) -> str | None:
        return load_settings(*arguments, root=tmp_path, environ=environ).database_url.database

    assert database(argument, environ=environ) == "/argument.db"
    assert database(environ=environ) == "/environment.db"
    assert database(environ={}) == "/file.db"


def test_an_empty_variable_of_the_environment_means_the_default(tmp_path: Path) -> None:
    write_env(tmp_path, "DATABASE_URL=sqlite:////file.db\n")
    settings = load_settings(root=tmp_path, environ={"DATABASE_URL": ""})
    assert settings.database_url == sqlite_url(tmp_path / ".workbook" / "workbook.db")


def test_the_environment_of_the_process_is_read_when_none_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////process.db")
    assert load_settings(root=tmp_path).database_url.database == "/process.db"


@pytest.mark.parametrize("absolute", [True, False])
def test_the_folder_is_anchored_at_the_root_unless_it_is_absolute(
    tmp_path: Path, absolute: bool
) -> None:
    given = tmp_path / "elsewhere" if absolute else Path("elsewhere")
    settings = load_settings(root=tmp_path, environ={"WORKBOOK_DIR": str(given)})
    assert settings.home == tmp_path / "elsewhere"
    assert settings.database_url == sqlite_url(tmp_path / "elsewhere" / "workbook.db")


# --- The file .env ----------------------------------------------------------------------------


def test_no_file_sets_nothing(tmp_path: Path) -> None:
    assert read_env_file(tmp_path / ".env") == {}


def test_the_example_can_be_read_as_it_is() -> None:
    values = read_env_file(ROOT / ".env.example")
    assert values["MYSQL_DATABASE"] == "demo"
    assert "DATABASE_URL" not in values


def test_comments_quotes_export_and_references_are_understood(tmp_path: Path) -> None:
    path = write_env(
        tmp_path,
        "# a comment\n\nexport MYSQL_USER=me\nMYSQL_PASSWORD='p@ss/w#rd%'\nOTHER=1 # of no use\n"
        "DATABASE_URL=sqlite:///${MYSQL_USER}.db\n",
    )
    assert read_env_file(path) == {
        "MYSQL_USER": "me",
        "MYSQL_PASSWORD": PASSWORD,
        "OTHER": "1",
        "DATABASE_URL": "sqlite:///me.db",
    }


def test_a_byte_order_mark_does_not_hide_the_first_setting(tmp_path: Path) -> None:
    path = write_env(tmp_path, b"\xef\xbb\xbfDATABASE_URL=sqlite:///x.db\r\n")
    assert read_env_file(path) == {"DATABASE_URL": "sqlite:///x.db"}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('DATABASE_URL="sqlite:///x.db\n', 1),
        ("MYSQL_USER=me\n\n\nMYSQL_PASSWORD='p@ss/w#rd%\n", 4),
        ("MYSQL_USER=me\nDATABASE_URL sqlite:///x.db\n", 2),
        ("DATABASE_URL\n", 1),
        ("# comment\n\nMYSQL_PASSWORD: p@ss/w#rd%\n", 3),
    ],
)
def test_a_line_that_is_no_setting_is_named_by_its_number(
    tmp_path: Path, content: str, line: int
) -> None:
    path = write_env(tmp_path, content)
    with pytest.raises(PipelineError, match=rf"\.env, line {line}, is not of the form") as caught:
        load_settings(root=tmp_path, environ={})
    assert PASSWORD not in str(caught.value)
    assert ".env.example" in caught.value.fix
    assert path.read_text() == content


@pytest.mark.parametrize("name", ["DATABSE_URL", "DATABASE_URI", "MYSQL_PASWORD", "WORKBOOK_DIRR"])
def test_a_name_that_is_nearly_one_of_ours_is_questioned(tmp_path: Path, name: str) -> None:
    path = write_env(tmp_path, f"MYSQL_USER=me\n\n# the database\n{name}=p@ss/w#rd%\n")
    with pytest.raises(PipelineError, match=f"line 4, sets {name}, .* Did you mean") as caught:
        read_env_file(path)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"MYSQL_PASSWORD=\xff\xfe\n", "DATABASE_URL=x\n".encode("utf-16")]
)
def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path, content: bytes) -> None:
    path = write_env(tmp_path, content)
    with pytest.raises(PipelineError, match=r"\.env cannot be read \(UnicodeDecodeError\)"):
        read_env_file(path)


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    with pytest.raises(PipelineError, match=r"\.env cannot be read"):
        read_env_file(tmp_path / ".env")


# --- The URL ----------------------------------------------------------------------------------


def test_a_relative_file_is_anchored_at_the_root(tmp_path: Path) -> None:
    url = parse_url("sqlite:///data/my file.db", tmp_path)
    assert url == sqlite_url(tmp_path / "data" / "my file.db")
    assert parse_url("sqlite+pysqlite:///data/my file.db", tmp_path) == url


@pytest.mark.parametrize(
    "text", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"]
)
def test_a_database_in_memory_stays_there(tmp_path: Path, text: str) -> None:
    assert parse_url(text, tmp_path) == make_url(text)


def test_an_absolute_file_stays_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "50% #1?.db"
    assert sqlite_url(path).database == path.as_posix()
    url = parse_url(f"sqlite:///{(tmp_path / 'x.db').as_posix()}", Path("elsewhere"))
    assert url == sqlite_url(tmp_path / "x.db")


@pytest.mark.parametrize("scheme", ["mysql+pymysql", "mariadb+pymysql"])
def test_mariadb_is_spoken_to_as_mysql(scheme: str) -> None:
    url = parse_url(f" {scheme}://me@localhost/demo\n")
    assert url == URL.create("mysql+pymysql", "me", host="localhost", database="demo")


def test_a_quoted_password_is_understood() -> None:
    url = parse_url(QUOTED)
    assert url.password == PASSWORD
    assert (url.host, url.port, url.database) == ("127.0.0.1", 3306, "demo")


@pytest.mark.parametrize(
    "secret", [PASSWORD, "p@ss", "a@b@c", "p?w@ss", "p@ss?w", "p@ss?w/x", "s@/cret"]
)
def test_an_unquoted_at_sign_is_explained_without_showing_a_piece_of_it(secret: str) -> None:
    with pytest.raises(PipelineError, match="more than one @") as caught:
        parse_url(f"mysql+pymysql://workbook:{secret}@127.0.0.1:3306/demo")
    assert "%40" in caught.value.fix
    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mysql://u:s3cret@h/d", r"driver of mysql:// is not installed.*\n.*mysql\+pymysql://"),
        ("mysql+mysqldb://u:s3cret@h/d", r"driver of mysql\+mysqldb:// is not installed"),
        ("mariadb://u:s3cret@h/d", "driver of mariadb:// is not installed"),
        ("postgresql://u:s3cret@h/d", "does not know the database 'postgresql'"),
        ("sqlite+aiosqlite:///s3cret.db", r"driver of sqlite\+aiosqlite:// is not installed"),
        ("s3cret", "cannot be understood"),
        ("mysql+pymysql://u:s3cret", "cannot be understood"),
        ("mysql+pymysql://u:s3cret@h:port/d", "cannot be understood"),
        ("mysql+pymysql://u:s3cret@h", "names no host or no database"),
        ("mysql+pymysql://u:s3cret@/d", "names no host or no database"),
    ],
)
def test_a_url_that_we_cannot_use_is_explained(text: str, message: str) -> None:
    with pytest.raises(PipelineError, match=message) as caught:
        load_settings(text, environ={})
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(caught.value)
    assert caught.value.fix


def test_the_settings_do_not_show_the_password(tmp_path: Path) -> None:
    settings = load_settings(QUOTED, root=tmp_path, environ={})
    for shown in (repr(settings), str(settings), str(settings.database_url)):
        assert "w%23rd" not in shown
        assert PASSWORD not in shown
        assert "***" in shown


# --- Whose folder ---------------------------------------------------------------------------


def test_settings_are_those_of_the_clone_that_one_works_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "mine"
    (clone / "notebooks" / "deep").mkdir(parents=True)
    (clone / "pyproject.toml").write_text(
        f'[tool.pipeline]\nname = "{config.project_name()}"\n', encoding="utf-8"
    )
    (clone / ".env").write_text("DATABASE_URL=sqlite:///mine.db\n", encoding="utf-8")
    for folder in (clone, clone / "notebooks" / "deep"):
        monkeypatch.chdir(folder)
        found = load_settings(environ={})
        assert found.home == clone.resolve() / f".{config.project_name()}"
        assert found.database_url == sqlite_url(clone.resolve() / "mine.db")


@pytest.mark.parametrize("text", ["[tool.pipeline]\nname = 'other'\n", "[tool]\n", "[", None])
def test_the_folder_of_another_project_is_not_taken_for_a_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert config.place_of_work() == config.ROOT


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no folder that one is in")
def test_a_folder_that_is_gone_is_no_place_of_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert config.place_of_work() == config.ROOT
