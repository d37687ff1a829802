"""Exercise 3.1: a URL object for a password with odd signs."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, quote_plus, unquote

from sqlalchemy import URL, make_url

from lib.workbook.course.exercise import Exercise, NotYet, Sandbox, Word, Wrong, expect, expect_type

PASSWORD = "50%/day@desk#1"
FACTS = {
    "drivername": "mysql+pymysql",
    "username": "reader",
    "host": "db.example.com",
    "port": 3307,
    "database": "flights",
}
WORDS_FOR = {"drivername": "dialect and driver", "username": "user name"}


def check_url(answer: Any, _bench: Sandbox) -> str:
    expect_type(answer, URL, "a URL object, not text")
    _expect_password_in_its_place(answer)
    for name, wanted in FACTS.items():
        found = getattr(answer, name)
        what = WORDS_FOR.get(name, name)
        expect(found == wanted, f"The {what} is {found!r}; it should be {wanted!r}.")
    _expect_password(answer.password)
    more = ", ".join(sorted(answer.query))
    expect(not more, f"Behind its ?, the URL has an option that is no fact of the task: {more}.")
    return "That is it. Printed, this URL shows *** where the password is."


def _expect_password_in_its_place(url: URL) -> None:
    """Expect that no part of the password was read as the host, which ends a password at its @."""
    password, host = str(url.password or ""), str(url.host or "")
    if password != PASSWORD and host != FACTS["host"] and "desk" in host:
        raise NotYet(
            f"The host is {host!r}: a part of the password was read as the host. In the text of a "
            "URL, the @ ends the password."
        )


def _expect_password(password: str | None) -> None:
    if password != PASSWORD and unquote(str(password)) == PASSWORD:
        raise NotYet(
            "The password is escaped once too often: the server would be sent signs like %40. "
            "`URL.create` takes a password as it is, and escapes it when the URL becomes text."
        )
    if password is None:
        raise NotYet("The URL has no password.")
    same = next(
        (
            place
            for place, (one, two) in enumerate(zip(password, PASSWORD, strict=False))
            if one != two
        ),
        min(len(password), len(PASSWORD)),
    )
    expect(
        password == PASSWORD,
        f"The password has {len(password)} signs, that of the task {len(PASSWORD)}; they differ "
        f"from sign {same + 1} on.",
    )


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


def url_but(**other: Any) -> URL:
    """The solution, but for some facts."""
    facts: dict[str, Any] = {**FACTS, "password": PASSWORD, **other}
    return URL.create(**facts)


def escaped_url() -> Any:
    return make_url("mysql+pymysql://reader:50%25%2Fday%40desk%231@db.example.com:3307/flights")


def quoted_url() -> Any:
    password = quote_plus("50%/day@desk#1")
    return make_url(f"mysql+pymysql://reader:{password}@db.example.com:3307/flights")


def url_set_piece_by_piece() -> Any:
    url = make_url("mysql+pymysql://db.example.com")
    return url.set(username="reader", password="50%/day@desk#1", port=3307, database="flights")


def url_of_another() -> Any:
    other = make_url("sqlite:///flights?mode=ro").difference_update_query(["mode"])
    other = other.set(drivername="mysql+pymysql", host="db.example.com", port=3307)
    return other._replace(username="reader", password="50%/day@desk#1")


def url_from_a_dict() -> Any:
    facts: Any = dict(host="db.example.com", port=3307, database="flights", query={})
    return URL.create("mysql+pymysql", **facts, username="reader", password="50%/day@desk#1")


def url_with_a_port_in_quotes() -> Any:
    return url_but(port="3307")


def pasted_url() -> Any:
    return make_url("mysql+pymysql://reader:50%/day@desk#1@db.example.com:3307/flights")


def twice_escaped_url() -> Any:
    safe = "50%25%2Fday%40desk%231"
    return URL.create("mysql+pymysql", "reader", safe, "db.example.com", 3307, "flights")


def url_as_text() -> Any:
    return "mysql+pymysql://reader:50%25%2Fday%40desk%231@db.example.com:3307/flights"


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
    also_right=(
        escaped_url,
        quoted_url,
        url_set_piece_by_piece,
        url_with_a_port_in_quotes,
        url_of_another,
        url_from_a_dict,
    ),
    wrong=(
        Wrong(
            pasted_url,
            "a part of the password was read as the host",
            "pasted the password into the URL: the @ in it ends the password",
        ),
        Wrong(
            twice_escaped_url,
            "escaped once too often",
            "believes that URL.create wants the password escaped",
        ),
        Wrong(
            lambda: url_but(password=quote(PASSWORD)),
            "escaped once too often",
            "escapes by a function, which leaves the slash as it is",
        ),
        Wrong(
            url_as_text,
            "a URL object",
            "takes the URL for a text; the text shows its password wherever it is printed",
        ),
        Wrong(
            lambda: url_but(drivername="mysql"),
            "The dialect and driver is 'mysql'",
            "left the driver out: SQLAlchemy would look for another one, mysqlclient",
        ),
        Wrong(
            lambda: url_but(drivername="mysql+mysqldb"),
            "The dialect and driver is 'mysql+mysqldb'",
            "names the default driver, a package that is not installed here",
        ),
        Wrong(
            lambda: url_but(host="localhost"),
            "The host is 'localhost'; it should be 'db.example.com'",
            "keeps the host of the chapter's own example",
        ),
        Wrong(
            lambda: url_but(host="db.example.com:3307", port=None),
            "The host is 'db.example.com:3307'",
            "writes host and port as one, as they stand in the text of a URL",
        ),
        Wrong(
            lambda: url_but(query={"charset": "utf8mb4"}),
            "an option that is no fact of the task: charset",
            "adds an option, out of habit",
        ),
        Wrong(
            lambda: make_url(
                "mysql+pymysql://reader:50%25%2Fday%40desk%231@db.example.com:3307/flights"
                "?local_infile=1&ssl_disabled=1"
            ),
            "an option that is no fact of the task: local_infile, ssl_disabled",
            "copies the options of another URL with it",
        ),
        Wrong(
            lambda: url_but(password="50%/day@desk#1 "),
            "The password has 15 signs",
            "copies a blank with the password",
        ),
        Wrong(
            lambda: url_but(database="flights/"),
            "The database is 'flights/'",
            "takes a sign of the URL for a part of the name",
        ),
        Wrong(
            lambda: url_but(username="Reader"),
            "The user name is 'Reader'",
            "writes the name of the user with a capital",
        ),
        Wrong(
            lambda: url_but(password="50%/day"),
            "they differ from sign 8 on",
            "typed what stands before the @ as the password",
        ),
        Wrong(
            lambda: url_but(password=None),
            "The URL has no password",
            "leaves the password for later, as the chapter does with a secret",
        ),
        Wrong(
            lambda: solution_url().render_as_string(hide_password=False),
            "a URL object",
            "hands over the text of the URL, password and all",
        ),
    ),
    words=(
        Word(
            "these facts, and no others",
            "the options of the URL, of which it has none",
            lambda: url_but(query={"charset": "utf8mb4"}),
        ),
        Word("a URL object named `reader_url`", "the type of the answer", url_as_text),
        Word(
            "| dialect and driver | MySQL, through PyMySQL |",
            "the driver's name, letter by letter",
            lambda: url_but(drivername="mariadb+pymysql"),
        ),
        Word("| user name | `reader` |", "the name", lambda: url_but(username="workbook")),
        Word(
            "| password | `50%/day@desk#1` |",
            "all 14 signs",
            lambda: url_but(password="50%/day@desk"),
        ),
        Word("| host | `db.example.com` |", "the host", lambda: url_but(host="127.0.0.1")),
        Word("| port | `3307` |", "the port, which is not MySQL's own", lambda: url_but(port=3306)),
        Word("| database | `flights` |", "the database", lambda: url_but(database="demo")),
    ),
    asides=("Replace the `...`, run the cell, then run the check. Nothing is connected.",),
)
