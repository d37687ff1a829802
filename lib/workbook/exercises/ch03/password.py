"""Exercise 3.1: a URL object for a password with odd signs."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL, make_url

from lib.workbook.course.exercise import Bench, Exercise, Wrong, expect, expect_type

PASSWORD = "50%/day@desk#1"


def check_url(answer: Any, _bench: Bench) -> str:
    expect_type(answer, URL, "a URL object, not text")
    expect(
        answer.host == "db.example.com",
        f"The host is {answer.host!r}, which is not where the server is. A part of the password "
        "was read as the host.",
    )
    expect(
        answer.drivername in ("mysql+pymysql", "mariadb+pymysql"),
        f"The URL begins with {answer.drivername}://; the task names a dialect and a driver, "
        "joined by a plus sign.",
    )
    expect(
        answer.password == PASSWORD or unquote(str(answer.password)) != PASSWORD,
        "The password is escaped twice: `URL.create` takes it as it is, and writes the signs like "
        "%40 by itself.",
    )
    for name, wanted in (
        ("username", "reader"),
        ("port", 3307),
        ("database", "flights"),
    ):
        found = getattr(answer, name)
        expect(found == wanted, f"The {name} is {found!r}; it should be {wanted!r}.")
    expect(
        answer.password == PASSWORD,
        "The password is not the one of the task: a part of it is missing or changed.",
    )
    return "That is it. Printed, this URL shows *** where the password is."


def solution_url() -> Any:
    reader_url = URL.create(
        "mysql+pymysql",
        username="reader",
        password="50%/day@desk#1",
        host="db.example.com",
        port=3307,
        database="flights",
    )
    return reader_url


def escaped_url() -> Any:
    return make_url("mysql+pymysql://reader:50%25%2Fday%40desk%231@db.example.com:3307/flights")


def pasted_url() -> Any:
    return make_url("mysql+pymysql://reader:50%/day@desk#1@db.example.com:3307/flights")


def twice_escaped_url() -> Any:
    safe = "50%25%2Fday%40desk%231"
    return URL.create("mysql+pymysql", "reader", safe, "db.example.com", 3307, "flights")


EXERCISE = Exercise(
    id="3.1",
    title="A password with odd signs",
    check=check_url,
    hints=(
        "`make_url` reads a URL that is complete. `URL.create` builds one from its parts.",
        '`URL.create("dialect+driver", username=..., password=...)`: the password stands '
        "there as it is, without any signs like %40.",
        "Seven facts are given: dialect and driver in one string, then username, password, "
        "host, port (a number) and database.",
    ),
    solution=solution_url,
    also_right=(escaped_url,),
    wrong=(
        Wrong(
            pasted_url,
            "A part of the password was read as the host",
            "pasted the password into the URL: the @ in it ends the password",
        ),
        Wrong(
            twice_escaped_url,
            "escaped twice",
            "believes that URL.create wants the password escaped",
        ),
        Wrong(
            lambda: "mysql+pymysql://reader:50%25%2Fday%40desk%231@db.example.com:3307/flights",
            "a URL object",
            "takes the URL for a text; the text shows its password wherever it is printed",
        ),
        Wrong(
            lambda: solution_url().set(drivername="mysql"),
            "a dialect and a driver",
            "left the driver out: SQLAlchemy would look for another one, mysqlclient",
        ),
    ),
)
