"""The table of what the servers do: notebooks/servers.md says what those at hand say."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lib.testing.programs import find_server
from lib.workbook import cli
from lib.workbook.teaching import servers
from lib.workbook.teaching.server_questions import QUESTIONS, Question
from lib.workbook.teaching.servers import Answers, ask, ask_private, ask_sqlite, column_for

STORED = servers.read(servers.PAGE.read_text(encoding="utf-8"))


def differences(name: str, answers: Answers) -> dict[str, tuple[str, str]]:
    """Return what the page says otherwise: by the question, the page's answer and the server's.

    What differs between versions is compared only where the page has a column of the version.
    """
    column = column_for(name, STORED)
    assert column is not None, f"The page has no column of {name}: python run.py servers"
    stored = STORED[column]
    loose = {each.text for each in QUESTIONS if each.by_version and column != name}
    return {
        text: (stored[text], answer)
        for text, answer in answers.items()
        if answer != stored[text] and text not in loose
    }


def test_the_page_says_what_sqlite_says() -> None:
    assert differences(*ask_sqlite()) == {}


def test_the_page_says_what_the_server_of_the_tests_says(fresh_mysql: Callable[[], str]) -> None:
    assert (
        differences(*ask(fresh_mysql(), [each for each in QUESTIONS if not each.in_new_york])) == {}
    )


def test_the_page_says_what_a_private_server_in_new_york_says() -> None:
    if find_server() is None:
        pytest.skip("no server is installed")
    if os.name == "nt":
        pytest.skip("a program on Windows knows no zone by the name that TZ gives")
    name, answers = ask_private(questions=[each for each in QUESTIONS if each.in_new_york])
    assert len(answers) == 2
    assert differences(name, answers) == {}


def test_the_page_is_as_it_would_be_written() -> None:
    assert servers.render(STORED) == servers.PAGE.read_text(encoding="utf-8")
    assert {name.split()[0] for name in STORED} == {"SQLite", "MariaDB", "MySQL"}
    for name, answers in STORED.items():
        assert len(answers) == len(QUESTIONS) >= 30
        assert [text for text, answer in answers.items() if not answer] == [], name


def test_each_question_has_a_text_of_its_own_that_a_table_can_hold() -> None:
    texts = [each.text for each in QUESTIONS]
    assert len(set(texts)) == len(texts)
    for each in QUESTIONS:
        assert each.text and each.course and "|" not in each.text + each.course


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("MariaDB 11.8", "MariaDB 11.8"),
        ("MariaDB 11.4", "MariaDB 10.11"),  # the nearest older one
        ("MariaDB 12.3", "MariaDB 11.8"),
        ("MySQL 8.4", "MySQL 9.7"),  # there is no older one
        ("SQLite", "SQLite"),
        ("PostgreSQL 18.1", None),
    ],
)
def test_a_version_is_compared_with_the_nearest_column(name: str, column: str | None) -> None:
    columns = ["MySQL 9.7", "MariaDB 11.8", "SQLite", "MariaDB 10.11"]
    assert column_for(name, columns) == column


def test_a_column_of_what_is_not_at_hand_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = [QUESTIONS[0], Question("New?", lambda server: "brand-new", "asks", False, False)]
    monkeypatch.setattr(servers, "QUESTIONS", few)
    monkeypatch.setattr(servers, "PAGE", tmp_path / "servers.md")
    old: dict[str, Answers] = {"SQLite": {}, "MySQL 9.7": {QUESTIONS[0].text: "maybe"}}
    servers.PAGE.write_text(servers.render(old), encoding="utf-8")
    monkeypatch.setattr("lib.testing.programs.find_server", lambda: None)
    assert cli.main(["servers"]) == 0
    out = capsys.readouterr().out
    assert "SQLite: 2 answers" in out and "are as they were" in out
    assert servers.read(servers.PAGE.read_text(encoding="utf-8")) == {
        "SQLite": {QUESTIONS[0].text: "no", "New?": "brand-new"},
        "MySQL 9.7": {QUESTIONS[0].text: "maybe", "New?": ""},
    }


def test_a_program_that_is_no_server_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(servers, "PAGE", tmp_path / "servers.md")
    assert cli.main(["servers", "--server", str(tmp_path / "mysqld")]) == 1
    err = capsys.readouterr().err
    assert "mysqld is no program here" in err and "--server" in err
    assert not servers.PAGE.exists()
